// The login by phone number, with either button.

import { test } from 'node:test';
import { stage } from '../testing/stage.mjs';

const QUICK = ['#phone', '#quick'];
const REALTIME = ['#realtime-phone', '#realtime'];
const PHONE_LOGIN = '/api/v2/sdk/login/wechat-mini-program-mobile';

/** A customer with an account whose number the shop knows, but not the WeChat. */
const atTheLoginPage = async (t) => {
  const all = await stage(t, { world: { like: 'bind' } });
  all.phone.launch();
  await all.phone.ready('#wechat');
  return all;
};

for (const [name, button] of [['quick', QUICK], ['real-time', REALTIME]]) {
  test(`the ${name} button logs in the account that has the number`, async (t) => {
    const { phone, world } = await atTheLoginPage(t);
    await phone.tapPhoneButton(button);
    await phone.sees('Li Na');
    await world.expectCalls({ [PHONE_LOGIN]: 1 });
  });

  for (const platform of ['ios', 'android']) {
    test(`who refuses at the ${name} button of ${platform} stays, is told of other ways, and nothing is sent`, async (t) => {
      const { phone, world } = await atTheLoginPage(t);
      await phone.tapPhoneButton(button, { deny: true, platform });
      await phone.sees('未授权手机号，可以用其他方式');
      await world.expectCalls({ [PHONE_LOGIN]: 0 });
      await phone.tapPhoneButton(button);
      await phone.sees('Li Na');
    });
  }
}

test('when the paid quota is used up the customer is led to another way', async (t) => {
  const { phone, world } = await atTheLoginPage(t);
  await phone.tapPhoneButton(QUICK, { fail: 'no_quota' });
  await phone.sees('暂时无法获取手机号，请用其他方式');
  await world.expectCalls({ [PHONE_LOGIN]: 0 });
});

test('a number that no account has is told', async (t) => {
  const { phone } = await atTheLoginPage(t);
  await phone.tapPhoneButton(QUICK, { person: 'carol' });
  await phone.sees('没有找到对应的账号');
});

test('a phone code that was five minutes on its way is refused, and the next tap brings a new one', async (t) => {
  const { phone, world } = await atTheLoginPage(t);
  const { request } = phone.wx;
  phone.wx.request = (call) => void world.age(call.data.code, '5m1s').then(() => request(call));
  await phone.tapPhoneButton(QUICK);
  await phone.sees('微信授权已失效，请再试一次');
  phone.wx.request = request;
  await phone.tapPhoneButton(QUICK);
  await phone.sees('Li Na');
});
