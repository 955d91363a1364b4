// Curves over steps: lines, stacked areas, and strips of cells.

// A trailing mean over a window that grows with the number of points, so that short runs are shown as they are.
function smooth(values) {
  const window = Math.max(1, Math.round(values.length / 15));
  return values.map((_, i) => {
    const part = values.slice(Math.max(0, i - window + 1), i + 1);
    return part.reduce((a, b) => a + b, 0) / part.length;
  });
}

// The place of the last x that is not beyond `at`.
function before(x, at) {
  let place = 0;
  while (place + 1 < x.length && x[place + 1] <= at) place += 1;
  return place;
}

// series: [{name, x, y, color, dash}]. options: title, format, low, high, zero, xTitle, raw (no smoothing), height.
function lineChart(series, options) {
  const shown = series.filter((s) => s.x.length);
  if (!shown.length) return null;
  const height = options.height || 230, margin = { top: 12, bottom: 38, right: 12 };
  const format = options.format || short;
  const lines = shown.map((s, i) => ({ dash: "", ...s, color: s.color || PALETTE[i % 9], lineY: options.raw ? s.y : smooth(s.y) }));
  const xs = lines.flatMap((s) => s.x), ys = lines.flatMap((s) => (options.raw ? s.y : s.lineY));
  const xLow = xs.reduce((a, b) => Math.min(a, b)), xHigh = xs.reduce((a, b) => Math.max(a, b));
  let [low, high] = limits(ys, options.zero);
  if (isNumber(options.low)) low = options.low;
  if (isNumber(options.high)) high = options.high;
  const left = 14 + 7 * Math.max(...ticks(low, high, 5).map((t) => format(t).length));
  const steps = [...new Set(xs)].sort((a, b) => a - b);
  const groups = [];
  let cursor = null, x = null, place = steps.length - 1, chosen = null;
  const clip = `clip${(lineChart.count = (lineChart.count || 0) + 1)}`;

  const dim = () => groups.forEach((node, i) => node.classList.toggle("dim", chosen !== null && i !== chosen));
  const keys = legend(lines, lines.length > 1 ? (picked) => { chosen = picked; dim(); } : null);
  const at = el("p", { class: "at" });
  const point = (to) => {
    place = Math.min(Math.max(to, 0), steps.length - 1);
    const step = steps[place];
    at.textContent = `${options.xTitle || "step"} ${short(step)}`;
    lines.forEach((s, i) => { keys.values[i].textContent = s.x[0] <= step ? format(s.y[before(s.x, step)]) : ""; });
    cursor.setAttribute("x1", x(step)); cursor.setAttribute("x2", x(step));
  };
  const follow = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const target = event.clientX - box.left;
    let best = 0;
    steps.forEach((step, i) => { if (Math.abs(x(step) - target) < Math.abs(x(steps[best]) - target)) best = i; });
    point(best);
  };
  const key = (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (move) { event.preventDefault(); event.stopPropagation(); point(place + move); }
  };
  const paint = (svg, width) => {
    const right = width - margin.right, bottom = height - margin.bottom;
    x = scale(xLow, xHigh, left, right);
    const y = scale(low, high, bottom, margin.top);
    yAxis(svg, y, low, high, left, right, format);
    xAxis(svg, x, xLow, xHigh, bottom, right - left, options.xTitle || "step");
    svg.append(draw("clipPath", { id: clip }, draw("rect", { x: left - 4, y: margin.top - 4, width: right - left + 8, height: bottom - margin.top + 8 })));
    groups.length = 0;
    for (const s of lines) {
      const path = (values) => values.map((v, i) => `${i ? "L" : "M"}${x(s.x[i]).toFixed(1)} ${y(v).toFixed(1)}`).join("");
      const node = draw("g", { "clip-path": `url(#${clip})` });
      if (!options.raw && s.x.length > 20 && lines.length <= 4) node.append(draw("path", { d: path(s.y), class: "raw", color: s.color }));
      const curve = draw("path", { d: path(s.lineY), class: "curve", color: s.color, "stroke-dasharray": s.dash || null });
      node.append(titled(curve, `${s.name}: ${format(s.y[0])} at first, ${format(last(s.y))} at last`));
      if (s.x.length === 1) node.append(draw("circle", { cx: x(s.x[0]), cy: y(s.y[0]), r: 3.5, class: "dot", color: s.color }));
      groups.push(node);
      svg.append(node);
    }
    cursor = svg.appendChild(line(x(steps[place]), margin.top, x(steps[place]), bottom, "cursor"));
    point(place);
    dim();
  };
  const told = lines.slice(0, 9).map((s) => `${s.name} from ${format(s.y[0])} to ${format(last(s.y))}`).join("; ");
  const picture = chart(height, `${options.title}: ${told}`, paint,
    { tabindex: "0", onpointermove: follow, onpointerdown: follow, onkeydown: key });
  return card(options.title, picture, at, keys.node);
}

// Shares that sum to one at every step, one band a name.
function areaChart(names, x, rows, options) {
  if (!x.length) return null;
  const height = options.height || 250, top = 10, bottomGap = 38, left = 50;
  const colors = names.map((_, i) => PALETTE[i % 9]);
  const totals = x.map((_, i) => rows.reduce((sum, row) => sum + (row[i] || 0), 0) || 1);
  const paint = (svg, width) => {
    const right = width - 12, bottom = height - bottomGap;
    const toX = x.length > 1 ? scale(x[0], last(x), left, right) : () => left;
    const toY = scale(0, 1, bottom, top);
    yAxis(svg, toY, 0, 1, left, right, (v) => percent(v, 0));
    const base = x.map(() => 0);
    rows.forEach((row, r) => {
      const lower = base.slice();
      row.forEach((v, i) => { base[i] += (v || 0) / totals[i]; });
      const edge = (values, order) => order.map((i) => `${toX(x[i]).toFixed(1)} ${toY(values[i]).toFixed(1)}`).join("L");
      const forth = x.map((_, i) => i);
      let d = `M${edge(base, forth)}L${edge(lower, forth.slice().reverse())}Z`;
      if (x.length === 1) d = `M${left} ${toY(base[0])}H${right}V${toY(lower[0])}H${left}Z`;
      const band = draw("path", { d, class: "fill", color: colors[r], stroke: "var(--card)", "stroke-width": 1 });
      svg.append(titled(band, `${names[r]}: ${percent(row[0] / totals[0])} at first, ${percent(last(row) / last(totals))} at last`));
    });
    xAxis(svg, toX, x[0], last(x), bottom, right - left, options.xTitle || "step");
  };
  const told = names.map((name, r) => `${name} ${percent(rows[r][0] / totals[0], 0)} to ${percent(last(rows[r]) / last(totals), 0)}`);
  const keys = legend(names.map((name, i) => ({ name, color: colors[i], block: true })), null);
  return card(options.title, chart(height, `${options.title}: ${told.join("; ")}`, paint), keys.node);
}

// One row a name, one cell a step: the stronger its color, the more.
function stripChart(names, x, rows, options) {
  if (!x.length) return null;
  const rowHeight = 24, height = names.length * rowHeight + 38;
  const most = Math.max(...rows.flat().filter(isNumber), 1e-9);
  const paint = (svg, width) => {
    const left = Math.min(130, Math.max(70, width * 0.22)), right = width - 12;
    const size = (right - left) / x.length;
    names.forEach((name, r) => {
      const text = name.length * 7 > left - 10 ? `${name.slice(0, Math.floor((left - 16) / 7))}…` : name;
      svg.append(titled(label(left - 8, r * rowHeight + 16, text, "end", "strong"), name));
      svg.append(draw("rect", { x: left, y: r * rowHeight + 2, width: right - left, height: rowHeight - 4, class: "track", rx: 3 }));
      rows[r].forEach((v, i) => {
        if (!v) return;
        const cell = draw("rect", { x: left + i * size, y: r * rowHeight + 2, width: Math.max(size - (size > 6 ? 1 : 0), 0.5), height: rowHeight - 4,
          class: "fill", color: PALETTE[r % 9], "fill-opacity": (0.12 + 0.88 * v / most).toFixed(3) });
        svg.append(titled(cell, `${name}, step ${short(x[i])}: ${(options.format || short)(v)}`));
      });
    });
    xAxis(svg, scale(x[0], last(x), left + size / 2, right - size / 2), x[0], last(x), names.length * rowHeight, right - left, options.xTitle || "step");
  };
  return card(options.title, chart(height, `${options.title} for ${names.join(", ")}`, paint));
}
