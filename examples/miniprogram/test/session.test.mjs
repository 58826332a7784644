// What lasts: the next launch, a token that ran out, a session that ended, a logout.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from '../testing/stage.mjs';

const LOGIN = '/api/v2/sdk/login/wechat-miniprogram';
const REFRESH = '/api/v2/sdk/sso/session-token/id-token';
const HOUR = 3_600_000;

/**
 * Bob logged in some hours ago. The shop lives in real time: it refused his id_token then, which was old already, and it is
 * the world that has caught up now.
 */
async function loggedInAgo(t, hours) {
  const all = await stage(t, { person: 'bob' });
  await all.world.clock.set(new Date(Date.now() - hours * HOUR));
  all.phone.launch();
  await all.phone.sees('退出登录');
  await all.phone.ready('#retry');
  await all.world.clock.advance(hours * HOUR);
  await all.world.clearJournal();
  return all;
}

test('after a bind the next launch asks nothing, and costs no login', async (t) => {
  const { phone, world } = await stage(t, { world: { like: 'bind' } });
  phone.launch();
  await phone.tap('#wechat');
  await phone.tapPhoneButton(['#phone', '#quick']);
  await phone.sees('用户名：li.na');
  await world.clearJournal();
  phone.launch();
  await phone.sees('用户名：li.na');
  await world.expectCalls({ 'wx.login': 0, '/api/v2/sdk': 0 });
});

test('on a new phone the WeChat that was bound is enough', async (t) => {
  const { phone } = await stage(t, { world: { like: 'bind' } });
  phone.launch();
  await phone.tap('#wechat');
  await phone.tapPhoneButton(['#phone', '#quick']);
  await phone.sees('用户名：li.na');
  phone.wx.clearStorageSync();
  phone.launch();
  await phone.sees('用户名：li.na');
});

test('an id_token that has run out is replaced without a word', async (t) => {
  const { phone, world, shop } = await loggedInAgo(t, 3);
  phone.launch();
  await phone.sees('Wu Jun');
  await world.expectCalls({ [REFRESH]: 1, [LOGIN]: 0, 'wx.login': 0 });
  assert.match(shop.log.at(-1), /GET \/me 401 id_token_refused/);
});

test('the refreshed id_token is kept: the launch after that refreshes nothing', async (t) => {
  const { phone, world } = await loggedInAgo(t, 3);
  phone.launch();
  await phone.sees('Wu Jun');
  await world.clearJournal();
  phone.launch();
  await phone.sees('Wu Jun');
  await world.expectCalls({ '/api/v2/sdk': 0 });
});

test('a session that has ended is begun anew by the WeChat identity', async (t) => {
  const { phone, world } = await loggedInAgo(t, 24 * 6);
  phone.launch();
  await phone.sees('Wu Jun');
  await world.expectCalls({ [REFRESH]: 1, [LOGIN]: 1, 'wx.login': 1 });
});

test('when the session has ended and the WeChat is linked no more, the login page comes', async (t) => {
  const { phone, world } = await loggedInAgo(t, 24 * 6);
  await world.change({ idaas: { users: { wu: { wechat: [] } } } });
  phone.launch();
  await phone.sees('欢迎来到 Acme 商城');
});

test('while IDaaS is down a session is not given up', async (t) => {
  const { phone, world } = await loggedInAgo(t, 3);
  await world.faults.plan({ name: 'down', where: { endpoint: REFRESH }, what: { status: 503 } });
  phone.launch();
  await phone.sees('服务暂时不可用，请稍后再试');
  await world.faults.clear('down');
  await phone.tap('#retry');
  await phone.sees('Wu Jun');
  await world.expectCalls({ [REFRESH]: 2, [LOGIN]: 0 });
});

test('who has logged out is not logged in by the next launch, but by a tap', async (t) => {
  const { phone, world } = await stage(t, { person: 'bob' });
  phone.launch();
  await phone.sees('Wu Jun');
  await phone.tap('#logout');
  await phone.sees('欢迎来到 Acme 商城');
  await world.clearJournal();
  phone.launch();
  await phone.sees('欢迎来到 Acme 商城');
  await world.expectCalls({ 'wx.login': 0, '/api/v2/sdk': 0 });
  await phone.tap('#wechat');
  await phone.sees('Wu Jun');
  assert.deepEqual(phone.wx.getStorageInfoSync().keys.sort(), ['device-fingerprint', 'session']);
});

test('a logout leaves no token on the phone', async (t) => {
  const { phone } = await stage(t, { person: 'bob' });
  phone.launch();
  await phone.sees('Wu Jun');
  await phone.tap('#logout');
  await phone.sees('欢迎来到 Acme 商城');
  assert.deepEqual(phone.wx.getStorageInfoSync().keys.sort(), ['device-fingerprint', 'signed-out']);
});

test('a phone keeps its fingerprint', async (t) => {
  const { phone, world } = await stage(t, { person: 'bob' });
  phone.launch();
  await phone.sees('Wu Jun');
  await phone.tap('#logout');
  await phone.tap('#wechat');
  await phone.sees('Wu Jun');
  const logins = await world.journal({ path: LOGIN, reveal: true });
  const [first, second] = logins.map(({ headers }) => headers['x-device-fingerprint']);
  assert.ok(first);
  assert.equal(second, first);
});
