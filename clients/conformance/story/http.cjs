// What a request library of a back end does without knowing of a lab: it calls WeChat and the tenant at their own
// addresses, by https, and trusts what its runtime trusts.
//
// A library comes as `get(url) -> { status, data }` and `post(url, json) -> { status, data }`, the data parsed.
'use strict';

const assert = require('node:assert/strict');
const { check } = require('./checks.cjs');
const world = require('./world.cjs');

const WECHAT = 'https://api.weixin.qq.com';

async function http({ get, post }) {
  const { app, domain } = await world.declared();
  const own = `appid=${app.appid}&secret=${app.secret}`;
  const token = async (host) =>
    (await get(`${host}/cgi-bin/token?grant_type=client_credential&${own}`)).data.access_token;

  await check('WeChat answers at its own address', async () => {
    const code = await world.loginCode();
    const url = `${WECHAT}/sns/jscode2session?${own}&js_code=${code}&grant_type=authorization_code`;
    const calls = await world.callsDuring(async () => assert.match((await get(url)).data.openid, /^o[\w-]{27}$/));
    assert.deepEqual(calls, ['/sns/jscode2session 0'], 'in the world that the lab was joined for');
  });
  await check('a regional alias answers, too', async () => {
    assert.match(await token('https://sh.api.weixin.qq.com'), /^\d+_/);
  });
  await check('JSON is posted', async () => {
    const url = `${WECHAT}/wxa/business/getuserphonenumber?access_token=${await token(WECHAT)}`;
    const { data } = await post(url, { code: await world.phoneCode() });
    assert.equal(data.phone_info.purePhoneNumber, '13900139000');
  });
  await check('a refusal comes at HTTP 200', async () => {
    const { status, data } = await get(`${WECHAT}/cgi-bin/token?grant_type=client_credential&appid=x&secret=y`);
    assert.deepEqual([status, data.errcode], [200, 40013]);
  });
  await check('the tenant answers at its own domain', async () => {
    const { data } = await get(`https://${domain}/api/v1/oauth2/.well-known/openid-configuration`);
    assert.equal(data.issuer, `https://${domain}/api/v1/oauth2`);
  });
  await check('thirty calls at once are answered', async () => {
    const tokens = await Promise.all(Array.from({ length: 30 }, () => token(WECHAT)));
    assert.equal(new Set(tokens).size, 30);
  });
}

module.exports = { http };
