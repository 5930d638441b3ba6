'use strict';
(() => {
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'];
const ROW = 52, SPARE = 6, BARS = 150;
const $ = (id) => document.getElementById(id);
const data = JSON.parse($('data').textContent);

/* Text becomes what is seen by this alone; there is no markup in it. Characters that are not
   plainly visible are shown by their numbers. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;
const number = (c) => '\\u{' + c.codePointAt(0).toString(16) + '}';
const safe = (text) => String(text).replace(UNSEEN, number);
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined) element.setAttribute(name, safe(value));
  }
  for (const child of children) {
    element.append(child instanceof Node ? child : safe(child));
  }
  return element;
}

/* What is filtered by, worked out once. */
const day = (text) => Date.parse(`${text}T00:00:00Z`);
const state = (it) => it.expired === true ? 'ended' : it.expired === false ? 'not ended' : 'unknown';
for (const it of data.findings) {
  const commit = it.history && it.history.commit;
  const rule = data.rules[it.rule];
  it.author = commit ? commit.author || commit.email : '';
  it.folder = it.path.includes('/') ? it.path.slice(0, it.path.lastIndexOf('/')) : '.';
  it.presence = it.history ? it.history.presence : 'file';
  it.state = state(it);
  it.hay = [it.path, rule.id, rule.name, rule.provider, it.severity, it.secret, it.fingerprint,
    it.before, it.after, commit ? [commit.id, commit.author, commit.email, commit.subject].join(' ') : '',
    it.history ? it.history.refs.join(' ') : '', it.facts ? it.facts.flat().join(' ') : '',
  ].join('\n').toLowerCase();
  it.rank = SEVERITIES.indexOf(it.severity);
  /* The days between which it was in a commit, if they are known. */
  it.from = it.history && it.history.first ? day(it.history.first) : NaN;
  it.to = it.history && it.history.last ? day(it.history.last) : it.from;
}
data.findings.sort((a, b) => a.rank - b.rank);

const wanted = new Set(SEVERITIES);
let rows = [], found = [], selected = null;

/* Filters. */
function choices(id, all, label) {
  const counts = new Map();
  for (const value of all) counts.set(value, (counts.get(value) || 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  $(id).append(make('option', { value: '' }, 'all'));
  for (const [value, count] of sorted) {
    const option = make('option', {}, `${label ? label(value) : value || 'unknown'} (${count})`);
    /* As it is: it is compared, not shown. */
    option.value = value === '' ? '\u0000' : value;
    $(id).append(option);
  }
  if (sorted.length < 2) $(id).parentElement.hidden = true;
}
const WHERE = { head: 'in HEAD', tip: 'in another ref', past: 'only in history', staged: 'staged',
  unreachable: 'unreachable', file: 'work tree', unknown: 'unknown' };
choices('rule', data.findings.map((it) => data.rules[it.rule].id));
choices('author', data.findings.map((it) => it.author));
choices('folder', data.findings.map((it) => it.folder));
choices('presence', data.findings.map((it) => it.presence), (it) => WHERE[it] || it);
choices('state', data.findings.map((it) => it.state));
for (const severity of SEVERITIES) {
  const count = data.findings.filter((it) => it.severity === severity).length;
  const button = make('button', { type: 'button', class: severity, 'aria-pressed': 'true' }, `${count} ${severity}`);
  button.hidden = count === 0;
  button.addEventListener('click', () => toggle(severity));
  $('severities').append(button);
}
function toggle(severity) {
  if (wanted.has(severity)) wanted.delete(severity); else wanted.add(severity);
  update();
}
const KEYS = {
  secret: (it) => it.fingerprint, rule: (it) => it.rule, path: (it) => it.path, author: (it) => it.author,
};
const NAMES = {
  secret: (it) => `${it.secret} · ${data.rules[it.rule].name}`, rule: (it) => data.rules[it.rule].name,
  path: (it) => it.path, author: (it) => it.author || 'unknown',
};
function update() {
  const words = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const is = (id) => { const value = $(id).value; return value === '\u0000' ? '' : value || null; };
  const [rule, author, folder, presence, state] = ['rule', 'author', 'folder', 'presence', 'state'].map(is);
  found = data.findings.filter((it) => wanted.has(it.severity)
    && (rule === null || data.rules[it.rule].id === rule)
    && (author === null || it.author === author)
    && (folder === null || it.folder === folder)
    && (presence === null || it.presence === presence)
    && (state === null || it.state === state)
    && words.every((word) => it.hay.includes(word)));
  rows = grouped(found, $('group').value);
  for (const [at, button] of [...$('severities').querySelectorAll('button')].entries()) {
    button.setAttribute('aria-pressed', wanted.has(SEVERITIES[at]));
  }
  const secrets = new Set(found.map((it) => it.fingerprint)).size;
  $('count').textContent = `${found.length} of ${data.findings.length} findings, ${secrets} different`;
  $('rows').style.height = `${Math.max(rows.length, 1) * ROW}px`;
  $('list').scrollTop = 0;
  if (!found.includes(selected)) selected = found[0] || null;
  draw(true);
  drawTimeline();
  drawDetail();
}
function grouped(findings, by) {
  if (!by) return findings.map((finding) => ({ finding }));
  const groups = new Map();
  for (const finding of findings) {
    const key = KEYS[by](finding);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(finding);
  }
  const all = [];
  for (const group of [...groups.values()].sort((a, b) => a[0].rank - b[0].rank || b.length - a.length)) {
    all.push({ group, name: NAMES[by](group[0]) });
    for (const finding of group) all.push({ finding });
  }
  return all;
}

/* The list: only the rows in sight are there. */
let drawn = '';
function draw(anew) {
  const list = $('list');
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - SPARE);
  const last = Math.min(rows.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE);
  const now = `${first}-${last}`;
  if (!anew && now === drawn) return;
  drawn = now;
  const made = [];
  for (let at = first; at < last; at += 1) made.push(rowOf(rows[at], at));
  if (rows.length === 0) {
    const nothing = data.findings.length ? 'Nothing matches these filters.'
      : data.complete ? 'No credentials were found.' : 'No credentials were found, but not everything was covered.';
    made.push(make('p', { class: 'empty' }, nothing));
  }
  $('rows').replaceChildren(...made);
}
function rowOf(row, at) {
  const { finding, group, name } = row;
  let element;
  if (group) {
    element = make('div', { class: 'row group', role: 'presentation' },
      make('span', { class: group[0].severity }, group[0].severity), make('code', {}, name),
      make('small', {}, `${group.length} ${group.length === 1 ? 'place' : 'places'}`));
  } else {
    const commit = finding.history && finding.history.commit;
    const came = commit ? ` · ${finding.author}, ${commit.time.slice(0, 10)}` : '';
    element = make('div', { class: 'row', role: 'option', id: `row${at}`,
      'aria-selected': finding === selected, 'aria-posinset': at + 1, 'aria-setsize': rows.length },
      make('div', { class: 'top' }, make('b', { class: finding.severity }, finding.severity),
        make('span', {}, data.rules[finding.rule].name), make('code', {}, finding.secret)),
      make('div', { class: 'sub' }, make('code', {}, `${finding.path}:${finding.line}`), came));
    element.addEventListener('click', () => select(finding));
    if (finding === selected) $('list').setAttribute('aria-activedescendant', `row${at}`);
  }
  element.style.top = `${at * ROW}px`;
  return element;
}
function select(finding) {
  selected = finding;
  const at = rows.findIndex((row) => row.finding === finding);
  const list = $('list');
  if (at * ROW < list.scrollTop) list.scrollTop = at * ROW;
  const below = (at + 1) * ROW - list.clientHeight;
  if (below > list.scrollTop) list.scrollTop = below;
  draw(true);
  for (const bar of $('bars').querySelectorAll('.bar')) bar.setAttribute('aria-current', bar.finding === finding);
  drawDetail();
}
function move(step) {
  let at = rows.findIndex((row) => row.finding === selected) + step;
  while (rows[at] && rows[at].group) at += Math.sign(step);
  if (rows[at]) select(rows[at].finding);
}

/* The timeline: from when to when each credential was in a commit. */
function drawTimeline() {
  const seen = found.filter((it) => !Number.isNaN(it.from));
  $('timeline').hidden = seen.length === 0;
  if (seen.length === 0) return;
  let from = Infinity, to = -Infinity;
  for (const it of seen) { from = Math.min(from, it.from); to = Math.max(to, it.to); }
  const length = Math.max(to - from, 1);
  const text = (time) => new Date(time).toISOString().slice(0, 10);
  const ticks = to > from ? [from, (from + to) / 2, to] : [from];
  const axis = make('div', { class: 'axis' }, ...ticks.map((tick) => make('span', {}, text(tick))));
  const sorted = seen.sort((a, b) => a.from - b.from).slice(0, BARS);
  const bars = sorted.map((it) => {
    const now = ['head', 'tip'].includes(it.presence) ? '' : ' past';
    const label = `${data.rules[it.rule].name}, ${text(it.from)} to ${text(it.to)}, ${it.history.words}`;
    const line = make('i', {});
    line.style.left = `${(it.from - from) / length * 98}%`;
    line.style.width = `${(it.to - it.from) / length * 98}%`;
    const bar = make('button', { type: 'button', class: `bar ${it.severity}${now}`, title: label,
      'aria-label': label, 'aria-current': it === selected, tabindex: '-1' }, line);
    bar.finding = it;
    bar.addEventListener('click', () => select(it));
    return bar;
  });
  const more = seen.length > BARS ? [make('p', {}, `the first ${BARS} of ${seen.length}`)] : [];
  $('bars').replaceChildren(axis, ...bars, ...more);
}

/* What is known of the selected one. */
function drawDetail() {
  if (!selected) { $('detail').replaceChildren(); return; }
  const it = selected, rule = data.rules[it.rule], history = it.history;
  const list = make('dl');
  const add = (name, ...value) => list.append(make('dt', {}, name), make('dd', {}, ...value));
  add('Place', make('code', {}, `${it.path}:${it.line}:${it.column}`));
  add('Rule', make('code', {}, rule.id), ` of ${rule.provider}, ${rule.class}`);
  add('Confidence', it.confidence);
  if (it.expired !== undefined) add('State', it.state);
  if (history && history.commit) {
    const { id, author, email, time, subject } = history.commit;
    add('Came in with', make('code', {}, id.slice(0, 10)), ` ${subject}`);
    add('Author', `${author} <${email}>, ${time}`);
  }
  if (history) {
    const since = history.first ? `, ${history.first} to ${history.last}, ${history.commits} commits` : '';
    add('Now', `${history.words}${since}`);
    if (history.refs.length) add('Refs', history.refs.join(', '));
  }
  for (const [name, value] of it.facts || []) add(name, value);
  const same = data.findings.filter((other) => other.fingerprint === it.fingerprint).length;
  if (same > 1) add('The same', `${same} places`);
  add('Fingerprint', make('code', {}, it.fingerprint));
  const pages = rule.pages.filter((url) => /^https?:\/\//.test(url))
    .map((url) => make('p', {}, make('a', { href: url, rel: 'noreferrer noopener', target: '_blank' }, url)));
  $('detail').replaceChildren(
    make('h3', {}, rule.name), make('span', { class: it.severity }, it.severity),
    make('pre', {}, it.before, make('mark', {}, it.secret), it.after),
    list, make('h2', {}, 'Why it matters'), make('p', {}, rule.why),
    make('h2', {}, 'What to do'), make('p', {}, rule.fix), ...pages);
}

/* Summary and trouble. */
const size = data.bytes < 1e6 ? `${Math.ceil(data.bytes / 1e3)} kB` : `${(data.bytes / 1e6).toFixed(1)} MB`;
$('summary').append(`${data.findings.length} findings; ${data.texts} texts, ${size}, ${data.ruleCount} rules; `
  + `${data.suppressed} suppressed, ${data.dropped} dropped; version ${data.version}`);
if (!data.complete) $('summary').append(make('span', { class: 'gap' }, ' · not everything was covered'));
if (data.notices.length) {
  $('notices').hidden = false;
  $('notices').open = !data.complete;
  $('notices').querySelector('summary').textContent = `${data.notices.length} notes on the scan`;
  $('notices').querySelector('ul').append(...data.notices.map((notice) =>
    make('li', { class: notice.gap ? 'gap' : null }, `${notice.text} [${notice.kind}]`)));
}

/* Keys and the rest. */
const dark = matchMedia('(prefers-color-scheme: dark)');
const paint = (theme) => document.documentElement.setAttribute('data-theme', theme);
const repaint = () => paint(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
paint(dark.matches ? 'dark' : 'light');
dark.addEventListener('change', () => paint(dark.matches ? 'dark' : 'light'));
$('theme').addEventListener('click', repaint);
$('search').addEventListener('input', update);
for (const id of ['rule', 'author', 'folder', 'presence', 'state', 'group']) $(id).addEventListener('change', update);
$('filters').addEventListener('submit', (event) => event.preventDefault());
function clear() {
  $('filters').reset();
  for (const severity of SEVERITIES) wanted.add(severity);
  update();
}
$('reset').addEventListener('click', (event) => { event.preventDefault(); clear(); });
$('list').addEventListener('scroll', () => draw(false), { passive: true });
addEventListener('resize', () => draw(true));
const page = () => Math.max(1, Math.floor($('list').clientHeight / ROW) - 1);
const ACTIONS = {
  '/': () => $('search').focus(), j: () => move(1), k: () => move(-1), t: repaint,
  ArrowDown: () => move(1), ArrowUp: () => move(-1), PageDown: () => move(page()), PageUp: () => move(-page()),
  Enter: () => $('detail').focus(), Escape: clear,
  g: () => { $('group').selectedIndex = ($('group').selectedIndex + 1) % $('group').length; update(); },
};
SEVERITIES.forEach((severity, at) => { ACTIONS[at + 1] = () => toggle(severity); });
addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (typing) {
    if (event.key === 'Escape') { event.target.blur(); $('list').focus(); }
    if (event.target === $('search') && event.key === 'Enter') $('list').focus();
    return;
  }
  if (event.target.tagName === 'BUTTON' && event.key === 'Enter') return;
  const action = ACTIONS[event.key];
  if (action) { event.preventDefault(); action(); }
});
update();
})();
