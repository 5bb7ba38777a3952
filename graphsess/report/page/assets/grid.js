// A table that draws only the rows in sight: 100,000 rows scroll as smoothly as 10.

import { el, shown } from "./text.js";

const ROW = 26;
const TALLEST = 12_000_000; // pixels; browsers lose precision beyond
let grids = 0;

/**
 * columns: [{key, title, width, grow?, text(i), draw?(cell, i), sort?(i) or ranks, right?, hint?}]
 * open(i): Enter or a click on a row.
 */
export class Grid {
  constructor({ label, columns, open, sorted, empty }) {
    this.name = `grid${grids++}`;
    this.columns = columns;
    this.open = open;
    this.onSorted = sorted || (() => {});
    this.empty = empty || "Nothing fits the query.";
    this.rows = new Uint32Array();
    this.order = []; // [{key, down}]
    this.current = -1;
    this.marked = -1;
    this.pool = [];
    this.head = el("div", { class: "grid-head", role: "row" });
    this.body = el("div", { class: "grid-body" });
    this.none = el("p", { class: "grid-none", hidden: true });
    this.root = el("div", { class: "grid", role: "grid", tabIndex: 0, "aria-label": label,
      on: { scroll: () => this.later(), keydown: (event) => this.key(event) } }, this.head, this.body, this.none);
    this.pending = false;
    this.height = 0; // of the rows' part; asked for only when it may have changed
    new ResizeObserver(() => { this.height = 0; this.later(); }).observe(this.root);
    this.drawHead();
  }

  /** Show these rows; they are sorted as the reader last asked. */
  show(rows, keep = false) {
    this.rows = this.order.length ? this.ordered(rows) : rows;
    const at = this.marked < 0 ? -1 : this.rows.indexOf(this.marked);
    this.current = at;
    if (!keep) this.root.scrollTop = 0;
    this.root.setAttribute("aria-rowcount", this.rows.length + 1);
    this.none.hidden = this.rows.length > 0;
    this.none.textContent = this.empty;
    this.body.style.height = `${Math.min(this.rows.length * ROW, TALLEST)}px`;
    this.draw(true);
  }

  setColumns(columns) {
    this.columns = columns;
    this.pool = [];
    this.body.replaceChildren();
    this.drawHead();
    this.draw(true);
  }

  /** Mark the row that is open in the detail, and bring it into sight. */
  mark(i) {
    this.marked = i;
    this.current = i < 0 ? -1 : this.rows.indexOf(i);
    if (this.current >= 0) this.reveal();
    this.draw();
  }

  setOrder(order) {
    this.order = order.filter(({ key }) => this.columns.some((column) => column.key === key && column.sort));
    this.drawHead();
  }

  later() {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => { this.pending = false; this.draw(); });
  }

  /** Draw the rows in sight; each that was there already stays as it is, unless all are `anew`. */
  draw(anew = false) {
    if (anew || !this.height) this.height = this.root.clientHeight - this.head.offsetHeight;
    const height = this.height;
    if (height <= 0) return;
    const inSight = Math.ceil(height / ROW) + 2;
    const all = this.rows.length * ROW;
    const scale = all > TALLEST ? (all - height) / (TALLEST - height) : 1;
    const scrolled = this.root.scrollTop;
    const first = Math.max(0, Math.floor((scrolled * scale) / ROW));
    const shift = scale === 1 ? 0 : scrolled - first * ROW;
    while (this.pool.length < Math.min(inSight, this.rows.length)) this.pool.push(this.newRow());
    const size = this.pool.length;
    for (let k = 0; k < size; k++) {
      const at = first + k;
      const row = this.pool[at % size]; // a row that stays in sight keeps its element
      const is = at < this.rows.length;
      if (row.seen !== is) row.root.hidden = !(row.seen = is);
      if (is) this.fill(row, at, shift + at * ROW, anew);
    }
    const active = this.current >= 0 ? `${this.name}-${this.current}` : "";
    if (active !== this.active) this.root.setAttribute("aria-activedescendant", (this.active = active));
  }

  fill(row, at, top, anew) {
    const i = this.rows[at];
    if (row.at !== at) {
      row.at = at;
      row.root.id = `${this.name}-${at}`;
      row.root.setAttribute("aria-rowindex", at + 2);
    }
    const marks = `grid-row${i === this.marked ? " marked" : ""}${at === this.current ? " current" : ""}`;
    if (row.marks !== marks) {
      row.root.className = row.marks = marks;
      row.root.setAttribute("aria-selected", i === this.marked);
    }
    if (row.top !== top) {
      row.top = top;
      row.root.style.transform = `translateY(${top}px)`;
    }
    if (row.i === i && !anew) return;
    row.i = i;
    for (let k = 0; k < this.columns.length; k++) {
      const column = this.columns[k];
      const cell = row.cells[k];
      if (column.draw) {
        const value = column.same ? column.same(i) : undefined; // what is drawn alike need not be again
        if (value !== undefined && cell.alike === value) continue;
        cell.alike = value;
        cell.replaceChildren();
        column.draw(cell, i);
      } else this.write(cell, shown(column.text(i)));
    }
  }

  write(cell, text) {
    if (cell.alike === text) return;
    const before = cell.alike;
    cell.alike = text;
    if (cell.firstChild) cell.firstChild.data = text;
    else cell.textContent = text;
    const title = text.length > 14 ? text : "";
    if ((cell.said || "") !== title) cell.title = cell.said = title;
    if ((text === "-") !== (before === "-")) cell.classList.toggle("nothing", text === "-");
  }

  newRow() {
    const cells = this.columns.map((column) => el("span", { role: "gridcell", class: column.right ? "right" : column.mono ? "mono" : null }));
    const root = el("div", { role: "row", class: "grid-row", on: { click: () => this.choose(row.at) } }, cells);
    const row = { root, cells, at: -1, i: -1, top: -1, seen: true, marks: "" };
    root.style.gridTemplateColumns = this.widths();
    this.body.append(root);
    return row;
  }

  widths() {
    return this.columns.map(({ width, grow }) => (grow ? `minmax(${width}px, ${grow}fr)` : `${width}px`)).join(" ");
  }

  drawHead() {
    const least = this.columns.reduce((sum, { width }) => sum + width + 12, 24);
    this.head.style.gridTemplateColumns = this.widths();
    this.head.style.minWidth = this.body.style.minWidth = `${least}px`;
    this.head.replaceChildren(...this.columns.map((column) => {
      const place = this.order.findIndex(({ key }) => key === column.key);
      const down = place >= 0 && this.order[place].down;
      const mark = place < 0 ? "" : `${down ? " ▼" : " ▲"}${this.order.length > 1 ? place + 1 : ""}`;
      return el("span", { role: "columnheader", class: column.right ? "right" : null,
        title: column.hint || (column.sort ? "Sort; with Shift, sort by this too" : ""),
        "aria-sort": place < 0 ? "none" : down ? "descending" : "ascending" },
      column.sort
        ? el("button", { type: "button", textContent: column.title + mark, on: { click: (event) => this.sortBy(column.key, event.shiftKey) } })
        : column.title);
    }));
  }

  sortBy(key, further) {
    const before = this.order.find((one) => one.key === key);
    const next = { key, down: before ? !before.down : Boolean(this.columns.find((one) => one.key === key).downFirst) };
    const turned = before && before.down !== Boolean(this.columns.find((one) => one.key === key).downFirst);
    const others = further ? this.order.filter((one) => one.key !== key) : [];
    this.order = turned && !further ? [] : [...others, next];
    this.drawHead();
    this.onSorted(this.order);
  }

  /** The rows in the order asked for; equal ones stay as they were, unknown ones come last. */
  ordered(rows) {
    const keys = this.order.map(({ key, down }) => ({ of: this.columns.find((one) => one.key === key).sort, down }));
    const values = keys.map(({ of }) => Array.from(rows, (i) => of(i)));
    const at = Uint32Array.from(rows, (_, k) => k);
    at.sort((a, b) => {
      for (let k = 0; k < keys.length; k++) {
        const one = values[k][a];
        const other = values[k][b];
        if (one === other) continue;
        const none = one === null || one !== one;
        if (none || other === null || other !== other) {
          if (none && (other === null || other !== other)) continue;
          return none ? 1 : -1;
        }
        return (one < other ? -1 : 1) * (keys[k].down ? -1 : 1);
      }
      return a - b;
    });
    return Uint32Array.from(at, (k) => rows[k]);
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.root.clientHeight / ROW) - 2);
    const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.root) return;
    if (event.key === "Enter" && this.current >= 0) this.choose(this.current);
    else if (event.key in steps) this.move(steps[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  move(step) {
    if (!this.rows.length) return;
    this.current = Math.max(0, Math.min(this.rows.length - 1, this.current < 0 ? 0 : this.current + step));
    this.reveal();
    this.draw();
  }

  reveal() {
    const height = this.root.clientHeight - this.head.offsetHeight;
    if (height <= 0) return;
    const all = this.rows.length * ROW;
    const scale = all > TALLEST ? (all - height) / (TALLEST - height) : 1;
    const top = this.current * ROW;
    const from = this.root.scrollTop * scale;
    if (top < from) this.root.scrollTop = top / scale;
    else if (top + ROW > from + height) this.root.scrollTop = (top + ROW - height) / scale;
  }

  choose(at) {
    this.current = at;
    this.marked = this.rows[at];
    this.draw();
    this.open(this.rows[at]);
  }
}

/** A sort key for a column of texts: its place among all words, without case. */
export function ranks(texts) {
  const order = texts.words.map((word, i) => [word.toLowerCase(), i]).sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]));
  const rank = new Float64Array(texts.words.length + 1).fill(NaN);
  order.forEach(([, i], place) => { rank[i + 1] = place; });
  return (row) => rank[texts.codes[row]];
}
