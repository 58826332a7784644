// What the shop keeps beside the account: it asks WeChat itself, at WeChat's own address.

import { test } from 'node:test';
import { stage } from '../testing/stage.mjs';

const CONTACT = ['#phone', '#quick'];
const EXCHANGE = '/wxa/business/getuserphonenumber';

/** Bob, logged in. */
async function atTheProfile(t) {
  const all = await stage(t, { person: 'bob' });
  all.phone.launch();
  await all.phone.sees('Wu Jun');
  return all;
}

test('a tap gives the number that the courier calls, and the next launch still shows it', async (t) => {
  const { phone, world } = await atTheProfile(t);
  await phone.sees('收货电话：未填写');
  await phone.tapPhoneButton(CONTACT, { phone: '+852 61234567' });
  await phone.sees('收货电话：+852 61234567');
  await world.expectCalls({ [EXCHANGE]: 1 });
  phone.launch();
  await phone.sees('收货电话：+852 61234567');
});

test('who refuses the number keeps the profile', async (t) => {
  const { phone, world } = await atTheProfile(t);
  await phone.tapPhoneButton(CONTACT, { deny: true });
  await phone.sees('未授权手机号，可以用其他方式');
  await phone.sees('收货电话：未填写');
  await world.expectCalls({ [EXCHANGE]: 0 });
});

test('payment is opened with a login code of its own, and the offer goes away', async (t) => {
  const { phone, world } = await atTheProfile(t);
  await phone.tap('#pay');
  await phone.sees('微信支付：已开通');
  await phone.sees('收货电话');
  await world.expectCalls({ 'wx.login': 2, '/sns/jscode2session': 2 });
});

test('while WeChat is busy for the shop the customer is told, and can try again', async (t) => {
  const { phone, world } = await atTheProfile(t);
  await world.faults.plan({ where: { endpoint: '/sns/jscode2session' }, when: { next: 1 }, what: { error: -1 } });
  await phone.tap('#pay');
  await phone.sees('微信繁忙，请稍后再试');
  await phone.tap('#pay');
  await phone.sees('微信支付：已开通');
});

test('an access token that WeChat takes no more is fetched anew, and the customer notices nothing', async (t) => {
  const { phone, world } = await atTheProfile(t);
  await world.faults.plan({ where: { endpoint: EXCHANGE }, when: { next: 1 }, what: { error: 40001 } });
  await phone.tapPhoneButton(CONTACT);
  await phone.sees('收货电话：+86 13900139000');
  await world.expectCalls({ [EXCHANGE]: 2 });
});

test('a phone code that was spent already is refused', async (t) => {
  const { phone, world } = await atTheProfile(t);
  await world.faults.plan({ where: { endpoint: EXCHANGE }, when: { next: 1 }, what: { error: 40029 } });
  await phone.tapPhoneButton(CONTACT);
  await phone.sees('微信授权已失效，请再试一次');
});
