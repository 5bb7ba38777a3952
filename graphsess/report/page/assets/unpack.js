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

async function inflate(text) {
  const packed = atob(text);
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
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
  constructor(parts) {
    this.parts = parts;
  }

  get(row) {
    if (!this.parts.length || this.parts[0].get(row) === null) return null;
    const told = [];
    for (const part of this.parts) {
      const value = part.get(row);
      if (value === null) break;
      told.push(value);
    }
    return told.join("|");
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
      return new Lists(numbers(table, spec.lengths, rows), decode(table, spec.items, spec.count));
    case "id":
      return new Ids(spec.parts.map((part) => decode(table, part, rows)));
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
  const other = spec.base && spec.base !== "#" ? (table.has(spec.base) ? table : table.beside).column(spec.base) : null;
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

/** Microseconds as records write them: `2026-03-02T12:00:00.000000Z`. */
export function isoText(us) {
  const second = Math.floor(us / 1e6);
  const text = new Date(second * 1000).toISOString();
  return `${text.slice(0, -5)}.${String(us - second * 1e6).padStart(6, "0")}Z`;
}
