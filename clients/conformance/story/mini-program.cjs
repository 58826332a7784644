// What a Mini Program does by a request library, told once for every library: it logs its user in at IDaaS through
// `wx.request`, takes an answer of any status as an answer, and meets calls that fail.
//
// The library's part is a module of its own, built into one file as a Mini Program's tools would do it, and run with the
// `wx` of the shim. It exports `request({ url, method, header, data, timeout }) -> { status, data, header }`, which
// rejects when the call fails, `failure(error) -> text`, `unreachable`, a pattern of that text, and `login() -> code` where
// the library wraps that, too.
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { buildSync } = require(require.resolve('esbuild', { paths: [process.cwd()] }));
const { check } = require('./checks.cjs');
const world = require('./world.cjs');

const LOGIN = '/api/v2/sdk/login/wechat-miniprogram';

/** What a call failed with. */
const failed = (call) =>
  call.then(
    (answer) => assert.fail(`answered: ${JSON.stringify(answer)}`),
    (error) => error,
  );

// WeChat's globals beside `wx`, of an app that has opened no page yet.
for (const name of ['App', 'Page', 'Component', 'Behavior', 'getApp']) globalThis[name] = () => {};
globalThis.getCurrentPages = () => [];

/** The library's module, built into one file with what its tools define, and loaded beside the global `wx`. */
function load(entry, defined) {
  const shim = require(process.env.CONFORMANCE_SHIM);
  const outfile = path.join(process.cwd(), 'built.cjs');
  buildSync({
    entryPoints: [path.join(process.cwd(), entry)],
    outfile,
    bundle: true,
    format: 'cjs',
    mainFields: ['browser', 'module', 'main'],
    define: { 'process.env.NODE_ENV': '"production"', ...defined },
    logLevel: 'warning',
  });
  return { library: require(outfile), shim };
}

async function miniProgram(entry, defined) {
  const { app, application, domain } = await world.declared();
  Object.assign(process.env, { WX_APPID: app.appid, MOCKWX_PERSON: 'bob' });
  const { library, shim } = load(entry, defined);
  // The address that a Mini Program has in its code: the shim knows who answers for it.
  const base = `https://${domain}`;
  const header = {
    'content-type': 'application/json',
    'X-client-id': application.client_id,
    'X-operating-sys-version': 'iOS 18',
    'X-device-fingerprint': 'conformance',
    'X-agent': 'conformance',
  };
  const code = async () => (library.login ? library.login() : (await shim.wx.login()).code);
  const post = async (to, data, changes) =>
    library.request({ url: `${base}${to}`, method: 'POST', header, data, ...changes });

  await check('a login code goes to IDaaS and brings an id_token', async () => {
    const { status, data } = await post(LOGIN, { code: await code() });
    assert.deepEqual([status, data.status, data.expire], [200, 'SUCCESS', 432_000]);
    assert.equal(data.id_token.split('.').length, 3);
  });
  await check("a phone button's code logs in, too", async () => {
    const { detail } = await shim.button.getPhoneNumber(() => {});
    const { data } = await post('/api/v2/sdk/login/wechat-mini-program-mobile', { code: detail.code });
    assert.equal(data.status, 'SUCCESS', JSON.stringify(data));
  });
  await check('an answer of status 400 is an answer', async () => {
    const { status, data } = await post(LOGIN, { code: 'nobody-has-this' });
    assert.equal(status, 400);
    assert.match(data.error_code, /^IDAAS\.SDK\./);
    return data.error_code;
  });
  await check('a query is sent, a header of the answer is seen', async () => {
    const url = `${base}/api/v1/oauth2/authorize`;
    const { header: seen } = await library.request({ url, method: 'GET', data: { client_id: 'no body' } });
    const { exchanges } = await world.control('GET', 'journal');
    assert.match(exchanges.at(-1).target, /authorize\?client_id=no(%20|\+)body$/);
    const type = Object.entries(seen).find(([name]) => name.toLowerCase() === 'content-type');
    assert.match(type[1], /^application\/json/);
  });
  await check('a call that is not answered in its time fails', async () => {
    await world.nextCall(LOGIN, { hang: 'before' });
    const late = post(LOGIN, { code: await code() }, { timeout: 300 });
    assert.match(library.failure(await failed(late)), /timeout/);
  });
  await check('an address where nobody listens fails', async () => {
    const nowhere = library.request({ url: 'http://127.0.0.1:9/', method: 'GET' });
    assert.match(library.failure(await failed(nowhere)), library.unreachable);
  });
  return { ...library, world, base };
}

module.exports = { miniProgram };
