// The shop's back end, as it is deployed: a program of its own, which knows nothing of tests.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('../server/server.js', import.meta.url));
const SETTINGS = fileURLToPath(new URL('../server/development.env', import.meta.url));

/** Starts the shop; it is closed after the test. What it logs is kept in `log`. */
export async function openShop(t) {
  const child = spawn(process.execPath, [`--env-file=${SETTINGS}`, SERVER], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill();
    await ended;
  });
  const log = [];
  const lines = createInterface(child.stdout).on('line', (line) => log.push(line));
  await Promise.race([
    once(lines, 'line'),
    ended.then(([code]) => Promise.reject(new Error(`the shop ended with ${code} before it was open`))),
  ]);
  return { url: `http://127.0.0.1:${/port (\d+)/.exec(log[0])[1]}`, log };
}
