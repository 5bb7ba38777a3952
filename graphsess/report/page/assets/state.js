// What the page shows, as the address after `#` tells it: a link brings the same sight back.

const DEFAULTS = { view: "overview", q: "", all: false, zone: "UTC", thing: "", sort: "", from: null, to: null,
  lanes: "host", chain: "", table: false, each: false };
const allowed = { lanes: ["host", "user", "address"] };
const listeners = [];
export const state = { ...DEFAULTS };

/** Call `listener` with the names of what changed. */
export function onChange(listener) {
  listeners.push(listener);
}

/** Name the values that a part of the address may have; any other is the standard one. */
export function allow(name, values) {
  allowed[name] = values;
}

/** Change what is shown. A new view or thing is a step that the browser's Back undoes. */
export function setState(patch) {
  const changed = Object.keys(patch).filter((name) => state[name] !== patch[name]);
  if (!changed.length) return;
  Object.assign(state, patch);
  const address = `#${written()}`;
  const step = changed.includes("view") || changed.includes("thing");
  history[step ? "pushState" : "replaceState"](null, "", address);
  for (const listener of listeners) listener(changed);
}

/** Take over what the address tells. */
export function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const next = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS)) {
    if (!given.has(name)) continue;
    const text = given.get(name);
    if (typeof DEFAULTS[name] === "boolean") next[name] = text === "1";
    else if (DEFAULTS[name] === null) next[name] = text !== "" && Number.isFinite(+text) ? +text : null;
    else next[name] = text;
  }
  for (const [name, values] of Object.entries(allowed)) if (!values.includes(next[name])) next[name] = DEFAULTS[name];
  const changed = Object.keys(next).filter((name) => state[name] !== next[name]);
  Object.assign(state, next);
  if (changed.length) for (const listener of listeners) listener(changed);
}

/** The address of what is shown. */
export function permalink(patch = {}) {
  return `${location.href.split("#")[0]}#${written({ ...state, ...patch })}`;
}

function written(values = state) {
  const told = new URLSearchParams();
  for (const [name, standard] of Object.entries(DEFAULTS)) {
    const value = values[name];
    if (value !== standard && value !== null) told.set(name, value === true ? "1" : value === false ? "0" : String(value));
  }
  return told.toString();
}
