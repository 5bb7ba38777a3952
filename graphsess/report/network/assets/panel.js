// The panel: what is known of the chosen thing or link, its sessions, and the records that say so.
const panel = $('panel');

const facts = (pairs) => el('dl', {}, ...pairs.flatMap(([name, value]) => [el('dt', {}, name), el('dd', { dir: 'ltr' }, value)]));
const button = (text, act, more = {}) => el('button', { type: 'button', on: { click: act }, ...more }, ...[].concat(text));

function sessionsOf(linkList) {
  const numbers = [...new Set(linkList.flatMap((link) => link.sessions))].sort((a, b) => a - b);
  const counted = linkList.length ? Math.max(...linkList.map((link) => link.count), numbers.length) : 0;
  return { numbers, counted };
}

const fact = (session, name) => (session.facts.find(([key]) => key === name) || [])[1] || '';

function sessionRow(number) {
  const session = sessions[number];
  const what = [fact(session, 'kind'), fact(session, 'outcome')].join(' · ');
  const who = [fact(session, 'user') || fact(session, 'attempted user') || 'account not known', fact(session, 'source address'), fact(session, 'host').split('.')[0]].filter(Boolean).join('  →  ');
  return el('li', {}, button([
    el('b', {}, fact(session, 'start') || 'began before the log'), ` ${what}`, el('br'), el('span', { class: 'soft', dir: 'ltr' }, who),
  ], () => openSession(number), { class: 'row' }));
}

// Sessions as rows; the attempts of one failure run are one row that opens.
function sessionRows(numbers) {
  const rows = [];
  const runs = new Map();
  for (const number of numbers) {
    const { run, failed } = sessions[number];
    if (!failed || !run) { rows.push([number]); continue; }
    if (!runs.has(run)) { runs.set(run, []); rows.push(runs.get(run)); }
    runs.get(run).push(number);
  }
  return rows.map((group) => (group.length === 1 ? sessionRow(group[0]) : el('li', {}, el('details', {},
    el('summary', { class: 'row' }, el('b', {}, fact(sessions[group[0]], 'start')), ` ${group.length.toLocaleString('en')} failed attempts, one run`),
    el('ul', {}, ...group.map(sessionRow))))));
}

function sources(session) {
  const items = session.sources.map(([time, role, name, record, file, rule, host, uid]) => el('li', { title: uid },
    el('div', {}, el('b', { class: 'time' }, time), ' ', el('span', { class: 'role' }, role)),
    el('div', {}, `${name}, record ${record}, rule ${rule}`),
    el('div', { class: 'soft file', dir: 'ltr' }, `${file} · ${host}`)));
  const total = session.sources.length + session.more;
  const left = session.more ? ` (showing ${session.sources.length.toLocaleString('en')} of ${total.toLocaleString('en')})` : '';
  return [el('h3', {}, `Sources: ${total.toLocaleString('en')} ${total === 1 ? 'event' : 'events'}${left}`), el('ol', { class: 'sources' }, ...items)];
}

function sessionPart(number) {
  const session = sessions[number];
  return [facts(session.facts), ...sources(session)];
}

function head(kind, title, what) {
  return el('div', { class: 'head' }, kind ? icon(kind, 20) : '', el('div', {}, el('h2', { dir: 'ltr' }, title), el('p', { class: 'soft' }, what)),
    button('×', () => choose({}), { class: 'close', title: 'Close (Esc)', 'aria-label': 'Close' }));
}

const named = (id) => things[id].label;

function linkRow(link, from) {
  const outward = link.from === from;
  const other = things[outward ? link.to : link.from];
  const many = link.count > 1 ? ` ×${link.count.toLocaleString('en')}` : '';
  const came = SPOKEN.has(link.type) ? `${link.kind || ''}${many}, ${GOT[link.got] || link.got}` : '';
  return el('li', {}, button([
    icon(other.kind, 14), ' ', el('span', { class: 'soft' }, outward ? link.says : `← ${link.says}`), ' ', el('b', { dir: 'ltr' }, other.label), came ? ` ${came}` : '',
  ], () => choose(link.moves.length ? { link: link.id } : { thing: other.id }), { class: 'row' }));
}

function thingParts(thing) {
  const mine = touching[thing.id].filter((link) => view.open.has(link.id));
  const parts = [head(thing.kind, thing.label, thing.sub)];
  if (thing.risk >= 1) {
    const why = thing.facts.find(([name]) => name === 'worth a look');
    if (why) parts.push(el('p', { class: thing.risk >= 3 ? 'grave' : 'notable' }, thing.risk >= 3 ? '▲ ' : '△ ', why[1]));
  }
  const told = thing.facts.filter(([name]) => name !== 'worth a look' && name !== 'what');
  if (thing.session != null) {
    if (about.about !== 'session') {
      parts.push(button(state.unfolded === thing.id ? 'Take its events out of the picture' : 'Draw its events in the picture (Enter)', () => { toggleEvents(thing.id); }, { class: 'act' }));
    }
    parts.push(...sessionPart(thing.session));
  } else {
    parts.push(facts(told));
  }
  if (mine.length) {
    const order = [...mine].sort((a, b) => b.risk - a.risk || a.quiet - b.quiet || a.id - b.id);
    parts.push(el('h3', {}, `Linked to ${mine.length.toLocaleString('en')}`), el('ul', {}, ...order.slice(0, 80).map((link) => linkRow(link, thing.id))));
    if (mine.length > 80) parts.push(el('p', { class: 'soft' }, `showing 80 of ${mine.length.toLocaleString('en')}`));
  }
  if (thing.session == null) parts.push(...sessionList(mine.filter((link) => link.type !== 'SOURCE_OF')));
  return parts;
}

function sessionList(linkList) {
  const { numbers, counted } = sessionsOf(linkList);
  if (!numbers.length) return [];
  const shown = numbers;
  const note = counted > shown.length ? `Sessions: showing ${shown.length.toLocaleString('en')} of ${counted.toLocaleString('en')} or more` : `Sessions: ${shown.length.toLocaleString('en')}`;
  return [el('h3', {}, note), el('ul', {}, ...sessionRows(shown))];
}

// One move: who, when, how sure, and what on both ends proves it.
function movePart(number) {
  const move = moves[number];
  return el('div', { class: 'move' }, el('h3', {}, move.title), facts(move.facts),
    ...move.evidence.map(([rule, words, score, records]) => el('div', { class: 'proof' },
      el('div', {}, el('b', {}, rule), ` ${words} `, el('span', { class: 'role' }, `+${score}`)),
      ...records.map((record) => el('div', { class: 'soft file', dir: 'ltr' }, record)))));
}

const linkEnd = (id) => el('li', {}, button([icon(things[id].kind, 14), ' ', el('b', { dir: 'ltr' }, named(id)), ' ', el('span', { class: 'soft' }, things[id].sub)], () => choose({ thing: id }), { class: 'row' }));

function linkParts(link) {
  const parts = [head(null, `${named(link.from)} → ${named(link.to)}`, link.says)];
  const told = [['kind', link.kind], ['what came of it', GOT[link.got]], ['sessions and attempts', link.count.toLocaleString('en')], ['first', link.first], ['last', link.last]];
  parts.push(facts(told.filter(([, value]) => value)));
  parts.push(el('ul', {}, linkEnd(link.from), linkEnd(link.to)));
  parts.push(...link.moves.map(movePart));
  if (link.moves.length && link.count > link.moves.length) parts.push(el('p', { class: 'soft' }, 'graphsess moves lists every one'));
  parts.push(...sessionList([link]));
  return parts;
}

function showPanel() {
  const parts = state.session != null
    ? [head('Session', `${fact(sessions[state.session], 'kind')} · ${fact(sessions[state.session], 'outcome')}`, fact(sessions[state.session], 'start')),
      button('← back', () => openSession(null), { class: 'act' }), ...sessionPart(state.session)]
    : state.thing != null ? thingParts(things[state.thing])
      : state.link != null ? linkParts(links[state.link]) : null;
  const was = panel.hidden;
  panel.hidden = !parts;
  panel.replaceChildren(...(parts || []));
  panel.scrollTop = 0;
  if (was !== panel.hidden && fitted) fitAll();
}
