// uni-app's request layer and promised APIs, on the shim.
'use strict';

const assert = require('node:assert/strict');
const { check, conform } = require('../story/checks.cjs');
const { miniProgram } = require('../story/mini-program.cjs');

conform(async () => {
  const { uni, promised, base } = await miniProgram('app.js');
  const keys = `${base}/api/v1/oauth2/keys`;

  await check('interceptors see the call and its answer', async () => {
    const seen = [];
    uni.addInterceptor('request', {
      invoke: ({ url }) => void seen.push(url),
      success: ({ statusCode }) => void seen.push(statusCode),
    });
    await promised(uni.request({ url: keys }));
    uni.removeInterceptor('request');
    assert.deepEqual(seen, [keys, 200]);
  });
  await check('a session is checked, a profile read, a value kept', async () => {
    assert.equal((await promised(uni.checkSession())).errMsg, 'checkSession:ok');
    assert.equal(typeof (await promised(uni.getUserInfo({ withCredentials: true }))).encryptedData, 'string');
    uni.setStorageSync('token', { id: 7 });
    assert.deepEqual(uni.getStorageSync('token'), { id: 7 });
  });
});
