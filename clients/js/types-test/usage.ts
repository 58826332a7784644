// How a test is written in TypeScript, without Tencent's typings.

import { button, createLab, createWx, deviceOf, LabError, type PhoneDetail, type Wx } from '@mockwx/wx';
import { lab as ready } from '@mockwx/wx/auto';

export async function login(): Promise<string> {
  const lab = createLab({ url: 'http://127.0.0.1:17080' });
  const world = await lab.createWorld();
  await world.clock.advance('5m');
  await world.faults.plan('system_error');
  await ready.expectCalls({ '/sns/jscode2session': 1, idaas: 0 });
  const wx: Wx = await world.wx({ person: 'alice', hosts: { 'https://api.shop.example': 'http://127.0.0.1:3000' } });
  const { code } = await wx.login({ timeout: 5000 });
  wx.request<{ token: string }>({
    url: 'https://api.shop.example/login',
    method: 'POST',
    data: { code },
    success: ({ data, statusCode }) => wx.setStorageSync(`token-${statusCode}`, data.token),
    fail: ({ errMsg, errno }) => wx.showToast({ title: `${errMsg} ${errno}` }),
  });
  const tapped = await button.getPhoneNumber(async (event: { detail: PhoneDetail }) => event.detail.code, {
    deny: true,
  });
  const result: string | undefined = tapped.result;
  deviceOf(wx).tap(() => wx.getUserProfile({ desc: 'to greet you', success: ({ userInfo }) => userInfo.nickName }));
  return result ?? code;
}

export function wayOut(error: unknown): string | undefined {
  return error instanceof LabError ? error.hint : undefined;
}

export function wrong(): void {
  // @ts-expect-error the lab's address is needed
  createWx({});
  // @ts-expect-error there is no such failure
  button.getPhoneNumber(() => {}, { fail: 'broken' });
  const wx = createWx({ url: 'http://127.0.0.1:17080' });
  // @ts-expect-error with a callback there is no promise
  wx.login({ success: () => {} }).then(() => {});
  // @ts-expect-error control functions stand beside wx, not on it
  wx.clock;
}
