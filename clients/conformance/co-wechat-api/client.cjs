// co-wechat-api: its hosts are fields of the object.
'use strict';

const API = require('co-wechat-api');
const { createDecipheriv } = require('node:crypto');
const { conform } = require('../story/checks.cjs');
const { backEnd } = require('../story/back-end.cjs');

const way = process.argv[2];

function client({ appid, secret, token, retry = true }) {
  // With a token of the program's own it does not try again.
  const api = retry ? new API(appid, secret) : new API(appid, secret, undefined, undefined, true);
  if (way === 'base-url') {
    const base = process.env.WECHAT_API_BASE_URL;
    api.prefix = `${base}/cgi-bin/`;
    api.snsPrefix = `${base}/sns/`;
    api.wxaPrefix = `${base}/wxa/`;
  }
  if (token) api.saveToken({ accessToken: token, expireTime: Date.now() + 7_000_000 });
  const held = async () => (await api.ensureAccessToken()).accessToken;
  return {
    token: held,
    heldToken: held,
    login: (code) => api.code2Session(code),
    // It has no method for the phone number, so this is how its users call it: by its own `request`, which retries.
    phone: async (code) =>
      api.request(`${api.wxaPrefix}business/getuserphonenumber?access_token=${await held()}`, {
        method: 'POST',
        data: JSON.stringify({ code }),
        headers: { 'content-type': 'application/json' },
      }),
    // It has no method for encrypted data either: WeChat's own recipe.
    decrypt: (key, iv, data) => {
      const cipher = createDecipheriv('aes-128-cbc', Buffer.from(key, 'base64'), Buffer.from(iv, 'base64'));
      return JSON.parse(cipher.update(data, 'base64', 'utf8') + cipher.final('utf8'));
    },
  };
}

conform(() => backEnd({ client, refusal: (error) => ({ errcode: error.code, errmsg: error.message }) }));
