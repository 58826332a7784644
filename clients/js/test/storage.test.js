import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWx, deviceOf } from '../src/index.js';
import { called } from '../testing/called.js';

const phone = (options) => createWx({ url: 'http://127.0.0.1:1', ...options });

test('values come back as copies, a missing one as the empty text', async () => {
  const wx = phone();
  const value = { list: [1], none: null };
  wx.setStorageSync('a', value);
  value.list.push(2);
  assert.deepEqual(wx.getStorageSync('a'), { list: [1], none: null });
  assert.deepEqual((await wx.getStorage({ key: 'a' })).data, { list: [1], none: null });
  for (const kept of ['text', 0, false, null, new Date(7)]) {
    wx.setStorageSync('b', kept);
    assert.deepEqual(wx.getStorageSync('b'), kept);
  }
  assert.equal(wx.getStorageSync('none'), '');
  await assert.rejects(wx.getStorage({ key: 'none' }), { errMsg: 'getStorage:fail data not found' });
});

test('keys are listed, taken away one by one, and all at once', async () => {
  const wx = phone();
  await wx.setStorage({ key: 'a', data: 'x'.repeat(2000) });
  wx.setStorageSync('b', 1);
  assert.deepEqual(wx.getStorageInfoSync(), { keys: ['a', 'b'], currentSize: 2, limitSize: 10240 });
  wx.removeStorageSync('a');
  assert.deepEqual((await wx.getStorageInfo()).keys, ['b']);
  const [[name, { errMsg }]] = await called(wx.clearStorage);
  assert.deepEqual([name, errMsg, wx.getStorageInfoSync().keys], ['success', 'clearStorage:ok', []]);
});

test('a key holds a megabyte, all of them ten', () => {
  const wx = phone();
  const almost = 'x'.repeat(1024 * 1024 - 2);
  wx.setStorageSync('0', almost);
  assert.throws(() => wx.setStorageSync('0', `${almost}x`), {
    message: 'setStorageSync:fail entry size limit reached, 1MB for a key',
  });
  for (let at = 1; at < 9; at += 1) wx.setStorageSync(String(at), almost);
  assert.throws(() => wx.setStorageSync('9', almost), { message: 'setStorageSync:fail exceed storage max size 10Mb' });
  assert.equal(wx.getStorageInfoSync().keys.length, 9);
});

test('what cannot be written is refused', async () => {
  const circle = {};
  circle.circle = circle;
  await assert.rejects(phone().setStorage({ key: 'a', data: circle }), {
    errMsg: 'setStorage:fail data can not be stringified',
  });
  await assert.rejects(phone().setStorage({ data: 1 }), {
    errMsg: 'setStorage:fail parameter error: parameter.key should be String;',
  });
});

test('the next launch finds what the last one left', () => {
  const first = phone({ person: 'alice' });
  first.setStorageSync('session', 7);
  const next = phone({ person: 'alice', storage: deviceOf(first).storage });
  assert.equal(next.getStorageSync('session'), 7);
});
