// The app around the pages: how it was launched, what it is told of, and what it asks of the base library.

/** Events with `wx.onX(listener)` and `wx.offX(listener)`; `deviceOf(wx).fire` lets them happen. */
const EVENTS = [
  'appShow',
  'appHide',
  'error',
  'unhandledRejection',
  'pageNotFound',
  'networkStatusChange',
  'themeChange',
  'windowResize',
  'memoryWarning',
  'audioInterruptionBegin',
  'audioInterruptionEnd',
];

const launch = () => ({
  path: 'pages/index/index',
  scene: 1001,
  query: {},
  referrerInfo: { appId: '', extraData: {} },
  apiCategory: 'default',
  forwardMaterials: [],
  hostExtraData: { host_scene: '' },
});

export function app(device, wx, options) {
  const launched = () => ({ ...launch(), ...options.launch });
  device.launched = launched;
  const functions = {
    canIUse: (schema) => canIUse(wx, schema),
    nextTick: (callback, ...given) => queueMicrotask(() => callback(...given)),
    getLaunchOptionsSync: launched,
    getEnterOptionsSync: launched,
    getUpdateManager: () => ({
      applyUpdate: () => device.note('applyUpdate', {}),
      onCheckForUpdate: (listener) => device.listen('checkForUpdate', listener),
      onUpdateReady: (listener) => device.listen('updateReady', listener),
      onUpdateFailed: (listener) => device.listen('updateFailed', listener),
    }),
  };
  for (const event of EVENTS) {
    const name = event[0].toUpperCase() + event.slice(1);
    functions[`on${name}`] = (listener) => device.listen(event, listener);
    functions[`off${name}`] = (listener) => device.unlisten(event, listener);
  }
  return functions;
}

/** Whether there is such a function; of components it knows the open-types that are told about here. */
function canIUse(wx, schema) {
  const [first, second, third] = String(schema).split('.');
  if (first === 'button') return second === undefined || second !== 'open-type' || OPEN_TYPES.includes(third);
  return typeof wx[first] === 'function' || typeof wx[first] === 'object';
}

const OPEN_TYPES = [
  undefined,
  'getPhoneNumber',
  'getRealtimePhoneNumber',
  'getUserInfo',
  'chooseAvatar',
  'agreePrivacyAuthorization',
];
