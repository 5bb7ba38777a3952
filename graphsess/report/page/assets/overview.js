// The first view: who, from where, when, worst first.

import { el, shown, counted } from "./text.js";
import { ABOUT, column, table, whoColumn, sessionCount, wholeSpan, meaning } from "./model.js";
import { clock, span, day } from "./clock.js";
import { ties, failedCodes } from "./ties.js";
import { Scale, drawAxis } from "./lanes.js";
import { urgency, priorityBadge } from "./badges.js";
import { Picture, textWidth } from "./paper.js";
import { Grid } from "./grid.js";
import { wordFor, parse } from "./query.js";
import { state, setState } from "./state.js";

const ROW = 25;
const TALL = 36;
const WHEN = 128;
const BOX = 210;
const UNKNOWN = { user: "account not logged", address: "no address", host: "unknown host" };
const LEADS = 60;

export class Overview {
  constructor() {
    this.name = "overview";
    this.tiles = el("div", { class: "tiles" });
    this.leads = el("ol", { class: "leads" });
    this.said = el("p", { class: "muted said" });
    this.stage = el("div", { class: "stage" });
    this.place = el("div", { class: "place" }, this.stage);
    this.picture = new Picture({ root: this.stage, label: "Accounts, addresses and hosts, joined by sessions; the table beside says the same",
      choose: (area, event) => (area.from !== undefined ? setState({ from: area.from, to: area.to, view: "sessions" }) : narrow(area.field, area.value, event.shiftKey)), draw: (paper, ink) => this.paint(paper, ink) });
    this.grid = new Grid({ label: "Account, address and host: sessions taken together", columns: this.columns(),
      open: (i) => this.pick(this.ties[i]), sorted: () => this.fill() });
    this.place.append(this.grid.root);
    this.root = el("section", { class: "view overview", "aria-label": "Overview" }, this.tiles,
      el("div", { class: "halves" }, el("div", { class: "lead-side" }, el("h2", { textContent: "Look here first" }), this.leads),
        el("div", { class: "picture-side" }, el("h2", { textContent: "Who came from where to which host" }), this.said, this.place)));
    this.ties = [];
  }

  update(rows) {
    this.rows = rows;
    this.ties = ties(rows);
    this.drawTiles();
    this.drawLeads();
    this.fill();
  }

  fill() {
    this.stage.hidden = state.table;
    this.grid.root.hidden = !state.table;
    this.grid.show(Uint32Array.from(this.ties, (_, i) => i));
    this.picture.draw();
  }

  resize() {
    this.picture.draw();
    this.grid.later();
  }

  columns() {
    const who = () => whoColumn();
    const name = (texts, code, none) => (code ? texts.words[code - 1] : none);
    return [
      { key: "priority", title: "Priority", width: 104, draw: (cell, i) => cell.append(priorityBadge(this.ties[i].priority, this.ties[i].reasons)), sort: (i) => this.ties[i].priority, downFirst: true },
      { key: "user", title: "Account", width: 170, grow: 2, text: (i) => name(who(), this.ties[i].user, null), sort: (i) => (name(who(), this.ties[i].user, "") || "").toLowerCase() },
      { key: "address", title: "Address", width: 130, grow: 1, text: (i) => name(column("source_address"), this.ties[i].address, null), sort: (i) => name(column("source_address"), this.ties[i].address, null) },
      { key: "host", title: "Host", width: 150, grow: 1, text: (i) => name(column("host"), this.ties[i].host, null), sort: (i) => name(column("host"), this.ties[i].host, "") },
      { key: "count", title: "Sessions", width: 72, right: true, text: (i) => this.ties[i].count - this.ties[i].failed, sort: (i) => this.ties[i].count - this.ties[i].failed, downFirst: true },
      { key: "failed", title: "Failed", width: 64, right: true, text: (i) => this.ties[i].failed, sort: (i) => this.ties[i].failed, downFirst: true },
      { key: "first", title: "First", width: 142, text: (i) => clock(finite(this.ties[i].first)), sort: (i) => this.ties[i].first },
      { key: "last", title: "Last", width: 142, text: (i) => clock(finite(this.ties[i].last)), sort: (i) => this.ties[i].last },
      { key: "reasons", title: "Why", width: 200, grow: 3, text: (i) => this.ties[i].reasons.map((reason) => meaning("priority", reason)).join("; ") },
    ];
  }

  drawTiles() {
    const rows = this.rows;
    const outcome = column("outcome").codes;
    const failing = column("outcome").words.map((word) => word === "failed" || word === "denied");
    const external = column("source_class").words.indexOf("external") + 1;
    const sources = column("source_class").codes;
    let failed = 0;
    let outside = 0;
    for (let k = 0; k < rows.length; k++) {
      const bad = failing[outcome[rows[k]] - 1];
      if (bad) failed++;
      else if (external && sources[rows[k]] === external) outside++;
    }
    const hosts = table("hosts");
    const cleared = hosts.all().reduce((sum, host) => sum + (host.logs_cleared || []).length, 0);
    const evidence = table("evidence").all();
    const bad = evidence.filter((file) => file.problem || file.records_unreadable || file.chunks_bad).length;
    const [from, to] = wholeSpan();
    const tile = (number, noun, hint, go, tone) => el("button", { type: "button", class: `tile ${tone || ""}`, title: hint || null, on: { click: go } }, el("b", { textContent: number.toLocaleString("en") }), el("span", { textContent: noun }));
    const hidden = sessionCount() - rowsShown();
    this.tiles.replaceChildren(
      tile(rows.length - failed, "sessions", "Got in, or at least had the right credentials", () => setState({ view: "sessions", q: `${state.q} -outcome:failed,denied`.trim() })),
      tile(failed, "failed attempts", "Credentials refused, or access", () => setState({ view: "failures" }), failed ? "warn" : ""),
      tile(outside, "got in from outside", "From an external address", () => setState({ view: "sessions", q: `${state.q} source:external -outcome:failed,denied`.trim() }), outside ? "bad" : ""),
      tile(distinct(rows, whoColumn().codes), "accounts", "", () => setState({ view: "users" })),
      tile(distinct(rows, column("source_address").codes), "addresses", "", () => setState({ view: "groups" })),
      tile(hosts.rows, "hosts with logs", "", () => setState({ view: "quality" })),
      tile(cleared, "logs cleared", "Somebody cleared a log", () => setState({ view: "quality" }), cleared ? "bad" : ""),
      tile(bad, "files with damage", `${counted(evidence.length, "file")} in all`, () => setState({ view: "quality" }), bad ? "warn" : ""),
      tile(hidden, "hidden by default", "Machine, service and system sessions, a controller's background. Click to show or hide them", () => setState({ all: !state.all })),
      el("p", { class: "period" }, el("b", { textContent: `${day(from)} to ${day(to)}` }), el("span", { textContent: `${span(to - from)}, ${counted(ABOUT.events, "event")} cited` })));
  }

  drawLeads() {
    const marked = together(this.ties.filter((tie) => tie.priority > 0));
    const lines = marked.slice(0, LEADS).map((tie) => {
      const [mark, word, tone] = urgency(tie.priority);
      const place = (field, texts, code) => (code ? shown(texts.words[code - 1], 60) : UNKNOWN[field]);
      return el("li", {}, el("button", { type: "button", class: `lead ${tone}`, on: { click: () => this.pick(tie) }, title: "Show these sessions" },
        el("span", { class: `badge ${tone}` }, el("i", { "aria-hidden": "true", textContent: mark }), word),
        el("span", { class: "lead-who", textContent: tie.users > 1 ? counted(tie.users, "account") : place("user", whoColumn(), tie.user) }),
        el("span", { class: "lead-way" }, place("address", column("source_address"), tie.address), " → ", place("host", column("host"), tie.host)),
        el("span", { class: "lead-when", textContent: [clock(finite(tie.first)).slice(0, 16), tie.count - tie.failed ? counted(tie.count - tie.failed, "session") : null, tie.failed ? `${tie.failed.toLocaleString("en")} failed` : null].filter(Boolean).join(" · ") }),
        el("span", { class: "lead-why", textContent: tie.reasons.slice(0, 3).map((reason) => meaning("priority", reason)).join("; ") })));
    });
    if (!lines.length) lines.push(el("li", { class: "muted", textContent: this.rows.length ? "Nothing in these sessions stands out by itself." : "No session fits the query." }));
    else if (marked.length > LEADS) lines.push(el("li", { class: "muted", textContent: `showing ${LEADS} of ${marked.length.toLocaleString("en")}; “as table” lists all` }));
    this.leads.replaceChildren(...lines);
  }

  pick(tie) {
    const words = [];
    if (tie.user && !(tie.users > 1)) words.push(wordFor("user", whoColumn().words[tie.user - 1]));
    if (tie.address) words.push(wordFor("ip", column("source_address").words[tie.address - 1]));
    if (tie.host) words.push(wordFor("host", column("host").words[tie.host - 1]));
    setState({ view: "sessions", q: words.join(" ") });
  }

  paint(paper, ink) {
    const room = paper.height - WHEN - 40;
    const most = Math.max(3, Math.floor(room / ROW));
    const texts = { user: whoColumn(), address: column("source_address"), host: column("host") };
    const columns = ["user", "address", "host"].map((field) => sums(this.ties, field, most));
    const box = Math.min(BOX, Math.floor((paper.width - 160) / 3));
    const lefts = [0, Math.floor((paper.width - box) / 2), paper.width - box];
    const longest = Math.max(...columns.map(({ nodes, total }) => Math.min(total, nodes.length + 1)));
    const step = Math.max(ROW, Math.min(TALL, Math.floor(room / Math.max(1, longest))));
    const middle = (place) => 26 + place * step + step / 2;
    this.when(paper, ink, paper.height - WHEN);
    [[0, 1, "user", "address"], [1, 2, "address", "host"]].forEach(([a, b, one, other]) => {
      const links = new Map();
      for (const tie of this.ties) {
        const from = columns[a].place(tie[one]);
        const to = columns[b].place(tie[other]);
        const key = from * 4096 + to;
        const link = links.get(key) || { from, to, count: 0, priority: 0, rest: columns[a].isRest(from) || columns[b].isRest(to) };
        link.count += tie.count;
        link.priority = Math.max(link.priority, tie.priority);
        links.set(key, link);
      }
      for (const { from, to, count, priority, rest } of [...links.values()].sort((x, y) => x.priority - y.priority || x.from - y.from || x.to - y.to)) {
        const x1 = lefts[a] + box;
        const x2 = lefts[b];
        const half = (x1 + x2) / 2;
        const tone = priority >= 70 ? ink.bad : priority >= 45 ? ink.warn : priority > 0 ? ink.info : ink.muted;
        paper.path([x1, middle(from), half, middle(from), half, middle(to), x2, middle(to)], { stroke: tone, curve: true,
          line: Math.min(7, 0.8 + Math.log2(count + 1) * 0.55), alpha: rest ? 0.1 : priority >= 45 ? 0.75 : priority > 0 ? 0.5 : 0.22 });
      }
    });
    columns.forEach((all, c) => {
      const field = ["user", "address", "host"][c];
      const title = { user: "Account", address: "Source address", host: "Host" }[field];
      paper.text(lefts[c], 14, title, { fill: ink.text, size: 12, weight: 600 });
      paper.text(lefts[c] + box, 14, all.nodes.length < all.total ? `${all.nodes.length.toLocaleString("en")} of ${all.total.toLocaleString("en")}` : `${all.total.toLocaleString("en")}`, { fill: ink.muted, size: 11, align: "right" });
      all.nodes.forEach((node, place) => this.node(paper, ink, lefts[c], middle(place) - 10, box, node, field, texts[field]));
      if (all.nodes.length < all.total) {
        const y = middle(all.nodes.length) - 10;
        paper.rect(lefts[c], y, box, 20, { stroke: ink.line, radius: 4, fill: ink.ground, dash: [3, 3] });
        paper.text(lefts[c] + 9, y + 14, `+ ${(all.total - all.nodes.length).toLocaleString("en")} more`, { fill: ink.muted, size: 12 });
        paper.area(lefts[c], y, box, 20, { title: "“as table” lists all of them" });
      }
    });
    if (!this.ties.length) paper.text(paper.width / 2, 90, "No session fits the query.", { fill: ink.muted, size: 13, align: "center" });
    this.said.textContent = "Worst first. Click a box to see only its sessions; Shift-click adds it to the query.";
  }

  /** When: how many sessions began in each stretch of time. */
  when(paper, ink, top) {
    const start = column("start").values;
    let from = Infinity;
    let to = -Infinity;
    for (let k = 0; k < this.rows.length; k++) {
      const us = start[this.rows[k]];
      if (us < from) from = us;
      if (us > to) to = us;
    }
    if (!(from <= to)) return;
    const scale = new Scale(from, to, 0, paper.width);
    const count = Math.max(20, Math.min(240, Math.floor(paper.width / 7)));
    const width = (scale.to - scale.from) / count;
    const sums = [0, 1, 2].map(() => new Float64Array(count));
    const outcome = column("outcome").codes;
    const failing = failedCodes();
    const sources = column("source_class").codes;
    const external = column("source_class").words.indexOf("external") + 1;
    for (let k = 0; k < this.rows.length; k++) {
      const row = this.rows[k];
      if (start[row] !== start[row]) continue;
      sums[failing[outcome[row]] ? 1 : external && sources[row] === external ? 2 : 0][Math.min(count - 1, Math.floor((start[row] - scale.from) / width))]++;
    }
    const totals = Array.from({ length: count }, (_, i) => sums[0][i] + sums[1][i] + sums[2][i]);
    const highest = Math.max(1, ...totals);
    const tall = (n) => (n ? Math.max(2, (Math.sqrt(n) / Math.sqrt(highest)) * (WHEN - 66)) : 0);
    const bottom = paper.height - 2;
    paper.path([0, top, paper.width, top], { stroke: ink.line });
    paper.text(0, top + 17, "When", { fill: ink.text, size: 12, weight: 600 });
    let x = 46;
    for (const [tone, words] of [[ink.inside, "got in"], [ink.outside, "got in from outside"], [ink.fail, "failed"]]) {
      paper.rect(x, top + 9, 10, 8, { fill: tone, radius: 2 });
      paper.text(x + 14, top + 17, words, { fill: ink.muted, size: 11 });
      x += 32 + textWidth(words, 11);
    }
    paper.text(paper.width, top + 17, `at most ${highest.toLocaleString("en")} in ${span(Math.round(width))}; heights by square root`, { fill: ink.muted, size: 11, align: "right" });
    drawAxis(paper, ink, scale, bottom - 20, bottom - 32);
    paper.path([0, bottom - 33, paper.width, bottom - 33], { stroke: ink.line });
    for (let i = 0; i < count; i++) {
      if (!totals[i]) continue;
      const left = (i * paper.width) / count;
      const whole = tall(totals[i]);
      let y = bottom - 33;
      for (const [kind, tone] of [[0, ink.inside], [2, ink.outside], [1, ink.fail]]) {
        const part = (sums[kind][i] / totals[i]) * whole;
        if (part) paper.rect(left + 0.5, (y -= part), Math.max(2, paper.width / count - 1), part, { fill: tone });
      }
      const [a, b] = [scale.from + i * width, scale.from + (i + 1) * width];
      paper.area(left, bottom - 33 - Math.max(whole, 12), paper.width / count, Math.max(whole, 12), { open: true, from: Math.floor(a), to: Math.ceil(b),
        title: `${clock(a)} to ${clock(b)}\n${sums[0][i] + sums[2][i]} got in, ${sums[2][i]} of them from outside; ${sums[1][i]} failed` });
    }
  }

  node(paper, ink, x, y, box, node, field, texts) {
    const known = node.code > 0;
    const text = known ? shown(texts.words[node.code - 1], 120) : UNKNOWN[field];
    const tone = node.priority >= 70 ? ink.bad : node.priority >= 45 ? ink.warn : node.priority > 0 ? ink.info : ink.line;
    const count = `${node.priority >= 45 ? `${urgency(node.priority)[0]} ` : ""}${node.count.toLocaleString("en")}`;
    paper.rect(x, y, box, 20, { fill: ink.panel, stroke: node.priority > 0 ? tone : ink.line, radius: 4 });
    paper.rect(x, y, 4, 20, { fill: tone, radius: 2 });
    paper.text(x + 10, y + 14, text, { fill: known ? ink.text : ink.muted, size: 12, width: box - 22 - textWidth(count, 11) });
    paper.text(x + box - 6, y + 14, count, { fill: node.priority >= 45 ? tone : ink.muted, size: 11, align: "right" });
    paper.area(x, y, box, 20, { open: known, field: { user: "user", address: "ip", host: "host" }[field], value: known ? texts.words[node.code - 1] : "",
      title: `${text}\n${counted(node.count, "session")}, ${node.failed.toLocaleString("en")} failed\n${urgency(node.priority)[1]}` });
  }
}

/** Ties of failed attempts from one address on one host as one: a list of names says no more. */
function together(all) {
  const found = new Map();
  const kept = [];
  for (const tie of all) {
    const key = tie.failed === tie.count ? `${tie.address} ${tie.host}` : null;
    const before = key && found.get(key);
    if (!before) {
      const one = { ...tie, users: 1 };
      kept.push(one);
      if (key) found.set(key, one);
      continue;
    }
    before.users++;
    before.count += tie.count;
    before.failed += tie.failed;
    before.first = Math.min(before.first, tie.first);
    before.last = Math.max(before.last, tie.last);
  }
  return kept;
}

/** One column of the picture: its nodes worst first, and where each code stands. */
function sums(all, field, most) {
  const found = new Map();
  for (const tie of all) {
    const node = found.get(tie[field]) || { code: tie[field], count: 0, failed: 0, priority: 0 };
    node.count += tie.count;
    node.failed += tie.failed;
    node.priority = Math.max(node.priority, tie.priority);
    found.set(tie[field], node);
  }
  const sorted = [...found.values()].sort((a, b) => b.priority - a.priority || b.count - a.count || a.code - b.code);
  const nodes = sorted.slice(0, sorted.length > most ? most - 1 : most);
  const places = new Map(nodes.map((node, place) => [node.code, place]));
  return { nodes, total: sorted.length, place: (code) => places.get(code) ?? nodes.length, isRest: (place) => place === nodes.length };
}

/** Add a word to the query, in place of one about the same field unless `further`. */
function narrow(field, value, further) {
  if (!field || !value) return;
  const kept = further ? state.q.trim() : rest(state.q, field);
  setState({ q: `${kept} ${wordFor(field, value)}`.trim() });
}

function rest(query, field) {
  return parse(query).filter((word) => word.field !== field)
    .map((word) => `${word.not ? "-" : ""}${word.field ? wordFor(word.field, word.value) : /\s/.test(word.value) ? `"${word.value}"` : word.value}`).join(" ");
}

function distinct(rows, codes) {
  const seen = new Set();
  for (let k = 0; k < rows.length; k++) if (codes[rows[k]]) seen.add(codes[rows[k]]);
  return seen.size;
}

function rowsShown() {
  const hidden = column("hidden").codes;
  let count = 0;
  for (let row = 0; row < hidden.length; row++) if (!hidden[row]) count++;
  return count;
}

/** A number, or null where none was met. */
function finite(us) {
  return Number.isFinite(us) ? us : null;
}
