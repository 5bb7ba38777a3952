// The page: header, views, the detail beside them, keys; and which of it the state shows.

import { el, shown, counted, visible } from "./text.js";
import { ABOUT, openCase, openMore, openEvents, table, column, of, rowOf, sessionCount } from "./model.js";
import { zoneSelect, setZone, zoneName, clock } from "./clock.js";
import { state, setState, readAddress, onChange, allow } from "./state.js";
import { run, parse, warm, FIELDS } from "./query.js";
import { Overview } from "./overview.js";
import { Sessions, usersView, groupsView, failuresView, activityView } from "./listing.js";
import { Timeline } from "./timeline.js";
import { Movement, moveCount } from "./movement.js";
import { Quality } from "./quality.js";
import { sessionDetail } from "./detail.js";
import { failureDetail, moveDetail, activityDetail } from "./things.js";
import { moveRow } from "./moves.js";
import { sessionRecords, tableRecords, asJsonLines, asCsv, save, asPng } from "./export.js";
import { sidecar, readSidecar, noteCount, isUnsaved } from "./notes.js";

const TITLES = { overview: "Overview", sessions: "Sessions", users: "Accounts", groups: "Account + address", timeline: "Timeline", movement: "Movement", failures: "Failures", activity: "Activity", quality: "Data quality" };
const NAMES = Object.keys(TITLES);
const PICTURES = ["overview", "timeline", "movement", "quality"];
const page = {};
let views = {};
let rows = new Uint32Array();

async function begin() {
  if (!("DecompressionStream" in window)) {
    document.getElementById("loading").textContent = "This browser is too old for the report: it needs Chrome or Edge 80, Firefox 113, Safari 16.4, or later. The commands of graphsess show the same.";
    return;
  }
  performance.mark("begin");
  dress(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  await openCase();
  performance.mark("unpacked");
  views = { overview: new Overview(), sessions: new Sessions(), users: usersView(), groups: groupsView(), timeline: new Timeline(), movement: new Movement(), failures: failuresView(), activity: activityView(), quality: new Quality() };
  build();
  allow("view", NAMES);
  readAddress();
  setZone(state.zone);
  page.zone.value = zoneName();
  onChange(changed);
  addEventListener("hashchange", readAddress);
  addEventListener("popstate", readAddress);
  addEventListener("beforeunload", (event) => { if (isUnsaved()) event.preventDefault(); });
  new ResizeObserver(() => views[state.view].resize && views[state.view].resize()).observe(page.main);
  addEventListener("beforeprint", printing);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => { dress(event.matches ? "dark" : "light"); refresh(true); });
  page.box.value = state.q;
  query();
  show();
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("painted")));
  await openMore();
  await new Promise((done) => setTimeout(done));
  count();
  refresh(true);
  thing();
  performance.mark("ready");
  document.documentElement.dataset.ready = "yes";
  setTimeout(warm);
}

/** The frame around the views. */
function build() {
  page.box = el("input", { type: "search", id: "query", placeholder: "user:ann ip:10.0.0.0/8 host:dc kind:rdp flag:takeover after:2026-03-02 -outcome:failed   ( / )", spellcheck: false, autocomplete: "off", "aria-label": "Query", "aria-describedby": "hint", list: "fields",
    on: { input: () => { clearTimeout(page.wait); page.wait = setTimeout(() => setState({ q: page.box.value }), 60); }, keydown: (event) => { if (event.key === "Enter") { clearTimeout(page.wait); setState({ q: page.box.value }); } } } });
  page.clear = el("button", { type: "button", class: "small", textContent: "✕", title: "Clear the query", "aria-label": "Clear the query", on: { click: () => setState({ q: "" }) } });
  page.hint = el("span", { id: "hint", role: "status" });
  page.window = el("button", { type: "button", class: "chip", hidden: true, title: "Show the whole time again", on: { click: () => setState({ from: null, to: null }) } });
  page.all = el("button", { type: "button", class: "chip toggle", title: "Also machine, service and system sessions, and a controller's background", on: { click: () => setState({ all: !state.all }) } });
  page.asTable = el("button", { type: "button", class: "chip toggle", textContent: "as table", title: "The picture as a table (t)", on: { click: () => setState({ table: !state.table }) } });
  page.zone = zoneSelect((zone) => setState({ zone }));
  page.theme = el("button", { type: "button", title: "Light or dark", "aria-label": "Light or dark", textContent: "◐", on: { click: () => { dress(document.documentElement.dataset.theme === "dark" ? "light" : "dark"); refresh(true); } } });
  page.help = el("button", { type: "button", textContent: "?", title: "Help (?)", "aria-label": "Help", on: { click: () => help() } });
  page.tabs = el("nav", { role: "tablist", "aria-label": "Views" }, NAMES.map((name, at) => el("button", { type: "button", role: "tab", id: `tab-${name}`, "data-view": name, "aria-controls": "main", title: `${TITLES[name]} (${at + 1})`, on: { click: () => setState({ view: name }) } }, TITLES[name], el("small", {}))));
  page.tabs.addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    const next = NAMES[(NAMES.indexOf(state.view) + way + NAMES.length) % NAMES.length];
    setState({ view: next });
    document.getElementById(`tab-${next}`).focus();
  });
  page.tools = el("span", { class: "tools" });
  page.main = el("main", { id: "main", role: "tabpanel", tabIndex: -1 }, Object.values(views).map((view) => view.root));
  page.aside = el("aside", { hidden: true, "aria-label": "Detail", tabIndex: -1 });
  page.edge = el("div", { class: "edge", hidden: true, role: "separator", "aria-label": "Width of the detail", "aria-orientation": "vertical" });
  page.edge.addEventListener("pointerdown", widen);
  page.foot = el("footer", {}, el("span", { class: "warning", textContent: "Names and texts come from the logs; an intruder may have chosen them." }), el("span", { id: "zone-said" }), el("span", { textContent: `graphsess ${ABOUT.tool}` }));
  document.getElementById("app").replaceChildren(
    el("header", {}, el("div", { class: "title" }, el("b", { textContent: "graphsess" }), el("h1", { textContent: shown(ABOUT.title, 60), title: visible(ABOUT.title) })),
      el("div", { class: "query" }, page.box, page.clear), el("label", { class: "zone" }, el("span", { class: "unseen", textContent: "Time zone" }), page.zone), exportMenu(), page.theme, page.help),
    el("div", { class: "tabs" }, page.tabs, el("span", { class: "state" }, page.tools, page.window, page.asTable, page.all, page.hint)),
    el("div", { class: "body" }, page.main, page.edge, page.aside), page.foot,
    el("datalist", { id: "fields" }, Object.entries(FIELDS).map(([name, says]) => el("option", { value: `${name}:`, label: says }))));
}

function exportMenu() {
  const item = (text, go, hint) => el("button", { type: "button", textContent: text, title: hint || null, on: { click: () => { page.menu.open = false; go(); } } });
  const file = el("input", { type: "file", accept: ".json,application/json", class: "unseen", tabIndex: -1, "aria-label": "Notes to load", on: { change: () => load(file) } });
  page.menu = el("details", { class: "menu" }, el("summary", { textContent: "Export" }), el("div", { class: "menu-body" },
    el("h4", { textContent: "What is shown" }),
    item("JSON lines", () => records("jsonl"), "The records as the command prints them, in UTC"), item("CSV", () => records("csv"), "Every cell inert: no spreadsheet takes one for a formula"),
    el("h4", { textContent: "The picture" }), item("SVG", () => picture("svg")), item("PNG", () => picture("png")),
    el("h4", { textContent: "Notes and tags" }), item("Save notes (JSON)", () => { save("notes.json", sidecar(), "application/json"); }), item("Load notes …", () => file.click()), file,
    el("h4", { textContent: "Paper" }), item("Print …", () => window.print())));
  return page.menu;
}

/** Save the rows of the view, as records. */
async function records(form) {
  const view = views[state.view];
  const name = view.inOrder && !["sessions", "movement"].includes(view.name) ? view.name : view.name === "movement" ? "moves" : "sessions";
  const found = name === "sessions" ? await sessionRecords(view.name === "sessions" ? view.inOrder() : rows) : tableRecords(name, view.inOrder());
  save(`${name}.${form}`, form === "csv" ? asCsv(found) : asJsonLines(found), form === "csv" ? "text/csv" : "application/jsonl");
}

async function picture(form) {
  const name = PICTURES.includes(state.view) ? state.view : "timeline";
  if (name !== state.view) { setState({ view: name }); await new Promise((done) => requestAnimationFrame(done)); }
  if (state.table) setState({ table: false });
  const view = views[name];
  const svg = view.svg ? view.svg() : view.picture.svg();
  save(`${name}.${form}`, form === "svg" ? svg : await asPng(svg), "image/svg+xml");
}

async function load(file) {
  const [chosen] = file.files;
  if (!chosen) return;
  try {
    const { read, strangers } = readSidecar(await chosen.text());
    say(`${counted(read, "note")} loaded${strangers ? `; ${strangers} of them name nothing in this case` : ""}`);
    refresh(true);
    thing();
  } catch (error) {
    say(`${shown(chosen.name, 60)}: ${error.message}`);
  }
  file.value = "";
}

/** React to what changed in the state. */
function changed(names) {
  const has = (...some) => some.some((name) => names.includes(name));
  if (has("zone")) { setZone(state.zone); page.zone.value = zoneName(); }
  if (has("q") && page.box.value !== state.q) page.box.value = state.q;
  if (has("q", "all", "from", "to", "zone")) query();
  if (has("view")) show();
  else if (has("q", "all", "from", "to", "zone", "sort", "lanes", "chain", "table", "each")) refresh(!has("q", "all", "sort", "from", "to"));
  if (has("thing", "zone")) thing();
  head();
}

/** Find the rows of the query. */
function query() {
  performance.mark("filter");
  rows = run(state.q, state);
  performance.measure("filter", "filter");
  head();
}

/** What stands beside the tabs: how much is shown, of how much, and why. */
function head() {
  const hidden = column("hidden").codes;
  let open = 0;
  for (let row = 0; row < hidden.length; row++) if (state.all || !hidden[row]) open++;
  const problem = parse(state.q).find((word) => word.problem);
  page.hint.textContent = problem ? problem.problem : `showing ${rows.length.toLocaleString("en")} of ${counted(open, "session")}`;
  page.hint.className = problem ? "bad" : "";
  page.all.textContent = state.all ? `hidden shown (${(sessionCount() - unhidden()).toLocaleString("en")})` : `${(sessionCount() - open).toLocaleString("en")} hidden`;
  page.all.hidden = sessionCount() === unhidden();
  page.all.setAttribute("aria-pressed", String(state.all));
  page.asTable.hidden = !PICTURES.includes(state.view);
  page.asTable.setAttribute("aria-pressed", String(state.table));
  page.clear.hidden = !state.q;
  page.window.hidden = state.from === null && state.to === null;
  page.window.textContent = `${clock(state.from)} to ${clock(state.to)} ✕`;
  page.tools.replaceChildren(...(views[state.view].tools || []));
  document.getElementById("zone-said").textContent = `All times ${zoneName()}${zoneName() === "UTC" ? "" : "; exports are in UTC"}`;
}

function unhidden() {
  if (page.unhidden === undefined) {
    page.unhidden = 0;
    for (const code of column("hidden").codes) if (!code) page.unhidden++;
  }
  return page.unhidden;
}

/** Show the view of the state, and nothing else. */
function show() {
  for (const name of NAMES) {
    views[name].root.hidden = name !== state.view;
    const tab = document.getElementById(`tab-${name}`);
    tab.setAttribute("aria-selected", String(name === state.view));
    tab.tabIndex = name === state.view ? 0 : -1;
  }
  refresh(false);
  head();
}

function refresh(keep) {
  performance.mark("view");
  views[state.view].update(rows, keep);
  performance.measure(`view-${state.view}`, "view");
}

/** Counts beside the names of the views. */
function count() {
  const told = { users: table("users").rows, groups: table("groups").rows, failures: table("failures").rows, movement: moveCount(), activity: ABOUT.activities, sessions: unhidden() };
  for (const [name, number] of Object.entries(told)) document.querySelector(`#tab-${name} small`).textContent = number.toLocaleString("en");
}

/** Open the detail of the thing in the state. */
function thing() {
  const open = state.thing !== "";
  let root = null;
  let marked = -1;
  if (open) {
    if (state.thing.startsWith("failures|")) root = failureDetail(state.thing, noted);
    else if (state.thing.startsWith("move|")) root = moveRow(state.thing) < 0 ? null : moveDetail(moveRow(state.thing), noted);
    else if (/^[0-9a-f]{32}$/.test(state.thing)) {
      const uid = state.thing;
      root = el("article", { class: "detail" }, el("p", { class: "muted", textContent: "…" }));
      activityDetail(uid, noted).then((found) => { if (found && state.thing === uid) root.replaceWith(found); });
    }
    else if ((marked = rowOf(state.thing)) >= 0) root = sessionDetail(marked, noted);
    if (!root) root = el("article", { class: "detail" }, el("p", { class: "muted", textContent: "Nothing in this case has that id:" }), el("p", { class: "id mono", textContent: shown(state.thing) }));
  }
  page.aside.hidden = page.edge.hidden = !open;
  if (open) page.aside.replaceChildren(el("button", { type: "button", class: "close", textContent: "✕", title: "Close (Esc)", "aria-label": "Close the detail", on: { click: () => setState({ thing: "" }) } }), root);
  else page.aside.replaceChildren();
  page.aside.scrollTop = 0;
  views.sessions.grid.mark(marked);
  if (views[state.view].resize) views[state.view].resize();
}

function noted() {
  if (state.view === "sessions") refresh(true);
}

/** Change the width of the detail with the pointer. */
function widen(event) {
  const began = event.clientX;
  const width = page.aside.offsetWidth;
  const move = (now) => { page.aside.style.width = `${Math.max(320, Math.min(innerWidth - 360, width + began - now.clientX))}px`; };
  page.edge.setPointerCapture(event.pointerId);
  page.edge.addEventListener("pointermove", move);
  page.edge.addEventListener("pointerup", () => page.edge.removeEventListener("pointermove", move), { once: true });
}

function dress(theme) {
  document.documentElement.dataset.theme = theme;
}

function say(text) {
  page.hint.textContent = text;
}

/** Keys, and the words of the query. */
function help() {
  if (document.querySelector("dialog[open]")) return;
  const keys = [["1 … 9", "views"], ["/", "query"], ["j k, arrows", "next and previous row"], ["Enter", "open"], ["Esc", "close, leave"], ["[ ]", "earlier, later (timeline)"], ["+ −", "zoom (timeline)"], ["t", "picture as table"], ["n p", "next and previous session, in the detail"], ["?", "this help"]];
  const box = el("dialog", { "aria-label": "Help", on: { close: () => box.remove() } }, el("button", { type: "button", class: "close", textContent: "✕", "aria-label": "Close", on: { click: () => box.close() } }),
    el("h2", { textContent: "Keys" }), el("dl", { class: "facts" }, keys.flatMap(([key, says]) => [el("dt", {}, el("kbd", { textContent: key })), el("dd", { textContent: says })])),
    el("h2", { textContent: "Query" }), el("p", { textContent: "Words are joined by “and”; - before one turns it round; quotes keep spaces; several values stand with commas. A word without a field is looked for in accounts, addresses, hosts, names, kinds and outcomes." }),
    el("dl", { class: "facts" }, Object.entries(FIELDS).flatMap(([name, says]) => [el("dt", {}, el("code", { textContent: `${name}:` })), el("dd", { textContent: says })])));
  document.body.append(box);
  box.showModal();
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox" && event.target.type !== "range";
  if (event.key === "Escape") {
    if (page.menu && page.menu.open) page.menu.open = false;
    else if (typing) event.target.blur();
    else if (state.thing) setState({ thing: "" });
    return;
  }
  if (typing || !page.box) return;
  const view = views[state.view];
  const grid = view.grid;
  if (event.key === "/") page.box.focus();
  else if (event.key === "?") help();
  else if (event.key === "t" && PICTURES.includes(state.view)) setState({ table: !state.table });
  else if (/^[1-9]$/.test(event.key)) setState({ view: NAMES[event.key - 1] });
  else if ("np".includes(event.key) && state.thing) beside(event.key === "n" ? 1 : -1);
  else if ((event.key === "j" || event.key === "k") && grid && !grid.root.hidden) { grid.root.focus(); grid.move(event.key === "j" ? 1 : -1); }
  else if (event.key === "[" && view.step) view.step(-0.5);
  else if (event.key === "]" && view.step) view.step(0.5);
  else if (event.key === "+" && view.zoom) view.zoom(0.5);
  else if (event.key === "-" && view.zoom) view.zoom(2);
  else return;
  event.preventDefault();
});

/** The next or previous session of the list in the detail. */
function beside(way) {
  const list = state.view === "sessions" ? views.sessions.inOrder() : rows;
  const at = list.indexOf(rowOf(state.thing));
  const next = list[at + way];
  if (next !== undefined) setState({ thing: of(next, "id") });
}

/** Paper gets the rows themselves, up to a few hundred, and the sources of the open session. */
function printing() {
  const old = document.getElementById("printed");
  if (old) old.remove();
  const list = state.view === "sessions" ? views.sessions.inOrder() : rows;
  const most = 500;
  const body = el("tbody", {}, Array.from(list.slice(0, most), (row) => el("tr", {}, [clock(of(row, "start")), clock(of(row, "end")), of(row, "user") ?? of(row, "attempted_user"), of(row, "outcome"), of(row, "kind"), of(row, "source_address"), of(row, "host"), (of(row, "flags") || []).join(", ")].map((value) => el("td", { textContent: shown(value, 80) })))));
  document.body.append(el("section", { id: "printed" }, el("h2", { textContent: `Sessions${state.q ? `: ${visible(state.q)}` : ""} (${Math.min(most, list.length)} of ${list.length}), times in ${zoneName()}` }),
    el("table", {}, el("thead", {}, el("tr", {}, ["Start", "End", "Account", "Outcome", "Kind", "From", "Host", "Flags"].map((title) => el("th", { textContent: title })))), body)));
}

begin().catch((error) => {
  const place = document.getElementById("loading") || document.getElementById("app");
  place.textContent = `The report cannot be drawn: ${error.message}. The file may be damaged; write it again with graphsess report.`;
  throw error;
});
