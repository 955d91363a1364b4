// The page of an audit: what judges say against what is true.

const color = (place) => PALETTE[place % 9];

function start() {
  const judges = DATA.judges, main = document.getElementById("main"), top = document.getElementById("top");
  const kinds = [...new Set(judges.flatMap((j) => Object.keys(j.by_kind)))];
  const sections = [
    section("calibration", "Verdicts and the truth", "Share of true successes by verdict, in ten bins. A dot is as large as its bin is full; on the dashed line verdicts would be probabilities.",
      grid([reliability(judges), precision(judges)].filter(Boolean), "wide")),
    section("kinds", "Passed, by kind of episode", "Share of episodes that each judge passes, beside the share that truly succeeded. A good judge passes as many, and none of the near misses and false claims.",
      grid(kinds.map((kind) => passed(judges, kind)))),
    section("confusion", "Right and wrong verdicts", "Episodes with a verdict, by verdict and truth. Shares are of the column: of those that truly succeeded, and of those that did not.",
      grid(judges.map((j, place) => confusion(j, color(place))))),
    ...DATA.tables.map(([title, heads, rows], place) => section(`table-${place}`, title.split(/[:,]/)[0], title,
      table(title, heads, rows.map(([name, ...cells]) => ({ name, cells }))))),
    wrong(judges),
  ].filter(Boolean);

  const { episodes, worlds } = judges[0];
  top.append(el("p", { class: "brand", text: "ScoutGym audit" }), el("h1", { text: `How far ${plural(judges.length, "judge")} can be trusted` }));
  top.append(el("p", { class: "lead", text: `${plural(episodes, "episode")} of ${plural(worlds, "world")}, whose truth is known. A verdict of one half or more is a pass.` }));
  top.append(el("dl", { class: "facts" }, ...judges.map(fact)), legend(judges.map((j, place) => ({ name: j.name, color: color(place), block: true })), null).node);
  top.append(el("p", { class: "about" }, "Made by ", el("code", { text: DATA.command })));
  top.after(el("div", { class: "bar" }, navigation(sections)));
  main.append(...sections);
}

function fact(j) {
  const [accuracy, low, high] = j.figures.accuracy, any = pick(j.injection, "any");
  const moved = any ? `moved by an attack: ${percent(any.passed[0], 0)}, silenced: ${percent(any.silenced[0], 0)}` : null;
  const told = [interval([low, high], (v) => percent(v, 0)), moved];
  return el("div", { class: "fact" }, el("dt", { text: `${j.name}: accuracy` }),
    el("dd", {}, percent(accuracy), ...told.filter(Boolean).map((text) => el("small", { text }))));
}

function reliability(judges) {
  const height = 360, told = judges.map((j) => `${j.name} ${j.reliability.map(([said, share]) => `${number(said)}: ${percent(share, 0)}`).join(", ")}`).join("; ");
  const paint = (svg, width) => {
    const left = 52, right = width - 14, bottom = height - 44;
    const x = scale(0, 1, left, right), y = scale(0, 1, bottom, 16);
    yAxis(svg, y, 0, 1, left, right, (v) => percent(v, 0));
    for (const mark of ticks(0, 1, 5)) svg.append(label(x(mark), bottom + 16, short(mark), "middle"));
    svg.append(label(right, bottom + 34, "mean verdict", "end"), line(x(0), y(0), x(1), y(1), "cursor"));
    judges.forEach((j, place) => {
      const total = j.reliability.reduce((sum, [, , n]) => sum + n, 0), group = draw("g", {});
      group.append(draw("path", { class: "curve", color: color(place), d: j.reliability.map(([said, share], i) => `${i ? "L" : "M"}${x(said)} ${y(share)}`).join("") }));
      for (const [said, share, n] of j.reliability) {
        const dot = draw("circle", { class: "fill", color: color(place), "fill-opacity": 0.55, cx: x(said), cy: y(share), r: 2.5 + 9 * Math.sqrt(n / total) });
        group.append(titled(dot, `${j.name}: mean verdict ${number(said)}, ${percent(share)} of ${plural(n, "episode")} succeeded`));
      }
      svg.append(group);
    });
  };
  return card("True successes by verdict", chart(height, `True successes by mean verdict. ${told}`, paint));
}

function precision(judges) {
  const bars = judges.map((j, place) => {
    const [value, ...ci] = j.figures.precision_adjusted;
    return { name: j.name, value, ci, color: color(place) };
  });
  return barCard(bars, { title: "Precision, if half of the episodes were successes", low: 0, high: 1 });
}

function passed(judges, kind) {
  const known = judges.map((j) => pick(j.by_kind, kind)), first = known.find(Boolean);
  const bars = judges.map((j, place) => ({ name: j.name, value: pick(known[place], "passed"), ci: ["low", "high"].map((end) => pick(known[place], end)), color: color(place) }));
  return barCard([{ name: "truth", value: first.won, color: "var(--ink)" }, ...bars], { title: `${kind} (${plural(first.episodes, "episode")})`, low: 0, high: 1 });
}

function confusion(j, hue) {
  const row = 62, left = 58, head = 24, { tp, fp, fn, tn } = j.confusion;
  const rows = [["pass", [[tp, tp + fn, "right"], [fp, fp + tn, "wrong"]]], ["fail", [[fn, tp + fn, "wrong"], [tn, fp + tn, "right"]]]];
  const paint = (svg, width) => {
    const half = (width - left) / 2;
    ["succeeded", "did not"].forEach((text, c) => svg.append(label(left + half * (c + 0.5), 14, text, "middle")));
    rows.forEach(([verdict, cells], r) => {
      svg.append(label(left - 10, head + row * (r + 0.5) + 4, verdict, "end", "strong"));
      cells.forEach(([n, of, kind], c) => {
        const at = { x: left + half * c + 1, y: head + row * r + 1, width: half - 2, height: row - 2, rx: 4 };
        svg.append(draw("rect", { ...at, class: "track" }), draw("rect", { ...at, class: "fill", color: hue, "fill-opacity": of ? 0.45 * (n / of) : 0 }));
        svg.append(label(left + half * (c + 0.5), head + row * (r + 0.5) - 2, whole(n), "middle", "strong"));
        svg.append(label(left + half * (c + 0.5), head + row * (r + 0.5) + 16, `${kind}, ${percent(of ? n / of : null, 0)}`, "middle"));
      });
    });
  };
  const told = `passed: ${tp} right, ${fp} wrong; failed: ${tn} right, ${fn} wrong`;
  return card(j.name, chart(head + 2 * row, `${j.name}. ${told}`, paint));
}

function wrong(judges) {
  const blocks = judges.filter((j) => j.examples.length).map((j) => el("details", {}, el("summary", { text: j.name }),
    ...j.examples.map((e) => el("div", { class: "bubble" },
      el("h4", { text: `${e.kind}, ${e.world}, task ${e.task}, ${plural(e.turns, "turn")}: verdict ${number(e.verdict)}` }), el("pre", { class: "said", text: e.reason })))));
  return blocks.length ? section("wrong", "Wrong verdicts", "A few episodes that were judged wrongly, in the judge's words.", ...blocks) : null;
}

start();
