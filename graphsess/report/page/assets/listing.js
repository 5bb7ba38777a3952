// The views that are tables: sessions, accounts, account + address, failure runs, activity.

import { el, lexicon, shown, spaced, counted } from "./text.js";
import { column, of, table, whoColumn, openEvents, meaning } from "./model.js";
import { clock, span } from "./clock.js";
import { Grid, ranks } from "./grid.js";
import { outcomeBadge, bandBadge, endWord, priorityBadge, sourceBadge, flagBadge, badge } from "./badges.js";
import { state, setState } from "./state.js";
import { wordFor } from "./query.js";
import { noteOf } from "./notes.js";

/** Every column that the table of sessions can show; the first ones are shown at first. */
const SESSION_COLUMNS = [
  { key: "priority", title: "Priority", width: 100, same: (i) => `${of(i, "priority")} ${of(i, "priority_reasons")}`, draw: (cell, i) => cell.append(priorityBadge(of(i, "priority"), of(i, "priority_reasons"))), sort: (i) => of(i, "priority"), downFirst: true },
  { key: "start", title: "Start", width: 142, text: (i) => clock(of(i, "start")), sort: (i) => column("start").values[i] },
  { key: "user", title: "Account", width: 150, grow: 2, text: (i) => (foldedIn(i).users > 1 ? counted(foldedIn(i).users, "account") : whoColumn().get(i)), rank: () => ranks(whoColumn()) },
  { key: "outcome", title: "Outcome", width: 112, same: (i) => `${of(i, "outcome")} ${foldedIn(i).count}`, draw: (cell, i) => cell.append(outcomeBadge(of(i, "outcome"), foldedIn(i).count)), rank: () => ranks(column("outcome")) },
  { key: "kind", title: "Kind", width: 76, text: (i) => of(i, "kind"), rank: () => ranks(column("kind")) },
  { key: "source_address", title: "From", width: 128, grow: 1, text: (i) => of(i, "source_address"), rank: () => ranks(column("source_address")) },
  { key: "host", title: "Host", width: 130, grow: 1, text: (i) => of(i, "host"), rank: () => ranks(column("host")) },
  { key: "duration", title: "Duration", width: 88, right: true, text: (i) => span(lasting(i)), sort: (i) => lasting(i) ?? NaN, downFirst: true },
  { key: "end_kind", title: "End", width: 96, text: (i) => endWord(of(i, "end_kind")), rank: () => ranks(column("end_kind")) },
  { key: "flags", title: "Flags", width: 130, grow: 2, same: (i) => String(of(i, "flags") || ""), draw: (cell, i) => (of(i, "flags") || []).forEach((flag) => cell.append(flagBadge(flag))), sort: (i) => (of(i, "flags") || []).length, downFirst: true },
  { key: "events", title: "Events", width: 60, right: true, text: (i) => of(i, "events"), sort: (i) => of(i, "events"), downFirst: true },
  { key: "end", title: "End time", width: 142, text: (i) => clock(of(i, "end")), sort: (i) => column("end").values[i], spare: true },
  { key: "source_class", title: "Source", width: 100, draw: (cell, i) => cell.append(sourceBadge(of(i, "source_class"))), rank: () => ranks(column("source_class")), spare: true },
  { key: "source_name", title: "Client's name", width: 120, text: (i) => of(i, "source_name"), rank: () => ranks(column("source_name")), spare: true },
  { key: "source_host", title: "Owner of address", width: 130, text: (i) => of(i, "source_host"), rank: () => ranks(column("source_host")), spare: true },
  { key: "confidence_band", title: "Confidence", width: 96, draw: (cell, i) => cell.append(bandBadge(of(i, "confidence_band"))), sort: (i) => of(i, "confidence"), downFirst: true, spare: true },
  { key: "privileged", title: "Privileged", width: 84, text: (i) => (of(i, "privileged") ? "yes" : null), sort: (i) => (of(i, "privileged") ? 1 : 0), downFirst: true, spare: true },
  { key: "class", title: "Class", width: 84, text: (i) => of(i, "class"), rank: () => ranks(column("class")), spare: true },
  { key: "hidden", title: "Hidden as", width: 110, text: (i) => of(i, "hidden"), rank: () => ranks(column("hidden")), spare: true },
  { key: "tags", title: "Tags", width: 120, text: (i) => noteOf(of(i, "id")).tags.join(", ") || null, spare: true },
  { key: "id", title: "Id", width: 300, text: (i) => of(i, "id"), spare: true, mono: true },
];

const ONE = { count: 1, users: 1 };
let folds = new Map(); // first attempt of a run → how many attempts and accounts it stands for

function foldedIn(row) {
  return folds.get(row) || ONE;
}

/** The rows with the attempts of each failure run as one, its first; what each stands for. */
function fold(rows) {
  const runs = column("failure_run").values;
  const who = whoColumn().codes;
  const first = new Map();
  folds = new Map();
  const kept = [];
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k];
    const run = runs[row];
    if (run !== run) { kept.push(row); continue; }
    const head = first.get(run);
    if (head === undefined) {
      first.set(run, row);
      folds.set(row, { count: 1, users: 1, names: new Set([who[row]]) });
      kept.push(row);
    } else {
      const told = folds.get(head);
      told.count++;
      told.names.add(who[row]);
      told.users = told.names.size;
    }
  }
  return Uint32Array.from(kept);
}

for (const one of SESSION_COLUMNS) {
  if (!one.rank) continue;
  let rank = null;
  one.sort = (i) => (rank || (rank = one.rank()))(i);
}

function lasting(i) {
  const start = of(i, "start");
  const end = of(i, "end");
  return start !== null && end !== null && end > start ? end - start : null;
}

export class Sessions {
  constructor() {
    this.name = "sessions";
    this.chosen = new Set(SESSION_COLUMNS.filter((one) => !one.spare).map((one) => one.key));
    this.grid = new Grid({ label: "Sessions", columns: this.columns(), open: (row) => setState({ thing: foldedIn(row).count > 1 ? table("failures").get("id", of(row, "failure_run")) : of(row, "id") }),
      sorted: (order) => setState({ sort: order.map(({ key, down }) => `${down ? "-" : ""}${key}`).join(",") }),
      empty: "No session fits the query. Outside of what the logs cover, that means nothing: see Data quality." });
    this.chooser = el("details", { class: "menu chooser" }, el("summary", { textContent: "Columns" }), el("div", { class: "menu-body" },
      SESSION_COLUMNS.map(({ key, title }) => el("label", {}, el("input", { type: "checkbox", checked: this.chosen.has(key), on: { change: (event) => this.choose(key, event.target.checked) } }), ` ${title}`))));
    this.root = el("section", { class: "view", "aria-label": "Sessions" }, this.grid.root);
    this.folding = el("button", { type: "button", class: "chip toggle", textContent: "runs folded", title: "The failed attempts of one run as one row, or each", on: { click: () => setState({ each: !state.each }) } });
    this.tools = [this.folding, this.chooser];
  }

  columns() {
    return SESSION_COLUMNS.filter(({ key }) => this.chosen.has(key));
  }

  choose(key, on) {
    if (on) this.chosen.add(key);
    else this.chosen.delete(key);
    this.grid.setColumns(this.columns());
  }

  update(rows, keep) {
    this.rows = rows;
    folds = new Map();
    const told = state.each ? rows : fold(rows);
    this.folding.setAttribute("aria-pressed", String(!state.each));
    this.grid.setOrder(state.sort.split(",").filter(Boolean).map((word) => ({ key: word.replace(/^-/, ""), down: word.startsWith("-") })));
    this.grid.show(told, keep);
  }

  /** All rows that the reader's query found, in the order that is seen, folded ones too. */
  inOrder() {
    return this.grid.order.length ? this.grid.ordered(this.rows) : this.rows;
  }

  resize() {
    this.grid.later();
  }
}

/** A view of one table of the case, narrowed by the sessions that the query lets through. */
class Listing {
  constructor({ name, label, tableName, columns, open, fits, lacking, note }) {
    this.name = name;
    this.tableName = tableName;
    this.fits = fits;
    this.lacking = lacking;
    this.grid = new Grid({ label, columns, open, sorted: () => this.update(this.last, true), empty: lacking });
    this.said = el("p", { class: "muted said", textContent: note });
    this.root = el("section", { class: "view", "aria-label": label }, this.said, this.grid.root);
  }

  update(rows, keep) {
    this.last = rows;
    const all = table(this.tableName);
    const fits = state.q || state.from !== null || state.to !== null ? this.fits(rows) : null;
    const found = [];
    for (let i = 0; i < all.rows; i++) if (!fits || fits(i)) found.push(i);
    this.shown = Uint32Array.from(found);
    this.grid.empty = all.rows ? "Nothing here belongs to sessions that fit the query." : this.lacking;
    this.grid.show(this.shown, keep);
  }

  inOrder() {
    return this.grid.rows;
  }

  counts() {
    return [this.shown.length, table(this.tableName).rows];
  }

  resize() {
    this.grid.later();
  }
}

const cell = (name, key) => (i) => table(name).get(key, i);
const list = (name, key) => (i) => (table(name).get(key, i) || []).join(", ") || null;
const lower = (name, key) => (i) => { const text = table(name).get(key, i); return text === null ? null : String(text).toLowerCase(); };
const length = (name, key) => (i) => (table(name).get(key, i) || []).length;

/** The values that some sessions have in a column, in lower case. */
function valuesOf(rows, texts) {
  const codes = new Set();
  for (let k = 0; k < rows.length; k++) codes.add(texts.codes[rows[k]]);
  codes.delete(0);
  return new Set([...codes].map((code) => texts.words[code - 1].toLowerCase()));
}

export function usersView() {
  const get = (key) => cell("users", key);
  return new Listing({ name: "users", tableName: "users", label: "Accounts", lacking: "The case holds no account.",
    note: "Accounts that got in or tried to. What is hidden by default is not counted here. Enter or click shows an account's sessions.",
    open: (i) => setState({ view: "sessions", q: wordFor("user", table("users").get("user", i) ?? table("users").get("sid", i) ?? "") }),
    fits: (rows) => { const names = valuesOf(rows, whoColumn()); return (i) => [get("user")(i), ...(get("aliases")(i) || [])].some((name) => name && names.has(name.toLowerCase())); },
    columns: [
      { key: "user", title: "Account", width: 150, grow: 2, text: get("user"), sort: lower("users", "user") },
      { key: "class", title: "Class", width: 64, text: get("class"), sort: lower("users", "class") },
      { key: "sessions", title: "Sessions", width: 68, right: true, text: get("sessions"), sort: get("sessions"), downFirst: true },
      { key: "failures", title: "Failed", width: 56, right: true, text: get("failures"), sort: get("failures"), downFirst: true },
      { key: "external", title: "External", width: 64, right: true, text: get("external"), sort: get("external"), downFirst: true, hint: "Sessions and attempts from external addresses" },
      { key: "privileged", title: "Privileged", width: 70, text: (i) => (get("privileged")(i) ? "yes" : null), sort: (i) => (get("privileged")(i) ? 1 : 0), downFirst: true },
      { key: "flags", title: "Flags", width: 90, grow: 1, text: (i) => (get("flags")(i) || []).map(spaced).join(", ") || null, sort: length("users", "flags"), downFirst: true },
      { key: "hosts", title: "Hosts", width: 110, grow: 2, text: list("users", "hosts"), sort: length("users", "hosts"), downFirst: true },
      { key: "addresses", title: "Addresses", width: 110, grow: 2, text: list("users", "addresses"), sort: length("users", "addresses"), downFirst: true },
      { key: "kinds", title: "Kinds", width: 90, grow: 1, text: list("users", "kinds") },
      { key: "first", title: "First", width: 142, text: (i) => clock(get("first")(i)), sort: get("first") },
      { key: "last", title: "Last", width: 142, text: (i) => clock(get("last")(i)), sort: get("last") },
      { key: "sid", title: "SID", width: 120, grow: 1, text: get("sid"), sort: get("sid"), mono: true },
    ] });
}

export function groupsView() {
  const get = (key) => cell("groups", key);
  return new Listing({ name: "groups", tableName: "groups", label: "Account and address", lacking: "No account came from anywhere: the case holds no session with a place.",
    note: "Each account with each address it came from, the unusual first, with the reasons. A high score is a reason to look, no more.",
    open: (i) => setState({ view: "sessions", q: [wordFor("user", get("user")(i) ?? ""), get("source_address")(i) && wordFor("ip", get("source_address")(i))].filter(Boolean).join(" ") }),
    fits: (rows) => { const names = valuesOf(rows, whoColumn()); const from = valuesOf(rows, column("source_address")); return (i) => names.has((get("user")(i) ?? "").toLowerCase()) && (!get("source_address")(i) || from.has(get("source_address")(i).toLowerCase())); },
    columns: [
      { key: "outlier_score", title: "Score", width: 60, right: true, text: (i) => number(get("outlier_score")(i)), sort: get("outlier_score"), downFirst: true },
      { key: "user", title: "Account", width: 130, grow: 2, text: get("user"), sort: lower("groups", "user") },
      { key: "source_address", title: "Address", width: 112, grow: 1, text: get("source_address"), sort: get("source_address") },
      { key: "source_class", title: "Source", width: 88, draw: (at, i) => at.append(sourceBadge(get("source_class")(i))), sort: get("source_class") },
      { key: "reasons", title: "Reasons", width: 330, grow: 4, text: (i) => (get("reasons")(i) || []).map((reason) => shown(reason)).join("; ") || null },
      { key: "sessions", title: "Sessions", width: 64, right: true, text: get("sessions"), sort: get("sessions"), downFirst: true },
      { key: "failures", title: "Failed", width: 52, right: true, text: get("failures"), sort: get("failures"), downFirst: true },
      { key: "hosts", title: "Hosts", width: 110, grow: 1, text: list("groups", "hosts"), sort: length("groups", "hosts"), downFirst: true },
      { key: "kinds", title: "Kinds", width: 90, text: list("groups", "kinds") },
      { key: "new_for_user", title: "New", width: 56, text: (i) => (get("new_for_user")(i) ? "yes" : null), hint: "The account had come from elsewhere before", sort: (i) => (get("new_for_user")(i) ? 1 : 0), downFirst: true },
      { key: "first", title: "First", width: 142, text: (i) => clock(get("first")(i)), sort: get("first") },
      { key: "last", title: "Last", width: 142, text: (i) => clock(get("last")(i)), sort: get("last") },
    ] });
}

export function failuresView() {
  const get = (key) => cell("failures", key);
  const tone = lexicon({ bruteforce: "bad", spray: "bad", slow_spray: "bad", distributed: "bad", mistype: "quiet", stale_credential: "quiet" });
  return new Listing({ name: "failures", tableName: "failures", label: "Failure runs", lacking: "The logs hold no failed attempt.",
    note: "Failed attempts from one source on one host, taken together while no more than a minute lies between two.",
    open: (i) => setState({ thing: get("id")(i) }),
    fits: (rows) => { const runs = new Set(); const values = column("failure_run").values; for (let k = 0; k < rows.length; k++) runs.add(values[rows[k]]); return (i) => runs.has(i); },
    columns: [
      { key: "first", title: "First", width: 142, text: (i) => clock(get("first")(i)), sort: get("first") },
      { key: "count", title: "Attempts", width: 66, right: true, text: get("count"), sort: get("count"), downFirst: true },
      { key: "pattern", title: "Pattern", width: 112, draw: (at, i) => at.append(badge(tone[get("pattern")(i)] === "bad" ? "▲" : "·", spaced(get("pattern")(i)), tone[get("pattern")(i)] || "warn", meaning("patterns", get("pattern")(i)))), sort: get("pattern") },
      { key: "sessions_after", title: "Got in after", width: 92, right: true, text: (i) => (get("sessions_after")(i) || []).length || null, sort: length("failures", "sessions_after"), downFirst: true, hint: "Sessions from the same source within a quarter of an hour" },
      { key: "source_address", title: "From", width: 112, grow: 1, text: (i) => get("source_address")(i) ?? get("source_name")(i), sort: get("source_address") },
      { key: "source_class", title: "Source", width: 88, draw: (at, i) => at.append(sourceBadge(get("source_class")(i))), sort: get("source_class") },
      { key: "host", title: "Host", width: 138, grow: 1, text: get("host"), sort: lower("failures", "host") },
      { key: "kind", title: "Kind", width: 64, text: get("kind"), sort: get("kind") },
      { key: "users", title: "Accounts", width: 140, grow: 2, text: (i) => (get("users")(i) || []).map(({ user, count }) => `${user ?? "-"} ×${count}`).join(", "), sort: length("failures", "users"), downFirst: true },
      { key: "statuses", title: "Why refused", width: 126, grow: 2, text: (i) => (get("statuses")(i) || []).map(({ code, count }) => `${meaning("status", (code || "").toLowerCase()) || code} ×${count}`).join(", ") },
      { key: "last", title: "Last", width: 142, text: (i) => clock(get("last")(i)), sort: get("last") },
    ] });
}

export function activityView() {
  const get = (key) => cell("activity", key);
  const worded = (i) => get("what")(i) ?? spaced(get("act")(i));
  return new Listing({ name: "activity", tableName: "activity", label: "Activity", lacking: "The logs tell of nothing that was done.",
    note: "What was done, as the logs tell it, and the session that it ran in, with how that is known.",
    open: (i) => openEvents().then((events) => setState({ thing: events.uid(get("event")(i)) })),
    fits: (rows) => { const inside = new Set(rows); return (i) => inside.has(get("session")(i)); },
    columns: [
      { key: "time", title: "Time", width: 142, text: (i) => clock(get("time")(i)), sort: get("time") },
      { key: "host", title: "Host", width: 120, grow: 1, text: get("host"), sort: lower("activity", "host") },
      { key: "what", title: "What", width: 262, grow: 9, text: worded, sort: (i) => String(worded(i)).toLowerCase() },
      { key: "act", title: "Act", width: 72, text: (i) => spaced(get("act")(i)), sort: get("act") },
      { key: "user", title: "Account", width: 140, grow: 1, text: get("user"), sort: lower("activity", "user") },
      { key: "session", title: "In session", width: 236, grow: 2, text: (i) => { const session = get("session")(i); return session === null ? null : `${of(session, "kind")} from ${of(session, "source_address") ?? "here"}, ${clock(of(session, "start")).slice(0, 16)}`; }, sort: get("session") },
      { key: "method", title: "How known", width: 74, text: (i) => get("method")(i) && spaced(get("method")(i)), sort: get("method") },
      { key: "confidence", title: "Sure", width: 44, right: true, hint: "Confidence, of 100", text: get("confidence"), sort: get("confidence"), downFirst: true },
      { key: "while_disconnected", title: "Left on", width: 58, text: (i) => (get("while_disconnected")(i) ? "yes" : null), hint: "Nobody was connected to the desktop then" },
    ] });
}

function number(value) {
  return value === null ? null : String(Math.round(value * 10) / 10);
}
