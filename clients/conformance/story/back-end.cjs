// What a back end does with WeChat, told once for every SDK in Node: token, login, phone number, and each way it goes
// wrong.
//
// An SDK comes as `client({ appid, secret, token, retry }) -> { token, login, phone, decrypt, heldToken }` and
// `refusal(error) -> { errcode, errmsg, contentType? }`; `token` is an access_token to begin with, and `retry` is false
// where a refused one is not to be replaced.
'use strict';

const assert = require('node:assert/strict');
const { check } = require('./checks.cjs');
const world = require('./world.cjs');

const TOKEN = '/cgi-bin/token';
const PHONE = '/wxa/business/getuserphonenumber';

// WeChat ends an errmsg in three ways, by the family of the path. A bad access_token is told at /wxa as at /cgi-bin.
const ENDINGS = {
  sns: { text: /^, rid: (\w{8})-\w{8}-\w{8}$/, contentType: 'text/plain' },
  'cgi-bin': { text: /^ rid: (\w{8})-\w{8}-\w{8}$/, contentType: 'application/json; encoding=utf-8' },
  wxa: { text: /^ hint: \[[\w.-]+\] rid: (\w{8})-\w{8}-\w{8}$/, contentType: 'application/json; encoding=utf-8' },
};

/** Fails unless `work` is refused by this errcode and text, to the byte but for the request id. */
async function refused(sdk, work, errcode, text, family) {
  let error;
  try {
    const answer = await work();
    assert.fail(`not refused, but answered: ${JSON.stringify(answer)}`);
  } catch (thrown) {
    if (thrown instanceof assert.AssertionError) throw thrown;
    error = thrown;
  }
  const seen = sdk.refusal(error);
  assert.equal(seen.errcode, errcode, `${seen.errcode} ${seen.errmsg} (${error.message})`);
  assert.ok(seen.errmsg.startsWith(text), `errmsg: ${seen.errmsg}`);
  const ending = ENDINGS[family].text.exec(seen.errmsg.slice(text.length));
  assert.ok(ending, `the errmsg of /${family} has another ending: ${seen.errmsg}`);
  const age = Date.now() / 1000 - parseInt(ending[1], 16);
  assert.ok(Math.abs(age) < 60, `a request id begins with the time in hex: ${seen.errmsg}`);
  if (seen.contentType !== undefined) assert.equal(seen.contentType, ENDINGS[family].contentType);
  return `${errcode} ${text}`;
}

function phoneNumber(answer) {
  const { watermark, ...numbers } = answer.phone_info;
  assert.deepEqual(numbers, { phoneNumber: '13900139000', purePhoneNumber: '13900139000', countryCode: '86' });
  assert.deepEqual(Object.keys(watermark), ['timestamp', 'appid']);
  assert.ok(Number.isInteger(watermark.timestamp), `timestamp: ${watermark.timestamp}`);
  assert.equal(watermark.appid.length, 18);
}

async function backEnd(sdk) {
  const { app } = await world.declared();
  const client = (changes) => sdk.client({ appid: app.appid, secret: app.secret, ...changes });

  await check('an access_token is fetched, and kept', async () => {
    const own = client();
    const calls = await world.callsDuring(async () => {
      const token = await own.token();
      assert.match(token, /^\d+_[\w-]{60,510}$/);
      assert.equal(await own.token(), token);
    });
    assert.deepEqual(calls, [`${TOKEN} 0`], 'expires_in must be a number that the SDK reckons with');
  });
  await check('a wrong secret is refused: 40125', () =>
    refused(sdk, () => client({ secret: 'f'.repeat(32) }).token(), 40125, 'invalid appsecret', 'cgi-bin'),
  );
  await check('an unknown appid is refused: 40013', () =>
    refused(sdk, () => client({ appid: `wx${'0'.repeat(16)}` }).token(), 40013, 'invalid appid', 'cgi-bin'),
  );

  await check('a login code gives openid, unionid and session_key', async () => {
    const own = client();
    const one = await own.login(await world.loginCode());
    assert.deepEqual(Object.keys(one), ['session_key', 'openid', 'unionid'], 'there is no errcode on success');
    assert.match(one.session_key, /^[A-Za-z0-9+/]{22}==$/);
    assert.match(one.openid, /^o[\w-]{27}$/);
    assert.match(one.unionid, /^o[\w-]{27}$/);
    const two = await own.login(await world.loginCode());
    assert.equal(two.openid, one.openid, 'the same person has the same openid');
  });
  await check('a wrong login code is refused: 40029', () =>
    refused(sdk, () => client().login('0'.repeat(32)), 40029, 'invalid code', 'sns'),
  );
  await check('a used login code is refused: 40163', async () => {
    const own = client();
    const code = await world.loginCode();
    await own.login(code);
    return refused(sdk, () => own.login(code), 40163, 'code been used', 'sns');
  });
  await check('a login code dies after five minutes: 40029', async () => {
    const own = client();
    const [late, early] = [await world.loginCode(), await world.loginCode()];
    await world.age({ artefact: late, by: '5m1s' });
    await world.age({ artefact: early, by: '4m30s' });
    await own.login(early);
    return refused(sdk, () => own.login(late), 40029, 'invalid code', 'sns');
  });
  await check('a busy WeChat is told: -1', async () => {
    await world.nextCall('/sns/jscode2session', { error: '-1' });
    const code = await world.loginCode();
    await refused(sdk, () => client().login(code), -1, 'system error', 'sns');
    await client().login(code);
  });
  await check('encrypted data opens with the session_key', async () => {
    const own = client();
    const { session_key: key, openid } = await own.login(await world.loginCode());
    const { encryptedData, iv } = await world.userInfo();
    const opened = await own.decrypt(key, iv, encryptedData);
    assert.equal(opened.openId, openid);
    assert.equal(opened.watermark.appid, app.appid);
  });

  await check('a phone code gives the number', async () => {
    const answer = await client().phone(await world.phoneCode());
    assert.deepEqual(Object.keys(answer), ['errcode', 'errmsg', 'phone_info']);
    assert.deepEqual([answer.errcode, answer.errmsg], [0, 'ok']);
    phoneNumber(answer);
  });
  await check('a wrong phone code is refused: 40029', () =>
    refused(sdk, () => client().phone('0'.repeat(64)), 40029, 'invalid code', 'wxa'),
  );
  await check('a used phone code is refused: 40029', async () => {
    const own = client();
    const code = await world.phoneCode();
    await own.phone(code);
    return refused(sdk, () => own.phone(code), 40029, 'invalid code', 'wxa');
  });

  await check('an expired access_token is refused: 42001', async () => {
    const token = await client().token();
    await world.age({ artefact: token, by: '2h1s' });
    const code = await world.phoneCode();
    const once = client({ token, retry: false });
    return refused(sdk, () => once.phone(code), 42001, 'access_token expired', 'cgi-bin');
  });
  await check('an expired access_token (42001) is replaced, and the call made again', async () => {
    const own = client();
    const former = await own.token();
    await world.age({ artefact: former, by: '2h1s' });
    const code = await world.phoneCode();
    const calls = await world.callsDuring(async () => phoneNumber(await own.phone(code)));
    assert.deepEqual(calls, [`${PHONE} 42001`, `${TOKEN} 0`, `${PHONE} 0`]);
    assert.notEqual(await own.heldToken(), former);
  });
  await check('an unknown access_token (40001) is replaced, and the call made again', async () => {
    const own = client({ token: '92_nobody-issued-this' });
    const code = await world.phoneCode();
    const calls = await world.callsDuring(async () => phoneNumber(await own.phone(code)));
    assert.deepEqual(calls, [`${PHONE} 40001`, `${TOKEN} 0`, `${PHONE} 0`]);
  });
}

module.exports = { backEnd };
