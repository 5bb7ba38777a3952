// The events that say so: each with its part, its rule, its file and, on demand, its fields.

import { el, shown, channelName } from "./text.js";
import { openEvents, meaning } from "./model.js";
import { clock, both } from "./clock.js";

/** A table of events; each row opens to the record as logged. */
export async function sourcesTable(parts, caption) {
  const events = await openEvents();
  const body = el("tbody");
  for (const part of parts) body.append(...rowsOf(events, part));
  return el("table", { class: "sources" },
    el("caption", { class: "unseen", textContent: caption }),
    el("thead", {}, el("tr", {}, ["Time", "Part", "Event", "Record", "Rule"].map((title) => el("th", { scope: "col", textContent: title })))),
    body);
}

function rowsOf(events, part) {
  const says = events.says(part);
  const more = el("tr", { class: "logged", hidden: true }, el("td", { colspan: 5 }));
  const toggle = el("button", { type: "button", class: "plain", "aria-expanded": "false",
    title: "Show the fields as logged", on: { click: () => open() } }, el("span", { textContent: clock(part.time) }));
  const open = async () => {
    more.hidden = !more.hidden;
    toggle.setAttribute("aria-expanded", String(!more.hidden));
    if (!more.hidden && !more.firstChild.childElementCount) more.firstChild.append(await fieldsOf(events, part));
  };
  const row = el("tr", {},
    el("td", { title: both(part.time) }, toggle),
    el("td", {}, part.role ? [el("span", { class: "role", textContent: shown(part.role) }),
      el("small", { textContent: meaning("roles", part.role) })] : ""),
    el("td", {}, el("span", { class: "event", textContent: `${channelName(part.channel)} ${part.event_id}` }), el("small", { textContent: shown(says) })),
    el("td", { class: "mono", textContent: shown(part.record_id) }),
    el("td", { textContent: shown(part.rule) }));
  return [row, more];
}

async function fieldsOf(events, part) {
  const list = el("dl", { class: "fields" });
  const add = (name, value, cls) => list.append(el("dt", { textContent: shown(name, 120) }), el("dd", { class: cls || null, textContent: shown(value, 4000) }));
  const record = await events.logged(part.row);
  if (record) for (const [name, value] of payload(record)) add(name, value, "logged-value");
  else list.append(el("dt", { textContent: "as logged" }), el("dd", { class: "muted", textContent: "This record's fields are not in this file: graphsess show CASE prints them, graphsess report --records all takes all along." }));
  list.append(el("dt", { class: "rule" }), el("dd", { class: "rule" }));
  add("time", `${clock(part.time, true)}`);
  add("host", part.host);
  add("provider", part.provider);
  add("channel", part.channel);
  add("file", part.file);
  add("sha256 of the file", part.evidence, "mono");
  if (part.copies.length) add("also in", part.copies.join(", "));
  if (part.carved) add("carved", "yes, from the slack of a chunk");
  add("event", events.uid(part.row), "mono");
  return list;
}

/** The fields of a record, its own before the envelope that every record has. */
function payload({ form, body }) {
  if (form !== "json") return [["xml", body]];
  let record;
  try {
    record = JSON.parse(body);
  } catch {
    return [["record", body]];
  }
  const event = record && typeof record === "object" && record.Event && typeof record.Event === "object" ? record.Event : null;
  const own = event ? { ...pick(event, ["EventData", "UserData"]) } : record;
  const told = flat(own).filter(([, value]) => value !== null && value !== "");
  const envelope = event && event.System ? flat({ System: event.System }).filter(([, value]) => value !== null && value !== "") : [];
  return [...told, ...envelope];
}

function pick(event, names) {
  return Object.fromEntries(names.filter((name) => event[name]).map((name) => [name, event[name]]));
}

function flat(value, before = "") {
  if (Array.isArray(value)) return value.flatMap((one, i) => flat(one, `${before}[${i}]`));
  if (value && typeof value === "object") {
    return Object.entries(value).filter(([name]) => name !== "xmlns").flatMap(([name, one]) =>
      flat(one, before && name !== "#attributes" && name !== "#text" ? `${before}.${name}` : before || name));
  }
  return [[before.replace(/^(EventData|UserData)\.(EventXML\.|Data\.)?/, ""), value]];
}
