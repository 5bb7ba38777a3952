// Words with a mark and a colour; the word always stands there, the colour never says it alone.

import { el, lexicon, shown, spaced } from "./text.js";
import { meaning } from "./model.js";

const OUTCOMES = lexicon({
  established: ["●", "got in", "good"],
  authenticated: ["◐", "authenticated", "info"],
  authenticated_no_shell: ["◔", "no desktop", "info"],
  denied: ["▲", "denied", "warn"],
  failed: ["✕", "failed", "bad"],
});
const ENDS = lexicon({
  logoff: "logoff",
  disconnect: "disconnect",
  attempt_over: "attempt over",
  closed: "closed",
  inferred: "inferred",
  open_at_end_of_log: "open",
  unobserved: "not seen",
});
const BANDS = lexicon({ high: ["◼", "good"], medium: ["◧", "warn"], low: ["◻", "bad"] });
const SOURCES = lexicon({ external: ["⇢", "bad"], tunnelled: ["⌁", "warn"], internal: ["·", "quiet"], local: ["·", "quiet"] });
const GRAVE = new Set(["session_hijack", "log_cleared_during", "tunnelled", "shadowed"]);

export function badge(mark, word, tone, hint) {
  return el("span", { class: `badge ${tone}`, title: hint || null }, el("i", { "aria-hidden": "true", textContent: mark }), word);
}

export function outcomeBadge(code, count = 1) {
  const [mark, word, tone] = OUTCOMES[code] || ["?", shown(code), "quiet"];
  return badge(mark, count > 1 ? `${word} ×${count.toLocaleString("en")}` : word, tone, meaning("outcomes", code));
}

export function outcomeWord(code) {
  return OUTCOMES[code] ? OUTCOMES[code][1] : shown(code);
}

export function endWord(code) {
  return ENDS[code] || shown(code);
}

export function bandBadge(code) {
  if (!code) return badge("·", "not known", "quiet");
  const [mark, tone] = BANDS[code] || ["?", "quiet"];
  return badge(mark, shown(code), tone, "confidence: a help for ranking, no probability");
}

export function sourceBadge(code) {
  const [mark, tone] = SOURCES[code] || ["?", "quiet"];
  return badge(mark, shown(code), tone);
}

export function flagBadge(code) {
  return badge("⚑", spaced(code), GRAVE.has(code) ? "bad" : "warn", meaning("flags", code));
}

/** How urgent a priority is: mark, word and tone. */
export function urgency(priority) {
  if (priority >= 70) return ["▲", "look first", "bad"];
  if (priority >= 45) return ["△", "look", "warn"];
  if (priority > 0) return ["▵", "notable", "info"];
  return ["·", "routine", "quiet"];
}

export function priorityBadge(priority, reasons) {
  const [mark, word, tone] = urgency(priority);
  const hint = reasons.map((reason) => meaning("priority", reason)).join("; ");
  return badge(mark, word, tone, `${hint || "nothing stands out"} (${priority} of 100)`);
}
