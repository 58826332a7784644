// miniprogram-api-promise, Tencent's own: `wx` with promises.
'use strict';

const assert = require('node:assert/strict');
const { check, conform } = require('../story/checks.cjs');
const { miniProgram } = require('../story/mini-program.cjs');

conform(async () => {
  const { wxp } = await miniProgram('app.js');

  await check('a session is checked, a profile read, a value kept', async () => {
    assert.deepEqual(await wxp.checkSession(), { errMsg: 'checkSession:ok' });
    const { userInfo, encryptedData } = await wxp.getUserInfo({ withCredentials: true });
    assert.equal(typeof userInfo.nickName, 'string');
    assert.equal(typeof encryptedData, 'string');
    await wxp.setStorage({ key: 'token', data: { id: 7 } });
    assert.deepEqual((await wxp.getStorage({ key: 'token' })).data, { id: 7 });
    await assert.rejects(wxp.getStorage({ key: 'nothing' }), { errMsg: 'getStorage:fail data not found' });
  });
  await check('an API with callbacks of its own still calls them', async () => {
    const result = await new Promise((resolve) => {
      wxp.login({ success: resolve });
    });
    assert.equal(result.errMsg, 'login:ok');
  });
});
