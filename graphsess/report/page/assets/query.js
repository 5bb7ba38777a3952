// The query box: `user: ip: host: kind: flag: after: before: -not "quoted"`, over all sessions.

import { lexicon } from "./text.js";
import { column, sessionCount, reachColumn } from "./model.js";
import { momentOf } from "./clock.js";
import { tagsOf } from "./notes.js";

export const FIELDS = lexicon({
  user: "account: REALM\\name, name or SID; * is a wildcard",
  ip: "source address: 10.0.0.12, 10.0. or 10.0.0.0/8",
  host: "the host that was logged on to",
  kind: "console, rdp, network, ssh …",
  flag: "takeover, tunnelled …",
  outcome: "established, failed, denied …",
  after: "not ended before this time: 2026-03-02T12:00",
  before: "begun before this time",
  source: "external, internal, tunnelled, local",
  name: "the name that the client gave itself",
  from: "the host of the case that it came from",
  end: "logoff, disconnect, inferred …",
  band: "confidence: high, medium, low",
  class: "user, machine, service …",
  why: "reason for its priority: outside, guessed …",
  tag: "your own tags",
  id: "a part of the id",
});
const TEXTS = lexicon({
  user: ["user", "attempted_user", "sid"],
  ip: ["source_address"],
  host: ["host"],
  kind: ["kind"],
  outcome: ["outcome"],
  source: ["source_class"],
  name: ["source_name"],
  from: ["source_host"],
  end: ["end_kind"],
  band: ["confidence_band"],
  class: ["class"],
});
const LOWERED = new WeakMap(); // the words of a column in lower case
const WHOLE = new Set(["kind", "outcome", "source", "end", "band", "class"]);
const ANYWHERE = ["user", "attempted_user", "source_address", "host", "source_name", "kind", "outcome", "source_host"];
const TOKEN = /(-)?(?:([a-z]+):)?(?:"([^"]*)"|(\S+))/giy;

/** The words of a query: {not, field, value, problem}. */
export function parse(text) {
  const words = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at])) { at++; continue; }
    TOKEN.lastIndex = at;
    const m = TOKEN.exec(text);
    if (!m) break;
    at = TOKEN.lastIndex;
    let [, not, field, quoted, bare] = m;
    let value = quoted ?? bare;
    if (field && !(field.toLowerCase() in FIELDS)) {
      value = `${field}:${value}`; // an IPv6 address, a path
      field = undefined;
    }
    const word = { not: Boolean(not), field: field && field.toLowerCase(), value };
    if ((word.field === "after" || word.field === "before") && momentOf(value) === null) {
      word.problem = `${word.field}: needs a time like 2026-03-02 or 2026-03-02T12:00`;
    }
    words.push(word);
  }
  return words;
}

/** A word for the box that finds exactly this value. */
export function wordFor(field, value) {
  const text = String(value).replaceAll('"', "*");
  return `${field}:${/[\s"*]/.test(text) || text === "" ? `"${text}"` : text}`;
}

const bases = [null, null]; // all rows, and those that are not hidden

function base(all) {
  const at = all ? 0 : 1;
  if (!bases[at]) {
    const hidden = column("hidden").codes;
    bases[at] = kept(Uint32Array.from({ length: sessionCount() }, (_, row) => row), all ? () => true : (row) => hidden[row] === 0, false);
  }
  return bases[at];
}

/** The rows that a query lets through, in their order; hidden ones only with `all`. */
export function run(text, { all = false, from = null, to = null } = {}) {
  let rows = base(all);
  const start = column("start").values;
  const reaches = reachColumn();
  if (to !== null) rows = kept(rows, (row) => start[row] < to, false);
  if (from !== null) rows = kept(rows, (row) => reaches[row] >= from, false);
  for (const word of parse(text)) rows = kept(rows, compiled(word), word.not);
  return rows;
}

/** The rows that a test lets through, or with `not` the others. */
function kept(rows, test, not) {
  const found = new Uint32Array(rows.length);
  let size = 0;
  for (let k = 0; k < rows.length; k++) if (test(rows[k]) !== not) found[size++] = rows[k];
  return found.subarray(0, size);
}

function compiled(word) {
  const { field, value } = word;
  if (word.problem) return () => false;
  if (field === "after") {
    const moment = momentOf(value);
    const open = code(column("end_kind"), "open_at_end_of_log");
    const kinds = column("end_kind").codes;
    const reaches = reachColumn();
    return (row) => reaches[row] >= moment || (open > 0 && kinds[row] === open);
  }
  if (field === "before") {
    const moment = momentOf(value);
    const start = column("start").values;
    const reaches = reachColumn();
    return (row) => (start[row] === start[row] ? start[row] : reaches[row]) < moment;
  }
  const values = field === "ip" || !field ? [value] : value.split(",").filter(Boolean);
  if (field === "flag" || field === "why") {
    return within(column(field === "flag" ? "flags" : "priority_reasons"), values);
  }
  if (field === "tag") return (row) => tagsOf(row).some((tag) => values.some((one) => tag.toLowerCase() === one.toLowerCase()));
  if (field === "id") {
    const ids = column("id");
    return (row) => ids.get(row).includes(value);
  }
  const names = field ? TEXTS[field] : ANYWHERE;
  const matches = field === "ip" ? addressTest(value) : textTest(values, WHOLE.has(field), field === "user");
  const tables = names.map((name) => {
    const texts = column(name);
    const hit = new Uint8Array(texts.words.length + 1);
    lowered(texts).forEach((text, i) => { hit[i + 1] = matches(text) ? 1 : 0; });
    return { codes: texts.codes, hit };
  });
  if (tables.length === 1) {
    const [{ codes, hit }] = tables;
    return (row) => hit[codes[row]] === 1;
  }
  const met = tables.filter(({ hit }) => hit.includes(1)); // most words stand in few columns
  return (row) => {
    for (let i = 0; i < met.length; i++) if (met[i].hit[met[i].codes[row]]) return true;
    return false;
  };
}

/** Unpack what queries look at, so that the first one need not. */
export function warm() {
  for (const name of new Set([...Object.values(TEXTS).flat(), ...ANYWHERE])) lowered(column(name));
  for (const name of ["flags", "priority_reasons"]) column(name);
  reachColumn();
}

function lowered(texts) {
  if (!LOWERED.has(texts)) LOWERED.set(texts, texts.words.map((word) => word.toLowerCase()));
  return LOWERED.get(texts);
}

/** A test of a text in lower case. */
function textTest(values, whole, user) {
  const tests = values.map((value) => {
    const wanted = value.toLowerCase();
    if (!wanted.includes("*")) {
      return whole ? (text) => text.startsWith(wanted) : (text) => text.includes(wanted);
    }
    const pattern = wanted.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&")).join(".*");
    const form = new RegExp(`^${user && !wanted.includes("\\") ? "(.*\\\\)?" : ""}${pattern}$`, "is");
    return (text) => form.test(text);
  });
  return (text) => tests.some((test) => test(text));
}

/** Texts whose list holds one of the values, by a bit for each distinct item. */
function within(lists, values) {
  const wanted = values.map((value) => value.toLowerCase());
  const words = lists.items.words || [];
  const hit = words.map((word) => wanted.some((one) => word.toLowerCase().startsWith(one)));
  const { codes } = lists.items;
  return (row) => {
    for (let at = row ? lists.ends[row - 1] : 0; at < lists.ends[row]; at++) if (hit[codes[at] - 1]) return true;
    return false;
  };
}

function code(texts, word) {
  return texts.words.indexOf(word) + 1;
}

/** A test of an address in lower case: a network, a whole address, or the beginning of one. */
function addressTest(value) {
  const [base, width] = value.split("/");
  const net = /^[\d.]+$/.test(base) && width !== undefined ? number4(base) : null;
  if (net !== null && +width >= 0 && +width <= 32) {
    const size = 2 ** (32 - +width);
    return (text) => {
      const address = number4(text);
      return address !== null && Math.floor(address / size) === Math.floor(net / size);
    };
  }
  const wanted = value.toLowerCase();
  if (width !== undefined && base.includes(":")) return network6(base, +width);
  if (wanted.includes("*")) return textTest([value], false, false);
  return number4(wanted) !== null ? (text) => text === wanted : (text) => text.startsWith(wanted);
}

function number4(text) {
  const parts = text.split(".");
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || +part > 255)) return null;
  return parts.reduce((sum, part) => sum * 256 + +part, 0);
}

function network6(base, width) {
  const net = groups6(base);
  return (text) => {
    const address = groups6(text);
    if (!net || !address) return false;
    for (let bit = 0; bit < width; bit += 16) {
      const shift = Math.max(0, 16 - (width - bit));
      if (net[bit / 16] >> shift !== address[bit / 16] >> shift) return false;
    }
    return true;
  };
}

function groups6(text) {
  if (!text.includes(":")) return null;
  const [head, tail] = text.split("::");
  const before = head ? head.split(":") : [];
  const after = tail ? tail.split(":") : [];
  const gap = text.includes("::") ? Array(Math.max(0, 8 - before.length - after.length)).fill("0") : [];
  const all = [...before, ...gap, ...after].map((part) => parseInt(part, 16));
  return all.length === 8 && all.every((part) => part >= 0 && part <= 0xffff) ? all : null;
}
