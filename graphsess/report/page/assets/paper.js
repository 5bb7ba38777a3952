// One way to draw, on a canvas for the screen or as SVG for a file.

import { visible } from "./text.js";

const measuring = document.createElement("canvas").getContext("2d");
const FAMILY = '"Segoe UI", "Noto Sans", "Liberation Sans", "Helvetica Neue", Arial, sans-serif';

/** The colours of the theme, by the names that the style sheet gives them. */
function inks() {
  const style = getComputedStyle(document.documentElement);
  return new Proxy({}, { get: (_, name) => style.getPropertyValue(`--${name}`).trim() });
}

/** A text cut to a width, with … where something is missing. */
function fitted(text, width, size = 12, weight = 400) {
  measuring.font = `${weight} ${size}px ${FAMILY}`;
  let told = visible(text.length > 300 ? text.slice(0, 300) : text);
  if (measuring.measureText(told).width <= width) return told;
  let few = 0;
  let many = told.length;
  while (few < many) {
    const half = (few + many + 1) >> 1;
    if (measuring.measureText(`${told.slice(0, half)}…`).width <= width) few = half;
    else many = half - 1;
  }
  return `${told.slice(0, few)}…`;
}

export function textWidth(text, size = 12, weight = 400) {
  measuring.font = `${weight} ${size}px ${FAMILY}`;
  return measuring.measureText(text).width;
}

/** Draws on a canvas, and remembers what lies where. */
class Canvas {
  constructor(canvas, width, height) {
    const scale = window.devicePixelRatio || 1;
    this.width = width;
    this.height = height;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    this.pen = canvas.getContext("2d");
    this.pen.setTransform(scale, 0, 0, scale, 0, 0);
    this.pen.clearRect(0, 0, width, height);
    this.areas = [];
  }

  area(x, y, width, height, what) {
    this.areas.push({ x, y, width, height, ...what });
  }

  rect(x, y, width, height, { fill, stroke, alpha = 1, line = 1, radius = 0, dash = null }) {
    const { pen } = this;
    pen.globalAlpha = alpha;
    pen.beginPath();
    if (radius) pen.roundRect(x, y, width, height, radius);
    else pen.rect(x, y, width, height);
    if (fill) { pen.fillStyle = fill; pen.fill(); }
    if (stroke) { pen.setLineDash(dash || []); pen.strokeStyle = stroke; pen.lineWidth = line; pen.stroke(); }
    pen.globalAlpha = 1;
  }

  fade(x, y, width, height, fill) {
    const slope = this.pen.createLinearGradient(x, 0, x + width, 0);
    slope.addColorStop(0, fill);
    slope.addColorStop(1, `${fill}00`);
    this.pen.fillStyle = slope;
    this.pen.fillRect(x, y, width, height);
  }

  path(points, { stroke, alpha = 1, line = 1, dash = null, fill = null, curve = false }) {
    const { pen } = this;
    pen.globalAlpha = alpha;
    pen.beginPath();
    pen.moveTo(points[0], points[1]);
    if (curve) pen.bezierCurveTo(...points.slice(2));
    else for (let i = 2; i < points.length; i += 2) pen.lineTo(points[i], points[i + 1]);
    if (fill) { pen.fillStyle = fill; pen.fill(); }
    if (stroke) { pen.setLineDash(dash || []); pen.strokeStyle = stroke; pen.lineWidth = line; pen.stroke(); }
    pen.globalAlpha = 1;
  }

  text(x, y, text, { fill, size = 12, weight = 400, align = "left", width = Infinity }) {
    const { pen } = this;
    pen.font = `${weight} ${size}px ${FAMILY}`;
    pen.fillStyle = fill;
    pen.textAlign = align;
    pen.fillText(width === Infinity ? visible(text) : fitted(text, width, size, weight), x, y);
  }

  clip(x, y, width, height, draw) {
    this.pen.save();
    this.pen.beginPath();
    this.pen.rect(x, y, width, height);
    this.pen.clip();
    draw();
    this.pen.restore();
  }
}

/** Draws the same as SVG. */
class Svg {
  constructor(width, height, background) {
    this.width = width;
    this.height = height;
    this.parts = [`<rect width="${width}" height="${height}" fill="${background}"/>`];
    this.named = 0;
  }

  area() {}

  rect(x, y, width, height, { fill, stroke, alpha = 1, line = 1, radius = 0, dash = null }) {
    this.parts.push(`<rect x="${n(x)}" y="${n(y)}" width="${n(Math.max(0, width))}" height="${n(height)}"${radius ? ` rx="${radius}"` : ""} fill="${fill || "none"}"${pen(stroke, line, dash)}${alpha < 1 ? ` opacity="${alpha}"` : ""}/>`);
  }

  fade(x, y, width, height, fill) {
    const name = `fade${this.named++}`;
    const left = width < 0;
    this.parts.push(`<linearGradient id="${name}"><stop stop-color="${fill}"${left ? ' stop-opacity="0"' : ""}/><stop offset="1" stop-color="${fill}"${left ? "" : ' stop-opacity="0"'}/></linearGradient><rect x="${n(left ? x + width : x)}" y="${n(y)}" width="${n(Math.abs(width))}" height="${n(height)}" fill="url(#${name})"/>`);
  }

  path(points, { stroke, alpha = 1, line = 1, dash = null, fill = null, curve = false }) {
    const told = points.map(n);
    const rest = [];
    for (let i = 2; i < told.length; i += 2) rest.push(`${told[i]} ${told[i + 1]}`);
    const way = curve ? `C${rest.join(" ")}` : rest.map((point) => `L${point}`).join("");
    this.parts.push(`<path d="M${told[0]} ${told[1]}${way}" fill="${fill || "none"}"${pen(stroke, line, dash)}${alpha < 1 ? ` opacity="${alpha}"` : ""}/>`);
  }

  text(x, y, text, { fill, size = 12, weight = 400, align = "left", width = Infinity }) {
    const anchor = { left: "start", center: "middle", right: "end" }[align];
    const told = width === Infinity ? visible(text) : fitted(text, width, size, weight);
    this.parts.push(`<text x="${n(x)}" y="${n(y)}" font-size="${size}"${weight === 400 ? "" : ` font-weight="${weight}"`} text-anchor="${anchor}" fill="${fill}" xml:space="preserve">${escaped(told)}</text>`);
  }

  clip(x, y, width, height, draw) {
    const name = `clip${this.named++}`;
    this.parts.push(`<clipPath id="${name}"><rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"/></clipPath><g clip-path="url(#${name})">`);
    draw();
    this.parts.push("</g>");
  }

  toString() {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}" font-family="${escaped(FAMILY)}">${this.parts.join("")}</svg>\n`;
  }
}

/** A picture that draws itself anew, tells what is under the pointer, and can be saved. */
export class Picture {
  constructor({ root, label, draw, choose }) {
    this.drawOn = draw;
    this.choose = choose || (() => {});
    const element = (tag, cls) => { const made = document.createElement(tag); made.className = cls; return made; };
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", label);
    this.tip = element("div", "tip");
    this.tip.hidden = true;
    root.classList.add("picture");
    root.append(this.canvas, this.tip);
    this.root = root;
    this.canvas.addEventListener("pointermove", (event) => this.hover(event));
    this.canvas.addEventListener("pointerleave", () => { this.tip.hidden = true; });
    this.canvas.addEventListener("click", (event) => {
      const area = this.at(event);
      if (area && !this.dragged) this.choose(area, event);
      this.dragged = false;
    });
  }

  draw() {
    const { clientWidth, clientHeight } = this.root;
    if (!clientWidth) return;
    const paper = new Canvas(this.canvas, clientWidth, this.wantedHeight || clientHeight);
    this.drawOn(paper, inks());
    this.areas = paper.areas;
  }

  svg() {
    const ink = inks();
    const paper = new Svg(this.root.clientWidth || 1200, this.wantedHeight || this.root.clientHeight || 700, ink.ground);
    this.drawOn(paper, ink);
    return paper.toString();
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    for (let i = (this.areas || []).length - 1; i >= 0; i--) {
      const area = this.areas[i];
      if (x >= area.x && x <= area.x + area.width && y >= area.y && y <= area.y + area.height) return area;
    }
    return null;
  }

  hover(event) {
    const area = this.at(event);
    this.canvas.style.cursor = area && area.open ? "pointer" : "default";
    this.tip.hidden = !area || !area.title;
    if (this.tip.hidden) return;
    const told = typeof area.title === "function" ? area.title() : area.title;
    this.tip.textContent = told.split("\n").map(visible).join("\n");
    const box = this.root.getBoundingClientRect();
    const x = event.clientX - box.left + this.root.scrollLeft + 14;
    const y = event.clientY - box.top + this.root.scrollTop + 14;
    const most = this.root.clientWidth + this.root.scrollLeft - this.tip.offsetWidth - 8;
    const lowest = this.root.clientHeight + this.root.scrollTop - this.tip.offsetHeight - 8;
    this.tip.style.left = `${Math.max(4, Math.min(x, most))}px`;
    this.tip.style.top = `${Math.max(4, y > lowest ? y - this.tip.offsetHeight - 26 : y)}px`;
  }
}

function n(value) {
  return String(Math.round(value * 100) / 100);
}

function pen(stroke, line, dash) {
  return stroke ? ` stroke="${stroke}" stroke-width="${line}"${dash ? ` stroke-dasharray="${dash.join(" ")}"` : ""}` : "";
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
