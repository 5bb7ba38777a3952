// Text from evidence, and the elements that show it. No text ever becomes markup.

const ODD = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;
const PLAIN = /^[\x20-\x7e]*$/;
const LONGEST = 400;

/** The text with control characters, marks of direction and lone surrogates as escapes. */
export function visible(text) {
  if (PLAIN.test(text)) return text;
  return text.replace(ODD, (char) => {
    const code = char.codePointAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** The same, cut where it is longer than anybody reads; `-` for null. */
export function shown(value, most = LONGEST) {
  if (value === null || value === undefined || value === "") return "-";
  const text = typeof value === "string" ? value : String(value);
  return text.length <= most ? visible(text)
    : `${visible(text.slice(0, most))}… (${text.length.toLocaleString("en")} characters)`;
}

/**
 * An element; `props` are properties, but `class`, `on` (listeners) and `aria-`/`data-`/`role`.
 * Its texts are made visible here, so that no view can forget it.
 */
export function el(tag, props, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") made.className = value;
    else if (name === "on") for (const kind of Object.keys(value)) made.addEventListener(kind, value[kind]);
    else if (name === "textContent") made.textContent = visible(String(value));
    else if (name === "title") made.title = String(value).split("\n").map(visible).join("\n");
    else if (name.includes("-") || name === "role" || name === "for" || name === "colspan" || name === "list") made.setAttribute(name, value);
    else made[name] = value;
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) made.append(child instanceof Node ? child : visible(String(child)));
  }
  return made;
}

/** A dictionary that knows its own words only: a code from a log may be `constructor`. */
export function lexicon(words) {
  return Object.assign(Object.create(null), words);
}

/** `1 host`, `2 hosts`. */
export function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : noun.endsWith("s") ? "es" : "s"}`;
}

/** A code as words: `open_at_end_of_log` reads better with spaces. */
export function spaced(code) {
  return code === null || code === undefined ? "-" : shown(String(code).replaceAll("_", " "));
}

/** A channel's name as short as it stays clear. */
export function channelName(name) {
  return shown(name === null ? null : name.replace(/^Microsoft-Windows-(RemoteDesktopServices-|TerminalServices-)?/, "").replace(/\/Operational$/, ""));
}
