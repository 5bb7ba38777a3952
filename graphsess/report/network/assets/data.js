// What the page was given, what is chosen and filtered, and the few helpers that all need.
const given = (name) => JSON.parse(document.getElementById(`data-${name}`).textContent);
const about = given('about');
const things = given('nodes');
const links = given('edges').map((link, id) => ({ ...link, id }));
const sessions = given('sessions');
const moves = given('moves');
const span = about.histogram || { from: 0, to: 1000, bins: [] };

const state = {
  thing: null, // id of the chosen thing
  link: null, // id of the chosen link
  session: null, // number of the session opened in the panel
  off: { thing: new Set(), kind: new Set(), got: new Set() },
  from: span.from,
  to: span.to,
  found: new Set(),
  unfolded: null, // id of the session whose events are drawn
};

const $ = (id) => document.getElementById(id);

// An element with attributes and children; text is set as text, never as markup.
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'on') for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null && child !== ''));
  return made;
}

const clock = (() => {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
  let format;
  try { format = new Intl.DateTimeFormat('en-CA', { ...options, timeZone: about.zone }); } catch {
    format = new Intl.DateTimeFormat('en-CA', { ...options, timeZone: 'UTC' });
  }
  return (ms) => format.format(ms).replace(',', '');
})();

const GOT = { in: 'got in', unclear: 'unclear', failed: 'failed' };
const ONE = (kind, many) => (about.words[kind] || [kind, kind])[many ? 1 : 0];
// Links that stand for sessions and attempts, not for how things belong together.
const SPOKEN = new Set(['LOGGED_ON_AS', 'LOGGED_ON_TO', 'OPENED', 'MOVED_TO']);

const inTime = (link) => !link.spans.length || link.spans.some(([a, b]) => b >= state.from && a <= state.to);
const passes = (link) => !state.off.kind.has(link.kind) && !state.off.got.has(link.got) && inTime(link)
  && !state.off.thing.has(things[link.from].kind) && !state.off.thing.has(things[link.to].kind);

const touching = things.map(() => []);
for (const link of links) { touching[link.from].push(link); if (link.to !== link.from) touching[link.to].push(link); }

// What is seen now: a thing goes when all that led to or from it is filtered away.
function seen() {
  const open = new Set(links.filter(passes).map((link) => link.id));
  const there = new Set();
  for (const thing of things) {
    if (state.off.thing.has(thing.kind)) continue;
    const loud = touching[thing.id].filter((link) => !link.quiet);
    if (!loud.length || loud.some((link) => open.has(link.id))) there.add(thing.id);
  }
  return { open, there };
}

// What belongs to the chosen thing or link: the ways through the graph that lead over it.
function related(open) {
  const chosen = state.link != null ? [links[state.link]] : state.thing != null ? touching[state.thing].filter((link) => open.has(link.id)) : null;
  if (!chosen) return null;
  const near = { links: new Set(chosen.map((link) => link.id)), things: new Set() };
  if (about.about !== 'session') {
    const ways = new Set(chosen.flatMap((link) => link.paths));
    for (const link of links) {
      if (open.has(link.id) && !link.quiet && link.paths.some((way) => ways.has(way))) near.links.add(link.id);
    }
  }
  for (const id of near.links) { near.things.add(links[id].from); near.things.add(links[id].to); }
  if (state.thing != null) near.things.add(state.thing);
  return near;
}
