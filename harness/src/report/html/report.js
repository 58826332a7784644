'use strict';
const report = JSON.parse(document.getElementById('data').textContent);
const cases = report.scenarios;
const at = id => document.getElementById(id);
const narrow = matchMedia('(max-width: 800px)');
const SIGN = { passed: '✓', failed: '✗', skipped: '–' };
const COLOUR = { passed: 'good', failed: 'bad', skipped: 'skipped' };
const PARTY = { device: 'phone', mini_program: 'mini program', back_end: 'back end', idaas: 'IDaaS', wechat: 'WeChat' };

// Texts become text nodes only: nothing of a report is ever read as HTML.
function h(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== undefined && child !== null && child !== false));
  return element;
}
function s(name, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
// Names of secrets stand out, so that nobody takes them for values.
const named = text => String(text).split(/(‹[^›]*›)/).map((part, at) => at % 2 ? h('span', { class: 'secret' }, part) : part);
const time = text => text ? text.replace(/^[^T]*T0?/, '').replace(/Z$/, '') : '';
const took = ms => ms < 1 ? `${Math.round(ms * 1000)} µs` : ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
const fullName = one => one.case === null ? one.name : `${one.name} › ${one.case}`;
const sign = outcome => h('span', { class: COLOUR[outcome], title: outcome }, SIGN[outcome]);
function pretty(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' ? JSON.stringify(value, null, 2) : text;
  } catch {
    return text;
  }
}

// The list and its filter.
const wanted = { text: '', outcome: 'all' };
function fits(one) {
  const text = [fullName(one), one.file, ...one.tags].join(' ').toLowerCase();
  return (wanted.outcome === 'all' || one.outcome === wanted.outcome)
    && wanted.text.toLowerCase().split(/\s+/).every(word => text.includes(word));
}
function list() {
  const shown = cases.map((one, number) => [one, number]).filter(([one]) => fits(one));
  at('list').replaceChildren(...shown.map(([one, number]) => h('li', {},
    h('a', { href: `#case-${number}`, 'aria-current': number === current && 'true' },
      sign(one.outcome), h('span', {}, fullName(one), h('small', {}, `${one.file}:${one.line}`))))));
  if (!shown.length) at('list').append(h('li', { class: 'empty' }, 'Nothing fits the filter.'));
}
function filters() {
  const counts = { all: cases.length, failed: 0, passed: 0, skipped: 0 };
  cases.forEach(one => { counts[one.outcome] += 1; });
  const words = { all: 'all', failed: 'failed', passed: 'passed', skipped: 'not run' };
  at('outcomes').replaceChildren(...Object.keys(words).filter(key => counts[key] || key === 'all').map(key => {
    const button = h('button', { type: 'button', 'aria-pressed': String(wanted.outcome === key) }, `${words[key]} ${counts[key]}`);
    button.onclick = () => { wanted.outcome = key; filters(); list(); };
    return button;
  }));
}

// What went wrong.
function excerpt(failure) {
  const width = Math.max(2, ...failure.excerpt.map(([number]) => String(number).length));
  const lines = [h('span', { class: 'dim' }, `${' '.repeat(width)} ┌─ ${failure.file}:${failure.line}:${failure.column}\n`)];
  let last = null;
  for (const [number, text] of failure.excerpt) {
    if (last !== null && number !== last + 1) lines.push(h('span', { class: 'dim' }, `${' '.repeat(width)} ⋮\n`));
    last = number;
    lines.push(h('span', { class: 'dim' }, `${String(number).padStart(width)} │ `), named(text), '\n');
    if (number === failure.line) {
      const mark = `${' '.repeat(failure.column - 1)}${'^'.repeat(failure.width)} `;
      lines.push(h('span', { class: 'dim' }, `${' '.repeat(width)} │ `), h('span', { class: 'caret' }, mark, named(failure.answered)), '\n');
    }
  }
  return h('pre', { tabindex: '0', 'aria-label': 'The step in its file' }, lines);
}
// Of two long texts, what they do not share at both ends is marked.
function differing(one, other) {
  if (one.length + other.length < 40) return null;
  let head = 0, tail = 0;
  const shorter = Math.min(one.length, other.length);
  while (head < shorter && one[head] === other[head]) head += 1;
  while (tail < shorter - head && one[one.length - 1 - tail] === other[other.length - 1 - tail]) tail += 1;
  return head + tail < 8 ? null : text => [text.slice(0, head), text.slice(head, text.length - tail), text.slice(text.length - tail)];
}
function facts(failure) {
  if (!failure.mismatches.length) return null;
  return h('table', { class: 'facts' },
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'what'), h('th', { scope: 'col' }, 'wanted'), h('th', { scope: 'col' }, 'was'))),
    h('tbody', {}, failure.mismatches.map(({ path, wanted, was, note }) => {
      const split = was === null ? null : differing(wanted, was);
      const part = (text, tag) => { const [a, b, c] = split(text); return [named(a), b && h(tag, {}, named(b)), named(c)]; };
      return h('tr', {},
        h('td', {}, path || 'the answer'),
        h('td', { 'data-of': 'wanted', class: split ? '' : 'good' }, split ? part(wanted, 'ins') : named(wanted)),
        h('td', { 'data-of': 'was', class: split ? '' : 'bad' }, was === null ? 'absent' : split ? part(was, 'del') : named(was),
          note && h('div', { class: 'dim' }, named(note))));
    })));
}
function again(command) {
  const button = h('button', { type: 'button' }, 'copy');
  button.onclick = () => navigator.clipboard.writeText(command).then(() => { button.textContent = 'copied'; }, () => { button.textContent = 'not copied'; });
  return h('div', { class: 'again' }, h('span', { class: 'dim' }, 'again'), h('pre', { tabindex: '0' }, command), navigator.clipboard && button);
}
function failure(one) {
  const trail = one.trail.map(({ how, place }) => `${how} ${place}`).join(' · ');
  return h('section', { class: 'failure' },
    h('p', { class: 'bad' }, named(one.message)),
    h('div', { class: 'meta' }, one.at && h('span', {}, `${time(one.at)} virtual`), trail && h('span', {}, trail)),
    one.excerpt.length > 0 && excerpt(one), facts(one),
    (one.said || []).map(({ service, lines }) => [h('p', { class: 'about' }, `${service} wrote`), h('pre', { tabindex: '0' }, named(lines.join('\n')))]),
    again(one.again));
}
// What explain tells of the answers that a failed step got.
function stories(failures) {
  const told = failures.flatMap(one => one.exchanges).filter(({ story }) => story);
  return told.length > 0 && [h('h3', {}, 'Why it was answered so'), told.map(({ call, story, refusal }) => [
    h('p', { class: 'about' }, h('code', {}, named(call)), refusal && ` ${refusal.code} ${refusal.rule}`),
    h('ul', { class: 'why' }, story.map(line => h('li', {}, named(line))))])];
}

// The sequence diagram.
function diagram({ lanes, events }) {
  if (!lanes.length) return null;
  const gutter = 60, row = 30, head = 34, letter = 6.4;
  const room = at('case').clientWidth - (narrow.matches ? 36 : 52) - gutter;
  const gap = Math.max(72, Math.min(250, room / lanes.length)), box = Math.min(108, gap - 4);
  const x = party => gutter + gap * (lanes.indexOf(party) + 0.5);
  const width = gutter + Math.max(gap * lanes.length, 240), height = head + 8 + row * events.length + 12;
  const fit = (text, room) => {
    const most = Math.max(6, Math.floor(room / letter));
    if (text.length <= most) return text;
    const [, verb, tail] = text.match(/^([A-Z]+ )?(.*)$/);
    return verb ? `${verb}…${tail.slice(-(most - verb.length - 1))}` : `${text.slice(0, most - 1)}…`;
  };
  const svg = s('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': `Sequence diagram of ${events.length} events` });
  lanes.forEach(party => svg.append(
    s('line', { class: 'lane', x1: x(party), x2: x(party), y1: head, y2: height - 6 }),
    s('rect', { class: 'head', x: x(party) - box / 2, y: 5, width: box, height: 26, rx: 5 }),
    s('text', { x: x(party), y: 22, 'text-anchor': 'middle' }, PARTY[party])));
  let shown = '';
  events.forEach((event, number) => {
    const y = head + 8 + row * number + row / 2;
    const group = s('g', { class: event.failed ? 'failed' : '' });
    group.append(s('title', {}, [time(event.at), event.text].join(' ')));
    if (event.kind === 'step') {
      group.append(s('rect', { class: 'band', x: 0, y: y - 11, width, height: 22 }),
        s('text', { x: gutter, y: y + 4, 'font-weight': 600 }, fit(event.text, width - gutter)));
    } else {
      const [from, to] = [x(event.from), x(event.to)];
      const way = Math.sign(to - from) || 1, kind = event.kind === 'answer' ? (event.refused ? 'refused' : 'answer') : '';
      // No other arrow shares the row: a label may be wider than its arrow.
      const label = fit(event.text, width - gutter - 8), half = label.length * letter / 2;
      const middle = Math.max(gutter + half, Math.min((from + to) / 2, width - 4 - half));
      if (from === to) {
        group.append(s('path', { class: `arrow ${kind}`, d: `M${from} ${y} h24 v8 h-20` }), s('text', { class: 'said', x: middle, y: y + 20, 'text-anchor': 'middle' }, label));
      } else {
        group.append(s('line', { class: `arrow ${event.kind} ${kind}`, x1: from, x2: to - 7 * way, y1: y + 7, y2: y + 7 }),
          s('path', { class: `tip ${kind && kind + '-tip'}`, d: `M${to} ${y + 7} l${-8 * way} -4 v8 z` }),
          s('text', { class: `said ${event.refused ? 'failed' : kind && 'dim'}`, x: middle, y, 'text-anchor': 'middle' }, label));
      }
    }
    if (event.at && time(event.at) !== shown) {
      shown = time(event.at);
      group.append(s('text', { class: 'dim', x: 6, y: y + 4 }, shown));
    }
    svg.append(group);
  });
  return [h('h3', {}, 'Who asked whom'), h('figure', { tabindex: '0' }, svg)];
}

// The steps.
function tree(checks) {
  const root = new Map();
  for (const check of checks) {
    const parts = check.path.match(/[^.[\]]+|\[\d+\]/g) || ['the answer'];
    let node = { children: root };
    for (const part of parts) {
      if (!node.children.has(part)) node.children.set(part, { checks: [], children: new Map() });
      node = node.children.get(part);
    }
    node.checks.push(check);
  }
  const met = node => node.checks.every(check => check.ok) && [...node.children.values()].every(met);
  const told = check => [' ', h('span', { class: 'dim' }, 'wanted '), named(check.wanted),
    check.ok && check.was === check.wanted ? null : [h('span', { class: 'dim' }, ', was '), h('span', { class: check.ok ? '' : 'bad' }, check.was === null ? 'absent' : named(check.was))]];
  const items = nodes => [...nodes].map(([name, node]) => h('li', {}, sign(met(node) ? 'passed' : 'failed'), ' ',
    h('code', {}, name), node.checks.map(told), node.children.size > 0 && h('ul', {}, items(node.children))));
  return h('ul', { class: 'tree' }, items(root));
}
function side(title, headers, body, query) {
  const lines = [...(query ? query.split('&').map((pair, at) => `${at ? '&' : '?'}${pair}`) : []), ...(headers || []).map(([name, value]) => `${name}: ${value}`)];
  const text = [lines.join('\n'), body ? pretty(body) : ''].filter(Boolean).join('\n\n');
  return h('div', {}, h('h4', {}, title), text ? h('pre', { tabindex: '0' }, named(text)) : h('span', { class: 'dim' }, 'nothing'));
}
function exchange(one, storied) {
  const refused = one.refusal ? ` ${one.refusal.code} ${one.refusal.rule}` : '';
  return h('div', { class: `exchange${one.refusal ? ' refused' : ''}` },
    h('p', {}, h('span', { class: 'dim' }, `${time(one.at)} ${PARTY[one.from] || '?'} → ${PARTY[one.to] || '?'} `), h('code', {}, named(one.call)), ' ',
      h('span', { class: one.refusal ? 'bad' : 'good' }, one.status ? `${one.status}${refused}` : 'nothing came back')),
    storied && one.story && h('ul', { class: 'why' }, one.story.map(line => h('li', {}, named(line)))),
    h('div', { class: 'sides' }, side('sent', one.headers, one.request, one.query),
      side(`answered${one.rid ? `, rid ${one.rid}` : ''}`, one.answer_headers, one.answer)));
}
function step(one) {
  const inFlow = one.trail ? `${one.trail.map(() => '↳').join('')} ` : '';
  const moved = one.before && one.after && one.before !== one.after ? `${time(one.before)} → ${time(one.after)}` : time(one.after || one.before);
  const times = one.outcome === 'skipped' ? one.skipped || 'not run' : `${moved} · ${took(one.duration_ms)}`;
  return h('li', {}, h('details', { class: one.outcome, open: one.outcome === 'failed' },
    h('summary', {}, sign(one.outcome), h('code', {}, inFlow + one.word), h('span', { class: 'dim' }, `${one.file}:${one.line}`),
      one.finally && h('span', { class: 'dim' }, 'finally'), one.note && h('span', {}, named(one.note)), h('span', { class: 'times' }, times)),
    h('div', { class: 'inside' },
      one.answered && h('p', { class: one.outcome === 'failed' ? 'bad' : 'dim' }, named(one.answered)),
      one.tries && h('p', { class: 'dim' }, `tried ${one.tries} times`),
      one.saved && h('p', { class: 'dim' }, `kept as ${one.saved.map(name => `$${name}`).join(', ')}`),
      one.checks && tree(one.checks),
      one.exchanges && one.exchanges.map(made => exchange(made, one.outcome !== 'failed')))));
}

let current = -1;
function show(number) {
  const one = cases[number];
  current = number;
  list();
  if (!one) return at('case').replaceChildren(h('p', { class: 'empty' }, 'No scenario ran.'));
  document.title = `${SIGN[one.outcome]} ${fullName(one)} · mockwx`;
  at('chosen').textContent = `${cases.length} scenarios, this is ${number + 1}`;
  at('case').replaceChildren(...[
    h('h2', {}, sign(one.outcome), ' ', fullName(one)),
    h('div', { class: 'meta' }, h('span', { class: 'mono' }, `${one.file}:${one.line}`),
      one.outcome === 'skipped' ? h('span', {}, one.why) : h('span', {}, `${took(one.duration_ms)}, ${one.expectations} expectations, ${one.exchanges} exchanges`),
      one.tags.map(tag => h('span', {}, `#${tag}`))),
    (one.failures || []).map(failure),
    one.diagram && diagram(one.diagram),
    one.failures && stories(one.failures),
    one.steps && [h('h3', {}, 'Steps'), h('ol', { class: 'steps' }, one.steps.map(step))],
  ].flat(Infinity).filter(Boolean));
}
function fromAddress() {
  const asked = location.hash.match(/^#case-(\d+)$/);
  const failed = cases.findIndex(one => one.outcome === 'failed');
  show(asked && cases[asked[1]] ? Number(asked[1]) : Math.max(failed, 0));
}

const { passed, failed, skipped, duration_ms: duration } = report.summary;
at('summary').replaceChildren(...[[failed, 'failed', 'bad'], [passed, 'passed', 'good'], [skipped, 'not run', 'skipped']]
  .filter(([count]) => count).flatMap(([count, word, colour]) => [h('b', { class: colour }, `${count} ${word}`), ', ']),
  h('span', { class: 'dim' }, took(duration) + (report.interrupted ? ', interrupted' : '')));
at('chooser').open = !narrow.matches;
narrow.addEventListener('change', () => { at('chooser').open = !narrow.matches; });
at('text').addEventListener('input', event => { wanted.text = event.target.value; list(); });
at('list').addEventListener('keydown', event => {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const links = [...at('list').querySelectorAll('a')];
  const next = way && links[links.indexOf(document.activeElement) + way];
  if (next) { event.preventDefault(); next.focus(); }
});
at('list').addEventListener('click', event => { if (narrow.matches && event.target.closest('a')) at('chooser').open = false; });
addEventListener('hashchange', () => { if (/^#case-\d+$/.test(location.hash)) { fromAddress(); at('case').focus({ preventScroll: true }); scrollTo(0, 0); } });
let width = innerWidth;
addEventListener('resize', () => { if (innerWidth !== width) { width = innerWidth; show(current); } });
filters();
fromAddress();
