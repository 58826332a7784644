import { button, createLab, deviceOf } from '@mockwx/wx';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import page from '../page.cjs';

let world;

beforeEach(async () => {
  world = await createLab({ url: process.env.MOCKWX_URL }).createWorld();
  vi.stubGlobal('wx', await world.wx({ person: 'bob' }));
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await world.delete();
});

test('a person logs in', async () => {
  await page.onLogin();
  expect(page.data.status).toBe('SUCCESS');
  await world.expectCalls({ 'wx.login': 1, '/sns/jscode2session': 1 });
});

test('a person shares a number, or does not', async () => {
  await button.getPhoneNumber(page, { handler: 'onPhone', cancel: true });
  expect(deviceOf(wx).calls('showToast')).toHaveLength(1);
  await button.getPhoneNumber(page, { handler: 'onPhone' });
  expect(page.data.phoneCode).toMatch(/^[0-9a-f]{64}$/);
});
