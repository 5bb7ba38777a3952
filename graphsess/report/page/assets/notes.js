// Notes and tags of the investigator. They live in this page only, until they are saved as JSON.

import { of, rowOf, ABOUT } from "./model.js";

const kept = new Map(); // id → {tags, note}
let unsaved = false;

export function noteOf(id) {
  return kept.get(id) || { tags: [], note: "" };
}

export function tagsOf(row) {
  return kept.size ? noteOf(of(row, "id")).tags : [];
}

/** Change the note of a thing. */
export function setNote(id, patch) {
  const next = { ...noteOf(id), ...patch };
  if (next.tags.length || next.note) kept.set(id, next);
  else kept.delete(id);
  unsaved = true;
}

export function noteCount() {
  return kept.size;
}

export function isUnsaved() {
  return unsaved && kept.size > 0;
}

/** All notes as the sidecar holds them. */
export function sidecar() {
  unsaved = false;
  const things = [...kept].sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([id, { tags, note }]) => ({ id, tags, note }));
  return `${JSON.stringify({ format: "graphsess notes", version: 1, case: ABOUT.title, notes: things }, null, 1)}\n`;
}

/** Take over a sidecar; how many notes it held, and how many name nothing in this case. */
export function readSidecar(text) {
  const given = JSON.parse(text);
  if (given.format !== "graphsess notes" || !Array.isArray(given.notes)) throw new Error("no notes of graphsess");
  let strangers = 0;
  for (const { id, tags, note } of given.notes) {
    if (typeof id !== "string") continue;
    kept.set(id, { tags: (Array.isArray(tags) ? tags : []).map(String), note: typeof note === "string" ? note : "" });
    if (id.startsWith("session|") && rowOf(id) < 0) strangers++;
  }
  return { read: given.notes.length, strangers };
}
