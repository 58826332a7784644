// A phone that runs the Mini Program: its pages are rendered by miniprogram-simulate, its WeChat is @mockwx/wx. A test taps,
// types and looks at the screen, and knows nothing of what is behind it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buttonsOf, deviceOf } from '@mockwx/wx';
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<!doctype html><body></body>', { url: 'https://servicewechat.com' });
for (const name of ['document', 'Event', 'CustomEvent', 'Element', 'Node', 'TouchEvent', 'MutationObserver']) {
  Object.defineProperty(globalThis, name, { value: window[name], writable: true, configurable: true });
}
globalThis.window = window;

const require = createRequire(import.meta.url);
const simulate = require('miniprogram-simulate');

const ROOT = fileURLToPath(new URL('../miniprogram/', import.meta.url));
const FIRST_PAGE = JSON.parse(readFileSync(`${ROOT}app.json`, 'utf8')).pages[0];
const PATIENCE = 15_000;

globalThis.App = (app) => app.onLaunch?.();

export class Phone {
  /** What the Mini Program finds as `wx`. A test may put something of its own in it. */
  wx;
  /** What its person does with it, beside tapping. */
  device;
  #button;
  #page = null;

  /** @param {ReturnType<typeof import('@mockwx/wx').createWx>} wx the phone's storage lives in it, also between launches */
  constructor(wx) {
    this.device = deviceOf(wx);
    this.#button = buttonsOf(wx);
    this.wx = { ...wx, reLaunch: ({ url }) => this.#open(url.slice(1)) };
  }

  /**
   * Starts the Mini Program as after a swipe that ended it: nothing is left in memory, all is left in storage.
   *
   * @param {() => void} [first] what stands in the first line of app.js
   */
  launch(first) {
    for (const file of Object.keys(require.cache)) {
      if (file.startsWith(ROOT)) delete require.cache[file];
    }
    globalThis.wx = this.wx;
    first?.();
    require(`${ROOT}app.js`);
    this.#open(FIRST_PAGE);
  }

  /** The Mini Program is ended. */
  close() {
    this.#page?.detach();
    this.#page = null;
  }

  #open(path) {
    this.close();
    this.#page = simulate.render(simulate.load(`${ROOT}${path}`, { rootPath: ROOT }));
    this.#page.attach(document.body);
    this.#page.instance.onLoad?.({});
  }

  /** Waits until the screen shows a text. */
  sees(text) {
    return this.#until(() => this.screen().includes(text), () => `“${text}” is not on the screen`);
  }

  /** Waits until an element is there, and is not disabled. @param {string[]} path ids from the page inwards */
  async ready(...path) {
    const isReady = () => this.#has(path) && !attribute(this.#find(path), 'disabled');
    await this.#until(isReady, () => `${path.join(' ')} is not there, or is disabled`);
    return this.#find(path);
  }

  /** Everything that can be read now. */
  screen() {
    return document.body.textContent.replaceAll(/\s+/g, ' ').trim();
  }

  /** Whether an element is there now. @param {string[]} path ids from the page inwards */
  has(...path) {
    return this.#has(path);
  }

  async tap(...path) {
    (await this.ready(...path)).dispatchEvent('tap');
  }

  async type(text, ...path) {
    await this.#dispatch(await this.ready(...path), 'input', { value: text });
  }

  async slide(value, ...path) {
    await this.#dispatch(await this.ready(...path), 'change', { value });
  }

  /**
   * Taps a phone button. Its person hands over their number, or does what `options` of @mockwx/wx's button says.
   *
   * @param {string[]} path ids from the page inwards
   * @param {import('@mockwx/wx').PhoneOptions} [options]
   */
  async tapPhoneButton(path, options) {
    const element = await this.ready(...path);
    const openType = attribute(element, 'openType');
    assert.ok(openType in this.#button, `${path.join(' ')} is no phone button: its open-type is ${openType}`);
    await this.#button[openType](element, options);
  }

  /** miniprogram-simulate delivers an event in a microtask. Whoever types a second text waits for the first. */
  #dispatch(element, event, detail) {
    return new Promise((done) => {
      element.dispatchEvent(event, { detail });
      setImmediate(done);
    });
  }

  #find(path) {
    return path.reduce((element, id) => element?.querySelector(id), this.#page);
  }

  #has(path) {
    return this.#find(path) !== undefined;
  }

  #until(condition, complaint) {
    return new Promise((resolve, reject) => {
      const finish = (settle) => {
        observer.disconnect();
        clearTimeout(timer);
        settle();
      };
      const look = () => condition() && finish(resolve);
      const observer = new MutationObserver(look);
      const timer = setTimeout(
        () => finish(() => reject(new assert.AssertionError({ message: `${complaint()}; it shows: ${this.screen()}` }))),
        PATIENCE,
      );
      observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
      look();
    });
  }
}

/** The value of an attribute in the page's template. */
const attribute = (element, name) => element.toJSON().attrs.find((known) => known.name === name)?.value;
