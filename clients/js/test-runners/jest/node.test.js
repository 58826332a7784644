const { button, createLab, deviceOf } = require('@mockwx/wx');
const page = require('../page.cjs');

let world;

beforeEach(async () => {
  world = await createLab({ url: process.env.MOCKWX_URL }).createWorld();
  globalThis.wx = await world.wx({ person: 'alice' });
});

afterEach(() => world.delete());

test('a person logs in', async () => {
  await page.onLogin();
  expect(page.data.status).toBe('USER_REGISTER');
  await world.expectCalls({ 'wx.login': 1, '/api/v2/sdk/login/wechat-miniprogram': 1 });
});

test('a person shares a number, or does not', async () => {
  await button.getPhoneNumber(page, { handler: 'onPhone', deny: true });
  expect(deviceOf(wx).calls('showToast')).toEqual([{ name: 'showToast', options: { title: 'no number, then' } }]);
  await button.getRealtimePhoneNumber((event) => page.onPhone(event));
  expect(page.data.phoneCode).toMatch(/^[0-9a-f]{64}$/);
});

test('bytes belong to the test file that asked for them', async () => {
  const url = `${process.env.MOCKWX_URL}/livez`;
  const { data } = await new Promise((complete) => wx.request({ url, responseType: 'arraybuffer', complete }));
  expect(data).toBeInstanceOf(ArrayBuffer);
});
