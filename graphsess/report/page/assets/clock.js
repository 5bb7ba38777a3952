// Times in the reader's zone. All times are microseconds since 1970, UTC, or null.

import { el } from "./text.js";

const formats = new Map();
let zone = "UTC";

export function zoneName() {
  return zone;
}

/** Change the zone; true if the browser knows it. */
export function setZone(name) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
  } catch {
    return false;
  }
  zone = name;
  return true;
}

/** `2026-03-02 12:00:00`, with microseconds where `precise`; `-` where not known. */
export function clock(us, precise = false) {
  if (us === null || us === undefined || us !== us) return "-";
  const second = Math.floor(us / 1e6);
  const text = zone === "UTC" ? utc(second) : zoned(second);
  return precise ? `${text}.${String(Math.round(us - second * 1e6)).padStart(6, "0")}` : text;
}

/** The time of day, or the day, as short as an axis wants it. */
export function tick(us, step) {
  const text = clock(us);
  if (step >= 86_400e6) return text.slice(5, 10);
  return step >= 60e6 ? text.slice(11, 16) : text.slice(11, 19);
}

export function day(us) {
  return clock(us).slice(0, 10);
}

/** Zone and UTC side by side, for tooltips. */
export function both(us) {
  if (us === null || us !== us) return "not known";
  const before = zone;
  const here = `${clock(us, true)} ${zone}`;
  zone = "UTC";
  const there = `${clock(us, true)} UTC`;
  zone = before;
  return before === "UTC" ? there : `${here}\n${there}`;
}

/** A length of time in words; empty where not known. */
export function span(us) {
  if (us === null || us === undefined || us !== us || us < 0) return "-";
  if (us < 1e6) return us < 1e3 ? `${us} µs` : `${Math.round(us / 1e3)} ms`;
  const s = Math.round(us / 1e6);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} m ${pad(s % 60)} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${pad(Math.floor((s % 3600) / 60))} m`;
  return `${Math.floor(s / 86_400)} d ${pad(Math.floor((s % 86_400) / 3600))} h`;
}

/** A moment as people type it, in the zone shown unless it ends in Z; null if it is none. */
export function momentOf(text) {
  const m = /^(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?)(?::(\d\d))?(?::(\d\d)(?:\.(\d{1,6}))?)?(Z)?)?$/i.exec(text);
  if (!m) return null;
  const [, year, month, date, hour, minute, second, part, z] = m;
  const ms = Date.UTC(+year, +month - 1, +date, +(hour || 0), +(minute || 0), +(second || 0));
  const us = ms * 1000 + (part ? +part.padEnd(6, "0") : 0);
  return z || zone === "UTC" ? us : us - offset(us - offset(us));
}

/** A selector of all zones that the browser knows, the case's own first. */
export function zoneSelect(change) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const select = el("select", { id: "zone", title: "Time zone of all times shown (UTC in exports)",
    on: { change: () => change(select.value) } });
  const first = [...new Set(["UTC", own, zone])];
  for (const name of first) select.append(el("option", { value: name, textContent: name }));
  const all = el("optgroup", { label: "All zones" });
  for (const name of Intl.supportedValuesOf("timeZone")) {
    if (!first.includes(name)) all.append(el("option", { value: name, textContent: name }));
  }
  select.append(all);
  select.value = zone;
  return select;
}

function utc(second) {
  const date = new Date(second * 1000);
  return Number.isNaN(date.getTime()) ? "out of range" : date.toISOString().slice(0, 19).replace("T", " ");
}

function zoned(second) {
  if (!formats.has(zone)) {
    formats.set(zone, new Intl.DateTimeFormat("sv-SE", { timeZone: zone, year: "numeric", month: "2-digit",
      day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" }));
  }
  const date = new Date(second * 1000);
  return Number.isNaN(date.getTime()) ? "out of range" : formats.get(zone).format(date);
}

function offset(us) {
  return Date.parse(`${zoned(Math.floor(us / 1e6)).replace(" ", "T")}Z`) * 1000 - Math.floor(us / 1e6) * 1e6;
}

function pad(number) {
  return String(number).padStart(2, "0");
}
