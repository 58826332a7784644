// The phone that a wx object runs on: whose it is, and what its person does with it. It stands beside wx, never on it.

import { apart, Failure } from './call.js';

/** How long a request may go on after its Mini Program went into the background. */
const BACKGROUND_GRACE_MS = 5000;

// One for all copies of this package: a test may import it and require it, too.
const DEVICES = Symbol.for('@mockwx/wx devices');
if (!globalThis[DEVICES]) Object.defineProperty(globalThis, DEVICES, { value: new WeakMap() });
const devices = globalThis[DEVICES];

/** The device of a wx object made by `createWx`. */
export function deviceOf(wx) {
  const device = devices.get(wx);
  if (!device) {
    throw new TypeError('this wx was not made by createWx\nhint: give the object that createWx returned');
  }
  return device;
}

/** Whether `createWx` made it. */
export const isOurs = (wx) => devices.has(wx);

export function belongs(wx, device) {
  devices.set(wx, device);
}

/** A phone with one person and one Mini Program. */
export class Device {
  #control;
  #calls = [];
  #answers = new Map();
  #listeners = new Map();
  #interruptions = new Set();
  #tapping = false;

  constructor(control, { appid, person, platform, storage }) {
    this.#control = control;
    this.appid = appid;
    this.person = person;
    this.platform = platform;
    this.storage = storage;
    this.clipboard = '';
    this.inBackground = false;
    this.launched = () => ({});
  }

  /** What the lab's phone answers to a call, as its callback would be handed it. */
  ask(call, body = {}) {
    return this.#control.call('POST', `device/${call}`, { appid: this.appid, person: this.person, ...body });
  }

  /** What the lab's phone answers, without `errMsg`; a `Failure` when it says no, or is planned to. */
  async asked(name, call, body) {
    const { errMsg, ...rest } = await this.ask(call, this.answerTo(name, body));
    if (errMsg === `${name}:ok`) return rest;
    throw new Failure(errMsg.replace(`${name}:fail`, '').trimStart(), rest);
  }

  /** Runs `work` as the handler of a tap. Only what it calls before its first `await` counts as called by the tap. */
  tap(work) {
    this.#tapping = true;
    try {
      return work({ type: 'tap', timeStamp: 0, detail: { x: 0, y: 0 }, target: {}, currentTarget: {} });
    } finally {
      this.#tapping = false;
    }
  }

  /** Whether a tap is being handled. */
  get isTapping() {
    return this.#tapping;
  }

  /** Notes a call of something that only a screen could show. */
  note(name, options) {
    this.#calls.push({ name, options });
  }

  /**
   * What was shown, opened and set so far, oldest first: `{ name, options }`.
   *
   * @param {string} [name] only calls of this function
   */
  calls(name) {
    return this.#calls.filter((call) => name === undefined || call.name === name);
  }

  /** Forgets what was shown so far. */
  forgetCalls() {
    this.#calls.length = 0;
  }

  /**
   * Plans what the person answers: `answer('showModal', { cancel: true })`. Several answers are used one after the
   * other, the last one stays. `{ fail: 'TEXT', errno: 5 }` lets the call fail. What is answered to the lab's own calls
   * goes to the lab: `answer('login', { outcome: 'blocked' }, {})` fails once.
   */
  answer(name, ...answers) {
    this.#answers.set(name, answers);
  }

  /** The planned answer, else `usual`. */
  answerTo(name, usual) {
    const planned = this.#answers.get(name);
    if (!planned || planned.length === 0) return usual;
    const answer = planned.length > 1 ? planned.shift() : planned[0];
    const { fail, ...rest } = answer;
    if (fail !== undefined) throw new Failure(String(fail), rest);
    return { ...usual, ...rest };
  }

  /** The Mini Program goes into the background: requests that are not done after five seconds are interrupted. */
  background() {
    if (this.inBackground) return;
    this.inBackground = true;
    this.fire('appHide', { reason: 3 });
    const waiting = [...this.#interruptions];
    const timer = setTimeout(() => {
      if (this.inBackground) waiting.forEach((interrupt) => this.#interruptions.has(interrupt) && interrupt());
    }, BACKGROUND_GRACE_MS);
    timer.unref?.();
  }

  /** It comes back. */
  foreground(options) {
    if (!this.inBackground) return;
    this.inBackground = false;
    this.fire('appShow', { ...this.launched(), ...options });
  }

  /** Calls `interrupt` when the background takes a request's time away; the answer ends that. */
  interruptible(interrupt) {
    this.#interruptions.add(interrupt);
    return () => this.#interruptions.delete(interrupt);
  }

  listen(event, listener) {
    if (typeof listener !== 'function') return;
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  /** Takes one listener back, or all of an event. */
  unlisten(event, listener) {
    const kept = (this.#listeners.get(event) ?? []).filter((known) => listener !== undefined && known !== listener);
    this.#listeners.set(event, kept);
  }

  /** Tells everybody who listens: `fire('networkStatusChange', { isConnected: false, networkType: 'none' })`. */
  fire(event, detail) {
    for (const listener of this.#listeners.get(event) ?? []) apart(() => listener(detail));
  }
}
