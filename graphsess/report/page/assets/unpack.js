// Blocks of the file back into tables. See block.py and columns.py for the form.

const opened = new Map();

/** The tables of a block by name; it is unpacked once. */
export function block(name) {
  if (!opened.has(name)) opened.set(name, unpack(name));
  return opened.get(name);
}

async function unpack(name) {
  const bytes = await inflate(document.getElementById(`block-${name}`).textContent);
  const size = new DataView(bytes.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)));
  const data = bytes.subarray(4 + size);
  const tables = {};
  for (const [table, spec] of Object.entries(header.tables)) tables[table] = new Table(spec, data);
  return tables;
}

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%()*+,-./:;=?@[]^_{|";

/** Bytes out of their digits, five for four bytes; the first four tell how many there are. */
function read(text) {
  const values = new Uint8Array(128);
  for (let i = 0; i < DIGITS.length; i++) values[DIGITS.charCodeAt(i)] = i;
  if (text.length % 5) throw new Error("a block of the file is cut off");
  const bytes = new Uint8Array((text.length / 5) * 4);
  const view = new DataView(bytes.buffer);
  for (let at = 0, to = 0; to < bytes.length; to += 4) {
    let whole = 0;
    for (let k = 0; k < 5; k++) whole = whole * 85 + values[text.charCodeAt(at++)];
    view.setUint32(to, whole);
  }
  return bytes.subarray(4, 4 + view.getUint32(0));
}

async function inflate(text) {
  const bytes = read(text);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** One table; a column is decoded when it is first asked for. */
class Table {
  constructor(spec, data) {
    this.rows = spec.rows;
    this.specs = spec.columns;
    this.data = data;
    this.decoded = new Map();
  }

  has(name) {
    return name in this.specs;
  }

  /** Let columns of this table lie near columns of another one with the same rows. */
  lean(other) {
    this.beside = other;
  }

  near(name) {
    return this.has(name) ? this : this.beside;
  }

  column(name) {
    if (!this.decoded.has(name)) {
      const spec = this.specs[name];
      this.decoded.set(name, spec ? decode(this, spec, this.rows) : new Nothing());
    }
    return this.decoded.get(name);
  }

  get(name, row) {
    return this.column(name).get(row);
  }

  /** One row as an object, times as microseconds. */
  row(row) {
    return Object.fromEntries(Object.keys(this.specs).map((name) => [name, this.get(name, row)]));
  }

  all() {
    return Array.from({ length: this.rows }, (_, row) => this.row(row));
  }
}

/** A table that is not there: no rows. */
export const NO_TABLE = new Table({ rows: 0, columns: {} }, new Uint8Array());

class Nothing {
  get() {
    return null;
  }
}

class Numbers {
  constructor(values, spec) {
    this.values = values; // NaN where null
    this.form = spec.form;
    this.odd = spec.odd || {}; // what no number holds exactly, as text
  }

  get(row) {
    const value = this.values[row];
    if (value !== value || value === undefined) return null;
    if (this.form === "truth") return value === 1;
    if (this.form === "hex") return `0x${value.toString(16)}`;
    if (this.form === "iso") return isoText(value);
    return this.form === "digits" ? String(value) : value;
  }
}

class Texts {
  constructor(codes, words) {
    this.codes = codes; // 0 where null
    this.words = words;
  }

  get(row) {
    const code = this.codes[row];
    return code ? this.words[code - 1] : null;
  }
}

class Lists {
  constructor(lengths, items) {
    this.ends = new Uint32Array(lengths.length);
    this.missing = lengths;
    this.items = items;
    let end = 0;
    for (let i = 0; i < lengths.length; i++) {
      if (lengths[i] === lengths[i]) end += lengths[i];
      this.ends[i] = end;
    }
  }

  get(row) {
    if (this.missing[row] !== this.missing[row]) return null;
    const found = [];
    for (let i = row ? this.ends[row - 1] : 0; i < this.ends[row]; i++) found.push(this.items.get(i));
    return found;
  }
}

class Ids {
  constructor(parts, there) {
    this.parts = parts;
    this.there = there;
  }

  get(row) {
    if (!this.there[row]) return null;
    const told = [];
    for (const part of this.parts) {
      const value = part.get(row);
      if (value === null) break;
      told.push(value);
    }
    return told.join("|");
  }
}

/** Texts that follow from those of another column. */
class Along {
  constructor(other, told) {
    this.other = other;
    this.told = told;
    this.words = told.map((word) => word ?? "");
  }

  get(row) {
    return this.told[this.other.codes[row]];
  }

  get codes() {
    if (!this.made) this.made = Uint32Array.from(this.other.codes, (code) => (this.told[code] === null ? 0 : code + 1));
    return this.made;
  }
}

/** LUIDs that, unless it is said, stand in a list of the row that this one refers to. */
class Listed {
  constructor(table, spec, nth, rest) {
    this.rows = table.column(spec.by).values;
    this.lists = table.beside.near(spec.of).column(spec.of);
    this.nth = nth;
    this.rest = rest;
  }

  get(row) {
    return this.nth[row] >= 1 ? this.lists.get(this.rows[row])[this.nth[row] - 1] : this.rest.get(row);
  }
}

/** Texts that, unless it is said, are those of the row that this one refers to. */
class Through {
  constructor(table, spec, rest) {
    this.rows = table.column(spec.by);
    this.other = table.beside.near(spec.of).column(spec.of);
    this.rest = rest;
  }

  get(row) {
    const own = this.rest.get(row);
    const theirs = own === null ? this.rows.get(row) : null;
    return theirs === null ? own : this.other.get(theirs);
  }
}

class Guids {
  constructor(data, spec, there) {
    this.data = data;
    this.spec = spec;
    this.there = there;
    this.places = new Uint32Array(there.length);
    for (let row = 1; row < there.length; row++) this.places[row] = this.places[row - 1] + there[row - 1];
  }

  get(row) {
    if (!this.there[row]) return null;
    let digits = "";
    for (let octet = 0; octet < 16; octet++) {
      if (octet === 4 || octet === 6 || octet === 8 || octet === 10) digits += "-";
      digits += this.data[this.spec.at + octet * this.spec.count + this.places[row]].toString(16).padStart(2, "0");
    }
    return digits.toUpperCase();
  }
}

class Rows {
  constructor(values, lost) {
    this.values = values;
    this.lost = lost || {};
  }

  get(row) {
    const value = this.values[row];
    return value === value ? value : null;
  }
}

class Plain {
  constructor(values) {
    this.values = values;
  }

  get(row) {
    const value = this.values[row];
    return value === undefined ? null : value;
  }
}

class Bodies {
  constructor(table, at) {
    this.lengths = table.column("bytes").values;
    this.data = table.data.subarray(at);
    this.starts = new Float64Array(this.lengths.length);
    for (let i = 1; i < this.starts.length; i++) this.starts[i] = this.starts[i - 1] + this.lengths[i - 1];
  }

  get(row) {
    const from = this.starts[row];
    return new TextDecoder().decode(this.data.subarray(from, from + this.lengths[row]));
  }
}

function decode(table, spec, rows) {
  switch (spec.codec) {
    case "number":
      return new Numbers(numbers(table, spec, rows), spec);
    case "text":
      return new Texts(planes(table.data, spec, rows, Uint32Array), spec.words);
    case "list":
      return listsOf(table, spec, rows);
    case "listed":
      return new Listed(table, spec, numbers(table, spec.nth, rows), decode(table, spec.rest, rows));
    case "id":
      return new Ids(spec.parts.map((part) => decode(table, part, rows)), numbers(table, spec.there, rows));
    case "through":
      return new Through(table, spec, decode(table, spec.rest, rows));
    case "along":
      return new Along(table.near(spec.of).column(spec.of), spec.words);
    case "guid":
      return new Guids(table.data, spec, numbers(table, spec.there, rows));
    case "row":
      return new Rows(decode(table, spec.rows, rows).values, spec.lost);
    case "body":
      return new Bodies(table, spec.at);
    default:
      return new Plain(spec.values);
  }
}

function planes(data, spec, rows, Kind) {
  const out = new Kind(rows);
  let scale = 1;
  for (let plane = 0; plane < spec.width; plane++, scale *= 256) {
    const at = spec.at + plane * rows;
    for (let i = 0; i < rows; i++) out[i] += data[at + i] * scale;
  }
  return out;
}

function numbers(table, spec, rows) {
  const out = planes(table.data, spec, rows, Float64Array);
  const shift = spec.shift - 1;
  const other = spec.base && spec.base !== "#" ? baseOf(table, spec.base, rows) : null;
  const base = other && other.values;
  let carried = 0;
  for (let i = 0; i < rows; i++) {
    if (base && base[i] === base[i] && !(i in other.odd)) carried = base[i];
    if (out[i] === 0) out[i] = NaN;
    else if (spec.delta) out[i] = carried = carried + out[i] + shift;
    else if (spec.base === "#") out[i] += shift + i;
    else out[i] += base ? shift + carried : shift;
  }
  for (const [row, text] of Object.entries(spec.odd || {})) out[row] = Number(text);
  return out;
}

/** Lists; items that are told by how far they lie from the one before on the same host are summed. */
function listsOf(table, spec, rows) {
  const lists = new Lists(numbers(table, spec.lengths, rows), decode(table, spec.items, spec.count));
  if (!spec.items.after) return lists;
  const hosts = table.near(spec.items.after).column(spec.items.after).codes;
  const last = new Map();
  for (let row = 0, at = 0; row < rows; row++) for (; at < lists.ends[row]; at++) add(lists.items, at, hosts[row], last);
  return lists;
}

function add(items, at, host, last) {
  const value = items.values[at];
  if (value !== value || at in items.odd) return;
  last.set(host, (items.values[at] = (last.get(host) || 0) + value));
}

/** The column that another one lies near, `session.start` through the rows that it refers to. */
function baseOf(table, name, rows) {
  const [by, of] = name.split(".");
  if (!of) return table.near(name).column(name);
  const refers = table.column(by).values;
  const theirs = table.beside.near(of).column(of);
  const values = new Float64Array(rows);
  const odd = {};
  for (let row = 0; row < rows; row++) {
    values[row] = refers[row] === refers[row] ? theirs.values[refers[row]] : NaN;
    if (refers[row] in theirs.odd) odd[row] = true;
  }
  return { values, odd };
}

/** Microseconds as records write them: `2026-03-02T12:00:00.000000Z`. */
export function isoText(us) {
  const second = Math.floor(us / 1e6);
  const text = new Date(second * 1000).toISOString();
  return `${text.slice(0, -5)}.${String(us - second * 1e6).padStart(6, "0")}Z`;
}
