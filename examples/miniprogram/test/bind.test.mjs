// Which account is theirs? All the ways to answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from '../testing/stage.mjs';

const WECHAT_NUMBER = ['#phone', '#quick'];

/** A customer at the bind page. `bind` takes existing accounts only, `ready` makes new ones. */
async function atTheBindPage(t, { like, ...file }, person = 'alice') {
  const all = await stage(t, { person, world: { like, ...file } });
  all.phone.launch();
  await all.phone.tap('#wechat');
  await all.phone.ready('#again');
  return all;
}

/** Has a code sent, and reads it in the message. */
async function codeFor({ phone, world }, recipient) {
  await phone.type(recipient, '#code-form', '#recipient');
  await phone.tap('#code-form', '#ask');
  await solvePicture({ phone, world });
  await phone.sees('秒后重发');
  const [message] = await world.outbox(recipient);
  return message.verify_code;
}

async function solvePicture({ phone, world }, missedBy = 0) {
  const slider = ['#code-form', '#captcha', '#slider'];
  await phone.ready(...slider);
  const pictures = await world.journal({ path: '/api/v2/sdk/captcha', reveal: true });
  const place = await world.captcha(pictures.at(-1).answer.token);
  await phone.slide(place + missedBy, ...slider);
}

async function enterCode(phone, code) {
  await phone.type(code, '#code-form', '#code');
  await phone.tap('#code-form', '#submit');
}

test('the number of their WeChat finds the account', async (t) => {
  const { phone, world } = await atTheBindPage(t, { like: 'bind' });
  await phone.tapPhoneButton(WECHAT_NUMBER);
  await phone.sees('用户名：li.na');
  await world.expectCalls({ '/api/v2/sdk/social/wechat-mobile-bind': 1 });
});

test('the number of their WeChat makes a new account where that is allowed', async (t) => {
  const { phone, world } = await atTheBindPage(t, { like: 'ready' }, 'carol');
  await phone.tapPhoneButton(WECHAT_NUMBER);
  await phone.sees('手机：+86-13700137000');
  await world.expectCalls({ '/api/v2/sdk/social/wechat-mobile-register-bind': 1 });
});

test('a code by SMS proves a number, and its account is theirs', async (t) => {
  const all = await atTheBindPage(t, { like: 'bind' }, 'carol');
  await enterCode(all.phone, await codeFor(all, '13800138000'));
  await all.phone.sees('用户名：li.na');
  await all.world.expectCalls({ '/api/v2/sdk/social/bind': 1 });
});

test('a code by e-mail proves an address, and its account is theirs', async (t) => {
  const all = await atTheBindPage(t, { like: 'bind' }, 'carol');
  await all.phone.tap('#code-form', '#switch');
  await enterCode(all.phone, await codeFor(all, 'li@acme.example'));
  await all.phone.sees('邮箱：li@acme.example');
});

test('a code by SMS makes a new account where that is allowed', async (t) => {
  const all = await atTheBindPage(t, { like: 'ready' }, 'carol');
  await enterCode(all.phone, await codeFor(all, '13700137000'));
  await all.phone.sees('手机：+86-13700137000');
  await all.world.expectCalls({ '/api/v2/sdk/social/register-bind': 1 });
});

test('a code by e-mail makes a new account where that is allowed', async (t) => {
  const all = await atTheBindPage(t, { like: 'ready' }, 'carol');
  await all.phone.tap('#code-form', '#switch');
  await enterCode(all.phone, await codeFor(all, 'carol@acme.example'));
  await all.phone.sees('邮箱：carol@acme.example');
});

test('name and password of an account make it theirs', async (t) => {
  const { phone, world } = await atTheBindPage(t, { like: 'bind' }, 'carol');
  await phone.type('li.na', '#password-form', '#user-name');
  await phone.type('correct-horse', '#password-form', '#password');
  await phone.tap('#password-form', '#submit');
  await phone.sees('用户名：li.na');
  await world.expectCalls({ '/api/v2/sdk/social/username-password-bind': 1 });
});

test('after a wrong password they read how many tries are left, and the right one still works', async (t) => {
  const { phone } = await atTheBindPage(t, { like: 'bind' }, 'carol');
  await phone.type('li.na', '#password-form', '#user-name');
  await phone.type('guess', '#password-form', '#password');
  await phone.tap('#password-form', '#submit');
  await phone.sees('剩余登录尝试次数');
  await phone.type('correct-horse', '#password-form', '#password');
  await phone.tap('#password-form', '#submit');
  await phone.sees('用户名：li.na');
});

test('where new accounts are made no password is asked for', async (t) => {
  const { phone } = await atTheBindPage(t, { like: 'ready' });
  assert.equal(phone.has('#password-form'), false);
});

test('only the proofs that the tenant takes are offered', async (t) => {
  const { phone } = await atTheBindPage(t, { like: 'bind', idaas: { registration: { verify_by: ['email'] } } }, 'carol');
  await phone.ready('#code-form', '#recipient');
  assert.equal(phone.has(...WECHAT_NUMBER), false);
  assert.equal(phone.has('#code-form', '#switch'), false);
});

test('who refuses their number can take another way', async (t) => {
  const { phone, world } = await atTheBindPage(t, { like: 'bind' });
  await phone.tapPhoneButton(WECHAT_NUMBER, { deny: true });
  await phone.sees('未授权手机号，可以用其他方式');
  await world.expectCalls({ '/api/v2/sdk/social': 0 });
});

test('a WeChat number that no account has is told, and another way is open', async (t) => {
  const all = await atTheBindPage(t, { like: 'bind' }, 'carol');
  await all.phone.tapPhoneButton(WECHAT_NUMBER);
  await all.phone.sees('没有找到对应的账号');
  await enterCode(all.phone, await codeFor(all, '13800138000'));
  await all.phone.sees('用户名：li.na');
});

test('a wrong code is told, and the right one still works', async (t) => {
  const all = await atTheBindPage(t, { like: 'bind' });
  const code = await codeFor(all, '13800138000');
  await enterCode(all.phone, code === '000000' ? '111111' : '000000');
  await all.phone.sees('验证码不正确或已过期');
  await enterCode(all.phone, code);
  await all.phone.sees('用户名：li.na');
});

test('a code that waited more than five minutes has run out', async (t) => {
  const all = await atTheBindPage(t, { like: 'bind' });
  const code = await codeFor(all, '13800138000');
  await all.world.clock.advance('5m1s');
  await enterCode(all.phone, code);
  await all.phone.sees('验证码不正确或已过期');
});

test('a picture that was missed is drawn anew', async (t) => {
  const all = await atTheBindPage(t, { like: 'bind' });
  await all.phone.type('13800138000', '#code-form', '#recipient');
  await all.phone.tap('#code-form', '#ask');
  await solvePicture(all, 60);
  await all.phone.sees('拼图没有对齐，请再试一次');
  assert.deepEqual(await all.world.outbox(), []);
  await solvePicture(all);
  await all.phone.sees('秒后重发');
});

test('a number that is none costs no call', async (t) => {
  const { phone, world } = await atTheBindPage(t, { like: 'bind' });
  await phone.type('138', '#code-form', '#recipient');
  await phone.tap('#code-form', '#ask');
  await phone.sees('请输入正确的手机号');
  await world.expectCalls({ '/api/v2/sdk/captcha': 0 });
});

test('while IDaaS is down the picture cannot be fetched, and the form says so', async (t) => {
  const { phone, world } = await atTheBindPage(t, { like: 'bind' });
  await world.faults.plan({ where: { party: 'idaas' }, what: { status: 503 } });
  await phone.type('13800138000', '#code-form', '#recipient');
  await phone.tap('#code-form', '#ask');
  await phone.sees('服务暂时不可用，请稍后再试');
});

test('who takes too long logs in again and can bind then', async (t) => {
  const { phone, world } = await atTheBindPage(t, { like: 'bind' });
  await world.expire({ kind: 'state_token' });
  await phone.tapPhoneButton(WECHAT_NUMBER);
  await phone.sees('停留时间过长，请返回重新登录');
  await phone.tap('#again');
  await phone.tap('#wechat');
  await phone.tapPhoneButton(WECHAT_NUMBER);
  await phone.sees('用户名：li.na');
});
