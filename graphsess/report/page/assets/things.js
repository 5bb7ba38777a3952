// The details of things that are no sessions: failure runs and moves.

import { el, shown, spaced, counted, visible } from "./text.js";
import { of, table, column, openEvents, meaning } from "./model.js";
import { clock, span } from "./clock.js";
import { sourceBadge } from "./badges.js";
import { facts, time, section, link, copyButton } from "./facts.js";
import { sourcesTable } from "./sources.js";
import { notes, sessionLink } from "./detail.js";
import { originOf, targetOf, moveBadges, proof } from "./moves.js";
import { permalink, setState } from "./state.js";

const LISTED = 40;

/** A run of failed attempts, or null where no run has the id. */
export function failureDetail(id, changed) {
  const runs = table("failures");
  let run = -1;
  for (let at = 0; at < runs.rows && run < 0; at++) if (runs.get("id", at) === id) run = at;
  if (run < 0) return null;
  const get = (name) => runs.get(name, run);
  const members = [];
  const values = column("failure_run").values;
  for (let row = 0; row < values.length; row++) if (values[row] === run) members.push(row);
  const place = el("div", { textContent: "…" });
  openEvents().then(async (events) => place.replaceChildren(await sourcesTable(members.slice(0, LISTED).flatMap((row) => events.parts(row)), "Events of the run"),
    members.length > LISTED ? el("p", { class: "muted", textContent: `the events of the first ${LISTED} of ${members.length} attempts` }) : ""));
  return el("article", { class: "detail", "aria-label": "Failure run" },
    el("header", {}, el("h2", { textContent: `${counted(get("count"), "failed attempt")} on ${shown(get("host"), 80)}` }), el("p", { class: "badges" }, sourceBadge(get("source_class"))),
      el("p", { class: "sentence", textContent: `${spaced(get("pattern"))}: ${meaning("patterns", get("pattern"))}. ${clock(get("first"))} to ${clock(get("last"))}${get("last") > get("first") ? `, ${span(get("last") - get("first"))}` : ""}.` })),
    facts([["from", get("source_address")], ["client's own name", get("source_name")], ["kind", get("kind")],
      ["accounts", el("ul", { class: "bare" }, (get("users") || []).slice(0, 100).map(({ user, count }) => el("li", { textContent: `${shown(user, 100)} ×${count}` })))],
      ["why refused", el("ul", { class: "bare" }, (get("statuses") || []).map(({ code, count }) => el("li", { textContent: `${meaning("status", (code || "").toLowerCase()) || shown(code)} ×${count}` })))],
      ["got in after", (get("sessions_after") || []).map((row) => el("div", {}, sessionLink(row)))], ["rule", get("rule")]]),
    section(`Attempts (${members.length.toLocaleString("en")})`, el("table", { class: "lines" }, el("tbody", {}, members.slice(0, LISTED).map((row) => el("tr", {}, el("td", {}, time(of(row, "start"))), el("td", {}, link(of(row, "user") ?? of(row, "attempted_user"), () => setState({ thing: of(row, "id") }))), el("td", { textContent: shown(of(row, "source_address")) }))))),
      members.length > LISTED ? el("p", { class: "muted", textContent: `showing ${LISTED} of ${members.length}` }) : null),
    section("Notes", notes(id, changed)), section("Sources", place),
    section("Cite", el("p", { class: "id mono", textContent: visible(id) }), el("p", { class: "buttons" }, copyButton(() => permalink({ thing: id }), "Copy link"), copyButton(id, "Copy id"))));
}

/** Something that was done, or null where the case does not tell of it. */
export async function activityDetail(uid, changed) {
  const events = await openEvents();
  const acts = table("activity");
  let act = -1;
  for (let at = 0; at < acts.rows && act < 0; at++) if (events.uid(acts.get("event", at)) === uid) act = at;
  if (act < 0) return null;
  const get = (name) => acts.get(name, act);
  const event = { ...events.event(get("event")), role: null, rule: get("rule") };
  const others = table("activity_candidates").all().filter((one) => one.activity === act && one.session !== null && one.session !== get("session"));
  const session = get("session");
  return el("article", { class: "detail", "aria-label": "Activity" },
    el("header", {}, el("h2", { textContent: shown(get("what") ?? spaced(get("act")), 400) }), el("p", { class: "sentence", textContent: `${spaced(get("act"))} on ${shown(get("host"), 80)} at ${clock(get("time"), true)}${get("while_disconnected") ? ", while nobody was connected to the desktop" : ""}.` })),
    facts([["in session", session === null ? el("span", { class: "muted", textContent: "not known" }) : sessionLink(session)], ["how that is known", get("method") && `${spaced(get("method"))}, confidence ${shown(get("confidence"))} of 100`],
      ["account", get("logged_user")], ["whose session", get("user")], ["flags", (get("flags") || []).map(spaced).join(", ")], ["rule", get("rule")],
      ["could also be", others.map(({ session: row, confidence }) => el("div", {}, sessionLink(row), ` confidence ${shown(confidence)}`))]]),
    section("Notes", notes(uid, changed)), section("Source", await sourcesTable([event], "The event that says so")),
    section("Cite", el("p", { class: "id mono", textContent: uid }), el("p", { class: "buttons" }, copyButton(() => permalink({ thing: uid }), "Copy link"), copyButton(uid, "Copy id"))));
}

/** A move from one host to another. */
export function moveDetail(move, changed) {
  const moves = table("moves");
  const get = (name) => moves.get(name, move);
  const id = get("id");
  const place = el("div", { textContent: "…" });
  proof(move).then((found) => place.replaceChildren(found));
  const end = (row) => (row === null ? el("span", { class: "muted", textContent: "outside the case" }) : sessionLink(row));
  return el("article", { class: "detail", "aria-label": "Move" },
    el("header", {}, el("h2", { textContent: `${shown(originOf(move), 60)} → ${shown(targetOf(move), 60)}` }), moveBadges(move),
      el("p", { class: "sentence", textContent: `${clock(get("start"))}: ${shown(get("from_user") ?? "somebody", 60)} went on as ${shown(get("to_user") ?? "somebody", 60)} by ${shown(get("kind"))}${(get("count") || 1) > 1 ? `, ${get("count")} times` : ""}.` })),
    facts([["out of session", end(get("from_session"))], ["into session", end(get("to_session"))], ["from host", get("from_host")], ["to host", get("to_host")], ["address seen", get("source_address")],
      ["account before", get("from_user")], ["account after", get("to_user")], ["outcome", get("outcome")], ["last", get("last") === undefined || get("last") === null ? null : time(get("last"))], ["hidden", get("hidden") && `by default: ${spaced(get("hidden"))}`], ["rule", get("rule")]]),
    section("What says so", place), section("Notes", notes(id, changed)),
    section("Cite", el("p", { class: "id mono", textContent: visible(id) }), el("p", { class: "buttons" }, copyButton(() => permalink({ thing: id }), "Copy link"), copyButton(id, "Copy id"))));
}
