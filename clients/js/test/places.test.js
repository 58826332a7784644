import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createWx } from '../src/index.js';
import { requested } from '../testing/called.js';
import { freshWorld, labForTests } from '../testing/lab.js';
import { serverForTests } from '../testing/server.js';

const lab = labForTests({ before, after });
const server = serverForTests({ before, after });
const APPID = 'wx0123456789abcdef';

test("the app's own addresses stay as they are, and lead to local ones", async () => {
  const hosts = { 'https://api.shop.example': server.url, 'files.shop.example': `${server.url}/files/` };
  const wx = createWx({ url: lab.url, appid: APPID, hosts });
  assert.equal((await requested(wx, { url: 'https://api.shop.example/login?a=1' })).data.url, '/login?a=1');
  assert.equal((await requested(wx, { url: 'https://files.shop.example/a.png' })).data.url, '/files/a.png');
});

test("WeChat's and the tenant's names lead to the world of the phone, where the app is the caller", async (t) => {
  const world = await freshWorld(t, lab);
  const wx = createWx({ url: lab.url, world: world.name, appid: APPID });
  const sns = await requested(wx, { url: `https://api.weixin.qq.com/sns/jscode2session?appid=${APPID}` });
  assert.equal(sns.data.errcode, 41004);
  const keys = await requested(wx, { url: 'https://acme.example/api/v1/oauth2/keys' });
  assert.equal(keys.statusCode, 200);
  const own = await requested(wx, { url: `${lab.url}/api/v1/oauth2/keys` });
  assert.equal(own.header['x-mock-world'], world.name);
  const named = await requested(wx, { url: `${lab.url}/__world/default/api/v1/oauth2/keys` });
  assert.equal(named.header['x-mock-world'], 'default');
  const seen = (await world.journal()).map(({ from, target }) => [from, target.split('?')[0]]);
  assert.deepEqual(seen, [
    ['mini_program', '/sns/jscode2session'],
    ['mini_program', '/api/v1/oauth2/keys'],
    ['mini_program', '/api/v1/oauth2/keys'],
  ]);
});

test('a server that nobody stands in for is not reached', async () => {
  const url = 'http://0.0.0.0:1/login';
  const wx = createWx({ url: lab.url });
  assert.deepEqual((await requested(wx, { url })).errMsg.split('\n'), [
    'request:fail mockwx: nothing stands in for http://0.0.0.0:1, and a test must not reach it',
    "hint: name what does, hosts: { 'http://0.0.0.0:1': 'http://127.0.0.1:3000' }, or set passthrough: true",
  ]);
  const open = createWx({ url: lab.url, passthrough: true });
  assert.match((await requested(open, { url })).errMsg, /^request:fail errcode:-102 /);
  assert.equal((await requested(wx, { url: server.url })).statusCode, 200);
});

test("the tenant's domain is asked for once, and only when it matters", async (t) => {
  const world = await freshWorld(t, lab);
  const hosts = { 'https://api.shop.example': server.url };
  const told = createWx({ url: world.url, tenant: 'login.acme.example', hosts });
  assert.equal((await requested(told, { url: 'https://login.acme.example/api/v1/oauth2/keys' })).statusCode, 200);
  const away = createWx({ url: 'http://127.0.0.1:1', hosts });
  assert.equal((await requested(away, { url: 'https://api.shop.example/' })).statusCode, 200);
  assert.match(
    (await requested(away, { url: 'https://acme.example/' })).errMsg,
    /^request:fail mockwx: no mockwx answers at/,
  );
});
