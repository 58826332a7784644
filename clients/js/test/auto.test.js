import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { labForTests } from '../testing/lab.js';

const lab = labForTests({ before, after });
const here = fileURLToPath(new URL('..', import.meta.url));
const APPID = 'wx0123456789abcdef';

/** What a program prints that was started with these variables. */
async function printed(program, variables) {
  const { PATH } = process.env;
  const env = { PATH, MOCKWX_URL: lab.url, WX_APPID: APPID, ...variables };
  const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: here, env });
  return stdout.trim();
}

test('a program that requires it finds wx in its exports and as the global one', async () => {
  const program = `const { wx: own, lab } = require('@mockwx/wx/auto');
    (async () => {
      const { code } = await wx.login();
      const [{ request }] = await lab.journal();
      console.log(own === wx, wx.getAccountInfoSync().miniProgram.appId, code.length, request.person);
    })();`;
  assert.equal(await printed(['-e', program], { MOCKWX_PERSON: 'bob' }), `true ${APPID} 32 bob`);
});

test('a module may import it, and the package beside it', async () => {
  const program = `import { button as own, wx } from '@mockwx/wx/auto';
    import { button, deviceOf } from '@mockwx/wx';
    const quick = await button.getPhoneNumber(({ detail }) => detail.code.length);
    const realtime = await own.getRealtimePhoneNumber(({ detail }) => detail.code.length);
    console.log(quick.result, realtime.result, deviceOf(wx).appid);`;
  assert.equal(await printed(['--input-type=module', '-e', program]), `64 64 ${APPID}`);
});

test('an app that is there already keeps its wx', async () => {
  const program = `globalThis.wx = { own: true }; require('@mockwx/wx/auto'); console.log(wx.own);`;
  assert.equal(await printed(['-e', program]), 'true');
});

test('the world may be named', async () => {
  const program = `const { lab } = require('@mockwx/wx/auto'); console.log(lab.name, lab.url);`;
  assert.equal(await printed(['-e', program], { MOCKWX_WORLD: 'w7' }), `w7 ${lab.url}/__world/w7`);
});

test('without an address it says what to do', async () => {
  await assert.rejects(
    printed(['-e', `require('@mockwx/wx/auto')`], { MOCKWX_URL: '' }),
    /MOCKWX_URL is not set\nhint: run under `mockwx exec`/,
  );
});
