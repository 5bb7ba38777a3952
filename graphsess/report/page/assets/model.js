// The case as the views read it: sessions in columns, everything else in tables.

import { block, NO_TABLE } from "./unpack.js";
import { sha256 } from "./sha256.js";

export const ABOUT = JSON.parse(document.getElementById("about").textContent);
const FAILED = ["failed", "denied"];

let core = {};
let more = null;
let cited = null;
let starts = null;

/** Unpack what the first view needs. */
export async function openCase() {
  core = await block("core");
}

/** Unpack the other tables. */
export async function openMore() {
  const tables = await block("more");
  tables.sessions.lean(core.sessions);
  tables.locals.lean(tables.sessions);
  tables.logons.lean(tables.sessions);
  more = tables;
}

/** Unpack the events; false while that takes place. */
export async function openEvents() {
  if (!more) await openMore();
  if (!cited) cited = new Events(await block("events"));
  return cited;
}

/** A table beside the sessions; without rows while it is not unpacked or not in the case. */
export function table(name) {
  return core[name] || (more && more[name]) || NO_TABLE;
}

export function isOpen() {
  return more !== null;
}

export function sessionCount() {
  return core.sessions.rows;
}

/** A column of the sessions, wherever it stands. */
export function column(name) {
  return core.sessions.has(name) ? core.sessions.column(name) : more ? more.sessions.column(name) : core.sessions.column(name);
}

/** A field of a session; times as microseconds, references as rows. */
export function of(row, name) {
  return column(name).get(row);
}

/** Who it was, as far as any log tells. */
export function who(row) {
  return of(row, "user") ?? of(row, "attempted_user");
}

let names = null;

/** Everybody's name as a column: the account, else the name typed; 0 where no log tells. */
export function whoColumn() {
  if (!names) {
    const user = column("user");
    const typed = column("attempted_user");
    const words = [...user.words];
    const place = new Map(words.map((word, i) => [word, i + 1]));
    const other = typed.words.map((word) => {
      if (!place.has(word)) place.set(word, words.push(word));
      return place.get(word);
    });
    const codes = Uint32Array.from(user.codes, (code, row) => code || (typed.codes[row] ? other[typed.codes[row] - 1] : 0));
    names = { codes, words, get: (row) => (codes[row] ? words[codes[row] - 1] : null) };
  }
  return names;
}

export function hasFailed(row) {
  return FAILED.includes(of(row, "outcome"));
}

let rowsById = null;

/** The row of a session by its id, or -1. */
export function rowOf(id) {
  if (!rowsById) {
    const ids = column("id");
    rowsById = new Map();
    for (let row = 0; row < core.sessions.rows; row++) rowsById.set(ids.get(row), row);
  }
  return rowsById.get(id) ?? -1;
}

let reaches = null;

/** The last moments that sessions are known to reach; NaN where nothing is known. */
export function reachColumn() {
  if (!reaches) {
    const start = column("start").values;
    reaches = Float64Array.from(column("end").values, (end, row) => (end === end ? end : start[row]));
  }
  return reaches;
}

/** The last moment that a session is known to reach; NaN where nothing is known. */
export function reach(row) {
  return reachColumn()[row];
}

/** First and last moment of all sessions. */
export function wholeSpan() {
  const start = column("start").values;
  let from = Infinity;
  let to = -Infinity;
  for (let row = 0; row < start.length; row++) {
    if (start[row] < from) from = start[row];
    const last = reach(row);
    if (last > to) to = last;
  }
  return from <= to ? [from, to] : [0, 1];
}

/** What a word of the records means; empty where nothing need be said. */
export function meaning(about, code) {
  const words = ABOUT.legend[about];
  return words && Object.hasOwn(words, code) ? words[code] : "";
}

/** The events that the case cites, and their parts in the sessions. */
class Events {
  constructor(tables) {
    this.tables = tables;
    this.count = tables.events.rows;
    const counts = column("events").values;
    starts = new Uint32Array(counts.length + 1);
    for (let row = 0; row < counts.length; row++) starts[row + 1] = starts[row] + counts[row];
    this.owners = ownersOf(tables);
    this.times = timesOf(tables, this.owners);
    this.wheres = placesOf(tables, this.owners);
    this.records = recordIds(tables, this.wheres);
    this.unnamed = new Map(tables.unnamed.all().map((row) => [row.at, row.uid]));
    this.copied = new Map(tables.copies.all().map((row) => [row.at, row.paths]));
  }

  /** An event as a source of a record, without role and rule. */
  event(row) {
    const { events, whats, wheres } = this.tables;
    const what = events.get("what", row);
    const where = this.wheres[row];
    return {
      row,
      time: Number.isNaN(this.times[row]) ? null : this.times[row],
      host: wheres.get("host", where),
      channel: whats.get("channel", what),
      provider: whats.get("provider", what),
      event_id: whats.get("event_id", what),
      record_id: Number.isNaN(this.records[row]) ? null : this.records[row],
      file: wheres.get("file", where),
      evidence: wheres.get("evidence", where),
      copies: this.copied.get(row) || [],
      carved: events.get("carved", row),
    };
  }

  /** The uid of an event, made as the case made it. */
  uid(row) {
    const named = this.unnamed.get(row);
    if (named) return named;
    const { events, whats, wheres } = this.tables;
    const channel = whats.get("channel", events.get("what", row));
    const key = [wheres.get("key", this.wheres[row]) ?? "-", channel === null ? "-" : channel.toLowerCase(),
      this.records[row], whats.get("event_id", events.get("what", row)), Number.isNaN(this.times[row]) ? "-" : this.times[row]];
    return sha256(key.join("|")).slice(0, 32);
  }

  /** What the catalogue says that an event means. */
  says(event) {
    return ABOUT.says[`${(event.provider || "").toLowerCase()}|${event.event_id}`] || "";
  }

  /** The parts of a session: its events in their order, with role and rule. */
  parts(session) {
    const { parts } = this.tables;
    const found = [];
    for (let at = starts[session]; at < starts[session + 1]; at++) {
      const event = parts.get("event", at);
      if (event === null) continue;
      found.push({ ...this.event(event), role: parts.get("role", at), rule: parts.get("rule", at) });
    }
    return found;
  }

  /** The record of an event as logged: {form, body}, or null where the file does not hold it. */
  async logged(event) {
    const { shelf } = await block("shelf");
    const chapter = shelf.get("chapter", event);
    if (chapter === null) return null;
    const { logged } = await block(`logged-${chapter}`);
    if (!logged.places) logged.places = new Map(Array.from(logged.column("event").values, (at, row) => [at, row]));
    const row = logged.places.get(event);
    return { form: logged.get("form", row), body: logged.get("body", row) };
  }
}

/** The first session of each event; -1 where it is in none. */
function ownersOf({ events, parts }) {
  const owners = new Int32Array(events.rows).fill(-1);
  const rows = parts.column("event").values;
  for (let session = 0; session + 1 < starts.length; session++) {
    for (let at = starts[session]; at < starts[session + 1]; at++) if (owners[rows[at]] < 0) owners[rows[at]] = session;
  }
  return owners;
}

/** The events' times, out of how far they lie from a time of their session or the event before. */
function timesOf({ events }, owners) {
  const anchors = ["start", "end", "auth_time", "session_time"].map((name) => column(name).values);
  const near = events.column("near").values;
  const apart = events.column("apart").values;
  const times = new Float64Array(events.rows);
  let before = 0;
  for (let row = 0; row < events.rows; row++) {
    times[row] = near[row] !== near[row] ? NaN : (near[row] ? anchors[near[row] - 1][owners[row]] : before) + apart[row];
    if (times[row] === times[row]) before = times[row];
  }
  return times;
}

/** Where the events stand: where their host writes such ones, unless it is said. */
function placesOf({ events, usual }, owners) {
  const host = column("host").codes;
  const expected = new Map();
  for (let at = 0; at < usual.rows; at++) expected.set(host[usual.get("owner", at)] * 65_536 + usual.get("kind", at), usual.get("place", at));
  const strange = events.column("strange").values;
  const what = events.column("what").values;
  return Uint32Array.from(strange, (place, row) => (place === place ? place : expected.get(host[owners[row]] * 65_536 + what[row])));
}

function recordIds({ events }, where) {
  const since = events.column("record_since").values;
  const last = new Map();
  const found = new Float64Array(events.rows);
  for (let row = 0; row < events.rows; row++) {
    if (since[row] !== since[row]) found[row] = NaN;
    else last.set(where[row], (found[row] = (last.get(where[row]) || 0) + since[row]));
  }
  return found;
}
