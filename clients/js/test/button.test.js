import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { button, buttonsOf } from '../src/index.js';
import { freshWorld, labForTests } from '../testing/lab.js';

const lab = labForTests({ before, after });

/** The buttons of bob, who has two numbers. */
async function bobs(t) {
  const world = await freshWorld(t, lab);
  const wx = await world.wx({ person: 'bob' });
  return { world, wx, button: buttonsOf(wx) };
}

test('both buttons hand over a code, the quick one the legacy pair as well once there was a login', async (t) => {
  const { wx, button: bob } = await bobs(t);
  const first = await bob.getPhoneNumber((event) => event.detail);
  assert.deepEqual(Object.keys(first.result), ['errMsg', 'code']);
  await wx.login();
  const quick = await bob.getPhoneNumber((event) => event);
  assert.equal(quick.event.type, 'getphonenumber');
  assert.deepEqual(Object.keys(quick.detail), ['errMsg', 'code', 'encryptedData', 'iv']);
  const realtime = await bob.getRealtimePhoneNumber((event) => event);
  assert.equal(realtime.event.type, 'getrealtimephonenumber');
  assert.deepEqual(Object.keys(realtime.detail), ['errMsg', 'code']);
  assert.equal(realtime.detail.errMsg, 'getPhoneNumber:ok');
});

test('a person who says no says it in the words of the platform', async (t) => {
  const { world, button: bob } = await bobs(t);
  const detail = async (options) => (await bob.getPhoneNumber(() => {}, options)).detail;
  assert.deepEqual(await detail({ deny: true }), { errMsg: 'getPhoneNumber:fail user deny' });
  assert.deepEqual(await detail({ deny: true, platform: 'android' }), { errMsg: 'getPhoneNumber:fail:user deny' });
  const android = buttonsOf(await world.wx({ person: 'bob', platform: 'android' }));
  assert.equal((await android.getPhoneNumber(() => {}, { deny: true })).detail.errMsg, 'getPhoneNumber:fail:user deny');
  assert.deepEqual(await detail({ cancel: true }), { errMsg: 'getPhoneNumber:fail user cancel' });
});

test('every other failure has its text and its number', async (t) => {
  const { button: bob } = await bobs(t);
  const detail = async (fail) => {
    const { errMsg, errno } = (await bob.getRealtimePhoneNumber(() => {}, { fail })).detail;
    return [errMsg, errno];
  };
  assert.deepEqual(await detail('no_permission'), ['getPhoneNumber:fail no permission', 102]);
  assert.deepEqual(await detail('privacy_not_agreed'), [
    'getPhoneNumber:fail privacy permission is not authorized',
    104,
  ]);
  assert.deepEqual(await detail('no_quota'), ['getPhoneNumber:fail appid no enough quota', 1400001]);
  assert.deepEqual(await detail('blocked'), ['getPhoneNumber:fail user getPhoneNumber is blocked', 1421102]);
  assert.deepEqual(await detail({ errMsg: 'getPhoneNumber:fail', errno: 9 }), ['getPhoneNumber:fail', 9]);
  await assert.rejects(detail('broken'), { name: 'LabError', code: 'invalid_body' });
});

test("a page that binds the other button's event is not called", async (t) => {
  const { button: bob } = await bobs(t);
  let calls = 0;
  const tapped = await bob.getRealtimePhoneNumber(() => (calls += 1), { event: 'bindgetphonenumber' });
  assert.deepEqual([calls, tapped], [0, { detail: undefined, event: undefined, result: undefined }]);
});

test('the handler is a function, a method of a page, or a simulated button', async (t) => {
  const { button: bob } = await bobs(t);
  const page = {
    numbers: 0,
    async onPhone({ detail, currentTarget }) {
      this.numbers += 1;
      return [detail.code.length, currentTarget.dataset.from];
    },
  };
  const { result } = await bob.getPhoneNumber(page, { handler: 'onPhone', dataset: { from: 'sheet' } });
  assert.deepEqual([result, page.numbers], [[64, 'sheet'], 1]);
  const fired = [];
  await bob.getPhoneNumber({ dispatchEvent: (name, { detail }) => fired.push([name, detail.errMsg]) });
  assert.deepEqual(fired, [['getphonenumber', 'getPhoneNumber:ok']]);
  await assert.rejects(
    bob.getPhoneNumber(page, { handler: 'onFone' }),
    /the page has no method `onFone`\nhint: it has onPhone/,
  );
  await assert.rejects(bob.getPhoneNumber(page), /wants the page's handler\nhint: give a function/);
});

test('the person picks a number, and another person may tap', async (t) => {
  const { world, button: bob } = await bobs(t);
  await bob.getPhoneNumber(() => {}, { phone: '+852 61234567' });
  await bob.getPhoneNumber(() => {}, { person: 'carol' });
  await assert.rejects(
    bob.getPhoneNumber(() => {}, { phone: '+86 13800138000' }),
    /bob has no number/,
  );
  const asked = (await world.journal({ reveal: true })).map(({ request }) => [request.person, request.phone]);
  assert.deepEqual(asked, [
    ['bob', '+852 61234567'],
    ['carol', undefined],
  ]);
});

test('the buttons beside createWx belong to the global wx', async (t) => {
  const { wx } = await bobs(t);
  await assert.rejects(
    button.getPhoneNumber(() => {}),
    /the global wx was not made by createWx\nhint: give \{ wx \}/,
  );
  assert.equal((await button.getPhoneNumber(() => 7, { wx })).result, 7);
  globalThis.wx = wx;
  t.after(() => delete globalThis.wx);
  assert.equal((await button.getRealtimePhoneNumber(() => 8)).result, 8);
  await assert.rejects(
    button.getPhoneNumber(() => {}, { dney: true }),
    /has no option `dney`/,
  );
});
