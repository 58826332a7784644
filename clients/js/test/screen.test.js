import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWx, deviceOf } from '../src/index.js';
import { called } from '../testing/called.js';

const phone = () => createWx({ url: 'http://127.0.0.1:1' });

test('what a screen would show is noted, without its callbacks', async () => {
  const wx = phone();
  const [[name, { errMsg }]] = await called(wx.showToast, { title: 'hello', icon: 'none' });
  assert.deepEqual([name, errMsg], ['success', 'showToast:ok']);
  await wx.navigateTo({ url: '/pages/me/me' });
  const device = deviceOf(wx);
  assert.deepEqual(device.calls(), [
    { name: 'showToast', options: { title: 'hello', icon: 'none' } },
    { name: 'navigateTo', options: { url: '/pages/me/me' } },
  ]);
  assert.equal(device.calls('navigateTo').length, 1);
  device.forgetCalls();
  assert.deepEqual(device.calls(), []);
});

test('a person agrees, unless something else is planned', async () => {
  const wx = phone();
  const device = deviceOf(wx);
  assert.deepEqual(await wx.showModal({ title: 'sure?' }), {
    errMsg: 'showModal:ok',
    confirm: true,
    cancel: false,
    content: '',
  });
  device.answer('showModal', { confirm: false, cancel: true }, { fail: 'no screen' });
  assert.equal((await wx.showModal({ title: 'sure?' })).cancel, true);
  await assert.rejects(wx.showModal({ title: 'sure?' }), { errMsg: 'showModal:fail no screen' });
  await assert.rejects(wx.showModal({ title: 'sure?' }), { errMsg: 'showModal:fail no screen' });
  await wx.setClipboardData({ data: 'code' });
  assert.equal((await wx.getClipboardData()).data, 'code');
});

test('a page and the one that it opens talk by their channel', async () => {
  const { eventChannel } = await phone().navigateTo({ url: '/pages/me/me' });
  const heard = [];
  const listener = (value) => heard.push(value);
  eventChannel.once('said', listener);
  eventChannel.on('said', listener);
  eventChannel.emit('said', 1);
  eventChannel.emit('said', 2);
  eventChannel.off('said', listener);
  eventChannel.emit('said', 3);
  assert.deepEqual(heard, [1, 1, 2]);
});

test('who listens is told, until it no longer listens', () => {
  const wx = phone();
  const heard = [];
  const listener = ({ path }) => heard.push(path);
  wx.onAppShow(listener);
  wx.onAppHide(({ reason }) => heard.push(reason));
  const device = deviceOf(wx);
  device.background();
  device.background();
  device.foreground({ path: 'pages/me/me' });
  wx.offAppShow(listener);
  device.background();
  device.foreground();
  assert.deepEqual(heard, [3, 'pages/me/me', 3]);
});

test('probing frameworks find what is there, and nothing else', async () => {
  const wx = phone();
  assert.equal(wx.createInnerAudioContext, undefined);
  assert.deepEqual(
    ['login', 'button.open-type.getRealtimePhoneNumber', 'createInnerAudioContext', 'button.open-type.fly'].map(
      wx.canIUse,
    ),
    [true, true, false, false],
  );
  assert.deepEqual(await new Promise((done) => wx.nextTick(done, 7)), 7);
  assert.equal(wx.clock, undefined);
  assert.throws(() => deviceOf({}), /this wx was not made by createWx/);
});

test('files and sockets fail with a sentence, not with a crash', async () => {
  const wx = phone();
  for (const name of ['uploadFile', 'downloadFile', 'connectSocket']) {
    const [[, { errMsg }]] = await called(wx[name], { url: 'https://a.example' });
    assert.equal(errMsg, `${name}:fail mockwx does not simulate wx.${name}`);
  }
  wx.uploadFile({}).onProgressUpdate(() => {});
});
