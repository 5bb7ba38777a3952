// The same as text: every thing and every link that is seen now.
function showTable() {
  const place = $('table');
  if (place.hidden) return;
  const rows = things.filter((thing) => view.there.has(thing.id));
  const said = links.filter((link) => view.open.has(link.id) && !link.quiet && view.there.has(link.from) && view.there.has(link.to));
  const cells = (tag, values) => el('tr', {}, ...values.map((value) => el(tag, { dir: 'ltr' }, value)));
  place.replaceChildren(
    el('h2', {}, `Things: ${rows.length.toLocaleString('en')}`),
    el('table', {}, el('thead', {}, cells('th', ['what', 'name', 'about it', 'worth a look'])),
      el('tbody', {}, ...rows.map((thing) => cells('td', [
        thing.folded ? `more ${ONE(thing.kind, true)}` : ONE(thing.kind, false), thing.label, thing.sub, (thing.facts.find(([name]) => name === 'worth a look') || ['', ''])[1],
      ])))),
    el('h2', {}, `Links: ${said.length.toLocaleString('en')}`),
    el('table', {}, el('thead', {}, cells('th', ['from', 'says', 'to', 'kind', 'what came of it', 'number', 'first', 'last'])),
      el('tbody', {}, ...said.map((link) => cells('td', [
        named(link.from), link.says, named(link.to), link.kind || '', GOT[link.got] || '', link.count.toLocaleString('en'), link.first, link.last,
      ])))),
  );
}
