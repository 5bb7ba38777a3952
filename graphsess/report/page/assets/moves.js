// Moves from host to host: which sessions they join, and what says so.

import { el, shown, counted } from "./text.js";
import { table, of, meaning, openEvents } from "./model.js";
import { clock } from "./clock.js";
import { badge, bandBadge } from "./badges.js";
import { link, time } from "./facts.js";
import { sourcesTable } from "./sources.js";
import { setState } from "./state.js";

let joined = null;
let proofs = null;

/** The moves that led to a session, and those that went out of it. */
export function movesOf(row) {
  if (!joined) {
    joined = new Map();
    const moves = table("moves");
    const add = (session, way, move) => {
      if (session === null) return;
      if (!joined.has(session)) joined.set(session, { to: [], from: [] });
      joined.get(session)[way].push(move);
    };
    for (let move = 0; move < moves.rows; move++) {
      add(moves.get("to_session", move), "to", move);
      add(moves.get("from_session", move), "from", move);
    }
  }
  return joined.get(row) || { to: [], from: [] };
}

/** What says that a move took place: [{rule, score, events}]. */
function proofsOf(move) {
  if (!proofs) {
    proofs = new Map();
    const all = table("move_evidence");
    for (let at = 0; at < all.rows; at++) {
      const of = all.get("move", at);
      if (!proofs.has(of)) proofs.set(of, []);
      proofs.get(of).push({ rule: all.get("rule", at), score: all.get("score", at), events: all.get("events", at) || [] });
    }
  }
  return proofs.get(move) || [];
}

export function moveRow(id) {
  const moves = table("moves");
  for (let move = 0; move < moves.rows; move++) if (moves.get("id", move) === id) return move;
  return -1;
}

/** Where a move comes from, in words. */
export function originOf(move) {
  const moves = table("moves");
  return moves.get("from_host", move) ?? moves.get("source_address", move) ?? "unknown";
}

export function targetOf(move) {
  return table("moves").get("to_host", move) ?? "unknown";
}

/** One move as a line that opens to its evidence. */
export function moveLine(move, from = -1) {
  const moves = table("moves");
  const get = (name) => moves.get(name, move);
  const other = from === get("to_session") ? get("from_session") : get("to_session");
  const body = el("div", { class: "proof", hidden: true });
  const toggle = el("button", { type: "button", class: "small", textContent: "evidence", "aria-expanded": "false", on: { click: async () => {
    body.hidden = !body.hidden;
    toggle.setAttribute("aria-expanded", String(!body.hidden));
    if (!body.childElementCount) body.append(await proof(move));
  } } });
  return el("div", { class: "move" },
    el("p", {}, time(get("start")), " ", el("b", { textContent: shown(originOf(move), 60) }), " → ", el("b", { textContent: shown(targetOf(move), 60) }),
      ` by ${shown(get("kind"))}`, (get("count") || 1) > 1 ? ` ×${get("count")}` : "", " ",
      moveBadges(move), " ", toggle),
    other !== null && other !== undefined ? el("p", {}, link(`${shown(of(other, "user"), 60)} · ${shown(of(other, "kind"))} on ${shown(of(other, "host"), 60)} · ${clock(of(other, "start"))}`, () => setState({ thing: of(other, "id") }))) : el("p", { class: "muted", textContent: from === get("to_session") ? "no session of the case is its origin" : "its target's logs are not in the case" }),
    body);
}

export function moveBadges(move) {
  const moves = table("moves");
  const get = (name) => moves.get(name, move);
  return el("span", { class: "badges" }, get("band") === null ? badge("⇢", "entry from outside the case", "info") : [bandBadge(get("band")), ` score ${shown(get("score"))}`],
    get("exact") ? badge("=", "same connection in both logs", "good") : null,
    get("credential_switch") ? badge("⇄", "other account", "bad", `${shown(get("from_user"), 60)} → ${shown(get("to_user"), 60)}`) : null,
    get("background") ? badge("◌", "left behind running", "info", "the session it came from had ended or was disconnected") : null,
    get("outcome") && get("outcome") !== "established" ? badge("✕", shown(get("outcome")), "warn") : null);
}

/** The evidence of a move: rule by rule, each with its events. */
export async function proof(move) {
  const events = await openEvents();
  const root = el("div");
  const all = proofsOf(move);
  if (!all.length) root.append(el("p", { class: "muted", textContent: "No evidence is listed for this move." }));
  for (const { rule, score, events: rows } of all) {
    root.append(el("h4", {}, `${shown(rule)}: ${meaning("evidence", rule) || "evidence"} `, el("span", { class: "points", textContent: `${score > 0 ? "+" : ""}${shown(score)}` })));
    root.append(rows.length ? await sourcesTable(rows.map((row) => ({ ...events.event(row), role: null, rule })), `Events for ${rule}`)
      : el("p", { class: "muted", textContent: "from what the case knows of addresses and sessions" }));
  }
  const others = table("move_alternatives").all().filter((one) => one.move === move && one.from_session !== null);
  if (others.length) {
    root.append(el("h4", { textContent: `It could also have been (${counted(others.length, "session")})` }), el("ul", {}, others.map(({ from_session: row, score }) =>
      el("li", {}, link(`${shown(of(row, "user"), 60)} on ${shown(of(row, "host"), 60)} · ${clock(of(row, "start"))}`, () => setState({ thing: of(row, "id") })), ` score ${shown(score)}`))));
  }
  return root;
}
