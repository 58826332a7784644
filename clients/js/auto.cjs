// Builds `wx` from the environment: MOCKWX_URL and WX_APPID, and if they are set MOCKWX_PERSON and MOCKWX_WORLD.
// Apps read the global `wx`, so it is put there, too, unless something is there already.

'use strict';

const { buttonsOf, createLab, createWx, deviceOf } = require('./dist/wx.cjs');

const { MOCKWX_URL: url, WX_APPID: appid, MOCKWX_PERSON: person, MOCKWX_WORLD: world } = process.env;

if (!url) {
  throw new Error(
    'MOCKWX_URL is not set\nhint: run under `mockwx exec`, or set it to a running mockwx, http://127.0.0.1:17080',
  );
}

const set = (text) => text || undefined;
const wx = createWx({ url, appid: set(appid), person: set(person), world: set(world) });

globalThis.wx ??= wx;

// One by one, so that `import { button } from '@mockwx/wx/auto'` finds them.
exports.wx = wx;
exports.device = deviceOf(wx);
exports.button = buttonsOf(wx);
exports.lab = createLab({ url, world: set(world) });
