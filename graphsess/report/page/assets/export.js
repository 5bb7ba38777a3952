// What the reader sees, as files: records as the commands print them, pictures, notes.

import { column, of, table, openMore, openEvents, meaning } from "./model.js";
import { isoText } from "./unpack.js";

const FORMULA = /^[=+\-@\t\r\n]/;
const TIMES = new Set(["start", "auth_time", "session_time", "end", "start_earliest", "start_latest", "end_earliest", "end_latest"]);
/** Fields of a session's record, in the order of the command. */
const FIELDS_OF_SESSION = ["id", "formerly", "host", "host_id", "kind", "protocol", "logon_types", "package", "class", "outcome", "failure_status", "failure_text", "user", "sid",
  "attempted_user", "source_address", "source_port", "source_name", "source_host", "client_reported_address", "origin_address", "via", "client_time_zone", "client_os", "source_class", "start",
  "auth_time", "session_time", "end", "duration", "start_earliest", "start_latest", "end_earliest", "end_latest", "end_kind", "end_reason", "opened_by", "boot", "logon_ids",
  "byproduct_logon_ids", "companion_logon_ids", "local_session", "connection", "failure_run", "privileged", "restricted_admin", "remote_credential_guard", "outbound_user", "ts_id",
  "previous", "next", "parent", "confidence", "confidence_parts", "confidence_band", "end_band", "confidence_reasons", "flags", "rule", "hidden", "sources"];

/** The records of some sessions, field for field as `graphsess sessions` prints them. */
export async function sessionRecords(rows) {
  await openMore();
  const events = await openEvents();
  return Array.from(rows, (row) => sessionRecord(events, row));
}

function sessionRecord(events, row) {
  const record = {};
  for (const name of FIELDS_OF_SESSION) record[name] = field(events, row, name);
  return record;
}

function field(events, row, name) {
  if (TIMES.has(name)) return moment8601(column(name), row);
  switch (name) {
    case "formerly":
      return [];
    case "duration": {
      const start = of(row, "start");
      const end = of(row, "end");
      return start !== null && end !== null && end >= start ? (end - start) / 1e6 : null;
    }
    case "failure_text": {
      const code = of(row, "failure_status");
      return code === null ? null : meaning("status", code.toLowerCase()) || `status ${code}`;
    }
    case "previous": case "next": case "parent": {
      const found = column(name);
      return found.get(row) === null ? found.lost[row] ?? null : of(found.get(row), "id");
    }
    case "local_session": return referred(name, row, "locals");
    case "failure_run": return referred(name, row, "failures");
    case "confidence_parts":
      return Object.fromEntries(["start", "user", "source", "end"].map((part) => [part, of(row, `confidence_${part}`)]));
    case "sources":
      return events.parts(row).map((part) => ({ event: events.uid(part.row), time: part.time === null ? null : isoText(part.time), host: part.host, channel: part.channel,
        provider: part.provider, event_id: part.event_id, record_id: part.record_id, file: part.file, evidence: part.evidence, role: part.role, rule: part.rule, copies: part.copies, carved: part.carved }));
    default:
      return of(row, name);
  }
}

function referred(name, row, other) {
  const found = column(name);
  return found.get(row) === null ? found.lost[row] ?? null : table(other).get("id", found.get(row));
}

function moment8601(times, row) {
  const us = times.get(row);
  return us === null ? null : isoText(us);
}

/** Rows of another table, times as ISO text, rows of sessions as their ids. */
export function tableRecords(name, rows) {
  const all = table(name);
  return Array.from(rows, (row) => Object.fromEntries(Object.keys(all.specs).filter((key) => key !== "events" && key !== "event").map((key) => [key, plain(all, key, row)])));
}

function plain(all, key, row) {
  const spec = all.specs[key];
  const value = all.get(key, row);
  if (value === null) return spec.codec === "row" && spec.lost ? spec.lost[row] ?? null : null;
  if (spec.form === "time") return isoText(value);
  if (spec.codec === "row") return spec.table === "sessions" ? of(value, "id") : table(spec.table).get("id", value);
  return key === "sessions_after" ? value.map((session) => of(session, "id")) : value;
}

export function asJsonLines(records) {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

/** Comma-separated, every cell inert: no spreadsheet takes one for a formula. */
export function asCsv(records) {
  if (!records.length) return "";
  const names = Object.keys(records[0]);
  const lines = [names.map(quoted).join(",")];
  for (const record of records) lines.push(names.map((name) => quoted(inert(record[name], name))).join(","));
  return `${lines.join("\n")}\n`;
}

function inert(value, name) {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number") return name === "duration" ? seconds(value) : String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return FORMULA.test(text) ? `'${text}` : text;
}

/** A number of seconds as the command writes it: `7.0`, `1e-06`. */
function seconds(value) {
  if (Number.isInteger(value)) return `${value}.0`;
  if (Math.abs(value) >= 1e-4) return String(value);
  const [digits, power] = value.toExponential().split("e");
  return `${digits}e-${power.slice(1).padStart(2, "0")}`;
}

function quoted(text) {
  return /["\r\n,]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Hand a file to the reader. */
export function save(name, content, type) {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** An SVG as a picture of dots, twice as fine as the screen needs. */
export async function asPng(svg) {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await new Promise((done, failed) => { image.onload = done; image.onerror = () => failed(new Error("the picture cannot be drawn")); image.src = url; });
  const fine = image.width * image.height > 8e6 ? 1 : 2;
  const canvas = document.createElement("canvas");
  canvas.width = image.width * fine;
  canvas.height = image.height * fine;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
