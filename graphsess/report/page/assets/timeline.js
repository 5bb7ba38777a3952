// The swimlanes: for each host, account or address its sessions, desktops and logon sessions.

import { el, shown, counted } from "./text.js";
import { column, of, table, whoColumn, wholeSpan, reach } from "./model.js";
import { clock, span } from "./clock.js";
import { Picture, textWidth } from "./paper.js";
import { Scale, drawAxis, drawSession, drawDesktop, drawLogon, hatch, packed, moment } from "./lanes.js";
import { failedCodes } from "./ties.js";
import { Grid } from "./grid.js";
import { state, setState } from "./state.js";
import { endWord, outcomeWord } from "./badges.js";

const LABEL = 190;
const HEAD = 34;
const SESSION = 15; // heights of one bar with its gap, before they grow into free room
const DESK = 13;
const LOGON = 6;
const GROWN = 1.7;
const MOST = { sessions: 6, desks: 3, logons: 5 };
const KINDS = { host: "Hosts", user: "Accounts", address: "Addresses" };

export class Timeline {
  constructor() {
    this.name = "timeline";
    this.stage = el("div", { class: "stage sticky" });
    this.tall = el("div", { class: "tall" });
    this.scroll = el("div", { class: "scroll", tabIndex: 0, role: "group", "aria-label": "Swimlanes; arrow keys scroll, [ and ] step in time, + and - zoom",
      on: { scroll: () => requestAnimationFrame(() => this.picture.draw()) } }, this.stage, this.tall);
    this.picture = new Picture({ root: this.stage, label: "Swimlanes of sessions, desktops and logon sessions; “as table” lists them",
      choose: (area) => (area.row !== undefined ? setState({ thing: of(area.row, "id") }) : null), draw: (paper, ink) => this.paint(paper, ink) });
    this.legend = el("div", { class: "legend" });
    this.said = el("span", { class: "muted" });
    this.kinds = el("span", { class: "segments", role: "group", "aria-label": "Lanes" }, Object.entries(KINDS).map(([kind, title]) =>
      el("button", { type: "button", "data-kind": kind, textContent: title, on: { click: () => setState({ lanes: kind }) } })));
    const zoom = (title, hint, go) => el("button", { type: "button", class: "small", textContent: title, title: hint, on: { click: go } });
    this.grid = new Grid({ label: "Bars of the swimlanes", columns: this.columns(), open: (i) => this.lines[i].row !== undefined && setState({ thing: of(this.lines[i].row, "id") }), sorted: () => this.fill() });
    this.root = el("section", { class: "view timeline", "aria-label": "Timeline" },
      el("div", { class: "bar" }, this.kinds, zoom("−", "Zoom out (-)", () => this.zoom(2)), zoom("+", "Zoom in (+)", () => this.zoom(0.5)), zoom("◀", "Earlier ([)", () => this.step(-0.5)), zoom("▶", "Later (])", () => this.step(0.5)),
        zoom("whole time", "Show all of it", () => setState({ from: null, to: null })), this.said, this.legend), this.scroll, this.grid.root);
    this.lanes = [];
    this.lines = [];
    this.drag();
  }

  update(rows) {
    this.rows = rows;
    for (const button of this.kinds.children) button.setAttribute("aria-pressed", String(button.dataset.kind === state.lanes));
    const [from, to] = this.range();
    this.lanes = lanesOf(rows, state.lanes, from, to);
    this.said.textContent = `${counted(this.lanes.length, KINDS[state.lanes].toLowerCase().replace(/(e)?s$/, "$1"))}, worst first. Drag to choose a stretch of time.`;
    this.lines = null;
    this.fill();
  }

  fill() {
    this.scroll.hidden = state.table;
    this.grid.root.hidden = !state.table;
    if (state.table) {
      if (!this.lines) this.lines = linesOf(this.lanes);
      this.grid.show(Uint32Array.from(this.lines, (_, i) => i));
    }
    this.resize();
  }

  /** Where each lane stands; few lanes grow into the room that there is. */
  layOut() {
    const least = this.lanes.reduce((sum, lane) => sum + heightOf(lane, 1), HEAD);
    this.grown = Math.max(1, Math.min(GROWN, (this.scroll.clientHeight - HEAD - 12) / Math.max(1, least - HEAD)));
    let top = HEAD;
    for (const lane of this.lanes) {
      lane.top = top;
      lane.height = Math.round(heightOf(lane, this.grown));
      top += lane.height;
    }
    this.height = top + 10;
    this.tall.style.height = `${Math.max(0, this.height - 12)}px`;
  }

  resize() {
    this.layOut();
    this.stage.style.height = `${this.scroll.clientHeight}px`;
    this.tall.style.marginTop = `-${this.scroll.clientHeight}px`;
    this.picture.draw();
    this.grid.later();
  }

  range() {
    let from = Infinity;
    let to = -Infinity;
    if (state.from !== null && state.to !== null) return [state.from, state.to];
    const start = column("start").values;
    for (let k = 0; k < (this.rows || []).length; k++) {
      const row = this.rows[k];
      if (start[row] < from) from = start[row];
      const last = reach(row);
      if (last > to) to = last;
    }
    return from <= to ? [state.from ?? from, state.to ?? to] : wholeSpan();
  }

  zoom(factor) {
    const [from, to] = this.range();
    const middle = (from + to) / 2;
    const half = Math.max(1e6, ((to - from) / 2) * factor);
    setState({ from: Math.round(middle - half), to: Math.round(middle + half) });
  }

  step(part) {
    const [from, to] = this.range();
    const far = Math.round((to - from) * part);
    setState({ from: from + far, to: to + far });
  }

  drag() {
    const { canvas } = this.picture;
    const brush = el("div", { class: "brush", hidden: true });
    this.stage.append(brush);
    let began = null;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.offsetX < LABEL) return;
      began = event.offsetX;
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (began === null || Math.abs(event.offsetX - began) < 5) return;
      brush.hidden = false;
      brush.style.left = `${Math.max(LABEL, Math.min(began, event.offsetX))}px`;
      brush.style.width = `${Math.abs(event.offsetX - began)}px`;
    });
    canvas.addEventListener("pointerup", (event) => {
      const from = began;
      began = null;
      brush.hidden = true;
      if (from === null || Math.abs(event.offsetX - from) < 5) return;
      this.picture.dragged = true;
      const [a, b] = [this.scale.us(Math.max(LABEL, Math.min(from, event.offsetX))), this.scale.us(Math.max(from, event.offsetX))];
      setState({ from: Math.round(a), to: Math.round(b) });
    });
  }

  paint(paper, ink) {
    const [from, to] = this.range();
    const scale = (this.scale = new Scale(from, to, LABEL, paper.width - LABEL - 12));
    const scrolled = this.scroll.scrollTop;
    const saving = paper.height > this.scroll.clientHeight + 2;
    const top = saving ? 0 : scrolled;
    for (const lane of this.lanes) {
      const y = lane.top - top;
      if (y + lane.height < HEAD || y > paper.height) continue;
      this.lane(paper, ink, scale, lane, y);
    }
    paper.rect(0, 0, paper.width, HEAD, { fill: ink.ground });
    drawAxis(paper, ink, scale, 14, HEAD);
    paper.path([0, HEAD - 0.5, paper.width, HEAD - 0.5], { stroke: ink.line });
    if (!this.lanes.length) paper.text(paper.width / 2, 90, "No session fits the query and the stretch of time.", { fill: ink.muted, size: 13, align: "center" });
    this.drawLegend(ink);
  }

  lane(paper, ink, scale, lane, y) {
    paper.path([0, y + lane.height - 0.5, paper.width, y + lane.height - 0.5], { stroke: ink.line });
    paper.clip(LABEL, Math.max(y, HEAD), paper.width - LABEL, lane.height - 1, () => {
      this.ground(paper, ink, scale, lane, y);
      const [session, desk, thin] = [SESSION * this.grown, DESK * this.grown, LOGON * this.grown];
      let at = y + 6;
      const lasts = lane.last;
      lane.sessions.forEach((row, k) => drawSession(paper, ink, scale, row, at + lane.sessionRows.rows[k] * session, session - 3, of(row, "id") === state.thing));
      at += lane.sessionRows.count * session;
      for (const row of lane.failed) drawSession(paper, ink, scale, row, at, session - 3, of(row, "id") === state.thing);
      at += (lane.failed.length ? session : 0) + 3;
      lane.desks.forEach((local, k) => drawDesktop(paper, ink, scale, local, at + lane.deskRows.rows[k] * desk, desk - 3, lasts));
      at += lane.deskRows.count * desk + (lane.deskRows.count ? 3 : 0);
      lane.logons.forEach((logon, k) => drawLogon(paper, ink, scale, logon, at + lane.logonRows.rows[k] * thin, thin - 2));
      this.marks(paper, ink, scale, lane, y);
    });
    paper.rect(0, y, LABEL - 1, lane.height - 1, { fill: ink.ground });
    if (lane.priority >= 45) paper.rect(0, y + 1, 4, lane.height - 3, { fill: lane.priority >= 70 ? ink.bad : ink.warn, radius: 2 });
    let at = y + 17;
    const label = (text, down = 0) => paper.text(LABEL - 8, at + down, text, { fill: ink.muted, size: 10, align: "right" });
    const count = lane.sessions.length ? counted(lane.sessions.length, "session") : `${lane.failed.length.toLocaleString("en")} failed`;
    const beside = LABEL - 26 - textWidth(count, 10);
    const below = textWidth(lane.name, 12, 600) > beside && lane.sessionRows.count * SESSION * this.grown >= 28; // a long name has the line for itself
    label(count, below ? 15 : 0);
    paper.text(10, y + 17, lane.name, { fill: ink.text, size: 12, weight: 600, width: below ? LABEL - 18 : beside });
    at += lane.sessionRows.count * SESSION * this.grown;
    if (lane.sessions.length && lane.failed.length) label(`${lane.failed.length.toLocaleString("en")} failed`);
    if (lane.failed.length) at += SESSION * this.grown;
    at += 2;
    if (lane.deskRows.count) { label("desktop"); at += lane.deskRows.count * DESK * this.grown + 3; }
    if (lane.logonRows.count) label("logons");
    paper.area(0, y, LABEL, lane.height, { title: `${lane.name}\n${counted(lane.sessions.length, "session")}, ${lane.failed.length.toLocaleString("en")} failed, ${counted(lane.desks.length, "desktop")}, ${counted(lane.logons.length, "logon session")}` });
  }

  /** Where the Security log does not cover a host. */
  ground(paper, ink, scale, lane, y) {
    for (const [from, to, cause] of lane.uncovered) {
      const x = scale.cut(from ?? -Infinity);
      const width = scale.cut(to ?? Infinity) - x;
      if (width <= 0) continue;
      paper.rect(x, y, width, lane.height - 1, { fill: ink.hole, alpha: 0.55 });
      hatch(paper, x, y, width, lane.height - 1, ink.line, 8, 0.9);
      const words = cause === "gap" ? "gap in the log" : "not covered";
      const left = Math.max(x, LABEL);
      const right = Math.min(x + width, LABEL + scale.width);
      if (right - left > textWidth(words, 10) + 60) paper.text((left + right) / 2, y + lane.height - 6, words, { fill: ink.muted, size: 10, align: "center" });
      paper.area(x, y, width, lane.height, { title: `The Security log of ${lane.name} does not cover ${clock(from)} to ${clock(to)}${cause ? ` (${cause})` : ""}` });
    }
  }

  /** Boots, and cleared logs. */
  marks(paper, ink, scale, lane, y) {
    let free = -Infinity;
    for (const { start, kind } of lane.boots) {
      const x = scale.x(start);
      if (x < LABEL || x > LABEL + scale.width) continue;
      paper.path([x, y, x, y + lane.height - 1], { stroke: ink.boot, dash: [4, 3], line: 1.2 });
      if (x > free) paper.text(x + 3, y + lane.height - 6, "boot", { fill: ink.boot, size: 10 });
      if (x > free) free = x + 34;
      paper.area(x - 3, y, 30, lane.height, { title: `${lane.name} started at ${clock(start)}${kind ? `; the boot before ended: ${kind}` : ""}` });
    }
    for (const { time, channel, user } of lane.cleared) {
      const x = scale.x(time);
      if (x < LABEL || x > LABEL + scale.width) continue;
      paper.path([x, y, x, y + lane.height - 1], { stroke: ink.bad, line: 2 });
      const words = "✕ log cleared";
      const left = x + textWidth(words, 10, 600) + 6 > LABEL + scale.width;
      paper.text(left ? x - 4 : x + 4, y + lane.height - 6, words, { fill: ink.bad, size: 10, weight: 600, align: left ? "right" : "left" });
      paper.area(x - 4, y, 70, lane.height, { title: `${shown(channel)} log cleared at ${clock(time)}${user ? ` by ${shown(user, 80)}` : ""}` });
    }
  }

  drawLegend(ink) {
    const item = (tone, text, cls) => { const mark = el("i", { class: `key ${cls || ""}` }); mark.style.setProperty("--tone", tone); return el("span", {}, mark, text); };
    this.legend.replaceChildren(item(ink.outside, "external"), item(ink.inside, "internal"), item(ink.tunnel, "tunnelled"), item(ink.desk, "local, desktop"), item(ink.fail, "failed", "thin"),
      item(ink.desk, "disconnected", "hollow"), item(ink.desk, "locked", "striped"), item(ink.logon, "logon (LUID)", "thin"), item(ink.muted, "end not known", "fading"), item(ink.line, "log not covering", "hatched"));
  }

  svg() {
    const before = this.picture.wantedHeight;
    this.picture.wantedHeight = Math.min(this.height + 20, 20_000);
    const text = this.picture.svg();
    this.picture.wantedHeight = before;
    return text;
  }

  columns() {
    const line = (i) => this.lines[i];
    return [
      { key: "lane", title: "Lane", width: 170, grow: 2, text: (i) => line(i).lane, sort: (i) => line(i).lane.toLowerCase() },
      { key: "what", title: "What", width: 110, text: (i) => line(i).what, sort: (i) => line(i).what },
      { key: "from", title: "From", width: 142, text: (i) => clock(line(i).from), sort: (i) => line(i).from },
      { key: "to", title: "To", width: 142, text: (i) => clock(line(i).to), sort: (i) => line(i).to },
      { key: "length", title: "Length", width: 90, right: true, text: (i) => (line(i).to === null || line(i).from === null ? null : span(line(i).to - line(i).from)), sort: (i) => (line(i).to ?? NaN) - line(i).from, downFirst: true },
      { key: "who", title: "Account", width: 150, grow: 1, text: (i) => line(i).who, sort: (i) => line(i).who },
      { key: "told", title: "Remarks", width: 260, grow: 3, text: (i) => line(i).told },
    ];
  }
}

function heightOf(lane, grown) {
  return 14 + (lane.sessionRows.count + (lane.failed.length ? 1 : 0)) * SESSION * grown + (lane.deskRows.count ? lane.deskRows.count * DESK * grown + 3 : 0) + (lane.logonRows.count ? lane.logonRows.count * LOGON * grown + 3 : 0);
}

/** The lanes with what stands in them, worst first. */
function lanesOf(rows, kind, from, to) {
  const texts = kind === "host" ? column("host") : kind === "user" ? whoColumn() : column("source_address");
  const priority = column("priority").values;
  const outcome = column("outcome").codes;
  const failing = failedCodes();
  const found = new Map();
  for (let k = 0; k < rows.length; k++) {
    const code = texts.codes[rows[k]];
    let lane = found.get(code);
    if (!lane) found.set(code, (lane = { code, name: code ? shown(texts.words[code - 1], 120) : kind === "address" ? "no address (local)" : "not logged", sessions: [], failed: [], priority: 0, desks: [], logons: [], uncovered: [], boots: [], cleared: [] }));
    (failing[outcome[rows[k]]] ? lane.failed : lane.sessions).push(rows[k]);
    if (priority[rows[k]] > lane.priority) lane.priority = priority[rows[k]];
  }
  const lanes = [...found.values()].sort((a, b) => b.priority - a.priority || b.sessions.length + b.failed.length - a.sessions.length - a.failed.length || a.code - b.code);
  const byName = new Map(lanes.map((lane) => [lane.code ? texts.words[lane.code - 1] : null, lane]));
  attach(byName, kind, from, to);
  const start = column("start").values;
  const least = (to - from) / 400;
  for (const lane of lanes) {
    lane.sessionRows = packed(lane.sessions.map((row) => { const a = start[row] === start[row] ? start[row] : reach(row); return [a, Math.max(reach(row), a + least)]; }), MOST.sessions, least);
    const desks = table("locals");
    lane.deskRows = packed(lane.desks.map((local) => [desks.get("start", local) ?? from, desks.get("end", local) ?? to]), MOST.desks, least);
    const logons = table("logons");
    lane.logonRows = packed(lane.logons.map((logon) => { const a = logons.get("start", logon) ?? logons.get("start_earliest", logon) ?? logons.get("access_end", logon) ?? from; return [a, Math.max(a + least, logons.get("destroyed", logon) ?? logons.get("access_end", logon) ?? logons.get("last_seen", logon) ?? a)]; }), MOST.logons, least);
  }
  return lanes;
}

/** Desktops, logon sessions and, for hosts, boots, cleared logs and what no log covers. */
function attach(byName, kind, from, to) {
  const desks = table("locals");
  const touches = (a, b) => (a ?? from) <= to && (b ?? to) >= from;
  if (kind !== "address") {
    const key = kind === "host" ? "host" : "user";
    for (let local = 0; local < desks.rows; local++) {
      const lane = byName.get(desks.get(key, local));
      if (lane && desks.get("established", local) !== false && touches(desks.get("start", local), desks.get("end", local))) lane.desks.push(local);
    }
    const logons = table("logons");
    for (let logon = 0; logon < logons.rows; logon++) {
      const lane = byName.get(logons.get(key, logon));
      if (lane && touches(logons.get("start", logon) ?? logons.get("start_earliest", logon), logons.get("destroyed", logon) ?? logons.get("access_end", logon) ?? logons.get("last_seen", logon))) lane.logons.push(logon);
    }
  } else {
    const locals = column("local_session").values;
    for (const lane of byName.values()) lane.desks = [...new Set([...lane.sessions, ...lane.failed].map((row) => locals[row]).filter((local) => local === local))];
  }
  if (kind !== "host") return;
  for (const host of table("hosts").all()) {
    const lane = byName.get(host.host);
    if (!lane) continue;
    lane.last = host.last;
    lane.cleared = (host.logs_cleared || []).map((one) => ({ time: moment(one.time), channel: one.channel, user: one.user })).filter((one) => one.time !== null);
    const boots = host.boots || [];
    lane.boots = boots.map((boot, i) => ({ start: moment(boot.start), kind: i ? boots[i - 1].end_kind : null })).filter((boot) => boot.start !== null);
  }
  const coverage = table("coverage");
  for (let at = 0; at < coverage.rows; at++) {
    const lane = coverage.get("channel", at) === "Security" ? byName.get(coverage.get("host", at)) : null;
    if (!lane) continue;
    lane.uncovered = [[null, coverage.get("first", at), "the log begins later"], ...(coverage.get("gaps", at) || []).filter((gap) => gap.cause !== "end_of_file" || gap.to).map((gap) => [moment(gap.from), moment(gap.to), gap.cause]), [coverage.get("last", at), null, "the log ends earlier"]];
  }
}

/** The same as lines of a table. */
function linesOf(lanes) {
  const desks = table("locals");
  const logons = table("logons");
  const lines = [];
  for (const lane of lanes) {
    for (const row of [...lane.sessions, ...lane.failed]) lines.push({ lane: lane.name, what: "session", row, from: of(row, "start"), to: of(row, "end"), who: whoColumn().get(row), told: `${of(row, "kind")}, ${outcomeWord(of(row, "outcome"))}, ${endWord(of(row, "end_kind"))}` });
    for (const local of lane.desks) {
      lines.push({ lane: lane.name, what: "desktop", from: desks.get("start", local), to: desks.get("end", local), who: desks.get("user", local), told: `TS session ${shown(desks.get("ts_id", local))}, ${endWord(desks.get("end_kind", local))}` });
      for (const name of ["disconnected", "locked"]) for (const { start, end } of desks.get(name, local) || []) lines.push({ lane: lane.name, what: name, from: moment(start), to: moment(end), who: desks.get("user", local), told: `TS session ${shown(desks.get("ts_id", local))}` });
    }
    for (const logon of lane.logons) lines.push({ lane: lane.name, what: "logon session", from: logons.get("start", logon), to: logons.get("access_end", logon), who: logons.get("user", logon), told: `${shown(logons.get("logon_id", logon))}, type ${shown(logons.get("logon_type", logon))}, ${shown(logons.get("role", logon))}` });
    for (const { start, kind } of lane.boots) lines.push({ lane: lane.name, what: "boot", from: start, to: null, who: null, told: kind ? `the boot before ended: ${kind}` : "" });
    for (const { time, channel, user } of lane.cleared) lines.push({ lane: lane.name, what: "log cleared", from: time, to: null, who: user, told: shown(channel) });
    for (const [from, to, cause] of lane.uncovered) lines.push({ lane: lane.name, what: "not covered", from, to, who: null, told: `Security log: ${cause}` });
  }
  return lines;
}
