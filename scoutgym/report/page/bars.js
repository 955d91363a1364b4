// Bars with interval whiskers, and bars in parts.

// bars: [{name, value, ci, color, note}]. options: title, low, high, format.
function barCard(bars, options) {
  const shown = bars.filter((bar) => isNumber(bar.value));
  if (!shown.length) return null;
  const format = options.format || percent, row = 26, axis = 22;
  const [autoLow, autoHigh] = limits(shown.flatMap((b) => [b.value, ...(b.ci || [])]), true);
  const low = isNumber(options.low) ? options.low : autoLow, high = isNumber(options.high) ? options.high : autoHigh;
  const height = shown.length * row + axis;
  const name = Math.max(...shown.map((b) => b.name.length)), wide = Math.max(...shown.map((b) => format(b.value).length));
  const paint = (svg, width) => {
    const left = Math.min(12 + 7.2 * name, width * 0.4), right = width - 14 - 7.4 * wide;
    const x = scale(low, high, left, right), bottom = shown.length * row;
    const clamp = (v) => x(Math.min(Math.max(v, low), high));
    for (const mark of ticks(low, high, Math.max(2, Math.floor((right - left) / 60)))) {
      svg.append(line(x(mark), 0, x(mark), bottom, "axis"));
      svg.append(label(x(mark), bottom + 16, (options.mark || (format === percent ? (v) => percent(v, 0) : short))(mark), "middle"));
    }
    shown.forEach((bar, i) => {
      const y = i * row, middle = y + row / 2, from = clamp(0), to = clamp(bar.value);
      const most = Math.floor((left - 8) / 7);
      const text = bar.name.length > most ? `${bar.name.slice(0, most - 1)}…` : bar.name;
      const group = draw("g", {});
      group.append(label(left - 8, middle + 4, text, "end", "strong"));
      group.append(draw("rect", { x: Math.min(from, to), y: y + 5, width: Math.max(Math.abs(to - from), 1.5), height: row - 10, rx: 3, class: "fill", color: bar.color }));
      const [a, b] = bar.ci && bar.ci.every(isNumber) ? bar.ci : [null, null];
      if (a !== null) {
        const d = `M${clamp(a)} ${middle - 4}v8M${clamp(a)} ${middle}H${clamp(b)}M${clamp(b)} ${middle - 4}v8`;
        group.append(draw("path", { d, class: "whisker" }));
      }
      group.append(label(width, middle + 4, format(bar.value), "end", "strong"));
      const range = interval(bar.ci, format);
      svg.append(titled(group, [`${bar.name}: ${format(bar.value)}`, range && `95 % interval ${range}`, bar.note].filter(Boolean).join("\n")));
    });
  };
  const told = shown.map((b) => `${b.name} ${format(b.value)}`).join(", ");
  return card(options.title, chart(height, `${options.title}: ${told}`, paint));
}

// rows: [{name, parts: [share…]}], parts of one whole in the order of `names`.
function partsCard(rows, names, colors, options) {
  const shown = rows.filter((row) => row.parts.some(isNumber));
  if (!shown.length) return null;
  const row = 28, height = shown.length * row + 22, wide = Math.max(...shown.map((r) => r.name.length));
  const paint = (svg, width) => {
    const left = Math.min(12 + 7.2 * wide, width * 0.4), right = width - 18, bottom = shown.length * row;
    const x = scale(0, 1, left, right);
    for (const mark of ticks(0, 1, Math.max(2, Math.floor((right - left) / 60)))) svg.append(label(x(mark), bottom + 16, percent(mark, 0), "middle"));
    shown.forEach((entry, i) => {
      const most = Math.floor((left - 8) / 7);
      const text = entry.name.length > most ? `${entry.name.slice(0, most - 1)}…` : entry.name;
      svg.append(titled(label(left - 8, i * row + row / 2 + 4, text, "end", "strong"), entry.name));
      svg.append(draw("rect", { x: left, y: i * row + 5, width: right - left, height: row - 10, rx: 3, class: "track" }));
      let from = 0;
      entry.parts.forEach((share, p) => {
        if (!isNumber(share) || share <= 0) return;
        const box = draw("rect", { x: x(from), y: i * row + 5, width: Math.max(x(from + share) - x(from) - 1, 1), height: row - 10, rx: 2, class: "fill", color: colors[p] });
        svg.append(titled(box, `${entry.name}: ${names[p]} ${percent(share)}`));
        from += share;
      });
    });
  };
  const told = shown.map((r) => `${r.name}: ${r.parts.map((p, i) => `${names[i]} ${percent(p, 0)}`).join(", ")}`).join("; ");
  return card(options.title, chart(height, `${options.title}. ${told}`, paint));
}
