// What only a screen could show: nothing happens but that it is noted, and what a person would answer can be planned.

import { asynchronous } from './call.js';
import { eventChannel } from './event_channel.js';

/** Functions that succeed with nothing more than `errMsg`. */
const SHOWN = [
  'showToast',
  'hideToast',
  'showLoading',
  'hideLoading',
  'redirectTo',
  'reLaunch',
  'switchTab',
  'navigateBack',
  'navigateToMiniProgram',
  'exitMiniProgram',
  'setNavigationBarTitle',
  'setNavigationBarColor',
  'showNavigationBarLoading',
  'hideNavigationBarLoading',
  'setTabBarBadge',
  'removeTabBarBadge',
  'showTabBar',
  'hideTabBar',
  'startPullDownRefresh',
  'stopPullDownRefresh',
  'pageScrollTo',
  'hideKeyboard',
  'previewImage',
  'makePhoneCall',
  'vibrateShort',
  'vibrateLong',
  'setKeepScreenOn',
  'openPrivacyContract',
];

/** Functions that a person answers, with the usual answer. */
const ANSWERED = {
  navigateTo: () => ({ eventChannel: eventChannel() }),
  showModal: () => ({ cancel: false, confirm: true, content: '' }),
  showActionSheet: () => ({ tapIndex: 0 }),
  getSetting: () => ({ authSetting: {}, subscriptionsSetting: { mainSwitch: true } }),
  openSetting: () => ({ authSetting: {}, subscriptionsSetting: { mainSwitch: true } }),
  authorize: () => ({}),
  requirePrivacyAuthorize: () => ({}),
  getPrivacySetting: () => ({ needAuthorization: false, privacyContractName: '《小程序隐私保护指引》' }),
};

export function screen(device) {
  const functions = {};
  const add = (name, usual) => {
    const work = asynchronous(name, (options) => device.answerTo(name, usual(options)));
    functions[name] = (options) => {
      device.note(name, plain(options));
      return work(options);
    };
  };
  for (const name of SHOWN) add(name, () => ({}));
  for (const [name, usual] of Object.entries(ANSWERED)) add(name, usual);
  add('setClipboardData', ({ data }) => {
    device.clipboard = String(data);
    return {};
  });
  add('getClipboardData', () => ({ data: device.clipboard }));
  return functions;
}

/** The options without callbacks. */
function plain(options) {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => typeof value !== 'function'));
}
