// What a phone tells about itself. A request library looks at a handful of these; their values are an iPhone's.

import { asynchronous } from './call.js';

const PLATFORMS = {
  ios: { brand: 'iPhone', model: 'iPhone 15<iPhone15,4>', system: 'iOS 17.0' },
  android: { brand: 'HUAWEI', model: 'ALN-AL00', system: 'Android 12' },
  devtools: { brand: 'devtools', model: 'iPhone 15', system: 'iOS 17.0' },
};

const SDK_VERSION = '3.6.0';
const WIDTH = 393;
const HEIGHT = 852;
const STATUS_BAR = 47;

/** @param {{ platform?: 'ios' | 'android' | 'devtools', sdkVersion?: string }} settings */
export function system({ platform = 'ios', sdkVersion = SDK_VERSION }) {
  const phone = Object.hasOwn(PLATFORMS, platform) ? PLATFORMS[platform] : undefined;
  if (!phone) {
    const known = Object.keys(PLATFORMS).join(', ');
    throw new TypeError(`platform: \`${platform}\` is not known\nhint: use one of ${known}`);
  }
  const safeArea = {
    left: 0,
    right: WIDTH,
    top: STATUS_BAR,
    bottom: HEIGHT - 34,
    width: WIDTH,
    height: HEIGHT - 34 - STATUS_BAR,
  };
  const window = () => ({
    pixelRatio: 3,
    screenWidth: WIDTH,
    screenHeight: HEIGHT,
    windowWidth: WIDTH,
    windowHeight: HEIGHT - STATUS_BAR - 44,
    statusBarHeight: STATUS_BAR,
    screenTop: STATUS_BAR + 44,
    safeArea: { ...safeArea },
  });
  const device = () => ({
    abi: 'arm64',
    benchmarkLevel: platform === 'ios' ? -1 : 30,
    brand: phone.brand,
    cpuType: 'unknown',
    deviceAbi: 'arm64',
    memorySize: '6144',
    model: phone.model,
    platform,
    system: phone.system,
  });
  const app = () => ({
    SDKVersion: sdkVersion,
    PCKernelVersion: '',
    enableDebug: false,
    fontSizeScaleFactor: 1,
    fontSizeSetting: 17,
    host: { appId: '' },
    language: 'zh_CN',
    theme: 'light',
    version: '8.0.49',
  });
  const setting = () => ({
    bluetoothEnabled: true,
    deviceOrientation: 'portrait',
    locationEnabled: true,
    wifiEnabled: true,
  });
  const authorize = () => ({
    albumAuthorized: 'authorized',
    bluetoothAuthorized: 'authorized',
    cameraAuthorized: 'authorized',
    locationAuthorized: 'authorized',
    locationReducedAccuracy: false,
    microphoneAuthorized: 'authorized',
    notificationAlertAuthorized: 'authorized',
    notificationAuthorized: 'authorized',
    notificationBadgeAuthorized: 'authorized',
    notificationSoundAuthorized: 'authorized',
    phoneCalendarAuthorized: 'authorized',
  });
  const everything = () => {
    const { abi, cpuType, deviceAbi, memorySize, ...ofDevice } = device();
    const { fontSizeScaleFactor, PCKernelVersion, ...ofApp } = app();
    const granted = Object.entries(authorize()).map(([name, value]) => [name, value === 'authorized']);
    const { bluetoothAuthorized, ...ofAuthorize } = Object.fromEntries(granted);
    const { screenTop, ...ofWindow } = window();
    return { ...ofApp, ...ofDevice, ...ofWindow, ...setting(), ...ofAuthorize };
  };
  return {
    getSystemInfoSync: everything,
    getSystemInfo: asynchronous('getSystemInfo', everything),
    getSystemInfoAsync: asynchronous('getSystemInfoAsync', everything),
    getDeviceInfo: device,
    getAppBaseInfo: app,
    getWindowInfo: window,
    getSystemSetting: setting,
    getAppAuthorizeSetting: authorize,
    getMenuButtonBoundingClientRect: () => ({
      width: 87,
      height: 32,
      top: STATUS_BAR + 4,
      right: WIDTH - 7,
      bottom: STATUS_BAR + 36,
      left: WIDTH - 94,
    }),
    getNetworkType: asynchronous('getNetworkType', () => ({
      networkType: 'wifi',
      weakNet: false,
      hasSystemProxy: false,
      signalStrength: -50,
    })),
  };
}
