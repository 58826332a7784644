// The functions of wx that the shim has, as far as it has them. `npm run types` holds them to Tencent's own typings.

/** What every callback is handed at least. */
export interface Answer {
  /** `login:ok`, or `login:fail …` */
  errMsg: string;
}

/** What `fail` is handed where WeChat numbers its failures. */
export interface NumberedFailure extends Answer {
  errno: number;
}

export interface Callbacks<Result, Failure> {
  success?: (result: Result & Answer) => void;
  fail?: (failure: Failure) => void;
  complete?: (result: Answer) => void;
}

/** A promise, unless any callback is given. */
export type Outcome<Given, Result> = Given extends { success: any }
  ? void
  : Given extends { fail: any }
    ? void
    : Given extends { complete: any }
      ? void
      : Promise<Result & Answer>;

/** An asynchronous function that can be called without options. */
export type Async<Options = {}, Result = {}, Failure = Answer> = <
  Given extends Options & Callbacks<Result, Failure> = Options & Callbacks<Result, Failure>,
>(
  options?: Given,
) => Outcome<Given, Result>;

/** An asynchronous function that needs its options. */
export type AsyncWith<Options, Result = {}, Failure = Answer> = <
  Given extends Options & Callbacks<Result, Failure> = Options & Callbacks<Result, Failure>,
>(
  options: Given,
) => Outcome<Given, Result>;

export interface UserInfo {
  nickName: string;
  avatarUrl: string;
  gender: 0 | 1 | 2;
  language: 'en' | 'zh_CN' | 'zh_TW';
  city: string;
  province: string;
  country: string;
}

export interface ProfileResult {
  userInfo: UserInfo;
  rawData: string;
  signature: string;
  encryptedData: string;
  iv: string;
}

export interface AccountInfo {
  miniProgram: { appId: string; envVersion: 'develop' | 'trial' | 'release'; version: string };
}

export type Data = string | Record<string, any> | ArrayBuffer;

export interface RequestOption<T extends Data = Data> extends Callbacks<RequestResult<T>, RequestFailure> {
  url: string;
  data?: Data;
  header?: Record<string, any>;
  method?: 'OPTIONS' | 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'TRACE' | 'CONNECT';
  dataType?: string;
  responseType?: string;
  timeout?: number;
  redirect?: string;
}

export interface RequestResult<T extends Data = Data> {
  data: T;
  statusCode: number;
  header: Record<string, any>;
  cookies: string[];
  exception: RequestException;
  useHttpDNS: boolean;
  profile: RequestProfile;
}

export interface RequestFailure extends NumberedFailure {
  exception: RequestException;
  useHttpDNS: boolean;
}

export interface RequestException {
  reasons: { errMsg: string; errno: string }[];
  retryCount: number;
}

/** Times are Unix milliseconds; what is not measured is 0. */
export interface RequestProfile {
  invokeStart: number;
  queueStart: number;
  queueEnd: number;
  redirectStart: number;
  redirectEnd: number;
  fetchStart: number;
  domainLookUpStart: number;
  domainLookUpEnd: number;
  httpDNSDomainLookUpStart: number;
  httpDNSDomainLookUpEnd: number;
  connectStart: number;
  connectEnd: number;
  SSLconnectionStart: number;
  SSLconnectionEnd: number;
  requestStart: number;
  requestEnd: number;
  responseStart: number;
  responseEnd: number;
  rtt: number;
  httpRttEstimate: number;
  transportRttEstimate: number;
  estimate_nettype: number;
  downstreamThroughputKbpsEstimate: number;
  throughputKbps: number;
  peerIP: string;
  port: number;
  protocol: string;
  receivedBytedCount: number;
  sendBytesCount: number;
  socketReused: boolean;
  usingHighPerformanceMode: boolean;
}

export interface HeadersReceived {
  header: Record<string, any>;
  statusCode: number;
  cookies: string[];
}

export interface RequestTask {
  abort(): void;
  onHeadersReceived(listener: (result: HeadersReceived) => void): void;
  offHeadersReceived(listener?: (result: HeadersReceived) => void): void;
  onChunkReceived(listener: (result: { data: ArrayBuffer }) => void): void;
  offChunkReceived(listener?: (result: { data: ArrayBuffer }) => void): void;
}

/** What `uploadFile` and `downloadFile` return; both fail. */
export interface TransferTask {
  abort(): void;
  onProgressUpdate(listener: (result: any) => void): void;
  offProgressUpdate(listener?: (result: any) => void): void;
  onHeadersReceived(listener: (result: any) => void): void;
  offHeadersReceived(listener?: (result: any) => void): void;
}

export interface SocketTask {
  send(options: object): void;
  close(options: object): void;
  onOpen(listener: (result: any) => void): void;
  onClose(listener: (result: any) => void): void;
  onError(listener: (result: any) => void): void;
  onMessage(listener: (result: any) => void): void;
}

export interface StorageInfo {
  keys: string[];
  currentSize: number;
  limitSize: number;
}

export interface SafeArea {
  left: number;
  right: number;
  top: number;
  bottom: number;
  width: number;
  height: number;
}

export interface WindowInfo {
  pixelRatio: number;
  screenWidth: number;
  screenHeight: number;
  windowWidth: number;
  windowHeight: number;
  statusBarHeight: number;
  screenTop: number;
  safeArea: SafeArea;
}

export type Platform = 'ios' | 'android' | 'devtools';

export interface DeviceInfo {
  abi: string;
  deviceAbi: string;
  cpuType: string;
  memorySize: string;
  benchmarkLevel: number;
  brand: string;
  model: string;
  platform: Platform;
  system: string;
}

export interface AppBaseInfo {
  SDKVersion: string;
  PCKernelVersion: string;
  enableDebug: boolean;
  fontSizeScaleFactor: number;
  fontSizeSetting: number;
  host: { appId: string };
  language: string;
  theme: 'light' | 'dark';
  version: string;
}

export interface SystemSetting {
  bluetoothEnabled: boolean;
  deviceOrientation: 'portrait' | 'landscape';
  locationEnabled: boolean;
  wifiEnabled: boolean;
}

export type Authorized = 'authorized' | 'denied' | 'not determined';

export interface AppAuthorizeSetting {
  albumAuthorized: Authorized;
  bluetoothAuthorized: Authorized;
  cameraAuthorized: Authorized;
  locationAuthorized: Authorized;
  locationReducedAccuracy: boolean;
  microphoneAuthorized: Authorized;
  notificationAlertAuthorized: Authorized;
  notificationAuthorized: Authorized;
  notificationBadgeAuthorized: Authorized;
  notificationSoundAuthorized: Authorized;
  phoneCalendarAuthorized: Authorized;
}

export interface SystemInfo extends Omit<WindowInfo, 'screenTop'>, SystemSetting {
  SDKVersion: string;
  version: string;
  language: string;
  theme: 'light' | 'dark';
  enableDebug: boolean;
  fontSizeSetting: number;
  host: { appId: string };
  benchmarkLevel: number;
  brand: string;
  model: string;
  platform: Platform;
  system: string;
  albumAuthorized: boolean;
  cameraAuthorized: boolean;
  locationAuthorized: boolean;
  locationReducedAccuracy: boolean;
  microphoneAuthorized: boolean;
  notificationAuthorized: boolean;
  notificationAlertAuthorized: boolean;
  notificationBadgeAuthorized: boolean;
  notificationSoundAuthorized: boolean;
  phoneCalendarAuthorized: boolean;
}

export interface NetworkType {
  networkType: 'wifi' | '2g' | '3g' | '4g' | '5g' | 'unknown' | 'none';
  hasSystemProxy: boolean;
  signalStrength: number;
  weakNet: boolean;
}

export interface Settings {
  authSetting: Record<string, boolean>;
  subscriptionsSetting: { mainSwitch: boolean; itemSettings?: Record<string, any> };
}

export interface LaunchOptions {
  path: string;
  scene: number;
  query: Record<string, string>;
  referrerInfo: { appId: string; extraData: Record<string, any> };
  apiCategory: 'default' | 'nativeFunctionalized' | 'browseOnly' | 'embedded' | 'chatTool';
  forwardMaterials: { name: string; path: string; size: number; type: string }[];
  hostExtraData: { host_scene: string };
  shareTicket?: string;
}

export interface UpdateManager {
  applyUpdate(): void;
  onCheckForUpdate(listener: (result: { hasUpdate: boolean }) => void): void;
  onUpdateReady(listener: (result: Answer) => void): void;
  onUpdateFailed(listener: (result: Answer) => void): void;
}

type Listening<Detail> = (listener: (detail: Detail) => void) => void;
type Unlistening<Detail> = (listener?: (detail: Detail) => void) => void;

export interface EventChannel {
  on(name: string, listener: (...given: any[]) => void): void;
  once(name: string, listener: (...given: any[]) => void): void;
  off(name: string, listener?: (...given: any[]) => void): void;
  emit(name: string, ...given: any[]): void;
}

export interface PageNotFound {
  path: string;
  query: Record<string, string>;
  isEntryPage: boolean;
}

export interface NetworkStatus {
  isConnected: boolean;
  networkType: NetworkType['networkType'];
}

/** A wx object of `createWx`. */
export interface Wx {
  login: Async<{ timeout?: number }, { code: string }, NumberedFailure>;
  checkSession: Async;
  getUserInfo: Async<{ lang?: string; withCredentials?: boolean }, ProfileResult>;
  /** Only in the handler of a tap: see `device.tap`. */
  getUserProfile: AsyncWith<{ desc: string; lang?: string }, ProfileResult>;
  getAccountInfoSync(): AccountInfo;

  request<T extends Data = Data>(option: RequestOption<T>): RequestTask;
  /** Fails: files are not simulated. */
  uploadFile(option: { url: string; filePath: string; name: string }): TransferTask;
  /** Fails: files are not simulated. */
  downloadFile(option: { url: string }): TransferTask;
  /** Fails: sockets are not simulated. */
  connectSocket(option: { url: string }): SocketTask;

  /** The empty text for a key that is not there. */
  getStorageSync<T = any>(key: string): T;
  setStorageSync<T = any>(key: string, data: T): void;
  removeStorageSync(key: string): void;
  clearStorageSync(): void;
  getStorageInfoSync(): StorageInfo;
  getStorage<
    T = any,
    Given extends { key: string } & Callbacks<{ data: T }, Answer> = { key: string } & Callbacks<{ data: T }, Answer>,
  >(
    options: Given,
  ): Outcome<Given, { data: T }>;
  setStorage<
    T = any,
    Given extends { key: string; data: T } & Callbacks<{}, Answer> = { key: string; data: T } & Callbacks<{}, Answer>,
  >(
    options: Given,
  ): Outcome<Given, {}>;
  removeStorage: AsyncWith<{ key: string }>;
  clearStorage: Async;
  getStorageInfo: Async<{}, StorageInfo>;

  getSystemInfoSync(): SystemInfo;
  getSystemInfo: Async<{}, SystemInfo>;
  getSystemInfoAsync: Async<{}, SystemInfo>;
  getDeviceInfo(): DeviceInfo;
  getAppBaseInfo(): AppBaseInfo;
  getWindowInfo(): WindowInfo;
  getSystemSetting(): SystemSetting;
  getAppAuthorizeSetting(): AppAuthorizeSetting;
  getMenuButtonBoundingClientRect(): SafeArea;
  getNetworkType: Async<{}, NetworkType>;

  showToast: AsyncWith<{ title: string; icon?: string; image?: string; duration?: number; mask?: boolean }>;
  hideToast: Async;
  showLoading: AsyncWith<{ title: string; mask?: boolean }>;
  hideLoading: Async;
  showModal: AsyncWith<
    { title?: string; content?: string; showCancel?: boolean; editable?: boolean },
    { confirm: boolean; cancel: boolean; content: string }
  >;
  showActionSheet: AsyncWith<{ itemList: string[] }, { tapIndex: number }>;
  navigateTo: AsyncWith<{ url: string }, { eventChannel: EventChannel }>;
  redirectTo: AsyncWith<{ url: string }>;
  reLaunch: AsyncWith<{ url: string }>;
  switchTab: AsyncWith<{ url: string }>;
  navigateBack: Async<{ delta?: number }>;
  navigateToMiniProgram: AsyncWith<{ appId?: string; path?: string }>;
  exitMiniProgram: Async;
  setNavigationBarTitle: AsyncWith<{ title: string }>;
  setNavigationBarColor: AsyncWith<{ frontColor: string; backgroundColor: string }>;
  showNavigationBarLoading: Async;
  hideNavigationBarLoading: Async;
  setTabBarBadge: AsyncWith<{ index: number; text: string }>;
  removeTabBarBadge: AsyncWith<{ index: number }>;
  showTabBar: Async<{ animation?: boolean }>;
  hideTabBar: Async<{ animation?: boolean }>;
  startPullDownRefresh: Async;
  stopPullDownRefresh: Async;
  pageScrollTo: AsyncWith<{ scrollTop?: number; selector?: string; duration?: number }>;
  hideKeyboard: Async;
  previewImage: AsyncWith<{ urls: string[]; current?: string }>;
  makePhoneCall: AsyncWith<{ phoneNumber: string }>;
  vibrateShort: AsyncWith<{ type?: string }>;
  vibrateLong: Async;
  setKeepScreenOn: AsyncWith<{ keepScreenOn: boolean }>;
  setClipboardData: AsyncWith<{ data: string }>;
  getClipboardData: Async<{}, { data: string }>;
  getSetting: Async<{ withSubscriptions?: boolean }, Settings>;
  openSetting: Async<{ withSubscriptions?: boolean }, Settings>;
  authorize: AsyncWith<{ scope: string }>;
  requirePrivacyAuthorize: Async;
  getPrivacySetting: Async<{}, { needAuthorization: boolean; privacyContractName: string }>;
  openPrivacyContract: Async;

  canIUse(schema: string): boolean;
  nextTick(callback: (...given: any[]) => any): void;
  getLaunchOptionsSync(): LaunchOptions;
  getEnterOptionsSync(): LaunchOptions;
  getUpdateManager(): UpdateManager;
  onAppShow: Listening<LaunchOptions>;
  offAppShow: Unlistening<any>;
  onAppHide: Listening<{ reason?: 0 | 1 | 2 | 3 }>;
  offAppHide: Unlistening<any>;
  onError: Listening<any>;
  offError: Unlistening<any>;
  onUnhandledRejection: Listening<{ reason: string; promise: Promise<any> }>;
  offUnhandledRejection: Unlistening<{ reason: string; promise: Promise<any> }>;
  onPageNotFound: Listening<PageNotFound>;
  offPageNotFound: Unlistening<PageNotFound>;
  onNetworkStatusChange: Listening<NetworkStatus>;
  offNetworkStatusChange: Unlistening<any>;
  onThemeChange: Listening<{ theme: 'light' | 'dark' }>;
  offThemeChange: Unlistening<any>;
  onWindowResize: Listening<any>;
  offWindowResize: Unlistening<any>;
  onMemoryWarning: Listening<any>;
  offMemoryWarning: Unlistening<any>;
  onAudioInterruptionBegin: Listening<any>;
  offAudioInterruptionBegin: Unlistening<any>;
  onAudioInterruptionEnd: Listening<any>;
  offAudioInterruptionEnd: Unlistening<any>;
}
