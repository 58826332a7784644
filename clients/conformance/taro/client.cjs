// Taro's request layer and promised APIs, on the shim.
'use strict';

const assert = require('node:assert/strict');
const { check, conform } = require('../story/checks.cjs');
const { miniProgram } = require('../story/mini-program.cjs');

// What Taro's tools define when they build for WeChat.
const DEFINED = {
  'process.env.TARO_ENV': '"weapp"',
  'process.env.TARO_PLATFORM': '"mini"',
  ENABLE_ADJACENT_HTML: 'false',
  ENABLE_CLONE_NODE: 'false',
  ENABLE_CONTAINS: 'false',
  ENABLE_INNER_HTML: 'true',
  ENABLE_MUTATION_OBSERVER: 'false',
  ENABLE_SIZE_APIS: 'false',
  ENABLE_TEMPLATE_CONTENT: 'false',
};

conform(async () => {
  const { Taro, base, world } = await miniProgram('app.js', DEFINED);
  const keys = `${base}/api/v1/oauth2/keys`;

  await check('interceptors see the call and its answer', async () => {
    const seen = [];
    Taro.addInterceptor(async (chain) => {
      seen.push(chain.requestParams.url);
      const answer = await chain.proceed(chain.requestParams);
      seen.push(answer.statusCode);
      return answer;
    });
    await Taro.request({ url: keys });
    Taro.cleanInterceptors();
    assert.deepEqual(seen, [keys, 200]);
  });
  await check('a call that is aborted fails', async () => {
    await world.nextCall('/api/v1/oauth2/keys', { hang: 'before' });
    const task = Taro.request({ url: keys });
    setTimeout(() => task.abort(), 100);
    await assert.rejects(task, { errMsg: 'request:fail abort' });
  });
  await check('a session is checked, a profile read, a value kept', async () => {
    assert.equal((await Taro.checkSession()).errMsg, 'checkSession:ok');
    assert.equal(typeof (await Taro.getUserInfo({ withCredentials: true })).encryptedData, 'string');
    Taro.setStorageSync('token', { id: 7 });
    assert.deepEqual(Taro.getStorageSync('token'), { id: 7 });
    assert.equal(Taro.getAccountInfoSync().miniProgram.envVersion, 'develop');
  });
});
