"use strict";
// Elements, numbers as words, and the data. Text reaches the page only as text nodes: nothing here parses HTML.

const DATA = JSON.parse(document.getElementById("data").textContent);
const SVG = "http://www.w3.org/2000/svg";
const PALETTE = ["var(--c0)", "var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)", "var(--c6)", "var(--c7)", "var(--c8)"];
const DASHES = ["", "7 4", "2 4"];

// An element. Attributes: `text`; `on…` with a function; `color`, which sets --c; anything else by its own name.
function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name === "color") node.style.setProperty("--c", value);
    else if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) if (child !== null && child !== undefined) node.append(child);
  return node;
}
const el = (tag, attributes = {}, ...children) => build(document.createElement(tag), attributes, children);
const draw = (tag, attributes = {}, ...children) => build(document.createElementNS(SVG, tag), attributes, children);
const titled = (node, text) => { node.append(draw("title", { text })); return node; };

const isNumber = (x) => typeof x === "number" && Number.isFinite(x);
const has = (object, key) => object !== null && typeof object === "object" && Object.prototype.hasOwnProperty.call(object, key);
const pick = (object, ...path) => path.reduce((at, key) => (has(at, key) ? at[key] : undefined), object);
const last = (list) => list[list.length - 1];
const NONE = "–";
const MINUS = "−";

const signs = (text) => text.replace(/^-/, MINUS);
const number = (x, digits = 2) => (isNumber(x) ? signs(x.toFixed(digits)) : NONE);
// Four significant digits without an exponent where a reader would not want one.
function short(x) {
  if (!isNumber(x)) return NONE;
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return signs(x.toExponential(1));
  return signs(String(Number(x.toPrecision(3))));
}
const percent = (x, digits = 1) => (isNumber(x) ? `${signs((100 * x).toFixed(digits))}\u00a0%` : NONE);
const points = (x) => (isNumber(x) ? `${x > 0 ? "+" : ""}${signs((100 * x).toFixed(1))}` : NONE);
const whole = (x) => (isNumber(x) ? Math.round(x).toLocaleString("en-US") : NONE);
const interval = (ci, format) => (Array.isArray(ci) && ci.every(isNumber) ? `${format(ci[0])} to ${format(ci[1])}` : "");
const plural = (n, one, many = `${one}s`) => `${whole(n)} ${n === 1 ? one : many}`;
function duration(seconds) {
  if (!isNumber(seconds)) return NONE;
  if (seconds < 90) return `${Math.round(seconds)}\u00a0s`;
  if (seconds < 5400) return `${Math.floor(seconds / 60)}\u00a0min ${Math.floor(seconds % 60)}\u00a0s`;
  return `${Math.floor(seconds / 3600)}\u00a0h ${Math.floor((seconds % 3600) / 60)}\u00a0min`;
}
const words = (name) => String(name).replaceAll("_", " ");
const list = (items) => (items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${last(items)}`);

// A section of the page; `parts` that are null are left out.
function section(id, title, about, ...parts) {
  const heading = el("h2", { id: `${id}-title`, text: title });
  const node = el("section", { id, "aria-labelledby": `${id}-title` }, heading);
  if (about) node.append(el("p", { class: "about", text: about }));
  node.append(...parts.filter(Boolean));
  return node;
}
const card = (title, ...parts) => el("figure", { class: "card" }, el("h3", { text: title }), ...parts.filter(Boolean));
const grid = (cards, kind = "") => el("div", { class: `grid ${kind}` }, ...cards);
const missing = (text) => el("p", { class: "about", text });

// A table. Cells are text, {value, small, kind} or null; rows marked `total` stand out, a row without cells is a heading.
function table(caption, heads, rows) {
  const cell = (c) => {
    if (c === null || c === undefined || typeof c === "string") return el("td", { text: c || NONE });
    return el("td", {}, el("span", { class: c.kind, text: c.value }), c.small ? el("small", { text: c.small }) : null);
  };
  const head = el("tr", {}, ...heads.map((text) => el("th", { scope: "col", text })));
  const body = rows.map((row) => (row.cells ? null : el("tr", { class: "heading" }, el("th", { scope: "rowgroup", text: row.name }), el("td", { colspan: String(heads.length - 1) })))
    || el("tr", { class: row.total ? "total" : null },
    el("th", { scope: "row", title: row.name, text: row.name }), ...row.cells.map(cell)));
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    el("table", {}, el("thead", {}, head), el("tbody", {}, ...body)));
}

function navigation(sections) {
  return el("nav", { "aria-label": "Sections" },
    ...sections.map((node) => el("a", { href: `#${node.id}`, text: node.querySelector("h2").textContent })));
}
function warnings(notes) {
  if (!notes.length) return null;
  return el("div", { class: "notes", role: "note" }, el("ul", {}, ...notes.map((text) => el("li", { text }))));
}
