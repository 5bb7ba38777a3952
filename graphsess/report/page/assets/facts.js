// The small parts that details are made of.

import { el, shown } from "./text.js";
import { clock, both } from "./clock.js";

/** A list of names and values; a value is a text, an element, or several. */
export function facts(rows) {
  const list = el("dl", { class: "facts" });
  for (const [name, value, hint] of rows) {
    if (value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length)) continue;
    list.append(el("dt", { textContent: name, title: hint || null }),
      el("dd", {}, typeof value === "string" || typeof value === "number" ? shown(value) : value));
  }
  return list;
}

export function time(us, precise = false) {
  return el("time", { title: both(us), textContent: clock(us, precise) });
}

/** A section of the detail, with a heading. */
export function section(title, ...content) {
  return el("section", { class: "part" }, el("h3", { textContent: title }), ...content);
}

export function link(text, go, hint) {
  return el("button", { type: "button", class: "link", textContent: shown(text), title: hint || null, on: { click: (event) => { event.stopPropagation(); go(); } } });
}

export function copyButton(text, label) {
  const button = el("button", { type: "button", class: "small", textContent: label, on: { click: async () => {
    const told = typeof text === "function" ? await text() : text;
    try {
      await navigator.clipboard.writeText(told);
    } catch {
      const area = el("textarea", { value: told, class: "unseen" });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = "copied";
    setTimeout(() => { button.textContent = label; }, 1200);
  } } });
  return button;
}

/** A bar of 25 points, with the number beside it. */
export function meter(points, most = 25) {
  const tone = points === null ? "quiet" : points >= 18 ? "good" : points >= 12 ? "warn" : "bad";
  const bar = el("span", { class: `meter ${tone}`, role: "img", "aria-label": points === null ? "does not apply" : `${points} of ${most}` }, el("i"));
  bar.firstChild.style.width = `${points === null ? 0 : Math.max(3, (points / most) * 100)}%`;
  return el("span", { class: "metered" }, bar, points === null ? "does not apply" : `${points} of ${most}`);
}
