import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLab, createWx, LabError } from '../src/index.js';
import { freshWorld, labForTests } from '../testing/lab.js';

const lab = labForTests({ before, after });
const APPID = 'wx0123456789abcdef';
const SECRET = '0123456789abcdef0123456789abcdef';

const exchanged = async (code) => {
  const query = new URLSearchParams({ appid: APPID, secret: SECRET, js_code: code, grant_type: 'authorization_code' });
  return (await fetch(`${lab.url}/sns/jscode2session?${query}`)).json();
};

test('worlds with different clocks share an address and an appid, and do not notice each other', async (t) => {
  const [early, late] = [await freshWorld(t, lab), await freshWorld(t, lab)];
  const [first, second] = [await early.loginCode('alice'), await late.loginCode('alice')];
  await late.clock.advance('5m1s');
  assert.equal((await exchanged(second)).errcode, 40029);
  assert.equal((await exchanged(first)).errcode, undefined);
  await early.expectCalls({ 'wx.login': 1, '/sns/jscode2session': 1, '/sns': 1, wechat: 1, idaas: 0 });
});

test('a clock is read, frozen, set, advanced and let go', async (t) => {
  const world = await freshWorld(t, lab);
  const noon = new Date('2026-03-01T12:00:00Z');
  await world.clock.freeze();
  assert.deepEqual(await world.clock.set(noon), noon);
  assert.deepEqual(await world.clock.advance(90_000), new Date('2026-03-01T12:01:30Z'));
  assert.deepEqual(await world.clock.now(), new Date('2026-03-01T12:01:30Z'));
  assert.ok((await world.clock.resume()) >= noon);
});

test('one code ages without the clock', async (t) => {
  const world = await freshWorld(t, lab);
  const [old, fresh] = [await world.loginCode('alice'), await world.loginCode('alice')];
  assert.equal(await world.age(old, '5m1s'), 1);
  assert.equal((await exchanged(old)).errcode, 40029);
  assert.equal(await world.expire({ kind: 'login_code' }), 1);
  assert.equal((await exchanged(fresh)).errcode, 40029);
  assert.equal((await world.artefacts({ kind: 'login_code' })).length, 2);
});

test('a planned misfortune happens, is listed, and is taken back', async (t) => {
  const world = await freshWorld(t, lab);
  await world.faults.plan('system_error');
  const answer = await exchanged(await world.loginCode('alice'));
  assert.equal(answer.errcode, -1);
  assert.equal((await world.faults.list()).length, 1);
  assert.equal((await world.explain(answer.errmsg)).world, world.name);
  assert.equal(await world.faults.clear(), 1);
  assert.equal((await exchanged(await world.loginCode('alice'))).errcode, undefined);
});

test('a world is exported, changed, replaced, reset and deleted', async () => {
  const world = await createLab({ url: lab.url }).createWorld({ name: 'mine', world: { like: 'ready', seed: 7 } });
  assert.deepEqual([world.name, world.url], ['mine', `${lab.url}/__world/mine`]);
  await world.change({ wechat: { rules: { hints: false } } });
  assert.equal((await world.export()).wechat.rules.hints, false);
  await world.reset();
  assert.equal((await world.export()).seed, 7);
  await world.replace({ like: 'ready', seed: 8 });
  assert.equal((await world.export()).seed, 8);
  assert.ok((await world.worlds()).some(({ name }) => name === 'mine'));
  await world.delete();
  await assert.rejects(world.export(), { code: 'unknown_world' });
});

test('SMS are in the outbox', async (t) => {
  const world = await freshWorld(t, lab);
  assert.deepEqual(await world.outbox('+86 13600136000'), []);
});

test('calls that were not expected are told with all that was called', async (t) => {
  const world = await freshWorld(t, lab);
  await exchanged(await world.loginCode('alice'));
  await assert.rejects(world.expectCalls({ '/sns/jscode2session': 2, 'wx.login': 1 }), (error) => {
    assert.equal(error.name, 'CallsError');
    const [first, second, login, exchange] = error.message.split('\n');
    assert.equal(first, '/sns/jscode2session: expected 2, found 1');
    assert.equal(second, 'called were');
    assert.equal(login, '  device → wechat  CALL wx.login  200');
    assert.match(exchange, /^ {2}back_end → wechat {2}GET \/sns\/jscode2session\?appid=.*‹login code 1›/);
    return true;
  });
  const [{ seq }] = await world.journal({ limit: 1 });
  await world.expectCalls({ wechat: 0, 'wx.login': 0 }, { since: seq });
  await world.clearJournal();
  await assert.rejects(world.expectCalls({ idaas: 1 }), /idaas: expected 1, found 0\nnothing was called/);
});

test("errors tell the lab's message and its hint", async (t) => {
  const world = await freshWorld(t, lab);
  await assert.rejects(world.loginCode('alicia'), {
    name: 'LabError',
    message: 'no person is called `alicia`\nhint: did you mean `alice`?',
    code: 'unknown_person',
    status: 404,
  });
  await assert.rejects(world.faults.plan('sytem_error'), LabError);
  await assert.rejects(createLab({ url: 'http://127.0.0.1:1' }).export(), {
    code: 'unreachable',
    hint: 'start one with `mockwx serve`, or give its address as url',
  });
  await assert.rejects(createLab({ url: lab.url }).delete(), /this lab names no world/);
});

test('addresses and options with a slip are refused at once', () => {
  const told = (options) => {
    try {
      createWx(options);
    } catch (error) {
      return error.message;
    }
    return undefined;
  };
  assert.equal(told({}), 'url is missing\nhint: give the address of a running mockwx, such as http://127.0.0.1:17080');
  assert.match(told({ url: '127.0.0.1:17080' }), /^url: `127\.0\.0\.1:17080` is not an address/);
  assert.match(
    told({ url: 'http://127.0.0.1:17080/api' }),
    /has a path that is no world\nhint: end it in \/__world\/NAME/,
  );
  assert.match(told({ url: 'http://127.0.0.1:1/__world/a', world: 'b' }), /^url names the world `a`, world names `b`/);
  assert.match(told({ url: 'http://127.0.0.1:1', world: 'Ä' }), /is not a name/);
  assert.match(
    told({ url: 'http://127.0.0.1:1', persom: 'bob' }),
    /^createWx has no option `persom`\nhint: it has url, world,/,
  );
  assert.match(told({ url: 'http://127.0.0.1:1', headerCase: 'upper' }), /use one of as-sent, lower, canonical/);
  assert.match(told({ url: 'http://127.0.0.1:1', platform: 'nokia' }), /use one of ios, android, devtools/);
  assert.match(told({ url: 'http://127.0.0.1:1', envVersion: 'beta' }), /use develop, trial or release/);
  assert.match(
    told({ url: 'http://127.0.0.1:1', hosts: { 'https://a.example/api': 'http://127.0.0.1:2' } }),
    /is not an origin/,
  );
  assert.match(told({ url: 'http://127.0.0.1:1', hosts: { 'a.example': '127.0.0.1:2' } }), /is not an address/);
  assert.throws(() => createLab({ url: lab.url, token: 'x' }), /createLab has no option `token`/);
});
