// Data quality: what was handed over, what the logs cover, and what they cannot tell.

import { el, shown, counted, channelName } from "./text.js";
import { ABOUT, table } from "./model.js";
import { clock, span } from "./clock.js";
import { facts, section } from "./facts.js";
import { Picture } from "./paper.js";
import { Scale, drawAxis, hatch, moment } from "./lanes.js";
import { Grid } from "./grid.js";
import { state } from "./state.js";

const LABEL = 330;
const ROW = 17;
const HEAD = 34;

export class Quality {
  constructor() {
    this.name = "quality";
    this.ledger = new Grid({ label: "Ledger: what became of every file", columns: ledgerColumns(), open: () => {}, sorted: () => this.fillLedger(), empty: "No file was handed over." });
    this.stage = el("div", { class: "stage" });
    this.picture = new Picture({ root: this.stage, label: "What each channel of each host covers; “as table” lists it", draw: (paper, ink) => this.paint(paper, ink) });
    this.coverage = new Grid({ label: "Coverage", columns: coverageColumns((i) => this.stretches[i]), open: () => {}, sorted: () => this.fill(), empty: "No channel is covered." });
    this.cover = el("div", { class: "cover" }, this.stage, this.coverage.root);
    this.hosts = el("div");
    this.summary = el("div");
    this.root = el("section", { class: "view quality", "aria-label": "Data quality" },
      el("div", { class: "columns" }, el("div", {}, el("h2", { textContent: "In short" }), this.summary), el("div", {}, el("h2", { textContent: "Hosts: clocks, boots, cleared logs" }), this.hosts)),
      el("h2", { textContent: "Ledger" }), el("p", { class: "muted said", textContent: "Records seen = kept + not wanted + unreadable, for every file." }), el("div", { class: "ledger" }, this.ledger.root),
      el("h2", { textContent: "Coverage" }), el("p", { class: "muted said", textContent: "Solid: the log has no hole there. Striped: a gap. A red line: the log was cleared. Outside of what is covered, an empty answer means nothing." }), this.cover);
  }

  update() {
    this.fillLedger();
    this.drawSummary();
    this.drawHosts();
    this.stretches = stretchesOf();
    this.fill();
  }

  fillLedger() {
    this.ledger.show(Uint32Array.from({ length: table("evidence").rows }, (_, i) => i));
    this.ledger.root.style.height = `${Math.min(360, 28 + 26 * table("evidence").rows + 14)}px`;
  }

  fill() {
    this.stage.hidden = state.table;
    this.coverage.root.hidden = !state.table;
    this.coverage.show(Uint32Array.from(this.stretches, (_, i) => i));
    this.resize();
  }

  resize() {
    this.picture.wantedHeight = Math.min(12_000, HEAD + table("coverage").rows * ROW + 10);
    this.stage.style.height = `${this.picture.wantedHeight}px`;
    this.picture.draw();
    this.ledger.later();
    this.coverage.later();
  }

  drawSummary() {
    const files = table("evidence").all();
    const sum = (name) => files.reduce((total, file) => total + (file[name] || 0), 0);
    const troubled = files.filter((file) => file.problem || file.records_unreadable || file.chunks_bad);
    const { built, settings, options, problems, tool, logged, events } = ABOUT;
    this.summary.replaceChildren(facts([
      ["files", counted(files.length, "file")],
      ["bytes", sum("bytes").toLocaleString("en")],
      ["records seen", sum("records_seen").toLocaleString("en")],
      ["kept", sum("records_kept").toLocaleString("en")],
      ["not wanted", sum("records_not_wanted").toLocaleString("en")],
      ["unreadable", sum("records_unreadable").toLocaleString("en")],
      ["damaged files", troubled.length ? counted(troubled.length, "file") : "none"],
      ["case built by", `graphsess ${built.tool}, rules ${built.rules}, table layout ${built.schema}`],
      ["report by", `graphsess ${tool}`],
      ["options", Object.entries(options).map(([name, value]) => `${name} ${value ? "yes" : "no"}`).join(", ")],
      ["records as logged", logged >= events ? `all ${events.toLocaleString("en")} cited` : `${logged.toLocaleString("en")} of ${events.toLocaleString("en")} cited, those of the worst sessions first`],
    ]));
    for (const problem of problems) this.summary.append(el("p", { class: "trouble", textContent: shown(problem, 1000) }));
    for (const file of troubled.filter((one) => one.problem)) this.summary.append(el("p", { class: "trouble", textContent: shown(file.problem, 1000) }));
    this.summary.append(el("details", {}, el("summary", { textContent: "Settings that it was built with" }), facts(Object.entries(settings).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") || "none" : name.endsWith("_s") ? `${value} s` : String(value)]))));
  }

  drawHosts() {
    this.hosts.replaceChildren(...table("hosts").all().slice(0, 200).map((host) => section(shown(host.host, 100), facts([
      ["names", (host.names || []).filter((name) => name !== host.host).join(", ")],
      ["addresses", (host.addresses || []).join(", ")],
      ["what", [host.is_dc ? "domain controller" : null, host.os_build ? `build ${host.os_build}` : null].filter(Boolean).join(", ")],
      ["logs", [el("span", { class: "whole", textContent: `${clock(host.first)} to` }), " ", el("span", { class: "whole", textContent: clock(host.last) })]],
      ["time zone", host.time_zone],
      ["boots", `${(host.boots || []).length}${(host.boots || []).some((boot) => boot.end_kind === "crash") ? ", with crashes" : ""}`],
      ["clock jumps", (host.clock_jumps || []).length ? el("ul", { class: "bare" }, host.clock_jumps.map(({ before, after }) => el("li", { class: "warn", textContent: `${clock(moment(before))} → ${clock(moment(after))} (${moment(after) >= moment(before) ? "forward" : "back"} ${span(Math.abs(moment(after) - moment(before)))})` }))) : null],
      ["logs cleared", (host.logs_cleared || []).length ? el("ul", { class: "bare" }, host.logs_cleared.map(({ time, channel, user }) => el("li", { class: "bad", textContent: `✕ ${channelName(channel)} ${clock(moment(time))}${user ? ` by ${shown(user, 80)}` : ""}` }))) : null],
    ]))));
    const more = table("hosts").rows - 200;
    if (more > 0) this.hosts.append(el("p", { class: "muted", textContent: `showing 200 of ${table("hosts").rows}: graphsess hosts CASE lists all` }));
  }

  paint(paper, ink) {
    const coverage = table("coverage");
    let from = Infinity;
    let to = -Infinity;
    for (let at = 0; at < coverage.rows; at++) {
      from = Math.min(from, coverage.get("first", at) ?? Infinity);
      to = Math.max(to, coverage.get("last", at) ?? -Infinity);
    }
    if (!(from <= to)) return;
    const scale = new Scale(from, to, LABEL, paper.width - LABEL - 10);
    drawAxis(paper, ink, scale, 14, paper.height - 4);
    const cleared = new Map();
    for (const host of table("hosts").all()) for (const one of host.logs_cleared || []) cleared.set(`${host.host}|${one.channel}`, [...(cleared.get(`${host.host}|${one.channel}`) || []), moment(one.time)]);
    let before = null;
    const rows = Math.min(coverage.rows, Math.floor((paper.height - HEAD) / ROW));
    for (let at = 0; at < rows; at++) {
      const y = HEAD + at * ROW;
      const host = coverage.get("host", at);
      const channel = coverage.get("channel", at);
      if (host !== before) {
        if (at) paper.path([0, y - 1.5, paper.width, y - 1.5], { stroke: ink.line });
        paper.text(0, y + 12, shown(host, 100), { fill: ink.text, size: 11, weight: 600, width: 130 });
      }
      before = host;
      paper.text(138, y + 12, channelName(channel), { fill: ink.muted, size: 11, width: LABEL - 146 });
      for (const { first, last } of coverage.get("intervals", at) || []) {
        const [a, b] = [moment(first), moment(last)];
        const x = scale.cut(a);
        const width = Math.max(2, scale.cut(b) - x);
        paper.rect(x, y + 3, width, ROW - 7, { fill: channel === "Security" ? ink.accent : ink.inside, radius: 1.5 });
        paper.area(x, y, Math.max(width, 5), ROW, { title: `${shown(host, 80)}\n${channelName(channel)}\n${clock(a)} to ${clock(b)}` });
      }
      for (const gap of coverage.get("gaps", at) || []) {
        const x = scale.cut(moment(gap.from));
        const width = Math.max(2, scale.cut(moment(gap.to)) - x);
        hatch(paper, x, y + 3, width, ROW - 7, ink.warn, 5, 0.9);
        paper.area(x, y, Math.max(width, 5), ROW, { title: `${shown(host, 80)}, ${channelName(channel)}\nhole from ${clock(moment(gap.from))} to ${clock(moment(gap.to))}: ${gap.cause}` });
      }
      for (const us of cleared.get(`${host}|${channel}`) || []) paper.path([scale.x(us), y, scale.x(us), y + ROW - 2], { stroke: ink.bad, line: 2.4 });
    }
  }

  svg() {
    return this.picture.svg();
  }
}

function stretchesOf() {
  const lines = [];
  for (const { host, channel, intervals, gaps } of table("coverage").all()) {
    for (const { first, last } of intervals || []) lines.push({ host, channel, what: "covered", from: moment(first), to: moment(last), cause: null });
    for (const gap of gaps || []) lines.push({ host, channel, what: "hole", from: moment(gap.from), to: moment(gap.to), cause: gap.cause });
  }
  return lines;
}

function coverageColumns(line) {
  return [
    { key: "host", title: "Host", width: 170, grow: 1, text: (i) => line(i).host, sort: (i) => line(i).host },
    { key: "channel", title: "Channel", width: 260, grow: 2, text: (i) => channelName(line(i).channel), sort: (i) => line(i).channel },
    { key: "what", title: "What", width: 80, text: (i) => line(i).what, sort: (i) => line(i).what },
    { key: "from", title: "From", width: 142, text: (i) => clock(line(i).from), sort: (i) => line(i).from },
    { key: "to", title: "To", width: 142, text: (i) => clock(line(i).to), sort: (i) => line(i).to },
    { key: "length", title: "Length", width: 100, right: true, text: (i) => span(line(i).to - line(i).from), sort: (i) => line(i).to - line(i).from, downFirst: true },
    { key: "cause", title: "Broken by", width: 120, text: (i) => line(i).cause, sort: (i) => line(i).cause },
  ];
}

function ledgerColumns() {
  const get = (key) => (i) => table("evidence").get(key, i);
  const amount = (key) => ({ right: true, text: (i) => (get(key)(i) ?? 0).toLocaleString("en"), sort: get(key), downFirst: true });
  return [
    { key: "path", title: "File", width: 340, grow: 4, text: get("path"), sort: get("path") },
    { key: "kind", title: "Kind", width: 70, text: get("kind"), sort: get("kind") },
    { key: "problem", title: "Problem", width: 150, grow: 3, text: get("problem"), sort: get("problem") },
    { key: "records_seen", title: "Seen", width: 76, ...amount("records_seen") },
    { key: "records_kept", title: "Kept", width: 76, ...amount("records_kept") },
    { key: "records_not_wanted", title: "Not wanted", width: 84, ...amount("records_not_wanted") },
    { key: "records_unreadable", title: "Unreadable", width: 84, ...amount("records_unreadable") },
    { key: "chunks_bad", title: "Bad chunks", width: 84, ...amount("chunks_bad") },
    { key: "first", title: "First", width: 142, text: (i) => clock(get("first")(i)), sort: get("first") },
    { key: "last", title: "Last", width: 142, text: (i) => clock(get("last")(i)), sort: get("last") },
    { key: "also", title: "Also at", width: 110, text: (i) => (get("also")(i) || []).join(", ") || null },
    { key: "sha256", title: "SHA-256", width: 150, grow: 1, text: get("sha256"), mono: true },
  ];
}
