// Movement: hosts as lanes, time from left to right, each move an arrow from one lane to another.

import { el, shown, counted } from "./text.js";
import { of, table } from "./model.js";
import { clock } from "./clock.js";
import { Picture, textWidth } from "./paper.js";
import { Scale, drawAxis, drawSession } from "./lanes.js";
import { Grid } from "./grid.js";
import { bandBadge, badge, outcomeWord } from "./badges.js";
import { originOf, targetOf } from "./moves.js";
import { state, setState } from "./state.js";

const LABEL = 176;
const HEAD = 36;
const LEAST = 32;
const MOST = 62;
const LANES = 60;
const DRAWN = 40; // moves in the picture; more of them would hide each other

export class Movement {
  constructor() {
    this.name = "movement";
    this.stage = el("div", { class: "stage" });
    this.scroll = el("div", { class: "scroll" }, this.stage);
    this.picture = new Picture({ root: this.stage, label: "Moves between hosts over time; the table below says the same", choose: (area) => (area.move !== undefined ? setState({ thing: table("moves").get("id", area.move) }) : area.row !== undefined ? setState({ thing: of(area.row, "id") }) : null),
      draw: (paper, ink) => this.paint(paper, ink) });
    this.slider = el("input", { type: "range", min: 0, max: 1000, value: 1000, class: "slider", "aria-label": "Show moves until this time", on: { input: () => this.slid() } });
    this.until = el("output", { class: "until" });
    this.play = el("button", { type: "button", class: "small", textContent: "▶ play", title: "Show the moves one after the other", on: { click: () => this.playing() } });
    this.chains = el("select", { class: "chains", "aria-label": "Chain of moves", on: { change: () => setState({ chain: this.chains.value }) } });
    this.weak = el("label", { class: "check" }, (this.weakBox = el("input", { type: "checkbox", on: { change: () => this.update(this.rows) } })), " failed and background moves");
    this.grid = new Grid({ label: "Moves", columns: this.columns(), open: (move) => setState({ thing: table("moves").get("id", move) }), sorted: () => this.grid.show(this.shownMoves, true), empty: "No move fits." });
    this.said = el("p", { class: "muted said" });
    this.bar = el("div", { class: "bar" }, this.chains, this.play, this.slider, this.until, this.weak);
    this.root = el("section", { class: "view movement", "aria-label": "Movement" }, this.bar, this.said, this.scroll, el("div", { class: "below" }, this.grid.root));
    this.moves = [];
    this.shownMoves = new Uint32Array();
  }

  update(rows) {
    this.rows = rows;
    const all = table("moves");
    this.grid.empty = all.rows ? "No move joins sessions that fit the query." : "No move between hosts was found in these logs.";
    this.drawChains();
    const chain = this.chain();
    const inside = state.q || state.from !== null ? new Set(rows) : null;
    const member = chain ? new Set(chain.hops.map((hop) => hop.move)) : null;
    this.moves = [];
    for (let move = 0; move < all.rows; move++) {
      if (member && !member.has(all.get("id", move))) continue;
      const failed = ["failed", "denied"].includes(all.get("outcome", move));
      if (!member && !this.weakBox.checked && (failed || all.get("hidden", move))) continue;
      const from = all.get("from_session", move);
      const to = all.get("to_session", move);
      if (!member && inside && !inside.has(from) && !inside.has(to)) continue;
      this.moves.push(move);
    }
    this.moves.sort((a, b) => (all.get("start", a) ?? 0) - (all.get("start", b) ?? 0) || a - b);
    this.order = new Map(this.moves.map((move, at) => [move, at + 1]));
    this.worst = this.moves.length > DRAWN ? worstFirst(this.moves) : this.moves;
    this.pick();
    this.shownMoves = Uint32Array.from(this.worst);
    this.grid.show(this.shownMoves, true);
    const has = this.moves.length > 0;
    this.scroll.hidden = !has || state.table;
    this.bar.hidden = !all.rows;
    this.root.classList.toggle("only-table", !has || state.table);
    this.said.textContent = has ? this.saying() : "";
    this.resize();
  }

  resize() {
    const open = this.moves.find((move) => table("moves").get("id", move) === state.thing);
    if (open !== undefined && !this.drawn.includes(open)) this.pick(open);
    const lane = Math.max(LEAST, Math.min(MOST, Math.floor((this.scroll.clientHeight - HEAD - 14) / Math.max(1, this.lanes ? this.lanes.shown.length : 1))));
    this.lane = lane;
    this.picture.wantedHeight = HEAD + (this.lanes ? this.lanes.shown.length : 0) * lane + 12;
    this.stage.style.height = `${this.picture.wantedHeight}px`;
    this.slid();
    this.grid.later();
  }

  /** Choose what is drawn: the worst moves, as many as stay legible, and the one that is open. */
  pick(open) {
    const places = new Set();
    this.drawn = open === undefined ? [] : [open];
    for (const move of this.worst) {
      if (move === open) continue;
      places.add(originOf(move)).add(targetOf(move));
      if (this.drawn.length >= DRAWN || places.size > LANES) break;
      this.drawn.push(move);
    }
    this.drawn.sort((a, b) => this.order.get(a) - this.order.get(b));
    this.lanes = this.lanesOf();
  }

  saying() {
    const every = table("moves").rows;
    const hosts = new Set(this.moves.flatMap((move) => [originOf(move), targetOf(move)])).size;
    const count = `${counted(this.moves.length, "move")}${this.moves.length < every ? ` of ${every.toLocaleString("en")}` : ""} between ${counted(hosts, "host")}`;
    const cut = this.drawn.length < this.moves.length ? `; the picture shows the ${this.drawn.length} worst: those to the sessions of the highest priority, then those that changed the account, then the best proven. The query or a chain narrows it` : "";
    return `${count}${cut}. An arrow leads from the lane it came from; dashed: weaker evidence. Click one for what says so.`;
  }

  chain() {
    if (!state.chain) return null;
    const chains = table("chains");
    for (let at = 0; at < chains.rows; at++) if (chains.get("id", at) === state.chain) return chains.row(at);
    return null;
  }

  drawChains() {
    const chains = table("chains");
    if (this.chains.options.length !== chains.rows + 1) {
      this.chains.replaceChildren(el("option", { value: "", textContent: chains.rows ? `all moves (or one of ${counted(chains.rows, "chain")})` : "all moves" }));
      for (let at = 0; at < Math.min(chains.rows, 500); at++) {
        const { id, hops, entry_address: entry, score, start } = chains.row(at);
        const way = [entry, ...(hops || []).map((hop) => hop.host)].filter(Boolean).map((place) => shown(place, 30));
        this.chains.append(el("option", { value: id, textContent: `${way.join(" → ")} · ${clock(start).slice(0, 16)} · score ${shown(score)}` }));
      }
    }
    this.chains.value = state.chain;
    this.chains.disabled = !chains.rows;
  }

  /** Lanes in the order in which they are reached, with the sessions at their ends. */
  lanesOf() {
    const all = table("moves");
    const places = new Map();
    const inside = new Set(table("hosts").all().map((host) => host.host));
    const add = (name, session, us) => {
      if (!places.has(name)) places.set(name, { name, first: us ?? Infinity, sessions: new Set(), inside: inside.has(name) });
      const place = places.get(name);
      place.first = Math.min(place.first, us ?? Infinity);
      if (session !== null && session !== undefined) place.sessions.add(session);
    };
    for (const move of this.drawn) {
      const us = all.get("start", move);
      add(originOf(move), all.get("from_session", move), us === null ? null : us - 1);
      add(targetOf(move), all.get("to_session", move), us);
    }
    const sorted = [...places.values()].sort((a, b) => Number(a.inside) - Number(b.inside) || a.first - b.first || (a.name < b.name ? -1 : 1));
    sorted.forEach((place, at) => { place.at = at; });
    return { shown: sorted.slice(0, LANES), places };
  }

  range() {
    const all = table("moves");
    let from = Infinity;
    let to = -Infinity;
    for (const move of this.drawn) {
      for (const us of [all.get("start", move), all.get("last", move)]) {
        if (us === null) continue;
        from = Math.min(from, us);
        to = Math.max(to, us);
      }
      for (const name of ["from_session", "to_session"]) {
        const row = all.get(name, move);
        const start = row === null ? null : of(row, "start");
        if (start !== null) from = Math.min(from, start);
        const end = row === null ? null : of(row, "end");
        if (end !== null) to = Math.max(to, end);
      }
    }
    return from <= to ? [from, to] : [0, 1];
  }

  limit() {
    const [from, to] = this.range();
    return +this.slider.value >= 1000 ? Infinity : from + ((to - from) * this.slider.value) / 1000;
  }

  slid() {
    const limit = this.limit();
    const all = table("moves");
    const seen = this.drawn.filter((move) => (all.get("start", move) ?? 0) <= limit).length;
    this.until.textContent = limit === Infinity ? "all the time" : `until ${clock(limit)} · ${seen} of ${this.drawn.length}`;
    this.picture.draw();
  }

  playing() {
    if (this.timer) {
      clearInterval(this.timer);
      this.timer = null;
      this.play.textContent = "▶ play";
      return;
    }
    if (+this.slider.value >= 1000) this.slider.value = 0;
    this.play.textContent = "❚❚ stop";
    this.timer = setInterval(() => {
      this.slider.value = +this.slider.value + 8;
      this.slid();
      if (+this.slider.value >= 1000) this.playing();
    }, 60);
  }

  paint(paper, ink) {
    if (!this.lanes || !this.moves.length) return;
    const [from, to] = this.range();
    const scale = new Scale(from, to, LABEL, paper.width - LABEL - 16);
    const limit = this.limit();
    const all = table("moves");
    drawAxis(paper, ink, scale, 14, paper.height - 6);
    const middle = (place) => HEAD + place.at * this.lane + this.lane / 2;
    for (const place of this.lanes.shown) {
      const y = middle(place);
      paper.path([LABEL, y, paper.width - 8, y], { stroke: place.inside ? ink.line : ink.grid, dash: place.inside ? null : [2, 4], line: place.inside ? 2 : 1 });
      paper.rect(6, y - 12, LABEL - 14, 24, { fill: ink.panel, stroke: place.inside ? ink.host : ink.outside, radius: 5, dash: place.inside ? null : [4, 3] });
      paper.text(14, y + 4, place.name, { fill: ink.text, size: 12, weight: 600, width: LABEL - 32 });
      paper.area(6, y - 12, LABEL - 14, 24, { title: `${shown(place.name, 200)}\n${place.inside ? "a host of the case" : "outside the case: its logs were not handed over"}` });
      for (const row of place.sessions) if ((of(row, "start") ?? 0) <= limit) drawSession(paper, ink, scale, row, y - 4, 8, of(row, "id") === state.thing);
    }
    const labels = [];
    for (const move of this.drawn) {
      const start = all.get("start", move);
      const one = this.lanes.places.get(originOf(move));
      const other = this.lanes.places.get(targetOf(move));
      if (start === null || start > limit || one.at >= LANES || other.at >= LANES) continue;
      labels.push(this.arrow(paper, ink, scale.x(start), middle(one), middle(other), move));
    }
    for (const { label } of labels) label(); // over all lines, so that none strikes one through
    for (const { tip } of labels) tip();
    if (limit !== Infinity) paper.path([scale.x(limit), HEAD - 6, scale.x(limit), paper.height - 6], { stroke: ink.accent, line: 1.5, dash: [5, 3] });
  }

  /** Draw an arrow; what draws its label and its tip is handed back. */
  arrow(paper, ink, x, y1, y2, move) {
    const all = table("moves");
    const band = all.get("band", move);
    const switched = all.get("credential_switch", move);
    const failed = ["failed", "denied"].includes(all.get("outcome", move));
    const marked = all.get("id", move) === state.thing;
    const stroke = switched ? ink.bad : failed ? ink.muted : ink.accent;
    const way = y2 > y1 ? 1 : -1;
    const end = y2 - way * 7;
    const dash = band === "high" || band === null ? null : band === "medium" ? [7, 3] : [3, 3];
    if (marked) paper.path([x, y1, x, y2], { stroke: ink.mark, line: 9, alpha: 0.6 });
    if (y1 === y2) paper.path([x, y1, x + 26, y1 - 30, x + 44, y1 - 14, x + 6, y1 - 4], { stroke, line: 2, dash, curve: true });
    else paper.path([x, y1, x, end], { stroke, line: switched ? 2.4 : 1.8, dash });
    paper.rect(x - 3, y1 - 3, 6, 6, { fill: stroke, radius: 3 });
    const words = `${this.order.get(move)} ${shown(all.get("kind", move), 20)}${switched ? " ⇄" : ""}`;
    const wide = textWidth(words, 11, 600) + 8;
    const y = y1 === y2 ? y1 - 26 : (y1 + y2) / 2;
    paper.area(x - 6, Math.min(y1, y2), 12 + wide, Math.max(16, Math.abs(y2 - y1)), { open: true, move, title: () => [`${this.order.get(move)}: ${shown(originOf(move), 80)} → ${shown(targetOf(move), 80)}`,
      `${clock(all.get("start", move))}, ${shown(all.get("kind", move))}, ${outcomeWord(all.get("outcome", move))}`, `${shown(all.get("from_user", move), 60)} → ${shown(all.get("to_user", move), 60)}`, band === null ? "the address that the session came from" : `${band} evidence, score ${all.get("score", move)}`].join("\n") });
    const label = () => {
      paper.rect(x + 4, y - 8, wide, 16, { fill: ink.ground, radius: 3, alpha: 0.88 });
      paper.text(x + 8, y + 4, words, { fill: stroke, size: 11, weight: 600 });
    };
    const tip = () => y1 !== y2 && paper.path([x - 4.5, end - way * 2, x + 4.5, end - way * 2, x, y2], { fill: stroke });
    return { label, tip };
  }

  columns() {
    const get = (key) => (move) => table("moves").get(key, move);
    return [
      { key: "n", title: "No", width: 44, right: true, text: (move) => this.order.get(move) },
      { key: "start", title: "Time", width: 142, text: (move) => clock(get("start")(move)), sort: get("start") },
      { key: "from_host", title: "From", width: 140, grow: 1, text: originOf, sort: originOf },
      { key: "to_host", title: "To", width: 140, grow: 1, text: targetOf, sort: targetOf },
      { key: "kind", title: "Kind", width: 80, text: get("kind"), sort: get("kind") },
      { key: "from_user", title: "Account before", width: 130, grow: 1, text: get("from_user"), sort: get("from_user") },
      { key: "to_user", title: "Account after", width: 130, grow: 1, text: get("to_user"), sort: get("to_user") },
      { key: "credential_switch", title: "Switch", width: 96, draw: (cell, move) => { if (get("credential_switch")(move)) cell.append(badge("⇄", "other", "bad", "another account on the other side")); }, sort: (move) => (get("credential_switch")(move) ? 1 : 0), downFirst: true },
      { key: "score", title: "Score", width: 60, right: true, text: get("score"), sort: get("score"), downFirst: true },
      { key: "band", title: "Evidence", width: 96, draw: (cell, move) => cell.append(get("band")(move) === null ? badge("⇢", "entry", "info", "from an address outside the case, as the session itself says") : bandBadge(get("band")(move))), sort: get("score"), downFirst: true },
      { key: "outcome", title: "Outcome", width: 100, text: (move) => outcomeWord(get("outcome")(move)), sort: get("outcome") },
      { key: "count", title: "Times", width: 60, right: true, text: get("count"), sort: get("count"), downFirst: true },
    ];
  }

  inOrder() {
    return this.grid.rows;
  }

  svg() {
    return this.picture.svg();
  }
}

/** Moves in the order in which somebody should look at them; equal ones in that of time. */
function worstFirst(moves) {
  const all = table("moves");
  const weight = new Map(moves.map((move) => {
    const to = all.get("to_session", move);
    return [move, [to === null ? 0 : of(to, "priority"), all.get("credential_switch", move) ? 1 : 0, all.get("score", move) ?? 0]];
  }));
  const heavier = (a, b) => weight.get(b).reduce((found, value, k) => found || value - weight.get(a)[k], 0);
  return [...moves].sort((a, b) => heavier(a, b)); // a stable sort keeps the order of time
}

/** How many moves the case has that are not hidden. */
export function moveCount() {
  const all = table("moves");
  let count = 0;
  for (let move = 0; move < all.rows; move++) if (!all.get("hidden", move) && !["failed", "denied"].includes(all.get("outcome", move))) count++;
  return count;
}
