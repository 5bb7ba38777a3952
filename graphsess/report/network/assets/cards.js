// How a thing is drawn: a card with an icon, two lines of text, and a mark where it deserves a look.
const FONT = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif';
const BOLD = `600 12.500px ${FONT}`;
const PLAIN = `11.500px ${FONT}`;
const shortened = new Map();

// The text as long as it fits, cut with an ellipsis.
function fit(ctx, text, width, font) {
  const key = `${font}|${Math.round(width)}|${text}`;
  if (shortened.has(key)) return shortened.get(key);
  ctx.font = font;
  let shown = text;
  if (ctx.measureText(text).width > width) {
    let low = 0;
    let high = text.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (ctx.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle; else high = middle - 1;
    }
    shown = `${text.slice(0, low)}…`;
  }
  shortened.set(key, shown);
  return shown;
}

function card(ctx, thing, x, y, look) {
  const { wide, high } = thing;
  const left = x - wide / 2;
  const top = y - high / 2;
  const tint = colour(thing.kind);
  const small = high < 30;
  ctx.save();
  ctx.globalAlpha = look.dim ? 0.22 : 1;
  ctx.beginPath();
  ctx.roundRect(left, top, wide, high, small ? 5 : 8);
  ctx.fillStyle = colour('card');
  ctx.fill();
  ctx.strokeStyle = look.chosen ? colour('ring') : look.hover ? tint : thing.risk >= 3 ? colour('grave') : colour('line');
  ctx.lineWidth = look.chosen ? 2.5 : thing.risk >= 3 ? 1.6 : 1.2;
  if (thing.folded) ctx.setLineDash([5, 3]);
  ctx.stroke();
  ctx.setLineDash([]);
  if (look.found) {
    ctx.beginPath();
    ctx.roundRect(left - 4, top - 4, wide + 8, high + 8, 11);
    ctx.strokeStyle = colour('ring');
    ctx.lineWidth = 1.5;
    ctx.setLineDash([3, 3]);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  ctx.direction = 'ltr';
  if (small) {
    drawIcon(ctx, thing.kind, left + 6, y - 8);
    ctx.font = BOLD;
    const part = fit(ctx, thing.label, wide - 36, BOLD);
    ctx.fillStyle = colour('text');
    ctx.fillText(part, left + 28, y + 0.5);
    const used = ctx.measureText(part).width + 38;
    ctx.font = PLAIN;
    ctx.fillStyle = colour('soft');
    if (wide - used > 40) ctx.fillText(fit(ctx, thing.sub, wide - used - 6, PLAIN), left + used, y + 0.5);
  } else {
    ctx.fillStyle = tint;
    ctx.globalAlpha *= 0.13;
    ctx.beginPath();
    ctx.roundRect(left + 6, top + 6, 30, high - 12, 6);
    ctx.fill();
    ctx.globalAlpha = look.dim ? 0.22 : 1;
    drawIcon(ctx, thing.kind, left + 13, y - 8);
    const room = wide - 50 - (thing.risk >= 3 ? 18 : 0);
    ctx.fillStyle = colour('text');
    ctx.font = BOLD;
    ctx.fillText(fit(ctx, thing.label, room, BOLD), left + 44, thing.sub ? y - 8 : y);
    ctx.font = PLAIN;
    ctx.fillStyle = colour('soft');
    if (thing.sub) ctx.fillText(fit(ctx, thing.sub, wide - 50, PLAIN), left + 44, y + 9);
    if (thing.risk >= 3) mark(ctx, left + wide - 14, top + 13);
  }
  ctx.restore();
}

// A triangle with an exclamation mark: look here first.
function mark(ctx, x, y) {
  ctx.fillStyle = colour('grave');
  ctx.beginPath();
  ctx.moveTo(x, y - 7);
  ctx.lineTo(x + 7.5, y + 6);
  ctx.lineTo(x - 7.5, y + 6);
  ctx.closePath();
  ctx.fill();
  ctx.fillStyle = colour('card');
  ctx.fillRect(x - 0.9, y - 2.5, 1.8, 4.5);
  ctx.fillRect(x - 0.9, y + 3, 1.8, 1.8);
}
