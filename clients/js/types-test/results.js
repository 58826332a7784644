// Writes what the functions of wx really give as a TypeScript file that Tencent's typings have to accept:
// out/results.ts. A value must have every field that they want, and none that they do not know.

import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { buttonsOf, createLab, deviceOf } from '../src/index.js';
import { startLab } from '../testing/lab.js';

const lab = await startLab();
const server = createServer((_, response) => response.setHeader('set-cookie', 'a=1').end('{"a":1}'));
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));

try {
  const wx = await createLab({ url: lab.url }).wx({ person: 'alice' });
  await wx.login();
  const failed = (promise) =>
    promise.then(
      () => Promise.reject(new Error('it should fail')),
      (error) => error,
    );
  const requested = (url) => new Promise((resolve) => wx.request({ url, complete: resolve }));
  wx.setStorageSync('a', 1);

  const general = 'GeneralCallbackResult';
  const values = [
    ['LoginSuccessCallbackResult', await wx.login()],
    [general, await wx.checkSession()],
    [
      "Omit<WechatMiniprogram.GetUserInfoSuccessCallbackResult, 'cloudID'>",
      await wx.getUserInfo({ withCredentials: true }),
    ],
    [
      "Omit<WechatMiniprogram.GetUserProfileSuccessCallbackResult, 'cloudID'>",
      await deviceOf(wx).tap(() => wx.getUserProfile({ desc: 'to greet you' })),
    ],
    [general, await failed(wx.getUserProfile({ desc: 'to greet you' }))],
    ["Omit<WechatMiniprogram.AccountInfo, 'plugin'>", wx.getAccountInfoSync()],
    ['RequestSuccessCallbackResult', await requested(`http://127.0.0.1:${server.address().port}/`)],
    ['RequestFailCallbackErr', await requested('http://127.0.0.1:1/')],
    ['GetStorageSuccessCallbackResult<number>', await wx.getStorage({ key: 'a' })],
    [general, await failed(wx.getStorage({ key: 'b' }))],
    ['GetStorageInfoSyncOption', wx.getStorageInfoSync()],
    ['GetStorageInfoSuccessCallbackOption', await wx.getStorageInfo()],
    ['SystemInfo', wx.getSystemInfoSync()],
    ['DeviceInfo', wx.getDeviceInfo()],
    ['AppBaseInfo', wx.getAppBaseInfo()],
    ['WindowInfo', wx.getWindowInfo()],
    ['SystemSetting', wx.getSystemSetting()],
    ['AppAuthorizeSetting', wx.getAppAuthorizeSetting()],
    ['ClientRect', wx.getMenuButtonBoundingClientRect()],
    ['GetNetworkTypeSuccessCallbackResult', await wx.getNetworkType()],
    ['LaunchOptionsApp', wx.getLaunchOptionsSync()],
    ['ShowModalSuccessCallbackResult', await wx.showModal({ title: 'sure?' })],
    ['ShowActionSheetSuccessCallbackResult', await wx.showActionSheet({ itemList: ['a'] })],
    ['GetSettingSuccessCallbackResult', await wx.getSetting()],
    ['GetPrivacySettingSuccessCallbackResult', await wx.getPrivacySetting()],
    [general, await wx.showToast({ title: 'hello' })],
    ["ButtonGetPhoneNumber['detail']", (await buttonsOf(wx).getPhoneNumber(() => {})).detail],
    ["ButtonGetPhoneNumber['detail']", (await buttonsOf(wx).getRealtimePhoneNumber(() => {})).detail],
  ];
  const lines = values.map(([type, value], at) => {
    const name = type.includes('WechatMiniprogram.') ? type : `WechatMiniprogram.${type}`;
    return `export const value${at} = ${JSON.stringify(value)} satisfies ${name};`;
  });
  const folder = fileURLToPath(new URL('out/', import.meta.url));
  await mkdir(folder, { recursive: true });
  await writeFile(
    `${folder}results.ts`,
    ['/// <reference types="miniprogram-api-typings" />', ...lines, ''].join('\n'),
  );
  console.log(`${values.length} results written to types-test/out/results.ts`);
} finally {
  server.close();
  lab.stop();
}
