import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createWx, deviceOf } from '../src/index.js';
import { called, requested } from '../testing/called.js';
import { serverForTests } from '../testing/server.js';

const server = serverForTests({ before, after });
const APPID = 'wx0123456789abcdef';
const NOWHERE = 'http://127.0.0.1:1';
const phone = (options) => createWx({ url: NOWHERE, appid: APPID, tenant: null, ...options });
const failure = async (wx, options) => {
  const { errMsg, errno } = await requested(wx, options);
  return [errMsg, errno];
};

test('an answer of any status is a success', async () => {
  for (const status of [200, 404, 500]) {
    const calls = await called(phone().request, { url: `${server.url}/status/${status}` });
    assert.deepEqual(
      calls.map(([name]) => name),
      ['success', 'complete'],
    );
    assert.deepEqual([calls[0][1].statusCode, calls[0][1].errMsg], [status, 'request:ok']);
  }
});

test('the data of a GET goes into the query, behind what is there', async () => {
  const { data } = await requested(phone(), {
    url: `${server.url}/a?z=1#part`,
    data: { q: 'a b&c', zh: '中', n: 1, list: [1, 2], gone: undefined },
  });
  assert.equal(data.url, '/a?z=1&q=a%20b%26c&zh=%E4%B8%AD&n=1&list=%5B1%2C2%5D&gone=undefined');
});

test('a POST is JSON, unless its header says form', async () => {
  const json = (await requested(phone(), { url: server.url, method: 'POST', data: { a: '中' } })).data;
  assert.deepEqual([json.headers['content-type'], json.body], ['application/json', '{"a":"中"}']);
  const header = { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const form = (await requested(phone(), { url: server.url, method: 'post', header, data: { a: 'b c', d: 1 } })).data;
  assert.deepEqual([form.method, form.headers['content-length'], form.body], ['POST', '11', 'a=b%20c&d=1']);
  const bytes = (
    await requested(phone(), { url: server.url, method: 'PUT', data: new TextEncoder().encode('raw').buffer })
  ).data;
  assert.equal(bytes.body, 'raw');
  assert.equal((await requested(phone(), { url: server.url, method: 'POST' })).data.body, '');
});

test('an answer is parsed once as JSON whatever its type, and stays text when it is none', async () => {
  assert.equal((await requested(phone(), { url: server.url })).data.method, 'GET');
  assert.equal((await requested(phone(), { url: `${server.url}/text` })).data, 'hello');
  assert.equal(typeof (await requested(phone(), { url: server.url, dataType: 'text' })).data, 'string');
  const { data } = await requested(phone(), { url: `${server.url}/text`, responseType: 'arraybuffer' });
  assert.deepEqual([data instanceof ArrayBuffer, data.byteLength], [true, 5]);
});

test('header names are spelled as sent, or as another phone does; cookies are a list, and are not kept', async () => {
  const names = async (headerCase) =>
    Object.keys((await requested(phone({ headerCase }), { url: `${server.url}/cookies` })).header).slice(0, 2);
  assert.deepEqual(await names(undefined), ['Set-Cookie', 'X-Trace-ID']);
  assert.deepEqual(await names('lower'), ['set-cookie', 'x-trace-id']);
  assert.deepEqual(await names('canonical'), ['Set-Cookie', 'X-Trace-Id']);
  const wx = phone();
  const { cookies, header } = await requested(wx, { url: `${server.url}/cookies` });
  assert.deepEqual([cookies, header['Set-Cookie']], [['a=1', 'b=2'], 'a=1,b=2']);
  assert.equal((await requested(wx, { url: server.url })).data.headers.cookie, undefined);
});

test("the referer is WeChat's, whatever the app says", async () => {
  const referer = async (options) =>
    (await requested(phone(options), { url: server.url, header: { Referer: 'https://me.example' } })).data.headers
      .referer;
  assert.equal(await referer({}), `https://servicewechat.com/${APPID}/0/page-frame.html`);
  assert.equal(await referer({ platform: 'devtools' }), `https://servicewechat.com/${APPID}/devtools/page-frame.html`);
  assert.equal(
    await referer({ envVersion: 'release', version: '7' }),
    `https://servicewechat.com/${APPID}/7/page-frame.html`,
  );
  const { headers } = (await requested(phone(), { url: server.url })).data;
  assert.match(headers['user-agent'], /MicroMessenger/);
});

test('redirections are followed, unless the app wants to see them', async () => {
  const { data } = await requested(phone(), { url: `${server.url}/moved`, method: 'POST', data: { a: 1 } });
  assert.deepEqual([data.method, data.url, data.body], ['GET', '/arrived?by=302', '']);
  const kept = (await requested(phone(), { url: `${server.url}/kept`, method: 'POST', data: { a: 1 } })).data;
  assert.deepEqual([kept.method, kept.url, kept.body], ['POST', '/arrived', '{"a":1}']);
  const seen = await requested(phone(), { url: `${server.url}/moved`, redirect: 'manual' });
  assert.deepEqual([seen.statusCode, seen.header.Location], [302, '/arrived?by=302']);
  assert.deepEqual(await failure(phone(), { url: `${server.url}/round` }), [
    'request:fail reach the max redirect count',
    600008,
  ]);
});

test('ten requests run at once, and one more is refused', async () => {
  const wx = phone();
  const tasks = Array.from({ length: 10 }, () => wx.request({ url: `${server.url}/slow` }));
  assert.deepEqual(await failure(wx, { url: server.url }), ['request:fail exceed max task count', 600007]);
  tasks[0].abort();
  assert.equal((await requested(wx, { url: server.url })).errMsg, 'request:ok');
  tasks.forEach((task) => task.abort());
});

test('a request ends by its timeout, by the app, or by the network', async () => {
  const slow = `${server.url}/slow`;
  assert.deepEqual(await failure(phone(), { url: slow, timeout: 20 }), ['request:fail timeout', 5]);
  assert.deepEqual(await failure(phone({ timeout: 20 }), { url: slow, timeout: 0 }), ['request:fail timeout', 5]);
  const calls = await new Promise((resolve) => {
    const seen = [];
    const task = phone().request({ url: slow, fail: (error) => seen.push(error), complete: () => resolve(seen) });
    task.abort();
    task.abort();
  });
  assert.deepEqual(
    calls.map(({ errMsg, errno }) => [errMsg, errno]),
    [['request:fail abort', undefined]],
  );
  assert.deepEqual(await failure(phone(), { url: NOWHERE }), [
    'request:fail errcode:-102 cronet_error_code:-102 error_msg:net::ERR_CONNECTION_REFUSED',
    600001,
  ]);
});

test('an abort after the answer changes nothing', async () => {
  const calls = [];
  const task = await new Promise((resolve) => {
    const made = phone().request({
      url: server.url,
      success: () => calls.push('success'),
      fail: () => calls.push('fail'),
      complete: () => setImmediate(() => resolve(made)),
    });
  });
  task.abort();
  await new Promise(setImmediate);
  assert.deepEqual(calls, ['success']);
});

test('headers and chunks are told as they come', async () => {
  const told = [];
  await new Promise((complete) => {
    const task = phone().request({ url: `${server.url}/chunks`, enableChunked: true, complete });
    const forgotten = () => told.push('forgotten');
    task.onHeadersReceived(forgotten);
    task.offHeadersReceived(forgotten);
    task.onHeadersReceived(({ statusCode }) => told.push(statusCode));
    task.onChunkReceived(({ data }) => told.push(Buffer.from(data).toString()));
  });
  assert.deepEqual([told[0], told.slice(1).join('')], [200, 'onetwo']);
});

test('of a redirection that is followed, the app hears nothing', async () => {
  const told = [];
  await new Promise((complete) => {
    const task = phone().request({ url: `${server.url}/moved`, complete });
    task.onHeadersReceived(({ statusCode }) => told.push(statusCode));
  });
  assert.deepEqual(told, [200]);
});

test('what cannot be sent fails with its number', async () => {
  const circle = {};
  circle.circle = circle;
  assert.deepEqual(await failure(phone(), { url: 'not a url' }), ['request:fail invalid url "not a url"', 600009]);
  assert.deepEqual(await failure(phone(), { url: server.url, method: 'POST', data: circle }), [
    'request:fail invalid request data',
    600010,
  ]);
  assert.deepEqual(await failure(phone(), {}), [
    'request:fail parameter error: parameter.url should be String instead of Undefined;',
    1001,
  ]);
  const [errMsg, errno] = await failure(phone(), { url: server.url, method: 'PATCH' });
  assert.match(errMsg, /^request:fail parameter error: parameter\.method is not one of OPTIONS, GET/);
  assert.equal(errno, 1001);
});

test('only registered domains are reached, to the letter of their ports', async () => {
  const refused = ['request:fail url not in domain list', 600002];
  const hosts = { 'https://api.shop.example': server.url, 'https://api.shop.example:8443': server.url };
  const wx = phone({ hosts, domains: ['https://api.shop.example', 'https://other.example:8443'] });
  assert.equal((await requested(wx, { url: 'https://api.shop.example/a' })).data.url, '/a');
  for (const url of [
    'https://api.shop.example:443/a',
    'https://api.shop.example:8443/a',
    'https://other.example/a',
    'http://api.shop.example/a',
    'https://api.weixin.qq.com/sns/jscode2session',
    `${server.url}/a`,
  ]) {
    assert.deepEqual(await failure(wx, { url }), refused, url);
  }
  const seen = server.seen();
  await failure(wx, { url: server.url });
  assert.equal(server.seen(), seen);
});

test('a list of domains that no administrator could register is refused', () => {
  const told = (domain) => {
    try {
      phone({ domains: [domain] });
    } catch (error) {
      return error.message.split('\n')[0];
    }
    return undefined;
  };
  assert.equal(told('http://a.example'), 'domains: `http://a.example` is not https');
  assert.equal(told('https://127.0.0.1'), 'domains: `https://127.0.0.1` is no domain name');
  assert.equal(told('https://localhost:3000'), 'domains: `https://localhost:3000` is no domain name');
  assert.equal(
    told('https://api.weixin.qq.com'),
    'domains: `https://api.weixin.qq.com` is for servers, and no Mini Program may call it',
  );
});

test('in the background nothing starts, and what runs is interrupted after five seconds', async (t) => {
  const wx = phone();
  const device = deviceOf(wx);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const running = failure(wx, { url: `${server.url}/slow` });
  const quick = requested(wx, { url: server.url });
  device.background();
  assert.equal((await quick).errMsg, 'request:ok');
  assert.deepEqual(await failure(wx, { url: server.url }), ['request:fail interrupted', 600003]);
  t.mock.timers.tick(5000);
  assert.deepEqual(await running, ['request:fail interrupted', 600003]);
  device.foreground();
  assert.equal((await requested(wx, { url: server.url })).errMsg, 'request:ok');
});
