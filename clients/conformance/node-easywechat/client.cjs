// node-easywechat: its host is the `baseURL` of its `http` settings.
'use strict';

const assert = require('node:assert/strict');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { MiniApp } = require('node-easywechat');
const { check, conform } = require('../story/checks.cjs');
const { backEnd } = require('../story/back-end.cjs');
const world = require('../story/world.cjs');

const way = process.argv[2];
const caches = mkdtempSync(path.join(tmpdir(), 'node-easywechat-'));
process.on('exit', () => rmSync(caches, { recursive: true, force: true }));
let clients = 0;

class Refused extends Error {
  constructor(answer, contentType) {
    super(answer.errmsg);
    Object.assign(this, { answer, contentType });
  }
}

function miniApp({ appid, secret, ...settings }) {
  clients += 1;
  return new MiniApp({
    app_id: appid,
    secret,
    // An errcode is the program's to look at; an HTTP status other than 2xx throws all the same.
    http: { throw: false, ...(way === 'base-url' && { baseURL: `${process.env.WECHAT_API_BASE_URL}/` }) },
    // Its tokens live in files; each client of this program has a folder of its own.
    file_cache: { path: path.join(caches, `${clients}`) },
    ...settings,
  });
}

async function phoneOnce(app, code) {
  const response = await app.getClient().postJson('wxa/business/getuserphonenumber', { code });
  assert.equal(response.getStatusCode(), 200, 'WeChat refuses at HTTP 200');
  const answer = response.toObject();
  if (answer.errcode) throw new Refused(answer, response.getHeader('content-type')?.toString());
  return answer;
}

function client({ token, retry = true, ...settings }) {
  const app = miniApp(settings);
  const held = app.getAccessToken();
  if (token) app.getCache().set(held.getKey(), token, 7200);
  return {
    token: () => held.getToken(),
    heldToken: () => held.getToken(),
    login: (code) => app.getUtils().codeToSession(code),
    // It does not try again by itself: this is what its users write around it.
    phone: (code) =>
      phoneOnce(app, code).catch(async (error) => {
        if (!retry || ![40001, 42001].includes(error.answer?.errcode)) throw error;
        await held.refresh();
        return phoneOnce(app, code);
      }),
    decrypt: (key, iv, data) => app.getUtils().decryptSession(key, iv, data),
  };
}

/** Its own errors hold WeChat's answer as JSON behind a colon. */
function refusal(error) {
  if (error instanceof Refused) return { ...error.answer, contentType: error.contentType };
  return JSON.parse(error.message.slice(error.message.indexOf('{')));
}

conform(async () => {
  await backEnd({ client, refusal });

  const { app } = await world.declared();
  const stable = () => miniApp({ ...app, use_stable_access_token: true });
  await check('a stable access_token stays until a new one is forced', async () => {
    const one = await stable().getAccessToken().getToken();
    assert.equal(await stable().getAccessToken().getToken(), one);
    assert.notEqual(await stable().getAccessToken().getStableAccessToken(true), one);
  });
  await check('a stable access_token tells the seconds that are left', async () => {
    const json = { grant_type: 'client_credential', appid: app.appid, secret: app.secret };
    const answer = (await stable().getHttpClient().request('post', 'cgi-bin/stable_token', { json })).toObject();
    assert.deepEqual(Object.keys(answer), ['access_token', 'expires_in']);
    assert.ok(Number.isInteger(answer.expires_in) && answer.expires_in > 7100, `expires_in: ${answer.expires_in}`);
  });
});
