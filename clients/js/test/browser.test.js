import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import vm from 'node:vm';
import { labForTests } from '../testing/lab.js';

const lab = labForTests({ before, after });
const script = new URL('../dist/wx.js', import.meta.url);

/** A page that has what the script needs of a browser. */
class Page {
  #kept = new Map();

  localStorage = {
    getItem: (name) => this.#kept.get(name) ?? null,
    setItem: (name, text) => void this.#kept.set(name, text),
    removeItem: (name) => void this.#kept.delete(name),
    key: (at) => [...this.#kept.keys()][at],
  };

  constructor() {
    Object.defineProperty(this.localStorage, 'length', { get: () => this.#kept.size });
  }

  async load(src) {
    const { localStorage } = this;
    const window = {
      localStorage,
      fetch,
      URL,
      URLSearchParams,
      TextEncoder,
      TextDecoder,
      AbortController,
      Blob,
      setTimeout,
      clearTimeout,
      queueMicrotask,
    };
    window.window = window;
    window.document = { currentScript: { src } };
    vm.runInNewContext(await readFile(script, 'utf8'), window);
    return window;
  }
}

const address = (query = '') => `${lab.url}/__admin/wx.js${query}`;
const APPID = 'wx0123456789abcdef';

test('a page gets a wx whose phone is in the lab that served the script', async () => {
  const { wx, mockwx } = await new Page().load(address(`?appid=${APPID}&person=bob`));
  assert.match((await wx.login()).code, /^0.{31}$/);
  assert.equal(wx.getAccountInfoSync().miniProgram.appId, APPID);
  const { detail } = await mockwx.button.getPhoneNumber((event) => event.detail);
  assert.match(detail.code, /^[0-9a-f]{64}$/);
  const [exchange] = await mockwx.lab.journal({ path: 'wx.login' });
  assert.equal(exchange.request.person, 'bob');
});

test('the script of a world gives a phone in that world', async () => {
  const world = await (await new Page().load(address())).mockwx.lab.createWorld({ name: 'h5' });
  const { mockwx } = await new Page().load(`${lab.url}/__world/h5/__admin/wx.js`);
  assert.deepEqual([mockwx.lab.name, mockwx.lab.url], ['h5', `${lab.url}/__world/h5`]);
  await world.delete();
});

test('storage outlives a reload, and is another for another person', async () => {
  const page = new Page();
  const first = await page.load(address('?person=alice'));
  first.wx.setStorageSync('session', { id: 7 });
  first.wx.setStorageSync('other', 'x');
  first.wx.removeStorageSync('other');
  const reloaded = await page.load(address('?person=alice'));
  assert.equal(reloaded.wx.getStorageSync('session').id, 7);
  assert.equal(JSON.stringify(reloaded.wx.getStorageInfoSync().keys), '["session"]');
  const bobs = await page.load(address('?person=bob'));
  assert.equal(bobs.wx.getStorageSync('session'), '');
  reloaded.wx.clearStorageSync();
  assert.equal(reloaded.wx.getStorageSync('session'), '');
});

test('wx.request of a page goes by fetch', async () => {
  const { wx } = await new Page().load(address(`?appid=${APPID}`));
  const answer = await new Promise((complete) =>
    wx.request({ url: 'https://api.weixin.qq.com/sns/jscode2session', complete }),
  );
  assert.deepEqual([answer.statusCode, answer.data.errcode], [200, 41002]);
  const failed = await new Promise((complete) => wx.request({ url: 'http://127.0.0.1:1/', complete }));
  assert.equal(failed.errMsg, 'request:fail errcode:-2 cronet_error_code:-2 error_msg:net::ERR_FAILED');
});

test('a slip in the address of the script is told', async () => {
  await assert.rejects(new Page().load(address('?persom=bob')), /wx\.js takes no `persom`/);
});
