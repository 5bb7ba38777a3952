// Time from left to right: sessions, desktops and logon sessions as bars that say how they ended.

import { el, shown } from "./text.js";
import { of, who, table, column, isOpen, hasFailed } from "./model.js";
import { clock, tick, span } from "./clock.js";
import { outcomeWord, endWord } from "./badges.js";
import { Picture } from "./paper.js";
import { setState } from "./state.js";

const STEPS = [1, 5, 15, 60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000].map((s) => s * 1e6);
const FADE = 34; // pixels that an end which nobody knows fades over

/** Microseconds to pixels and back. */
export class Scale {
  constructor(from, to, left, width) {
    const room = Math.max((to - from) * 0.015, 1e6);
    this.from = from - room;
    this.to = to + room;
    this.left = left;
    this.width = width;
  }

  x(us) {
    return this.left + ((us - this.from) / (this.to - this.from)) * this.width;
  }

  us(x) {
    return this.from + ((x - this.left) / this.width) * (this.to - this.from);
  }

  /** Within the picture, and a little beyond. */
  cut(us) {
    return Math.max(this.left - 50, Math.min(this.left + this.width + 50, this.x(us)));
  }
}

/** The axis: ticks at round times, the day where it changes. */
export function drawAxis(paper, ink, scale, y, bottom) {
  const most = scale.width / 78;
  const step = STEPS.find((one) => (scale.to - scale.from) / one <= most) || STEPS.at(-1);
  let before = "";
  let free = -Infinity;
  for (let at = Math.ceil(scale.from / step) * step; at <= scale.to; at += step) {
    const x = scale.x(at);
    paper.path([x, y + 18, x, bottom], { stroke: ink.grid, line: 1 });
    const date = clock(at).slice(0, 10);
    if (step < 86_400e6) paper.text(x, y + 13, tick(at, step), { fill: ink.muted, size: 11, align: "center" });
    if (date !== before && (step >= 86_400e6 || x > free)) {
      paper.text(step < 86_400e6 ? Math.max(x, scale.left) : x, step < 86_400e6 ? y : y + 13, date, { fill: ink.text, size: 11, weight: 600, align: step < 86_400e6 ? "left" : "center" });
      free = x + 76;
    }
    before = date;
  }
}

function sessionInk(ink, row) {
  if (hasFailed(row)) return ink.fail;
  const source = of(row, "source_class");
  return source === "external" ? ink.outside : source === "tunnelled" ? ink.tunnel : source === "local" ? ink.desk : ink.inside;
}

/** One session; it is solid where it is known, and fades where its end is not. */
export function drawSession(paper, ink, scale, row, y, height, marked) {
  const fill = sessionInk(ink, row);
  const start = of(row, "start");
  const end = of(row, "end");
  const from = start ?? (isOpen() ? of(row, "start_latest") : null) ?? end;
  if (from === null) return;
  const least = isOpen() ? of(row, "end_earliest") : null;
  const to = end ?? (least !== null && least > from ? least : from);
  const x = scale.cut(from);
  const width = Math.max(hasFailed(row) ? 2.5 : 3, scale.cut(to) - x);
  if (start === null) paper.fade(x, y, -FADE, height, fill);
  if (hasFailed(row)) paper.rect(x, y, width, height, { fill });
  else paper.rect(x, y, width, height, { fill, radius: width > 5 ? 2 : 0 });
  if (end === null) paper.fade(x + width, y, FADE, height, fill);
  else if (of(row, "end_kind") === "inferred" && isOpen()) {
    const latest = of(row, "end_latest");
    if (latest !== null && latest > end) paper.fade(x + width, y, Math.max(FADE / 2, scale.cut(latest) - x - width), height, fill);
  }
  if (marked) paper.rect(x - 2, y - 2, width + 4, height + 4, { stroke: ink.text, line: 2, radius: 3 });
  if (width > 70 && height >= 12) paper.text(x + 5, y + height / 2 + (height > 16 ? 4 : 3.5), shown(who(row), 60), { fill: ink.onbar, size: height > 16 ? 11 : 10, width: width - 10 });
  paper.area(x - 2, y - 1, Math.max(width, 6) + 4, height + 2, { open: true, row, title: () => sessionTip(row) });
}

function sessionTip(row) {
  const end = of(row, "end");
  const start = of(row, "start");
  const address = of(row, "source_address") ?? of(row, "source_name");
  return [`${shown(who(row), 80)} on ${shown(of(row, "host"), 80)}`, `${of(row, "kind")}, ${outcomeWord(of(row, "outcome"))}${address ? `, from ${shown(address, 80)} (${of(row, "source_class")})` : ""}`,
    `${clock(start)} to ${end === null ? endWord(of(row, "end_kind")) : `${clock(end)} (${endWord(of(row, "end_kind"))}${start === null ? "" : `, ${span(end - start)}`})`}`].join("\n");
}

/** One desktop: solid while attached, hollow while disconnected, striped while locked. */
export function drawDesktop(paper, ink, scale, local, y, height, last) {
  const desks = table("locals");
  const from = desks.get("start", local);
  if (from === null) return;
  const end = desks.get("end", local);
  const to = end ?? last ?? from;
  const x = scale.cut(from);
  const width = Math.max(3, scale.cut(to) - x);
  const known = desks.get("start_kind", local) === "logged";
  if (!known) paper.fade(x, y, -FADE / 2, height, ink.desk);
  paper.rect(x, y, width, height, { fill: ink.desk, radius: 2 });
  if (end === null) paper.fade(x + width, y, FADE, height, ink.desk);
  const stretches = (name) => (desks.get(name, local) || []).map(({ start, end: until }) => [moment(start) ?? from, moment(until) ?? to]);
  for (const [a, b] of stretches("disconnected")) {
    const left = Math.max(x, scale.cut(a));
    const wide = Math.max(2, Math.min(x + width, scale.cut(b)) - left);
    paper.rect(left, y, wide, height, { fill: ink.ground });
    paper.rect(left, y + 0.5, wide, height - 1, { stroke: ink.desk, dash: [3, 2] });
    if (wide > 80) paper.text(left + wide / 2, y + height / 2 + 3.5, "disconnected", { fill: ink.muted, size: 10, align: "center" });
  }
  for (const [a, b] of stretches("locked")) {
    const left = Math.max(x, scale.cut(a));
    const wide = Math.max(2, Math.min(x + width, scale.cut(b)) - left);
    hatch(paper, left, y, wide, height, ink.ground, 5, 0.75);
  }
  paper.area(x, y - 1, Math.max(width, 6), height + 2, { title: () => [`desktop of ${shown(desks.get("user", local), 80)} on ${shown(desks.get("host", local), 80)}`,
    `TS session ${shown(desks.get("ts_id", local))}, ${clock(from)} to ${end === null ? "not known" : clock(end)} (${endWord(desks.get("end_kind", local))})`,
    `${(desks.get("disconnected", local) || []).length} times disconnected, ${(desks.get("locked", local) || []).length} times locked`].join("\n") });
}

/** One logon session (LUID): solid until its access ends, thin while only its token lives. */
export function drawLogon(paper, ink, scale, logon, y, height) {
  const logons = table("logons");
  const start = logons.get("start", logon) ?? logons.get("start_earliest", logon);
  const from = start ?? logons.get("access_end", logon) ?? logons.get("destroyed", logon) ?? logons.get("last_seen", logon);
  if (from === null) return;
  const access = logons.get("access_end", logon);
  const gone = logons.get("destroyed", logon);
  const seen = logons.get("last_seen", logon);
  const x = scale.cut(from);
  const to = access ?? gone ?? seen ?? from;
  const width = Math.max(2, scale.cut(to) - x);
  if (start === null) paper.fade(x, y, -FADE, height, ink.logon);
  paper.rect(x, y, width, height, { fill: ink.logon });
  if (access !== null && gone !== null && gone > access) paper.rect(x + width, y + height / 2 - 0.5, Math.max(0, scale.cut(gone) - x - width), 1, { fill: ink.logon });
  if (access === null && gone === null) paper.fade(x + width, y, FADE, height, ink.logon);
  paper.area(x, y - 1, Math.max(width, 5), height + 2, { title: () => [`logon session ${shown(logons.get("logon_id", logon))} of ${shown(logons.get("user", logon), 80)}`,
    `type ${shown(logons.get("logon_type", logon))}${logons.get("elevated", logon) ? ", elevated" : ""}, ${shown(logons.get("role", logon))}`,
    `${clock(from)}, access ended ${clock(access)}, token gone ${clock(gone)}`].join("\n") });
}

/** Slanted lines over an area. */
export function hatch(paper, x, y, width, height, stroke, step = 6, alpha = 1) {
  paper.clip(x, y, width, height, () => {
    for (let at = -height; at < width; at += step) paper.path([x + at, y + height, x + at + height, y], { stroke, alpha, line: 1 });
  });
}

/** Rows for bars that may overlap: the row of each, and how many there are. */
export function packed(bars, most, gap) {
  const free = [];
  const rows = bars.map(([from, to]) => {
    let row = free.findIndex((end) => end <= from);
    if (row < 0) row = free.length < most ? free.length : free.indexOf(Math.min(...free));
    free[row] = Math.max(free[row] ?? -Infinity, to + gap);
    return row;
  });
  return { rows, count: free.length };
}

/** A moment out of a plain list: text or microseconds. */
export function moment(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return value;
  const ms = Date.parse(`${value.slice(0, 19)}Z`);
  return Number.isNaN(ms) ? null : ms * 1000 + Number(value.slice(20, 26).padEnd(6, "0"));
}

/** The desktop of a session with all its sessions and logons, for the detail. */
export function strip(row, local) {
  const desks = table("locals");
  const root = el("div", { class: "strip" });
  const mine = [];
  const locals = column("local_session").values;
  for (let other = 0; other < locals.length; other++) if (locals[other] === local) mine.push(other);
  const logons = [];
  const bound = table("logons").column("local_session").values || [];
  for (let logon = 0; logon < bound.length; logon++) if (bound[logon] === local) logons.push(logon);
  const times = [desks.get("start", local), desks.get("end", local), ...mine.flatMap((other) => [of(other, "start"), of(other, "end")])].filter((us) => us !== null);
  const from = Math.min(...times);
  const to = Math.max(...times);
  const shownLogons = logons.slice(0, 6);
  const height = 34 + 20 + 20 + Math.max(1, shownLogons.length) * 8 + 6;
  const picture = new Picture({ root, label: `Desktop of ${shown(desks.get("user", local), 80)}: ${mine.length} sessions, ${logons.length} logon sessions`,
    choose: (area) => area.row !== undefined && setState({ thing: of(area.row, "id") }),
    draw: (paper, ink) => {
      const scale = new Scale(from, to, 62, paper.width - 66);
      drawAxis(paper, ink, scale, 12, height - 4);
      paper.text(0, 47, "sessions", { fill: ink.muted, size: 11 });
      for (const other of mine) drawSession(paper, ink, scale, other, 36, 13, other === row && mine.length > 1);
      paper.text(0, 67, "desktop", { fill: ink.muted, size: 11 });
      drawDesktop(paper, ink, scale, local, 56, 13, to);
      paper.text(0, 85, "logons", { fill: ink.muted, size: 11 });
      shownLogons.forEach((logon, at) => drawLogon(paper, ink, scale, logon, 78 + at * 8, 5));
    } });
  picture.wantedHeight = height;
  root.style.height = `${height}px`;
  requestAnimationFrame(() => picture.draw());
  root.redraw = () => picture.draw();
  return root;
}
