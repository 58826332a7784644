/** @jest-environment jsdom */

// Simulated pages live in jsdom, which has no fetch and globals of its own.

const { button, wx: ready, lab } = require('@mockwx/wx/auto');
const page = require('../page.cjs');

test('the wx that the setup file made is the global one', async () => {
  expect(wx).toBe(ready);
  await page.onLogin();
  expect(page.data.status).toBe('USER_REGISTER');
  await button.getPhoneNumber((event) => page.onPhone(event));
  expect(page.data.phoneCode).toHaveLength(64);
  expect(await lab.journal({ path: 'wx.login' })).not.toHaveLength(0);
});
