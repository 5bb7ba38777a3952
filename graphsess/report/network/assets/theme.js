// Colours of both themes; each meaning has a shape, a dash or a word as well.
const THEMES = {
  light: {
    page: '#f5f7fa', card: '#ffffff', line: '#d5dce4', text: '#17202b', soft: '#5a6675', faint: '#a9b3bf',
    in: '#2f6fb0', unclear: '#8a6a00', failed: '#c2410c', grave: '#b3261e', part: '#a3aebb', ring: '#0b62c4', halo: '#f5f7fa',
    Address: '#b45309', User: '#2f7d32', Host: '#1d5fa8', Session: '#6d3fa8', Sessions: '#6d3fa8', FailureRun: '#c2410c',
    LocalSession: '#0f766e', LogonSession: '#64748b', Connection: '#64748b', Event: '#475569', Outside: '#64748b',
  },
  dark: {
    page: '#12161b', card: '#1c2229', line: '#364150', text: '#e8edf2', soft: '#9eabb9', faint: '#5d6976',
    in: '#6cb0f5', unclear: '#e0b84c', failed: '#fb923c', grave: '#ff7b72', part: '#5d6a79', ring: '#7cc0ff', halo: '#12161b',
    Address: '#f0a35b', User: '#7bc97f', Host: '#7fb5f5', Session: '#c4a1f5', Sessions: '#c4a1f5', FailureRun: '#fb923c',
    LocalSession: '#5fd0c5', LogonSession: '#a8b5c4', Connection: '#a8b5c4', Event: '#b8c4d1', Outside: '#a8b5c4',
  },
};
const root = document.documentElement;
const wantsDark = matchMedia('(prefers-color-scheme: dark)');
let theme = wantsDark.matches ? 'dark' : 'light';
const colour = (name) => THEMES[theme][name] || THEMES[theme].soft;

function setTheme(name) {
  theme = name;
  root.dataset.theme = name;
  $('theme').textContent = name === 'dark' ? 'Light' : 'Dark';
}

// Icons, on a field of 16 by 16.
const ICONS = Object.fromEntries(Object.entries({
  Address: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M1.5 8h13M8 1.5c-4 4-4 9 0 13M8 1.5c4 4 4 9 0 13',
  User: 'M8 2a3 3 0 1 0 0 6a3 3 0 1 0 0-6M2.5 14.5c0-7 11-7 11 0',
  Host: 'M1.5 2.5h13v8.5h-13zM5 14h6M8 11v3',
  Session: 'M1.5 8h8M6.5 5l3 3l-3 3M9 1.5h5.5v13H9',
  Sessions: 'M4.5 1.5h10v8h-10M1.5 5.500h10v9h-10z',
  FailureRun: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M5.5 5.500l5 5M10.500 5.500l-5 5',
  LocalSession: 'M1.5 2.5h13v11h-13zM1.500 5.500h13M3.500 4h.1M5.500 4h.1',
  LogonSession: 'M5 5a3.2 3.2 0 1 0 .1 0M7.500 8h7v3M11.500 8v2.500',
  Connection: 'M2 5.500h11M10 2.500l3 3l-3 3M14 11h-11M6 8.500l-3 2.500l3 3',
  Outside: 'M1.5 2.5h13v8.5h-13zM5 14h6M8 11v3M4 5l8 4M12 5l-8 4',
  Event: 'M3 1.500h7l3 3v10h-10zM5.500 7h5M5.500 9.500h5M5.500 12h3',
}).map(([name, path]) => [name, new Path2D(path)]));

function icon(kind, size = 16) {
  const ratio = Math.max(2, devicePixelRatio || 1);
  const canvas = el('canvas', { width: size * ratio, height: size * ratio, class: 'icon', 'aria-hidden': 'true' });
  const ctx = canvas.getContext('2d');
  ctx.scale(size / 16 * ratio, size / 16 * ratio);
  drawIcon(ctx, kind, 0, 0);
  return canvas;
}

function drawIcon(ctx, kind, x, y) {
  ctx.save();
  ctx.translate(x, y);
  ctx.lineWidth = 1.4;
  ctx.lineCap = ctx.lineJoin = 'round';
  ctx.strokeStyle = colour(kind);
  ctx.stroke(ICONS[kind] || ICONS.Event);
  ctx.restore();
}
