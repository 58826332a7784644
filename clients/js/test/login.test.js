import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createWx, deviceOf } from '../src/index.js';
import { called } from '../testing/called.js';
import { freshWorld, labForTests } from '../testing/lab.js';

const lab = labForTests({ before, after });
const APPID = 'wx0123456789abcdef';
const SECRET = '0123456789abcdef0123456789abcdef';

const exchanged = async (code) => {
  const query = new URLSearchParams({ appid: APPID, secret: SECRET, js_code: code, grant_type: 'authorization_code' });
  return (await fetch(`${lab.url}/sns/jscode2session?${query}`)).json();
};

test('a login code of the phone is good for one exchange, at the address that all tests share', async (t) => {
  const world = await freshWorld(t, lab);
  const wx = await world.wx({ person: 'alice' });
  const { code, errMsg } = await wx.login();
  assert.equal(errMsg, 'login:ok');
  assert.equal((await exchanged(code)).openid.length, 28);
  assert.equal((await exchanged(code)).errcode, 40163);
});

test('callbacks are called in their order with one object, and there is no promise then', async () => {
  const wx = createWx({ url: lab.url, appid: APPID, person: 'alice' });
  assert.equal(wx.login({ complete: () => {} }), undefined);
  const calls = await called(wx.login);
  assert.deepEqual(
    calls.map(([name]) => name),
    ['success', 'complete'],
  );
  assert.equal(calls[0][1], calls[1][1]);
});

test('what a callback throws is an uncaught error, and complete is called all the same', async (t) => {
  const wx = createWx({ url: lab.url });
  const uncaught = new Promise((resolve) => {
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', resolve);
    t.after(() => others.forEach((listener) => process.on('uncaughtException', listener)));
  });
  const done = new Promise((complete) => {
    const success = () => {
      throw new Error('a bug in the app');
    };
    wx.login({ success, complete });
  });
  assert.equal((await uncaught).message, 'a bug in the app');
  assert.equal((await done).errMsg, 'login:ok');
});

test('a login that is planned to fail does so in the words of WeChat, once, and the journal knows why', async (t) => {
  const world = await freshWorld(t, lab);
  const wx = await world.wx();
  deviceOf(wx).answer('login', { outcome: 'blocked' }, { fail: 'time out', errno: 5 }, {});
  await assert.rejects(wx.login(), { errMsg: 'login:fail wxa login is blocked', errno: 1402101 });
  await assert.rejects(wx.login(), { errMsg: 'login:fail time out', errno: 5 });
  assert.equal((await wx.login()).errMsg, 'login:ok');
  assert.equal((await world.journal())[0].refusal.rule, 'login_blocked');
});

test('a phone in no lab, or of nobody, says so to the app', async () => {
  const away = createWx({ url: 'http://127.0.0.1:1' });
  await assert.rejects(away.login(), ({ errMsg }) =>
    /^login:fail mockwx: no mockwx answers at http:\/\/127\.0\.0\.1:1: /.test(errMsg),
  );
  const nobody = createWx({ url: lab.url, person: 'alicia' });
  await assert.rejects(nobody.login(), {
    errMsg: 'login:fail mockwx: no person is called `alicia`\nhint: did you mean `alice`?',
    errno: 4,
  });
});

test('checkSession is about the last login of this phone', async (t) => {
  const world = await freshWorld(t, lab);
  const wx = await world.wx({ person: 'alice' });
  await assert.rejects(wx.checkSession(), ({ errMsg }) =>
    errMsg.startsWith('checkSession:fail 系统错误，错误码：-13001,session time out'),
  );
  await wx.login();
  assert.deepEqual(await wx.checkSession(), { errMsg: 'checkSession:ok' });
  await world.clock.advance('4d');
  await assert.rejects(wx.checkSession());
});

test('the profile wants a tap, and a reason that fits', async (t) => {
  const world = await freshWorld(t, lab);
  const wx = await world.wx({ person: 'alice' });
  const device = deviceOf(wx);
  const desc = 'to greet you';
  await wx.login();
  await assert.rejects(wx.getUserProfile({ desc }), {
    errMsg: 'getUserProfile:fail can only be invoked by user TAP gesture.',
  });
  const { errMsg, userInfo } = await device.tap(() => wx.getUserProfile({ desc }));
  assert.deepEqual([errMsg, userInfo.nickName], ['getUserProfile:ok', '微信用户']);
  await assert.rejects(
    device.tap(async () => {
      await wx.login();
      return wx.getUserProfile({ desc });
    }),
    { errMsg: 'getUserProfile:fail can only be invoked by user TAP gesture.' },
  );
  for (const wrong of ['', undefined, 'x'.repeat(31)]) {
    await assert.rejects(
      device.tap(() => wx.getUserProfile({ desc: wrong })),
      ({ errMsg: told }) => told.startsWith('getUserProfile:fail desc length does not meet the requirements'),
    );
  }
});

test('user info has its encrypted part only when credentials are wanted', async (t) => {
  const world = await freshWorld(t, lab);
  const wx = await world.wx({ person: 'alice' });
  await wx.login();
  const all = await wx.getUserInfo({ withCredentials: true });
  assert.deepEqual(Object.keys(all).sort(), ['encryptedData', 'errMsg', 'iv', 'rawData', 'signature', 'userInfo']);
  assert.equal((await wx.getUserInfo()).encryptedData, undefined);
});

test('an app knows its version, which is empty outside release', () => {
  const told = (options) => createWx({ url: lab.url, appid: APPID, ...options }).getAccountInfoSync().miniProgram;
  assert.deepEqual(told({}), { appId: APPID, envVersion: 'develop', version: '' });
  assert.deepEqual(told({ envVersion: 'release', version: '2.1.0' }), {
    appId: APPID,
    envVersion: 'release',
    version: '2.1.0',
  });
  assert.throws(
    () => createWx({ url: lab.url }).getAccountInfoSync(),
    /nobody said which Mini Program this is\nhint: give createWx the appid/,
  );
});
