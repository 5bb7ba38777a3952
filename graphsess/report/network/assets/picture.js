// The picture: vis-network with everything in its place, and what stands around it.
const WORDS = 70; // links; of more only those of the chosen thing bear their words
const stage = $('graph');
const looks = new Map();
let near = null;
let hovered = null; // id of the link under the pointer
let words = false;
let view = { open: new Set(), there: new Set() };

const shape = (thing) => ({
  id: thing.id, x: thing.x, y: thing.y, fixed: true, shape: 'custom', label: undefined,
  ctxRenderer: ({ ctx, x, y, state: { hover } }) => ({
    drawNode: () => card(ctx, thing, x, y, { ...looks.get(thing.id), hover }),
    nodeDimensions: { width: thing.wide, height: thing.high },
  }),
});

const nodeSet = new vis.DataSet(things.map(shape));
const network = new vis.Network(stage, { nodes: nodeSet, edges: [] }, {
  physics: false,
  layout: { improvedLayout: false, hierarchical: false },
  interaction: { hover: true, keyboard: false, dragNodes: false, tooltipDelay: 1e9, zoomSpeed: 0.6 },
  nodes: { chosen: false },
});
network.on('beforeDrawing', (ctx) => drawLinks(ctx, words));

const LEAST = 0.62; // scale below which nobody can read
let fitted = true; // nobody has moved the picture since it was fitted
network.on('dragEnd', () => { fitted = false; });
network.on('zoom', () => { fitted = false; });

// What the panel leaves of the stage.
const free = () => ({ wide: stage.clientWidth - ($('panel').hidden ? 0 : $('panel').offsetWidth), high: stage.clientHeight });

// Look at a point in the middle of what is free.
function lookAt(x, y, scale) {
  const hidden = stage.clientWidth - free().wide;
  network.moveTo({ position: { x: x + hidden / 2 / scale, y }, scale, animation: false });
}

// The whole, if it can be read then; else its upper part, at a size that can.
function fitAll() {
  const shown = things.filter((thing) => view.there.has(thing.id));
  const all = [...(shown.length ? shown : things), ...unfoldedThings];
  if (!all.length) return;
  const left = Math.min(...all.map((t) => t.x - t.wide / 2));
  const told = curves.some((curve) => curve.right) ? 200 : 0; // words of moves beside the last column
  const right = Math.max(...all.map((t) => t.x + t.wide / 2)) + told;
  const top = Math.min(...all.map((t) => t.y - t.high / 2));
  const bottom = Math.max(...all.map((t) => t.y + t.high / 2));
  const wide = free().wide - 40;
  const high = free().high - 76;
  const whole = Math.min(1.25, wide / (right - left), high / (bottom - top));
  const scale = Math.max(LEAST, whole, Math.min(0.8, wide / (right - left)));
  const y = (bottom - top) * scale > high ? top + high / 2 / scale : (top + bottom) / 2;
  const x = (right - left) * scale > wide ? left + wide / 2 / scale : (left + right) / 2;
  lookAt(x, y - 16 / scale, scale);
  fitted = true;
}

// Show a session and the events drawn beside it, at a size that can be read.
function showEvents() {
  const from = things[state.unfolded];
  const right = Math.max(...unfoldedThings.map((t) => t.x + t.wide / 2));
  const heights = unfoldedThings.map((t) => t.y);
  const high = Math.max(...heights) - Math.min(...heights) + 80;
  const scale = Math.max(LEAST, Math.min(1.1, (free().wide - 40) / (right - from.x + from.wide / 2), (free().high - 60) / high));
  lookAt(right - (free().wide / 2 - 20) / scale, from.y, scale);
  fitted = false;
}

// Bring a thing to where it is seen, if it is not.
function reveal(id) {
  const thing = things[id];
  const at = network.canvasToDOM({ x: thing.x, y: thing.y });
  const scale = network.getScale();
  const half = thing.wide / 2 * scale;
  const { wide, high } = free();
  const middle = network.DOMtoCanvas({ x: wide / 2, y: high / 2 });
  const aside = at.x - half < 8 || at.x + half > wide - 8;
  const off = at.y < 60 || at.y > high - 30;
  if (aside || off) lookAt(aside ? thing.x : middle.x, off ? thing.y : middle.y, scale);
}

stage.addEventListener('mousemove', (event) => {
  const box = stage.getBoundingClientRect();
  const point = { x: event.clientX - box.left, y: event.clientY - box.top };
  const over = network.getNodeAt(point) === undefined ? linkAt(network.DOMtoCanvas(point), network.getScale()) : null;
  if (over === hovered) return;
  hovered = over;
  stage.style.cursor = over == null ? '' : 'pointer';
  network.redraw();
});

// Draw everything as it should look now.
function refresh() {
  view = seen();
  near = related(view.open);
  for (const thing of things) {
    looks.set(thing.id, {
      dim: Boolean(near && !near.things.has(thing.id)),
      chosen: state.thing === thing.id,
      found: state.found.has(thing.id),
    });
  }
  const drawn = links.filter((link) => view.open.has(link.id) && view.there.has(link.from) && view.there.has(link.to)
    && (!link.quiet || (near && near.links.has(link.id))));
  words = drawn.filter((link) => link.text).length <= WORDS;
  layLinks(drawn);
  nodeSet.update(things.map((thing) => ({ id: thing.id, hidden: !view.there.has(thing.id) })));
  const none = !view.there.size;
  $('empty').hidden = !none;
  if (none) $('empty').textContent = 'Nothing is left: all of it is filtered away or outside of the time. Press r for everything.';
}

// Titles above the columns follow the picture.
const heads = about.columns.map((column) => $('heads').appendChild(el('span', {}, column.title)));
network.on('afterDrawing', () => {
  about.columns.forEach((column, number) => {
    const { x } = network.canvasToDOM({ x: column.x, y: 0 });
    heads[number].style.transform = `translateX(${Math.round(x)}px) translateX(-50%)`;
  });
});

// The events of one session, drawn beside everything else while it is unfolded.
let unfoldedThings = [];
function unfold(id) {
  nodeSet.remove(unfoldedThings.map((t) => t.id));
  unfoldedThings = [];
  const thing = id == null ? null : things[id];
  state.unfolded = thing && thing.session != null && state.unfolded !== id ? id : null;
  if (state.unfolded == null) { headOfEvents.hidden = true; return; }
  const right = Math.max(...things.map((t) => t.x + t.wide / 2));
  const sources = sessions[thing.session].sources;
  unfoldedThings = sources.map((source, number) => ({
    id: `event-${number}`, kind: 'Event', label: `${source[0].slice(11, 23)}  ${source[2]}`, sub: source[1], wide: 350, high: 24,
    x: right + 260, y: thing.y + (number - (sources.length - 1) / 2) * 29, risk: 0, folded: false,
  }));
  nodeSet.add(unfoldedThings.map(shape));
  headOfEvents.hidden = false;
}
const headOfEvents = $('heads').appendChild(el('span', { hidden: true }, 'Says so'));
network.on('beforeDrawing', (ctx) => {
  if (!unfoldedThings.length) return;
  const from = things[state.unfolded];
  ctx.save();
  ctx.strokeStyle = colour('Session');
  ctx.globalAlpha = 0.8;
  ctx.lineWidth = 1.4;
  const first = unfoldedThings[0];
  const last = unfoldedThings[unfoldedThings.length - 1];
  const a = from.x + from.wide / 2;
  const rail = first.x - first.wide / 2 - 16;
  ctx.beginPath();
  ctx.moveTo(a, from.y);
  ctx.bezierCurveTo(a + (rail - a) * 0.4, from.y, rail - (rail - a) * 0.4, from.y, rail, from.y);
  ctx.moveTo(rail, first.y);
  ctx.lineTo(rail, last.y);
  for (const event of unfoldedThings) { ctx.moveTo(rail, event.y); ctx.lineTo(rail + 16, event.y); }
  ctx.stroke();
  ctx.restore();
});
network.on('afterDrawing', () => {
  if (!unfoldedThings.length) return;
  const { x } = network.canvasToDOM({ x: unfoldedThings[0].x, y: 0 });
  headOfEvents.style.transform = `translateX(${Math.round(x)}px) translateX(-50%)`;
});

// The picture as it is seen, on the page's ground, as a file.
function savePicture() {
  const canvas = stage.querySelector('canvas');
  const copy = el('canvas', { width: canvas.width, height: canvas.height });
  const ctx = copy.getContext('2d');
  ctx.fillStyle = colour('page');
  ctx.fillRect(0, 0, copy.width, copy.height);
  ctx.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => {
    const link = el('a', { href: URL.createObjectURL(blob), download: `graphsess-${about.about}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}
