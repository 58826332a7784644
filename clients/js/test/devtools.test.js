import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import vm from 'node:vm';
import { parse } from 'acorn';
import { createLab, createWx } from '../src/index.js';
import { called } from '../testing/called.js';
import { freshWorld, labForTests } from '../testing/lab.js';

const lab = labForTests({ before, after });
const file = new URL('../devtools/mockwx.js', import.meta.url);
const APPID = 'wx0123456789abcdef';

/** A Mini Program in DevTools: its wx gives real codes, which only Tencent knows. */
async function miniProgram({ envVersion = 'develop', appid = APPID } = {}) {
  const registered = [];
  const logged = [];
  const note = (text) => void logged.push(text);
  // Requests go through; the phone of this wx is never asked.
  const { request } = createWx({ url: 'http://127.0.0.1:1', tenant: null });
  const login = ({ success, complete }) => {
    const answer = { errMsg: 'login:ok', code: 'a real code' };
    success(answer);
    complete(answer);
  };
  const wx = Object.create(null, {
    request: { value: request },
    getAccountInfoSync: { value: () => ({ miniProgram: { appId: appid, envVersion, version: '' } }) },
    login: { value: login, configurable: true },
  });
  const register = (definition) => void registered.push(definition);
  const app = {
    wx,
    module: { exports: {} },
    console: { info: note, warn: note },
    Page: register,
    Component: register,
    Behavior: register,
  };
  vm.runInNewContext(await readFile(file, 'utf8'), app);
  return { app, wx, install: app.module.exports.install, registered, logged };
}

/** What the handler of a page is called with when its button's event is fired. */
function handled(program, type, detail) {
  return new Promise((resolve) => {
    program.app.Page({
      onPhone(event) {
        resolve({ page: this, event });
      },
    });
    const page = program.registered.at(-1);
    page.onPhone({ type, detail, timeStamp: 7 });
  });
}

const REAL = { errMsg: 'getPhoneNumber:ok', code: 'a real phone code' };

test('the file is ES5, so that DevTools takes it with and without compiling', async () => {
  parse(await readFile(file, 'utf8'), { ecmaVersion: 5 });
});

test('in the develop version codes come from the mock', async (t) => {
  const world = await freshWorld(t, lab);
  const program = await miniProgram();
  assert.equal(program.install({ url: world.url, person: 'bob' }), true);
  const [[name, { errMsg, code }], [last]] = await called(program.wx.login);
  assert.deepEqual([name, errMsg, last], ['success', 'login:ok', 'complete']);
  assert.match(code, /^0.{31}$/);
  assert.notEqual((await program.wx.login()).code, code);
  const [exchange] = await world.journal({ path: 'wx.login' });
  assert.deepEqual(exchange.request, { appid: APPID, person: 'bob' });
});

test('trial and release versions are left alone', async () => {
  for (const envVersion of ['trial', 'release']) {
    const program = await miniProgram({ envVersion });
    const { Page } = program.app;
    assert.equal(program.install({ url: lab.url }), false);
    assert.equal(program.app.Page, Page);
    assert.equal((await called(program.wx.login))[0][1].code, 'a real code');
    assert.deepEqual(program.logged, []);
  }
});

test('a phone number button hands its page a code of the mock', async (t) => {
  const world = await freshWorld(t, lab);
  const program = await miniProgram();
  program.install({ url: world.url, person: 'alice' });
  const quick = await handled(program, 'getphonenumber', REAL);
  assert.match(quick.event.detail.code, /^[0-9a-f]{64}$/);
  assert.deepEqual([quick.event.timeStamp, quick.page], [7, program.registered[0]]);
  // A test account is not allowed to use the button at all; the mock is.
  const fromFailure = await handled(program, 'getrealtimephonenumber', { errMsg: 'getPhoneNumber:fail no permission' });
  assert.deepEqual(Object.keys(fromFailure.event.detail), ['errMsg', 'code']);
  const targets = (await world.journal()).map(({ target }) => target);
  assert.deepEqual(targets, ['getPhoneNumber', 'getRealtimePhoneNumber']);
});

test('methods of components and behaviors are reached, and one that hands its event on gets one code', async (t) => {
  const world = await freshWorld(t, lab);
  const program = await miniProgram();
  program.install({ url: world.url });
  for (const register of ['Component', 'Behavior']) {
    const code = await new Promise((resolve) => {
      program.app[register]({
        methods: {
          onPhone(event) {
            this.methods.share(event, 'too');
          },
          share(event, word) {
            resolve([event.detail.code.length, word]);
          },
        },
      });
      const definition = program.registered.at(-1);
      definition.methods.onPhone.call(definition, { type: 'getphonenumber', detail: REAL });
    });
    assert.deepEqual(code, [64, 'too']);
  }
  await world.expectCalls({ getPhoneNumber: 2 });
});

test('who refuses on the real sheet has refused, and other events are as they were', async () => {
  const program = await miniProgram();
  program.install({ url: lab.url });
  const before = (await createLab({ url: lab.url }).journal()).length;
  const refused = { errMsg: 'getPhoneNumber:fail user deny' };
  assert.equal((await handled(program, 'getphonenumber', refused)).event.detail, refused);
  assert.deepEqual((await handled(program, 'tap', { x: 1 })).event.detail, { x: 1 });
  assert.equal((await createLab({ url: lab.url }).journal()).length, before);
});

test('a mock that is not there, or knows another appid, is told to the app and on the console', async () => {
  const away = await miniProgram();
  away.install({ url: 'http://127.0.0.1:1' });
  const [[name, { errMsg }]] = await called(away.wx.login);
  assert.equal(name, 'fail');
  assert.match(errMsg, /^login:fail mockwx: no mock answers at http:\/\/127\.0\.0\.1:1: request:fail/);
  assert.match(away.logged.at(-1), /^mockwx: no mock answers/);
  const other = await miniProgram({ appid: 'wx00000000000000ff' });
  other.install({ url: lab.url });
  const { event } = await handled(other, 'getphonenumber', REAL);
  assert.match(event.detail.errMsg, /^getPhoneNumber:fail mockwx: no mini program has the appid `wx00000000000000ff`/);
  await assert.rejects(other.wx.login(), { errno: 4 });
  assert.throws(() => away.install({}), /install wants the address of the mock/);
});
