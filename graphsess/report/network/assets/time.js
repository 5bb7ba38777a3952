// The time strip: when sessions began, and the stretch of time that is shown.
const STEPS = 1000;
const bar = $('time');
const strip = el('canvas', { id: 'strip', 'aria-hidden': 'true' });
const inputs = ['from', 'to'].map((end) => el('input', {
  type: 'range', min: 0, max: STEPS, value: end === 'from' ? 0 : STEPS, id: `time-${end}`, 'aria-label': end === 'from' ? 'Show from' : 'Show until',
  on: { input: () => setTime(end, Number($(`time-${end}`).value)) },
}));
const told = el('output', { id: 'told' });
const play = el('button', { type: 'button', id: 'play', title: 'Let time run (p)', on: { click: () => run() } }, '▶ Play');
let running = null;

const moment = (step) => span.from + (span.to - span.from) * step / STEPS;
const stepOf = (ms) => Math.round((ms - span.from) / (span.to - span.from) * STEPS);

function setTime(end, step) {
  const other = Number($(end === 'from' ? 'time-to' : 'time-from').value);
  const held = Math.max(0, Math.min(STEPS, end === 'from' ? Math.min(step, other) : Math.max(step, other)));
  $(`time-${end}`).value = held;
  state[end] = held === 0 && end === 'from' ? span.from : held === STEPS && end === 'to' ? span.to : moment(held);
  changed();
}

function drawStrip() {
  const ratio = devicePixelRatio || 1;
  const wide = strip.clientWidth;
  const high = strip.clientHeight;
  strip.width = wide * ratio;
  strip.height = high * ratio;
  const ctx = strip.getContext('2d');
  ctx.scale(ratio, ratio);
  const most = Math.max(1, ...span.bins.map(([a, b, c]) => Math.sqrt(a + b + c)));
  const each = wide / Math.max(1, span.bins.length);
  span.bins.forEach((bin, number) => {
    const all = bin[0] + bin[1] + bin[2];
    let y = high - 1;
    const full = Math.sqrt(all) / most * (high - 6);
    const middle = moment((number + 0.5) / span.bins.length * STEPS);
    ctx.globalAlpha = middle >= state.from && middle <= state.to ? 1 : 0.3;
    ['in', 'unclear', 'failed'].forEach((got, part) => {
      if (!bin[part]) return;
      const size = Math.max(2, full * bin[part] / all);
      ctx.fillStyle = colour(got);
      ctx.fillRect(number * each, y - size, Math.max(2, each - 0.6), size);
      y -= size;
    });
  });
  ctx.globalAlpha = 1;
  ctx.fillStyle = colour('line');
  ctx.fillRect(0, high - 1, wide, 1);
  const a = (state.from - span.from) / (span.to - span.from) * wide;
  const b = (state.to - span.from) / (span.to - span.from) * wide;
  ctx.fillStyle = colour('ring');
  ctx.globalAlpha = 0.09;
  ctx.fillRect(a, 0, b - a, high);
  told.textContent = `${clock(state.from)}  –  ${clock(state.to)}  ${about.zone}`;
  for (const end of ['from', 'to']) $(`time-${end}`).setAttribute('aria-valuetext', clock(state[end]));
}

function run() {
  if (running) { clearInterval(running); running = null; play.textContent = '▶ Play'; return; }
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  let at = Number($('time-to').value);
  if (at >= STEPS) at = Number($('time-from').value);
  play.textContent = '❚❚ Stop';
  running = setInterval(() => {
    at = Math.min(STEPS, at + (calm ? 50 : 8));
    setTime('to', at);
    if (at >= STEPS) run();
  }, calm ? 600 : 60);
}

if (about.histogram) {
  bar.append(play, el('div', { class: 'track' }, strip, ...inputs), told);
  addEventListener('resize', drawStrip);
} else {
  bar.hidden = true;
}
