// What holds it together: the legend and its filters, choosing, finding, keys, and the address.
function changed() {
  refresh();
  showTable();
  drawLegend();
  if (about.histogram) drawStrip();
  remember();
}

function choose({ thing = null, link = null }, keep = false) {
  state.thing = thing;
  state.link = link;
  state.session = null;
  changed();
  showPanel();
  if (thing != null && !keep) reveal(thing);
}

function openSession(number) {
  const own = number == null ? null : things.find((thing) => thing.session === number && view.there.has(thing.id));
  if (own) { choose({ thing: own.id }); return; }
  state.session = number;
  showPanel();
}

function toggleEvents(id) {
  unfold(id);
  changed();
  showPanel();
  if (state.unfolded != null) showEvents(); else fitAll();
}

// Legend: what there is, each a filter.
function filters(title, name, entries) {
  return entries.length < 1 ? [] : [el('h2', {}, title), ...entries.map(([key, text, sample, number]) => button([
    sample, el('span', {}, text), el('span', { class: 'number' }, number.toLocaleString('en')),
  ], () => {
    const off = state.off[name];
    if (off.has(key)) off.delete(key); else off.add(key);
    changed();
    showPanel();
  }, { class: 'filter', 'aria-pressed': String(!state.off[name].has(key)), title: state.off[name].has(key) ? 'Show again' : 'Hide' }))];
}

function sample(got) {
  const canvas = el('canvas', { width: 44, height: 24, class: 'line', 'aria-hidden': 'true' });
  const ctx = canvas.getContext('2d');
  ctx.scale(2, 2);
  ctx.strokeStyle = colour(got);
  ctx.lineWidth = 2;
  ctx.setLineDash(DASH[got].map((part) => part * 0.7));
  ctx.beginPath();
  ctx.moveTo(1, 6);
  ctx.lineTo(21, 6);
  ctx.stroke();
  return canvas;
}

function drawLegend() {
  const kinds = [...new Set(things.map((thing) => thing.kind))].sort((a, b) => things.findIndex((t) => t.kind === a) - things.findIndex((t) => t.kind === b));
  const spoken = links.filter((link) => SPOKEN.has(link.type) && !link.quiet);
  const count = (list, test) => list.filter(test).length;
  const focused = document.activeElement && document.activeElement.closest('#legend') ? [...$('legend').querySelectorAll('button')].indexOf(document.activeElement) : -1;
  $('legend').replaceChildren(
    ...filters('Things', 'thing', kinds.map((kind) => [kind, ONE(kind, true), icon(kind, 15), count(things, (t) => t.kind === kind)])),
    ...!spoken.length ? [] : filters('What came of it', 'got', Object.keys(GOT).filter((got) => links.some((l) => l.got === got)).map((got) => [got, GOT[got], sample(got), about.counts.got[got] || 0])),
    ...!spoken.length ? [] : filters('Kind of session', 'kind', [...new Set(links.map((l) => l.kind).filter(Boolean))].sort().map((kind) => [kind, kind, '', about.counts.kind[kind] || 0])),
    el('p', { class: 'soft note' }, el('b', { class: 'graveText' }, '▲'), ' worth a look first; a ranking, no verdict.'),
    el('p', { class: 'soft note' }, 'Names and texts come from the logs: whoever was there may have chosen them.'),
    el('p', { class: 'soft note' }, `${about.tool}, rules ${about.rules}. Times: ${about.zone}.`),
  );
  if (focused >= 0) $('legend').querySelectorAll('button')[focused]?.focus();
}

// Finding: all things whose texts hold the words.
let hits = [];
function find() {
  const words = $('search').value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  hits = words.length ? things.filter((thing) => {
    const text = [thing.label, thing.sub, ...thing.facts.map(([, value]) => value)].join('\n').toLowerCase();
    return view.there.has(thing.id) && words.every((word) => text.includes(word));
  }).map((thing) => thing.id) : [];
  state.found = new Set(hits);
  $('found').textContent = words.length ? `${hits.length.toLocaleString('en')} found` : '';
  changed();
}

function nextHit(step) {
  if (!hits.length) return;
  const at = hits.indexOf(state.thing);
  choose({ thing: hits[(at + step + hits.length) % hits.length] });
}

// Walking with the arrows: up and down in a column, left and right along links.
function walk(key) {
  const there = things.filter((thing) => view.there.has(thing.id));
  if (state.thing == null) { if (there.length) choose({ thing: there[0].id }); return; }
  const here = things[state.thing];
  let next = [];
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const sign = key === 'ArrowUp' ? -1 : 1;
    next = there.filter((t) => t.column === here.column && (t.y - here.y) * sign > 0).sort((a, b) => (a.y - b.y) * sign);
  } else {
    const sign = key === 'ArrowLeft' ? -1 : 1;
    next = touching[here.id].filter((link) => view.open.has(link.id)).map((link) => things[link.from === here.id ? link.to : link.from])
      .filter((t) => view.there.has(t.id) && (t.column - here.column) * sign > 0)
      .sort((a, b) => (a.column - b.column) * sign || b.risk - a.risk || Math.abs(a.y - here.y) - Math.abs(b.y - here.y) || a.id - b.id);
  }
  if (next.length) choose({ thing: next[0].id });
}

const KEYS = [
  ['/', 'find', () => { $('search').focus(); $('search').select(); }],
  ['f', 'show all', fitAll],
  ['t', 'as a table and back', () => toggleTable()],
  ['d', 'light or dark', () => toggleTheme()],
  ['p', 'let time run, stop', () => about.histogram && run()],
  ['[', 'until: one step back', () => about.histogram && setTime('to', stepOf(state.to) - 10)],
  [']', 'until: one step on', () => about.histogram && setTime('to', stepOf(state.to) + 10)],
  ['n', 'next found', () => nextHit(1)],
  ['r', 'everything again', () => reset()],
  ['+', 'nearer', () => network.moveTo({ scale: network.getScale() * 1.25 })],
  ['-', 'farther', () => network.moveTo({ scale: network.getScale() / 1.25 })],
  ['?', 'these keys', () => $('keys').showModal()],
];
const MORE_KEYS = [['arrows', 'walk from thing to thing'], ['Enter', 'draw the events of the chosen session'], ['Esc', 'let go']];

function toggleTable() {
  const table = $('table');
  table.hidden = !table.hidden;
  $('as-table').setAttribute('aria-pressed', String(!table.hidden));
  showTable();
  if (!table.hidden) table.focus(); else stage.focus();
}

function toggleTheme() {
  setTheme(theme === 'dark' ? 'light' : 'dark');
  changed();
  showPanel();
}

function reset() {
  for (const off of Object.values(state.off)) off.clear();
  if (about.histogram) { $('time-from').value = 0; $('time-to').value = STEPS; }
  state.from = span.from;
  state.to = span.to;
  $('search').value = '';
  unfold(null);
  find();
  choose({});
  fitAll();
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || $('keys').open) return;
  const typing = event.target === $('search');
  const inRange = event.target.type === 'range';
  if (event.key === 'Escape') {
    if (typing) { $('search').value = ''; find(); stage.focus(); } else if (state.session != null) openSession(null); else choose({});
  } else if (typing) {
    if (event.key === 'Enter') nextHit(event.shiftKey ? -1 : 1); else return;
  } else if (event.key.startsWith('Arrow')) {
    if (inRange || event.target.closest('#panel, #table')) return;
    walk(event.key);
  } else if (event.key === 'Enter') {
    if (event.target.closest('button') || state.thing == null || things[state.thing].session == null) return;
    if (about.about !== 'session') toggleEvents(state.thing);
  } else {
    const found = KEYS.find(([key]) => key === event.key);
    if (!found) return;
    found[2]();
  }
  event.preventDefault();
});

// The address holds what is chosen and filtered, so that a link leads back to it.
function remember() {
  const parts = new URLSearchParams();
  if (state.thing != null) parts.set('thing', `${things[state.thing].kind} ${things[state.thing].key}`);
  if (state.from !== span.from) parts.set('from', Math.round(state.from));
  if (state.to !== span.to) parts.set('to', Math.round(state.to));
  for (const [name, off] of Object.entries(state.off)) if (off.size) parts.set(`no-${name}`, [...off].sort().join(','));
  if ($('search').value) parts.set('find', $('search').value);
  const text = parts.toString();
  history.replaceState(null, '', text ? `#${text}` : '#');
}

function recall() {
  const parts = new URLSearchParams(location.hash.slice(1));
  for (const name of Object.keys(state.off)) (parts.get(`no-${name}`) || '').split(',').filter(Boolean).forEach((key) => state.off[name].add(key));
  const within = (name, other) => Math.max(span.from, Math.min(span.to, Number(parts.get(name)) || other));
  state.from = within('from', span.from);
  state.to = within('to', span.to);
  if (about.histogram) { $('time-from').value = stepOf(state.from); $('time-to').value = stepOf(state.to); }
  $('search').value = parts.get('find') || '';
  const wanted = parts.get('thing');
  const thing = wanted && things.find((t) => `${t.kind} ${t.key}` === wanted);
  return thing ? thing.id : null;
}

network.on('click', ({ nodes, pointer }) => {
  stage.focus();
  const id = nodes[0];
  const link = id == null ? linkAt(pointer.canvas, network.getScale()) : null;
  if (typeof id === 'number') choose({ thing: id }, true);
  else if (id != null) choose({ thing: state.unfolded }, true);
  else if (link != null) choose({ link }, true);
  else choose({});
});
network.on('doubleClick', ({ nodes: [id] }) => {
  if (typeof id === 'number' && things[id].session != null && about.about !== 'session') toggleEvents(id);
});
network.on('hoverNode', () => { stage.style.cursor = 'pointer'; });
network.on('blurNode', () => { stage.style.cursor = ''; });

$('showing').textContent = about.showing;
$('search').addEventListener('input', find);
$('fit').addEventListener('click', fitAll);
$('as-table').addEventListener('click', toggleTable);
$('save').addEventListener('click', savePicture);
$('theme').addEventListener('click', toggleTheme);
$('help').addEventListener('click', () => $('keys').showModal());
$('keys').append(el('h2', {}, 'Keys'), facts([...KEYS.map(([key, text]) => [key, text]), ...MORE_KEYS]), el('form', { method: 'dialog' }, el('button', { type: 'submit' }, 'Close')));
wantsDark.addEventListener('change', (event) => { setTheme(event.matches ? 'dark' : 'light'); changed(); });

// What the address asks for, at the start and whenever somebody changes it.
function follow() {
  for (const off of Object.values(state.off)) off.clear();
  const thing = recall();
  find();
  choose({ thing }, thing == null);
  fitAll();
}

addEventListener('hashchange', follow);
setTheme(theme);
follow();
root.dataset.ready = 'yes';
