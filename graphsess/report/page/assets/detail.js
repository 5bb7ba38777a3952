// One session whole: what it is, how each end is known, what led to it, what followed, what says so.

import { el, lexicon, shown, spaced, visible, counted } from "./text.js";
import { of, who, table, openEvents, meaning, column } from "./model.js";
import { clock, span, zoneName } from "./clock.js";
import { outcomeBadge, outcomeWord, bandBadge, endWord, flagBadge, sourceBadge, priorityBadge } from "./badges.js";
import { facts, time, section, link, copyButton, meter } from "./facts.js";
import { sourcesTable } from "./sources.js";
import { noteOf, setNote } from "./notes.js";
import { setState, permalink } from "./state.js";
import { movesOf, moveLine } from "./moves.js";
import { strip } from "./lanes.js";

const OVER = lexicon({ logoff: "logged off", disconnect: "disconnected", attempt_over: "over", closed: "closed", inferred: "over, as far as can be inferred," });
const HOW = { 25: "two channels agree", 18: "one event, by an exact key", 12: "joined by time only", 6: "inferred", 0: "not known" };

/** The detail of a session as an element; `changed` is called when notes change. */
export function sessionDetail(row, changed) {
  const id = of(row, "id");
  return el("article", { class: "detail", "aria-label": "Session" },
    el("header", {}, el("h2", { textContent: `${shown(who(row), 80)} on ${shown(of(row, "host"), 80)}` }),
      el("p", { class: "badges" }, outcomeBadge(of(row, "outcome")), sourceBadge(of(row, "source_class")),
        priorityBadge(of(row, "priority"), of(row, "priority_reasons")), of(row, "flags").map(flagBadge)),
      el("p", { class: "sentence", textContent: sentence(row) })),
    why(row),
    facts(identity(row)),
    section("How each part is known", ends(row)),
    lane(row),
    movement(row),
    neighbours(row),
    activity(row),
    flags(row),
    section("Notes", notes(id, changed)),
    sources(row),
    section("Cite", el("p", { class: "id mono", textContent: visible(id) }), el("p", { class: "buttons" },
      copyButton(() => citation(row), "Copy as Markdown"), copyButton(() => permalink({ thing: id }), "Copy link"),
      copyButton(`graphsess show CASE '${id.replaceAll("'", "'\\''")}'`, "Copy command"), copyButton(id, "Copy id"))));
}

/** The session in one sentence. */
function sentence(row) {
  const kind = of(row, "kind");
  const address = of(row, "source_address");
  const name = of(row, "source_name");
  const from = address ? ` from ${visible(address)}${of(row, "source_host") ? ` (${visible(of(row, "source_host"))})` : ""}` : "";
  const calling = name ? `, calling itself ${shown(name, 60)},` : "";
  const start = of(row, "start");
  const end = of(row, "end");
  const begun = start === null ? "open before the log begins" : `at ${clock(start)}`;
  const over = end === null ? `; ${meaning("ends", of(row, "end_kind")) || "its end is not known"}`
    : start !== null && end > start ? `; ${OVER[of(row, "end_kind")] || endWord(of(row, "end_kind"))} after ${span(end - start)}` : "";
  return `${shown(who(row) ?? "Somebody", 80)}: ${outcomeWord(of(row, "outcome"))} by ${shown(kind)}${from}${calling} ${begun}${over}. Times are ${zoneName()}.`;
}

function why(row) {
  const reasons = of(row, "priority_reasons");
  if (!reasons.length) return null;
  return section("Why it is worth a look", el("ul", { class: "reasons" }, reasons.map((reason) => el("li", { textContent: meaning("priority", reason) }))));
}

function identity(row) {
  const find = (field, value) => link(value, () => setState({ q: `${field}:"${value}"`, view: "sessions" }), "Sessions with the same");
  const address = of(row, "source_address");
  const port = of(row, "source_port");
  const user = of(row, "user");
  const attempted = of(row, "attempted_user");
  return [
    ["account", user ? find("user", user) : null],
    ["name typed", attempted && attempted !== user ? attempted : null],
    ["SID", of(row, "sid") && el("span", { class: "mono", textContent: shown(of(row, "sid")) })],
    ["from", address ? [find("ip", address), port ? ` port ${port}` : ""] : "no address logged"],
    ["client's own name", of(row, "source_name")],
    ["owner of the address", of(row, "source_host") && find("from", of(row, "source_host"))],
    ["before the gateway", of(row, "origin_address")],
    ["by way of", of(row, "via")],
    ["address the client told", of(row, "client_reported_address")],
    ["client's system", of(row, "client_os")],
    ["client's time zone", of(row, "client_time_zone")],
    ["host", find("host", of(row, "host"))],
    ["kind", [of(row, "kind"), of(row, "protocol"), of(row, "package"), (of(row, "logon_types") || []).map((type) => `type ${type}`).join(", ")].filter(Boolean).join(" · ")],
    ["status", of(row, "failure_status") && `${of(row, "failure_status")} ${meaning("status", of(row, "failure_status").toLowerCase())}`],
    ["privileged", of(row, "privileged") ? "yes: administrative privileges (4672)" : null],
    ["modes", [of(row, "restricted_admin") && "Restricted Admin", of(row, "remote_credential_guard") && "Remote Credential Guard"].filter(Boolean).join(", ")],
    ["acts outside as", of(row, "outbound_user")],
    ["logon IDs", mono(of(row, "logon_ids"))],
    ["made in passing", mono(of(row, "byproduct_logon_ids"))],
    ["companions", mono(of(row, "companion_logon_ids"))],
    ["TS session", of(row, "ts_id")],
    ["connection", of(row, "connection") && el("span", { class: "mono", textContent: shown(of(row, "connection")) })],
    ["boot", of(row, "boot") && el("span", { class: "mono", textContent: shown(of(row, "boot")) })],
    ["hidden", of(row, "hidden") && `by default: ${spaced(of(row, "hidden"))}`],
  ];
}

function mono(list) {
  return list && list.length ? el("span", { class: "mono", textContent: shown(list.join(", ")) }) : null;
}

function ends(row) {
  const reasons = of(row, "confidence_reasons") || [];
  const said = (facet) => reasons.filter((code) => !code.endsWith("_channels_agree") || of(row, `confidence_${facet}`) !== 25).filter((code) => code.startsWith(facet) || (facet !== "user" && facet !== "source" && ["clock_jump", "carved_only"].includes(code))).map((code) => meaning("confidence", code) || spaced(code));
  const line = (title, value, facet, more) => {
    const points = of(row, `confidence_${facet}`);
    const how = [points !== null && HOW[points], ...said(facet), ...(more || [])].filter(Boolean);
    return el("tr", {}, el("th", { scope: "row", textContent: title }), el("td", {}, value), el("td", {}, meter(points), el("small", { textContent: [...new Set(how)].join("; ") })));
  };
  const bounds = (name) => {
    const from = of(row, `${name}_earliest`);
    const to = of(row, `${name}_latest`);
    return from !== to ? `between ${clock(from)} and ${clock(to)}` : null;
  };
  const reason = of(row, "end_reason");
  return el("div", {}, el("p", { class: "badges" }, "start, user and source ", bandBadge(of(row, "confidence_band")), " end ", bandBadge(of(row, "end_band"))),
    el("table", { class: "ends" }, el("tbody", {},
      line("start", time(of(row, "start"), true), "start", [meaning("opened", of(row, "opened_by")), bounds("start")]),
      line("account", shown(who(row), 80), "user"),
      line("source", shown(of(row, "source_address") ?? of(row, "source_name"), 80), "source"),
      line("end", [time(of(row, "end"), true), ` ${endWord(of(row, "end_kind"))}`], "end", [reason, bounds("end")]),
      ["auth_time", "session_time"].map((name) => of(row, name) !== null && el("tr", {}, el("th", { scope: "row", textContent: name === "auth_time" ? "credentials" : "desktop" }), el("td", {}, time(of(row, name), true)), el("td", {}, el("small", { textContent: name === "auth_time" ? "accepted" : "there" })))))));
}

function lane(row) {
  const local = of(row, "local_session");
  if (local === null) return null;
  return section("On its desktop", strip(row, local));
}

function movement(row) {
  const { to, from } = movesOf(row);
  if (!to.length && !from.length) return null;
  return section("Movement", to.length ? el("h4", { textContent: "Came here by" }) : null, to.map((move) => moveLine(move, row)),
    from.length ? el("h4", { textContent: "Went on to" }) : null, from.map((move) => moveLine(move, row)));
}

function neighbours(row) {
  const rows = [["before it on the same desktop", of(row, "previous")], ["after it on the same desktop", of(row, "next")], ["opened from", of(row, "parent")]]
    .filter(([, other]) => other !== null)
    .map(([title, other]) => [title, sessionLink(other)]);
  const run = of(row, "failure_run");
  if (run !== null) {
    const runs = table("failures");
    rows.push(["failure run", link(`${counted(runs.get("count", run), "attempt")}, ${spaced(runs.get("pattern", run))}`, () => setState({ thing: runs.get("id", run) }))]);
  }
  const before = [];
  const runs = table("failures");
  const after = runs.column("sessions_after");
  for (let at = 0; at < runs.rows; at++) if ((after.get(at) || []).includes(row)) before.push(at);
  for (const at of before) rows.push(["follows", link(`${counted(runs.get("count", at), "failed attempt")} (${spaced(runs.get("pattern", at))}) until ${clock(runs.get("last", at))}`, () => setState({ thing: runs.get("id", at) }))]);
  return rows.length ? section("Before and after", facts(rows)) : null;
}

/** A link to another session. */
export function sessionLink(row) {
  return link(`${shown(who(row), 60)} · ${shown(of(row, "kind"))} · ${clock(of(row, "start"))}`, () => setState({ thing: of(row, "id") }), sentence(row));
}

function activity(row) {
  const acts = table("activity");
  const sessions = acts.column("session");
  const found = [];
  for (let at = 0; at < acts.rows && found.length < 500; at++) if (sessions.get(at) === row) found.push(at);
  if (!found.length) return null;
  return section(`Activity (${found.length}${found.length === 500 ? " or more" : ""})`, el("table", { class: "lines" }, el("tbody", {}, found.map((at) => el("tr", {},
    el("td", {}, time(acts.get("time", at))), el("td", {}, link(shown(acts.get("what", at) ?? spaced(acts.get("act", at)), 300), () => openEvents().then((events) => setState({ thing: events.uid(acts.get("event", at)) })))),
    el("td", { class: "muted", textContent: [acts.get("method", at) && spaced(acts.get("method", at)), acts.get("confidence", at), acts.get("while_disconnected", at) && "while disconnected"].filter((x) => x !== null && x !== false && x !== undefined).join(" · ") }))))));
}

function flags(row) {
  const all = table("flags");
  const sessions = all.column("session");
  const mine = [];
  for (let at = 0; at < all.rows; at++) if (sessions.get(at) === row) mine.push(at);
  if (!mine.length) return null;
  return section("Flags", el("dl", { class: "facts" }, mine.flatMap((at) => [el("dt", {}, flagBadge(all.get("flag", at))),
    el("dd", { textContent: `${meaning("flags", all.get("flag", at))} (rule ${shown(all.get("rule", at))}${(all.get("events", at) || []).length ? `, ${counted(all.get("events", at).length, "event")}` : ""})` })])));
}

/** Tags and a note, kept under the id of any thing. */
export function notes(id, changed) {
  const mine = noteOf(id);
  const tags = el("input", { type: "text", class: "tags", value: mine.tags.join(", "), placeholder: "tags, with commas", "aria-label": "Tags",
    on: { change: () => { setNote(id, { tags: tags.value.split(",").map((tag) => tag.trim()).filter(Boolean) }); changed(); } } });
  const note = el("textarea", { value: mine.note, rows: 2, placeholder: "note", "aria-label": "Note",
    on: { change: () => { setNote(id, { note: note.value }); changed(); } } });
  return el("div", { class: "notes" }, tags, note, el("small", { textContent: "Notes stay in this page until you save them: Export, Notes." }));
}

function sources(row) {
  const count = column("events").get(row) || 0;
  const place = el("div", { class: "wide", textContent: "…" });
  openEvents().then(async (events) => {
    const parts = events.parts(row);
    place.replaceChildren(await sourcesTable(parts, "Events of this session"), files(parts));
  });
  return section(`Sources (${counted(count, "event")})`, place);
}

function files(parts) {
  const seen = new Map(parts.map((part) => [part.evidence, part.file]));
  return el("p", { class: "files" }, [...seen].map(([sha256, file]) => el("span", { class: "mono", textContent: `${shown(file)}  sha256 ${sha256}` })));
}

/** The session as Markdown, for a report. */
async function citation(row) {
  const events = await openEvents();
  const lines = [`**${shown(who(row))}** on **${shown(of(row, "host"))}**: ${sentence(row)}`, "", `id: \`${visible(of(row, "id")).replaceAll("`", "'")}\``, ""];
  for (const part of events.parts(row)) {
    lines.push(`- ${clock(part.time, true)} ${zoneName()}: ${part.role}, ${part.channel} ${part.event_id}, record ${part.record_id ?? "-"} in ${visible(part.file)} (sha256 ${part.evidence}), rule ${part.rule}`);
  }
  return `${lines.join("\n")}\n`;
}

