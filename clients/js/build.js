// Makes dist/ out of src/: one CommonJS file for `require`, one script for pages. `--check` only compares.

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

const note = '// Generated from src/ by `npm run build`.\n';
const outputs = [
  { entryPoints: ['src/index.js'], outfile: 'dist/wx.cjs', format: 'cjs', platform: 'node', target: 'node20' },
  { entryPoints: ['src/browser.js'], outfile: 'dist/wx.js', format: 'iife', platform: 'browser', target: 'es2022' },
];

const isCheck = process.argv.includes('--check');
let isOld = false;
for (const output of outputs) {
  const { outputFiles } = await build({
    ...output,
    absWorkingDir: here,
    bundle: true,
    write: false,
    legalComments: 'none',
    banner: { js: note.trimEnd() },
    logLevel: 'warning',
  });
  const [{ text, path }] = outputFiles;
  if (!isCheck) {
    await writeFile(path, text);
  } else if (text !== (await readFile(path, 'utf8').catch(() => ''))) {
    console.error(`${output.outfile} is old\nhint: npm run build`);
    isOld = true;
  }
}
process.exitCode = isOld ? 1 : 0;
