// The project as WeChat DevTools reads it.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const read = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));
const settings = read(PROJECT, 'project.config.json');
const ROOT = join(PROJECT, settings.miniprogramRoot);
const compiler = createRequire(import.meta.url)('miniprogram-compiler');

const filesOf = (ending) =>
  readdirSync(ROOT, { recursive: true }).filter((file) => file.endsWith(ending)).map((file) => file.replaceAll('\\', '/'));

test('every page and every component that is named has its files', () => {
  const app = read(ROOT, 'app.json');
  const waiting = app.pages.map((page) => join(ROOT, page));
  const seen = new Set();
  for (const place of waiting) {
    if (seen.has(place)) continue;
    seen.add(place);
    for (const ending of ['js', 'json', 'wxml']) assert.ok(existsSync(`${place}.${ending}`), `${place}.${ending}`);
    const { usingComponents = {} } = read(`${place}.json`);
    waiting.push(...Object.values(usingComponents).map((path) => resolve(dirname(place), path)));
  }
  assert.ok(existsSync(join(ROOT, app.sitemapLocation)));
  const templates = filesOf('.wxml').map((file) => join(ROOT, file.replace(/\.wxml$/, '')));
  assert.deepEqual(templates.filter((place) => !seen.has(place)), [], 'no template is left over');
});

test("WeChat's own compilers take every template and every style sheet", () => {
  const templates = compiler.wxmlToJs(ROOT);
  for (const file of filesOf('.wxml')) assert.ok(templates.includes(file), file);
  const styles = compiler.wxssToJs(ROOT);
  for (const file of filesOf('.wxss')) assert.ok(styles.includes(file), file);
});

test('every handler that a template names is there', () => {
  for (const file of filesOf('.wxml')) {
    const code = readFileSync(join(ROOT, file.replace(/wxml$/, 'js')), 'utf8');
    const template = readFileSync(join(ROOT, file), 'utf8');
    for (const [, handler] of template.matchAll(/\bbind\w+="(\w+)"/g)) {
      assert.match(code, new RegExp(`\\b${handler}\\(`), `${file} binds ${handler}`);
    }
  }
});

test('no file of the Mini Program turns the type check off or goes around it', () => {
  for (const file of filesOf('.js')) {
    const code = readFileSync(join(ROOT, file), 'utf8');
    assert.match(code, /^\/\/ @ts-check\n/, file);
    assert.doesNotMatch(code, /@ts-(ignore|expect-error|nocheck)|@\w+ \{[^\n]*(\bany\b|\*)[^\n]*\}/, file);
  }
});
