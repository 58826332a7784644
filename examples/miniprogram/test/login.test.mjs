// The WeChat login: known customers, new ones, and what goes wrong on the way.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from '../testing/stage.mjs';

const IDAAS_DOWN = { name: 'down', where: { party: 'idaas' }, what: { status: 503 } };
const LOGIN = '/api/v2/sdk/login/wechat-miniprogram';

test('a customer whose WeChat is linked is in without a tap', async (t) => {
  const { phone, world } = await stage(t, { person: 'bob' });
  phone.launch();
  await phone.sees('Wu Jun');
  await phone.sees('用户名：wu.jun');
  await phone.sees('手机：+86-13900139000');
  await world.expectCalls({ [LOGIN]: 1, 'wx.login': 1 });
});

test('a customer whom the shop does not know taps the login button and is asked which account is theirs', async (t) => {
  const { phone } = await stage(t, { world: { like: 'bind' } });
  phone.launch();
  await phone.tap('#wechat');
  await phone.sees('绑定已有账号');
});

test('where new accounts are made the same tap leads to a registration', async (t) => {
  const { phone } = await stage(t, { world: { like: 'ready' } });
  phone.launch();
  await phone.tap('#wechat');
  await phone.sees('没有账号会自动为您创建');
});

test('a code that was five minutes on its way is refused, and the next tap brings a new one', async (t) => {
  const { phone, world } = await stage(t, { world: { like: 'bind' } });
  phone.launch();
  await phone.ready('#wechat');
  const { login } = phone.wx;
  phone.wx.login = ({ success, ...rest }) =>
    login({ ...rest, success: (result) => world.age(result.code, '5m1s').then(() => success(result)) });
  await phone.tap('#wechat');
  await phone.sees('微信授权已失效，请再试一次');
  phone.wx.login = login;
  await phone.tap('#wechat');
  await phone.sees('绑定已有账号');
});

test('when WeChat hands out no code the customer is told, and can try again', async (t) => {
  const { phone, world } = await stage(t);
  phone.launch();
  await phone.ready('#wechat');
  phone.device.answer('login', { fail: 'time out', errno: 5 }, {});
  await phone.tap('#wechat');
  await phone.sees('微信登录失败，请再试一次');
  await world.expectCalls({ [LOGIN]: 1 });
  await phone.tap('#wechat');
  await phone.sees('登录或注册');
});

test('while IDaaS is down the first page says so, and a tap goes on once it is back', async (t) => {
  const { phone, world } = await stage(t, { person: 'bob' });
  await world.faults.plan(IDAAS_DOWN);
  phone.launch();
  await phone.sees('服务暂时不可用，请稍后再试');
  await world.faults.clear('down');
  await phone.tap('#retry');
  await phone.sees('Wu Jun');
});

test('while IDaaS is down the login button says so', async (t) => {
  const { phone, world } = await stage(t, { world: { like: 'bind' } });
  phone.launch();
  await phone.ready('#wechat');
  await world.faults.plan(IDAAS_DOWN);
  await phone.tap('#wechat');
  await phone.sees('服务暂时不可用，请稍后再试');
});

test('a phone without a network is told apart from a service that is down', async (t) => {
  const { phone, world } = await stage(t, { person: 'bob' });
  await world.faults.plan({ where: { party: 'idaas' }, when: { next: 1 }, what: { reset: 'before' } });
  phone.launch();
  await phone.sees('网络不给力，请检查后重试');
  await phone.tap('#other');
  await phone.tap('#wechat');
  await phone.sees('Wu Jun');
});

test('after a code that WeChat refused the next tap brings a new one', async (t) => {
  const { phone, world } = await stage(t, { person: 'bob' });
  await world.faults.plan({ where: { endpoint: '/sns/jscode2session' }, when: { next: 1 }, what: { error: 40226 } });
  phone.launch();
  await phone.sees('微信授权已失效，请再试一次');
  await phone.tap('#retry');
  await phone.sees('Wu Jun');
});

test('two taps on the login button are one login', async (t) => {
  const { phone, world } = await stage(t, { world: { like: 'bind' } });
  phone.launch();
  const button = await phone.ready('#wechat');
  await world.clearJournal();
  button.dispatchEvent('tap');
  button.dispatchEvent('tap');
  await phone.sees('绑定已有账号');
  await world.expectCalls({ 'wx.login': 1, [LOGIN]: 1 });
});

test('a customer whose account is disabled is told whom to ask', async (t) => {
  const { phone, world } = await stage(t, { person: 'bob' });
  await world.change({ idaas: { users: { wu: { disabled: true } } } });
  phone.launch();
  await phone.sees('该账号已停用，请联系客服');
  assert.ok(phone.has('#other'), 'there is a way to another account');
});
