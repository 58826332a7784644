// The shim's types beside Tencent's: whoever writes against theirs can be handed ours.
/// <reference types="miniprogram-api-typings" />

import type { Wx } from '@mockwx/wx';

declare const ours: Wx;

type Tencents = Pick<WechatMiniprogram.Wx, keyof Wx>;

/** Typed with a member that Tencent's own pages say is not always there. */
type Sometimes = 'getAccountInfoSync' | 'getUserInfo' | 'getUserProfile';

export const theirs: Omit<Tencents, Sometimes> = ours;

// `plugin` is there in a plugin's code only.
export const account: Omit<WechatMiniprogram.AccountInfo, 'plugin'> = ours.getAccountInfoSync();

// `cloudID` is there in Mini Programs with cloud development only.
export const info: Promise<Omit<WechatMiniprogram.GetUserInfoSuccessCallbackResult, 'cloudID'>> = ours.getUserInfo();
export const profile: Promise<Omit<WechatMiniprogram.GetUserProfileSuccessCallbackResult, 'cloudID'>> =
  ours.getUserProfile({
    desc: 'to greet you',
  });
