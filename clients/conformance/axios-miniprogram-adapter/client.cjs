// axios on `wx.request`, through axios-miniprogram-adapter.
'use strict';

const assert = require('node:assert/strict');
const { check, conform } = require('../story/checks.cjs');
const { miniProgram } = require('../story/mini-program.cjs');

conform(async () => {
  const { axios, base, world } = await miniProgram('app.js');

  await check('axios rejects an answer of status 400, with the answer', async () => {
    const refused = axios.post(`${base}/api/v2/sdk/login/wechat-miniprogram`, { code: 'x' });
    await assert.rejects(refused, (error) => error.response.status === 400);
  });
  await check('a call that is cancelled fails', async () => {
    await world.nextCall('/api/v1/oauth2/keys', { hang: 'before' });
    const source = axios.CancelToken.source();
    const cancelled = axios.get(`${base}/api/v1/oauth2/keys`, { cancelToken: source.token });
    setTimeout(() => source.cancel('gone'), 100);
    await assert.rejects(cancelled, (error) => axios.isCancel(error) && error.message === 'gone');
  });
});
