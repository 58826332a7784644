import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { labForTests } from '../testing/lab.js';

const lab = labForTests({ before, after });
const suite = fileURLToPath(new URL('../testing/suite.js', import.meta.url));

test('suites in processes of their own share a lab and an appid at different times, and do not interfere', async () => {
  const run = async (moment) => (await promisify(execFile)(process.execPath, [suite, lab.url, moment])).stdout.trim();
  const moments = ['2026-01-01T00:00:00Z', '2030-06-01T12:00:00Z', '2026-01-01T00:00:00Z'];
  const ended = ['2026-01-01T01:15:15.000Z', '2030-06-01T13:15:15.000Z', '2026-01-01T01:15:15.000Z'];
  assert.deepEqual(await Promise.all(moments.map(run)), ended);
});
