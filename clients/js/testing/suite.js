// A test suite of its own, for a process of its own: node suite.js URL MOMENT. It lives at that time, in its own world.

import assert from 'node:assert/strict';
import { createLab } from '../src/index.js';

const [url, moment] = process.argv.slice(2);
const APP = { appid: 'wx0123456789abcdef', secret: '0123456789abcdef0123456789abcdef' };
const ROUNDS = 15;

const exchanged = async (code) => {
  const query = new URLSearchParams({ ...APP, js_code: code, grant_type: 'authorization_code' });
  return (await fetch(`${url}/sns/jscode2session?${query}`)).json();
};

const world = await createLab({ url }).createWorld();
await world.clock.freeze();
let time = await world.clock.set(moment);
const wx = await world.wx({ person: 'alice' });
for (let round = 0; round < ROUNDS; round += 1) {
  const [{ code: good }, { code: late }] = [await wx.login(), await wx.login()];
  assert.equal((await exchanged(good)).openid.length, 28);
  time = new Date(time.getTime() + 301_000);
  assert.deepEqual(await world.clock.advance('5m1s'), time);
  assert.equal((await exchanged(late)).errcode, 40029);
}
await world.expectCalls({ 'wx.login': 2 * ROUNDS, '/sns/jscode2session': 2 * ROUNDS });
await world.delete();
console.log(time.toISOString());
