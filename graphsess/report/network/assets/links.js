// How links are drawn: each with a place of its own at the sides of its two cards, so that several
// between the same two are told apart; colour and dash say what came of it.
const DASH = { failed: [7, 5], unclear: [2, 4], in: [] };
const SHIFTS = [0, -3, 3, -6, 6, -9, 9, -12, 12]; // pixels that words give way to others, up or down
const NEAR = 6; // pixels within which a link is hit
let curves = []; // of the links that are seen, in the order they are drawn
let placed = []; // where words stand already

function tone(link) {
  if (link.type === 'FOLLOWED_BY_SUCCESS') return colour('grave');
  if (!SPOKEN.has(link.type)) return colour('part');
  if (link.risk >= 3 && link.got === 'in') return colour('grave');
  return colour(link.got);
}

const bold = (link) => SPOKEN.has(link.type) || link.type === 'FOLLOWED_BY_SUCCESS';
const pointed = (link) => bold(link) || link.type === 'NEXT_IN_LOCAL' || link.type === 'OPENED_UNDER';

// Lay out the curves of some links: which side of each card, and where there.
function layLinks(shown) {
  const sides = new Map();
  const ends = shown.map((link) => {
    const a = things[link.from];
    const b = things[link.to];
    const same = a.column === b.column;
    const forth = a.column < b.column;
    const end = (thing, other, right) => {
      const key = `${thing.id}${right ? '>' : '<'}`;
      if (!sides.has(key)) sides.set(key, []);
      const port = { thing, right, y: other.y + link.place / 100 + (same ? 1e-3 : 0), link };
      sides.get(key).push(port);
      return port;
    };
    const right = same && link.type === 'MOVED_TO';
    return { link, same, right, tail: end(a, b, right || (!same && forth)), head: end(b, a, right || (!same && !forth)) };
  });
  for (const ports of sides.values()) {
    ports.sort((p, q) => p.y - q.y || p.link.place - q.link.place || p.link.id - q.link.id);
    const step = Math.min(11, (ports[0].thing.high - 8) / ports.length);
    ports.forEach((port, number) => {
      port.at = { x: port.thing.x + (port.right ? 1 : -1) * port.thing.wide / 2, y: port.thing.y + (number - (ports.length - 1) / 2) * step };
      port.count = ports.length;
    });
  }
  curves = ends.map(({ link, same, right, tail, head }) => {
    const a = tail.at;
    const b = head.at;
    const reach = same ? -Math.min(70, 26 + Math.abs(a.y - b.y) * 0.16) : Math.max(36, Math.abs(b.x - a.x) * 0.45);
    const c = { x: a.x + (tail.right ? Math.abs(reach) : -Math.abs(reach)), y: a.y };
    const d = { x: b.x + (head.right ? Math.abs(reach) : -Math.abs(reach)), y: b.y };
    return { link, same, right, a, b, c, d, tailCount: tail.count, headCount: head.count };
  });
  // What deserves a look is drawn last, over the rest.
  curves.sort((p, q) => bold(p.link) - bold(q.link) || p.link.risk - q.link.risk || p.link.id - q.link.id);
}

const along = ({ a, b, c, d }, t) => {
  const u = 1 - t;
  const mix = (axis) => u * u * u * a[axis] + 3 * u * u * t * c[axis] + 3 * u * t * t * d[axis] + t * t * t * b[axis];
  return { x: mix('x'), y: mix('y') };
};

function drawLinks(ctx, words) {
  ctx.save();
  for (const curve of curves) {
    const { link } = curve;
    const lit = near && near.links.has(link.id);
    const over = hovered === link.id;
    const base = tone(link);
    ctx.globalAlpha = near && !lit && !over ? 0.1 : bold(link) ? 0.9 : 0.75;
    ctx.strokeStyle = ctx.fillStyle = base;
    ctx.lineWidth = (bold(link) ? Math.min(5, 1.4 + Math.log2(Math.max(1, link.count)) * 0.45) : 1.1) + (lit || over ? 0.8 : 0);
    ctx.setLineDash(bold(link) ? DASH[link.got] || [] : link.quiet ? [2, 4] : []);
    ctx.beginPath();
    ctx.moveTo(curve.a.x, curve.a.y);
    ctx.bezierCurveTo(curve.c.x, curve.c.y, curve.d.x, curve.d.y, curve.b.x, curve.b.y);
    ctx.stroke();
    ctx.setLineDash([]);
    if (pointed(link)) {
      const way = curve.b.x > curve.d.x ? -1 : 1;
      ctx.beginPath();
      ctx.moveTo(curve.b.x, curve.b.y);
      ctx.lineTo(curve.b.x + way * 8, curve.b.y - 3.8);
      ctx.lineTo(curve.b.x + way * 8, curve.b.y + 3.8);
      ctx.closePath();
      ctx.fill();
    }
  }
  const said = new Set();
  placed = [];
  for (const curve of curves) {
    const once = `${curve.link.from} ${curve.link.text}`;
    if (curve.same && !curve.right && said.has(once)) continue;
    said.add(once);
    const lit = (near && near.links.has(curve.link.id)) || hovered === curve.link.id;
    if (curve.link.text && (lit || (words && !near))) word(ctx, curve, lit);
  }
  ctx.restore();
}

// A link's words stand where it has the most room: by its less busy end.
function word(ctx, curve, lit) {
  const { link, same, a, b, c } = curve;
  const least = Math.min(curve.tailCount, curve.headCount);
  if (least > 4 && !lit) return;
  const font = `11px ${FONT}`;
  ctx.textBaseline = 'middle';
  ctx.globalAlpha = 1;
  let at;
  if (same && !curve.right) { upright(ctx, curve); return; }
  if (same) { at = along(curve, 0.5); at.x += 6; ctx.textAlign = 'left'; } else if (curve.tailCount <= curve.headCount) {
    const way = c.x > a.x ? 1 : -1;
    at = { x: a.x + way * 9, y: a.y };
    ctx.textAlign = way > 0 ? 'left' : 'right';
  } else {
    const way = curve.d.x > b.x ? 1 : -1;
    at = { x: b.x + way * 13, y: b.y };
    ctx.textAlign = way > 0 ? 'left' : 'right';
  }
  const text = same ? link.text : fit(ctx, link.text, Math.abs(b.x - a.x) - 22, font);
  ctx.font = font;
  const long = ctx.measureText(text).width;
  const left = ctx.textAlign === 'left' ? at.x - 2 : at.x - long - 2;
  const shift = SHIFTS.find((by) => !placed.some(([x, y, wide]) => Math.abs(y - at.y - by) < 13 && x < left + long + 4 && left < x + wide));
  if (shift === undefined && !lit) return; // the words of others would hide these: hovering shows them
  at.y += shift || 0;
  placed.push([left, at.y, long + 4]);
  ctx.fillStyle = colour('halo');
  ctx.fillRect(left, at.y - 6.5, long + 4, 13);
  ctx.fillStyle = tone(link);
  ctx.fillText(text, at.x, at.y);
}

// Words of a link within one column stand upright beside it: there is no room across.
function upright(ctx, curve) {
  const at = along(curve, 0.5);
  ctx.save();
  ctx.translate(at.x - 2, at.y);
  ctx.rotate(-Math.PI / 2);
  ctx.textAlign = 'center';
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4;
  ctx.strokeStyle = colour('halo');
  ctx.strokeText(curve.link.text, 0, 0);
  ctx.fillStyle = tone(curve.link);
  ctx.fillText(curve.link.text, 0, 0);
  ctx.restore();
}

// The link under a point of the picture, or null.
function linkAt(point, scale) {
  let best = null;
  let least = NEAR / scale;
  for (const curve of curves) {
    const xs = [curve.a.x, curve.b.x, curve.c.x, curve.d.x];
    const ys = [curve.a.y, curve.b.y];
    if (point.x < Math.min(...xs) - 9 || point.x > Math.max(...xs) + 9 || point.y < Math.min(...ys) - 9 || point.y > Math.max(...ys) + 9) continue;
    let last = curve.a;
    for (let step = 1; step <= 28; step += 1) {
      const next = along(curve, step / 28);
      const [vx, vy] = [next.x - last.x, next.y - last.y];
      const t = Math.max(0, Math.min(1, ((point.x - last.x) * vx + (point.y - last.y) * vy) / (vx * vx + vy * vy || 1)));
      const distance = Math.hypot(point.x - last.x - t * vx, point.y - last.y - t * vy);
      if (distance < least) { least = distance; best = curve.link.id; }
      last = next;
    }
  }
  return best;
}
