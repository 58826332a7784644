// Labs for the tests here: started by them, stopped after them.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createLab } from '../src/index.js';

function program() {
  const place = (kind) => fileURLToPath(new URL(`../../../target/${kind}/mockwx`, import.meta.url));
  const found = process.env.MOCKWX_BIN ?? ['release', 'debug'].map(place).find((path) => existsSync(path));
  if (!found) throw new Error('there is no mockwx to test with\nhint: cargo build, or set MOCKWX_BIN to its path');
  return found;
}

/** Starts `mockwx serve` with more arguments. */
export async function startLab(...more) {
  const child = spawn(program(), ['serve', '--listen', '127.0.0.1:0', ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  const url = await new Promise((resolve, reject) => {
    let said = '';
    const listen = (text) => {
      said += text;
      const address = /ready at (\S+)/.exec(said)?.[1];
      if (address) resolve(address);
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`mockwx ended with ${code} before it was ready: ${said}`)));
  });
  return { url, stop: () => child.kill() };
}

/**
 * A lab for the tests of one file, by the runner's own hooks.
 *
 * @returns {{ url: string }} whose address is there before the first test
 */
export function labForTests({ before, after }, ...more) {
  const lab = { url: '' };
  let started;
  before(async () => {
    started = await startLab(...more);
    lab.url = started.url;
  });
  after(() => started?.stop());
  return lab;
}

/** A fresh world for one test, gone after it. */
export async function freshWorld(t, { url }, options) {
  const world = await createLab({ url }).createWorld(options);
  t.after(() => world.delete());
  return world;
}
