// wx.login and what else tells the app who its person is. What happens is the lab's decision.

import { asynchronous, Failure } from './call.js';

export function login(device) {
  return {
    login: asynchronous('login', () => device.asked('login', 'login')),

    checkSession: asynchronous('checkSession', () => device.asked('checkSession', 'check-session')),

    getUserInfo: asynchronous('getUserInfo', ({ withCredentials = false }) =>
      device.asked('getUserInfo', 'user-info', { withCredentials: Boolean(withCredentials) }),
    ),

    getUserProfile: tapOnly(device, ({ desc }) =>
      device.asked('getUserProfile', 'user-profile', { desc: desc === undefined ? '' : String(desc) }),
    ),
  };
}

/** `getUserProfile` shows a dialog, so it wants to be called by a tap itself, not by what a tap led to. */
function tapOnly(device, work) {
  return (options) => {
    const { isTapping } = device;
    return asynchronous('getUserProfile', (given) => {
      if (!isTapping) throw new Failure('can only be invoked by user TAP gesture.');
      return work(given);
    })(options);
  };
}

/** `wx.getAccountInfoSync`; the version is the one online, so it is empty outside `release`. */
export function accountInfo({ appid, envVersion = 'develop', version = '1.0.0' }) {
  if (!['develop', 'trial', 'release'].includes(envVersion)) {
    throw new TypeError(`envVersion: \`${envVersion}\` is not known\nhint: use develop, trial or release`);
  }
  return {
    getAccountInfoSync: () => {
      if (appid === undefined) {
        throw new TypeError(
          'getAccountInfoSync: nobody said which Mini Program this is\nhint: give createWx the appid',
        );
      }
      return { miniProgram: { appId: appid, envVersion, version: envVersion === 'release' ? version : '' } };
    },
  };
}
