import type { Wx } from './wx.js';

export * from './wx.js';

/** What `createWx` is told. */
export interface WxOptions {
  /** A running mockwx, `http://127.0.0.1:17080`; may end in `/__world/NAME`. */
  url: string;
  /** The world the phone is in; the lab's choice when it is left out. */
  world?: string;
  /** The Mini Program; the world's first when it is left out. */
  appid?: string;
  /** Whose phone it is, by name; the world's first person when it is left out. */
  person?: string;
  /** What the control API asks for, if it does. */
  adminToken?: string;
  /**
   * The app's own addresses, each with the one that stands in for it:
   * `{ 'https://api.shop.example': 'http://127.0.0.1:3000' }`.
   */
  hosts?: Record<string, string>;
  /** The IDaaS tenant's domain, which the lab answers for. Asked of the lab when it is left out; `null` for none. */
  tenant?: string | null;
  /** Whether servers beyond this machine are reached that nobody stands in for; refused when it is left out. */
  passthrough?: boolean;
  /** Registered server domains. With a list, `wx.request` refuses every other address; without, it is not asked. */
  domains?: string[];
  /** The app's storage; hand over `deviceOf(wx).storage` to launch the app again. */
  storage?: Storage;
  /** How an answer's `header` spells its names. `as-sent` when it is left out. */
  headerCase?: 'as-sent' | 'lower' | 'canonical';
  /** Milliseconds a request may take that names none; 60000 when it is left out. */
  timeout?: number;
  userAgent?: string;
  /** `develop` when it is left out. */
  envVersion?: 'develop' | 'trial' | 'release';
  /** The version online, which a release tells; `1.0.0` when it is left out. */
  version?: string;
  /** What the phone runs, and in whose words its buttons fail; `ios`, and the person's own, when it is left out. */
  platform?: 'ios' | 'android' | 'devtools';
  /** The base library's version. */
  sdkVersion?: string;
  /** Parts of what `wx.getLaunchOptionsSync` returns: `{ scene: 1011, query: { id: '7' } }`. */
  launch?: Record<string, unknown>;
}

export type Storage = Map<string, { type: string; text: string }>;

/** Makes a wx object whose phone is in a lab. */
export function createWx(options: WxOptions): Wx;

/** The phone of a wx object: what its person does with it. */
export function deviceOf(wx: object): Device;

/** One call of something that only a screen could show. */
export interface Shown {
  name: string;
  options: Record<string, any>;
}

export interface Device {
  readonly appid: string | undefined;
  readonly person: string | undefined;
  readonly platform: 'ios' | 'android' | 'devtools' | undefined;
  readonly storage: Storage;
  clipboard: string;
  readonly inBackground: boolean;
  /** Runs `handler` as a tap's. Only what it calls before its first `await` counts as called by the tap. */
  tap<T>(handler: (event: TapEvent) => T): T;
  /** What was shown, opened and set so far, oldest first. */
  calls(name?: string): Shown[];
  forgetCalls(): void;
  /**
   * Plans answers: `answer('showModal', { confirm: false, cancel: true })`. Several are used one after the other, the
   * last one stays. `{ fail: 'TEXT', errno: 5 }` lets the call fail; `answer('login', { outcome: 'blocked' }, {})` lets
   * the lab refuse one login.
   */
  answer(name: string, ...answers: Record<string, any>[]): void;
  /** Sends the Mini Program into the background. */
  background(): void;
  /** Brings it back. */
  foreground(launch?: Record<string, unknown>): void;
  /** Tells everybody who listens: `fire('networkStatusChange', { isConnected: false, networkType: 'none' })`. */
  fire(event: string, detail: unknown): void;
}

export interface TapEvent {
  type: string;
  timeStamp: number;
  detail: any;
  target: any;
  currentTarget: any;
}

/** What a phone button's event carries; without `code` the person did not agree, or could not. */
export interface PhoneDetail {
  errMsg: string;
  code?: string;
  encryptedData?: string;
  iv?: string;
  errno?: number;
}

export interface PhoneEvent {
  type: 'getphonenumber' | 'getrealtimephonenumber';
  timeStamp: number;
  target: any;
  currentTarget: any;
  detail: PhoneDetail;
}

export type PhoneFailure =
  'deny' | 'cancel' | 'no_permission' | 'privacy_not_agreed' | 'scope_not_declared' | 'no_quota' | 'blocked';

export interface PhoneOptions {
  /** The wx that the page runs on; the global one when it is left out. */
  wx?: object;
  /** Who taps, when it is not whose phone it is. */
  person?: string;
  /** Which of the person's numbers is picked. */
  phone?: string;
  /** In whose words it fails; the phone's when it is left out. */
  platform?: 'ios' | 'android' | 'devtools';
  /** The person refuses. */
  deny?: boolean;
  /** The person closes the sheet. */
  cancel?: boolean;
  /** Another failure by its name, or the detail itself. */
  fail?: PhoneFailure | PhoneDetail;
  /** The event that the page binds. One that binds the other button's event is not called. */
  event?: 'bindgetphonenumber' | 'bindgetrealtimephonenumber';
  /** The name of the page's method, when a page is given. */
  handler?: string;
  /** The button's `data-…`. */
  dataset?: Record<string, any>;
}

/** A handler, a page (with `handler`), or a simulated button. */
export type PhoneTarget<T> = ((event: PhoneEvent) => T) | { dispatchEvent(name: string, options: any): T } | object;

/** What came of a tap; all undefined when the page was not called. */
export interface Tapped<T> {
  detail: PhoneDetail | undefined;
  event: PhoneEvent | undefined;
  /** What the handler returned, awaited. */
  result: Awaited<T> | undefined;
}

export interface Buttons {
  /** `<button open-type="getPhoneNumber" bindgetphonenumber="…">` */
  getPhoneNumber<T>(target: PhoneTarget<T>, options?: PhoneOptions): Promise<Tapped<T>>;
  /** `<button open-type="getRealtimePhoneNumber" bindgetrealtimephonenumber="…">` */
  getRealtimePhoneNumber<T>(target: PhoneTarget<T>, options?: PhoneOptions): Promise<Tapped<T>>;
}

/** The phone number buttons of pages that run on this wx. */
export function buttonsOf(wx: object | undefined): Buttons;

/** The same on the global `wx`. */
export const button: Buttons;

export interface LabOptions {
  /** A running mockwx, `http://127.0.0.1:17080`; may end in `/__world/NAME`. */
  url: string;
  world?: string;
  adminToken?: string;
}

/** A lab, or one world of it. */
export function createLab(options: LabOptions): Lab;

/** `5m`, `4m59s`, `250ms`; a number means milliseconds. */
export type Duration = string | number;

/** An artefact as it was handed out, or all of a kind. */
export type WhichArtefact = string | { kind: string };

export interface Clock {
  now(): Promise<Date>;
  advance(by: Duration): Promise<Date>;
  set(to: Date | string): Promise<Date>;
  freeze(): Promise<Date>;
  resume(): Promise<Date>;
}

/** A planned misbehaviour: `mockwx faults` lists the presets, the control API's document the rest. */
export interface Fault {
  name?: string;
  preset?: string;
  where?: Record<string, any>;
  when?: any;
  what?: any;
}

export interface Faults {
  /** A misfortune by its name, or a fault of one's own. */
  plan(fault: string | Fault): Promise<Record<string, any>>;
  list(): Promise<Record<string, any>[]>;
  /** Takes one back, or all; tells how many. */
  clear(name?: string): Promise<number>;
}

/** An SMS or e-mail that IDaaS sent. */
export interface Message {
  to: string;
  verify_code?: string;
  [field: string]: any;
}

export interface JournalFilter {
  since?: number;
  path?: string;
  from?: 'device' | 'mini_program' | 'back_end' | 'idaas';
  to?: 'wechat' | 'idaas';
  rid?: string;
  limit?: number;
  /** Shows secrets instead of their names. */
  reveal?: boolean;
}

export interface Exchange {
  seq: number;
  at: string;
  from: string;
  to: string;
  /** `CALL` for a call of the phone. */
  method: string;
  /** Path and query; for a call of the phone its name, `wx.login`. */
  target: string;
  request?: any;
  status: number;
  answer?: any;
  rid?: string;
  refusal?: { rule: string; code: string; story: string[] };
  [field: string]: any;
}

export interface Explanation {
  rid: string;
  world: string;
  rule?: string;
  code?: string;
  story: string[];
  exchange: Exchange;
}

export interface Lab {
  /** The world's base URL. */
  readonly url: string;
  /** The world that this names, if it names one. */
  readonly name: string | undefined;
  /** A fresh, sealed world. */
  createWorld(options?: { name?: string; world?: Record<string, any> }): Promise<Lab>;
  worlds(): Promise<{ name: string; url: string; now: string; mode: string; exchanges: number }[]>;
  /** Takes this world away. */
  delete(): Promise<void>;
  /** The world file as it is now: whole, unmasked. */
  export(): Promise<Record<string, any>>;
  /** Makes the world anew from a world file. */
  replace(world: Record<string, any>): Promise<void>;
  /** Changes parts of it; codes, tokens and sessions stay. */
  change(part: Record<string, any>): Promise<void>;
  /** Puts it back to its seed. */
  reset(): Promise<void>;
  readonly clock: Clock;
  artefacts(filter?: { kind?: string; state?: string; limit?: number }): Promise<Record<string, any>[]>;
  /** Makes artefacts older without moving the clock; tells how many. */
  age(artefact: WhichArtefact, by: Duration): Promise<number>;
  expire(artefact: WhichArtefact): Promise<number>;
  revoke(artefact: WhichArtefact): Promise<number>;
  readonly faults: Faults;
  /** SMS and e-mails, newest first. */
  outbox(to?: string): Promise<Message[]>;
  /** Exchanges, oldest first. */
  journal(filter?: JournalFilter): Promise<Exchange[]>;
  clearJournal(): Promise<void>;
  /** The story of one answer, by its request id or a whole `errmsg`. */
  explain(rid: string): Promise<Explanation>;
  /** Where the piece of a slider picture belongs. */
  captcha(token: string): Promise<number>;
  /**
   * Counts calls: a path and those below it, a call of the phone (`wx.login`), or a party (`wechat`, `idaas`).
   * Rejects with a `CallsError` that lists what was called.
   */
  expectCalls(expected: Record<string, number>, options?: { since?: number }): Promise<void>;
  /** What `wx.login` gives on this person's phone. */
  loginCode(person?: string, options?: { appid?: string }): Promise<string>;
  /** What the phone number button hands over when this person agrees. */
  phoneCode(person?: string, options?: { appid?: string; phone?: string; realtime?: boolean }): Promise<string>;
  /** A wx object on a person's phone in this world. */
  wx(options?: Partial<WxOptions>): Promise<Wx>;
}

/** What the control API, or the way to it, refused. */
export class LabError extends Error {
  readonly code: string | undefined;
  readonly hint: string | undefined;
  readonly status: number | undefined;
  readonly problems: { path: string; message: string; hint?: string }[];
}

/** Other calls were made than a test expected. */
export class CallsError extends Error {}
