// Scales, ticks, a chart that is drawn anew when its width changes, and legends.

function ticks(low, high, most) {
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / most));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => span / s <= most) || 10 * power;
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) found.push(Number((i * step).toPrecision(12)));
  return found;
}

const scale = (low, high, from, to) => (x) => from + ((x - low) / (high - low || 1)) * (to - from);

// The limits of some numbers, a little wider, and with zero where it is near.
function limits(values, zero) {
  const good = values.filter(isNumber);
  if (!good.length) return [0, 1];
  let low = good.reduce((a, b) => Math.min(a, b)), high = good.reduce((a, b) => Math.max(a, b));
  if (zero || (low > 0 && low < 0.4 * high)) low = Math.min(low, 0);
  if (low === high) { low -= Math.abs(low) * 0.1 || 0.5; high += Math.abs(high) * 0.1 || 0.5; }
  const pad = 0.05 * (high - low);
  return [low === 0 ? 0 : low - pad, high + pad];
}

// A figure whose drawing follows its width. `paint(svg, width)` fills an empty picture.
function chart(height, label, paint, attributes = {}) {
  const svg = draw("svg", { height, role: "img", "aria-label": label, ...attributes });
  const host = el("div", { class: "chart" }, svg);
  let drawn = 0;
  new ResizeObserver(() => {
    const width = Math.floor(host.clientWidth);
    if (width < 40 || width === drawn) return;
    drawn = width;
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    paint(svg, width);
  }).observe(host);
  return host;
}

const line = (x1, y1, x2, y2, kind) => draw("line", { x1, y1, x2, y2, class: kind });
const label = (x, y, text, anchor = "start", kind = null) => draw("text", { x, y, text, "text-anchor": anchor, class: kind });

function xAxis(svg, x, low, high, y, width, title) {
  const marks = ticks(low, high, Math.max(2, Math.floor(width / 70))).filter(Number.isInteger); // there is no half step
  for (const mark of marks) svg.append(label(x(mark), y + 16, short(mark), "middle"));
  if (title) svg.append(label(x(high), y + 32, title, "end"));
}

function yAxis(svg, y, low, high, left, right, format) {
  for (const mark of ticks(low, high, 5)) {
    svg.append(line(left, y(mark), right, y(mark), "axis"));
    svg.append(label(left - 7, y(mark) + 4, format(mark), "end"));
  }
}

// The keys of a chart; `toggle(index or null)` is told which one to bring forward.
function legend(entries, toggle) {
  let chosen = null;
  const keys = entries.map((entry, place) => {
    const stroke = draw("line", { x1: 1, x2: 21, y1: 5, y2: 5, class: "curve", color: entry.color, "stroke-dasharray": entry.dash || null });
    const mark = entry.block ? draw("rect", { x: 4, y: 0, width: 14, height: 10, rx: 2, class: "fill", color: entry.color }) : stroke;
    const value = el("output", {});
    const parts = [draw("svg", { viewBox: "0 0 22 10", "aria-hidden": "true" }, mark), el("bdi", { text: entry.name }), value];
    if (!toggle) return { value, node: el("span", { class: "key" }, ...parts) };
    const node = el("button", { type: "button", "aria-pressed": "false", onclick: () => {
      chosen = chosen === place ? null : place;
      keys.forEach((key, i) => key.node.setAttribute("aria-pressed", String(i === chosen)));
      toggle(chosen);
    } }, ...parts);
    return { value, node };
  });
  const node = el("ul", { class: "legend" }, ...keys.map((key) => el("li", {}, key.node)));
  return { node, values: keys.map((key) => key.value) };
}
