// The develop version in WeChat DevTools, with @mockwx/wx's drop-in in the first line of app.js. There `wx.login` gives a
// code that no server takes, and the phone buttons are not permitted.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { stage } from '../testing/stage.mjs';

const dropIn = createRequire(import.meta.url)('@mockwx/wx/devtools');

async function inDevTools(t, envVersion) {
  const all = await stage(t, { envVersion, world: { like: 'bind' } });
  all.phone.wx.login = ({ success }) => success({ errMsg: 'login:ok', code: 'the code is of DevTools' });
  return all;
}

test('with the drop-in the develop version logs in and binds by codes of the mock', async (t) => {
  const { phone, world } = await inDevTools(t, 'develop');
  phone.launch(() => assert.equal(dropIn.install({ url: 'http://127.0.0.1:17080', person: 'alice' }), true));
  await phone.tap('#wechat');
  await phone.tapPhoneButton(['#phone', '#quick'], { fail: 'no_permission' });
  await phone.sees('用户名：li.na');
  await world.expectCalls({ '/sns/jscode2session': 2, '/wxa/business/getuserphonenumber': 1 });
});

for (const envVersion of ['trial', 'release']) {
  test(`in the ${envVersion} version the drop-in does nothing`, async (t) => {
    const { phone } = await inDevTools(t, envVersion);
    phone.launch(() => assert.equal(dropIn.install({ url: 'http://127.0.0.1:17080', person: 'alice' }), false));
    await phone.sees('微信授权已失效，请再试一次');
  });
}
