// The report of one run, or of several: its sections, in order.

const SIDES = ["random", "before", "after", "expert"];
const share = (v) => percent(v, 0);

// The curves of `prefix/<group>` in a stage, in the order of the groups.
function curves(run, stage, prefix) {
  const of = run.series[stage] || {};
  const names = Object.keys(of).filter((key) => key.startsWith(`${prefix}/`)).map((key) => key.slice(prefix.length + 1));
  const known = [...run.groups.filter((g) => names.includes(g)), ...names.filter((n) => !run.groups.includes(n))];
  return known.map((name) => {
    const place = run.groups.includes(name) ? run.groups.indexOf(name) : run.groups.length + known.indexOf(name);
    const [x, y] = of[`${prefix}/${name}`];
    return { name: words(name), x, y, color: PALETTE[place % 9], dash: DASHES[Math.floor(place / 9) % 3] };
  });
}

function single(run, stage, name, title, color) {
  const found = pick(run.series, stage, name);
  return found ? [{ name: title, x: found[0], y: found[1], color }] : [];
}

// The mean over groups at each step; a group that was not drawn at a step counts with its latest value.
function pooledCurve(series) {
  const x = [...new Set(series.flatMap((s) => s.x))].sort((a, b) => a - b);
  const y = x.map((step) => {
    const values = series.filter((s) => s.x[0] <= step).map((s) => s.y[before(s.x, step)]);
    return values.reduce((a, b) => a + b, 0) / values.length;
  });
  return { x, y };
}

function barsSection(run) {
  const { groups, pooled } = findings(run), names = ordered(run, groups);
  const bars = (of) => SIDES.map((side) => {
    const player = atBest(pick(of, side)), n = pick(player, "episodes");
    return { name: side, value: pick(player, "success"), ci: pick(player, "ci"), color: `var(--${side})`, note: isNumber(n) ? plural(n, "episode") : null };
  });
  const cards = [["All groups, pooled", pooled], ...names.map((n) => [words(n), groups[n]])].map(([title, of]) => barCard(bars(of), { title, low: 0, high: 1 }));
  const shown = cards.filter(Boolean);
  return section("groups", "Success by group",
    "Share of unseen test tasks solved, each policy at its best temperature, chosen on dev tasks. Whiskers are 95\u00a0% intervals. Random plays allowed actions blindly; expert is the world's own reference player.",
    shown.length ? grid(shown) : missing("There is no evaluation yet."), resultTable(run, groups, pooled, names));
}

function resultTable(run, groups, pooled, names) {
  if (!names.length) return null;
  const plain = (of) => (isNumber(pick(of, "success")) ? { value: percent(of.success), small: interval(of.ci, (v) => number(100 * v, 1)) } : null);
  const change = (of) => {
    const d = pick(of, "paired_difference", "best", "mean"), ci = pick(of, "paired_difference", "best", "ci");
    if (!isNumber(d)) return null;
    const sure = Array.isArray(ci) && ci.every(isNumber) && (ci[0] > 0 || ci[1] < 0);
    return { value: points(d), small: interval(ci, points), kind: sure ? (d > 0 ? "up" : "down") : null };
  };
  const both = (of, key) => {
    const a = pick(of, "before", key), b = pick(of, "after", key);
    if (!isNumber(pick(a, "success")) && !isNumber(pick(b, "success"))) return null;
    const heats = [a, b].map((x) => pick(x, "temperature")).filter(isNumber);
    return { value: `${number(100 * (pick(a, "success") ?? NaN), 1)} → ${percent(pick(b, "success"))}`, small: heats.length ? `at ${heats.map((t) => short(t)).join(" → ")}` : null };
  };
  const sampled = (of) => (isNumber(pick(of, "before", "success")) || isNumber(pick(of, "after", "success"))
    ? { value: `${number(100 * (pick(of, "before", "success") ?? NaN), 1)} → ${percent(pick(of, "after", "success"))}`, small: "" } : null);
  const row = (name, of, total) => ({ name, total, cells: [plain(pick(of, "random")), plain(atBest(pick(of, "before"))), plain(atBest(pick(of, "after"))), change(of), plain(pick(of, "expert")), sampled(of), both(of, "greedy"),
    isNumber(pick(of, "after", "episodes") ?? pick(of, "before", "episodes")) ? whole(pick(of, "after", "episodes") ?? pick(of, "before", "episodes")) : null] });
  const rows = names.map((n) => row(words(n), groups[n], false));
  if (isNumber(pick(pooled, "before", "success"))) rows.push(row("pooled", pooled, true));
  return table("Success by group", ["group", "random", "before", "after", "difference, points", "expert", "sampled at 1", "greedy", "episodes"], rows);
}

// What a judge says of success beside what is true: where the two part, the policy has learned the judge.
function judgedCards(success, judged) {
  if (!judged.length) return [];
  const pair = [{ name: "judged", ...pooledCurve(judged), color: PALETTE[3] }];
  if (success.length) pair.push({ name: "true", ...pooledCurve(success), color: "var(--after)", dash: DASHES[1] });
  return [
    lineChart(pair, { title: "Judged and true success while training, mean over groups", format: share, low: 0, high: 1 }),
    lineChart(judged, { title: "Judged success while training, by group", format: share, low: 0, high: 1 }),
  ];
}

// What worlds tell of an episode beside its success; nothing where they tell nothing.
function toldSection(run) {
  const { groups } = findings(run), value = (of) => (isNumber(pick(of, "mean")) ? { value: number(of.mean), small: interval(of.ci, number) } : null);
  const rows = ordered(run, groups).flatMap((name) => {
    const gains = Object.entries(pick(groups[name], "paired_difference", "best", "figures") || {});
    const row = ([figure, gain]) => ({ name: words(figure), cells: [
      ...["before", "after"].map((side) => value(pick(groups[name], side, "best", "figures", figure))),
      isNumber(pick(gain, "mean")) ? { value: `${gain.mean > 0 ? "+" : ""}${number(gain.mean)}`, small: interval(gain.ci, number) } : null] });
    return gains.length ? [{ name: words(name) }, ...gains.map(row)] : [];
  });
  return rows.length ? section("told", "What is told beside success", "The worlds' own figures, and a judge's verdicts, on held-out tasks, each policy at its best temperature; the difference is paired.",
    table("What is told beside success", ["figure", "before", "after", "difference"], rows)) : null;
}

function learningSection(run) {
  const success = curves(run, "rl", "success"), returns = curves(run, "rl", "return");
  const all = success.length > 1 ? { name: "all groups", ...pooledCurve(success), color: "var(--after)" } : null;
  const cards = [
    all && lineChart([all], { title: "Success while training, mean over groups", format: share, low: 0, high: 1 }),
    lineChart(success, { title: "Success while training, by group", format: share, low: 0, high: 1 }),
    ...judgedCards(success, curves(run, "rl", "judged")),
    lineChart(returns, { title: "Return, by group" }),
    lineChart(curves(run, "rl", "turns"), { title: "Turns an episode takes, by group", zero: true }),
    lineChart(single(run, "rl", "policy/entropy", "entropy", PALETTE[2]), { title: "Policy entropy, nats a token", zero: true }),
    lineChart(single(run, "rl", "loss/policy", "loss", PALETTE[0]), { title: "Policy loss" }),
    lineChart(single(run, "rl", "policy/kl_old", "KL", PALETTE[3]), { title: "KL from the sampling policy" }),
    lineChart(single(run, "rl", "grad_norm", "norm", PALETTE[4]), { title: "Gradient norm", zero: true }),
    lineChart(single(run, "rl", "credit/zero_variance", "share", PALETTE[6]), { title: "Task groups with equal returns: no signal", format: share, low: 0, high: 1 }),
    lineChart([...single(run, "sft", "loss/sft", "train", PALETTE[0]), ...single(run, "sft", "loss/sft_dev", "dev", PALETTE[1]).map((s) => ({ ...s, dash: DASHES[1] }))],
      { title: "Supervised warm start: loss", zero: true }),
    lineChart(single(run, "sft", "dev/success", "success", PALETTE[5]), { title: "Supervised warm start: dev success at its best temperature", format: share, low: 0, high: 1 }),
  ].filter(Boolean);
  return section("learning", "Learning curves",
    "On training tasks as the curriculum drew them, so a curve may also move because the tasks changed. Bold lines are running means. Touch a chart, or use the arrow keys in it, to read off the values themselves; a key of the legend brings its line forward.",
    cards.length ? grid(cards, "wide") : missing("There are no curves yet."));
}

function bitsSection(run) {
  const { groups } = findings(run), names = ordered(run, groups);
  const cards = names.map((name) => barCard(SIDES.map((side) => ({ name: side, value: pick(groups[name], side, "bits_per_turn"), color: `var(--${side})` })),
    { title: words(name), low: 0, format: (v) => number(v) })).filter(Boolean);
  const over = lineChart(curves(run, "rl", "bits_per_turn"), { title: "While training, by group", zero: true, format: (v) => number(v) });
  return section("bits", "Bits learned per turn",
    "How far the entropy of what is hidden falls in a turn, by the world's belief oracle. It measures finding out, apart from winning.",
    cards.length ? grid(cards) : null, over ? grid([over], "wide") : null, cards.length || over ? null : missing("Bits were not measured."));
}

function curriculumSection(run) {
  const p = curves(run, "rl", "curriculum/p"), chosen = curves(run, "rl", "curriculum/chosen"), q = curves(run, "rl", "curriculum/q");
  const aligned = (series) => {
    const x = [...new Set(series.flatMap((s) => s.x))].sort((a, b) => a - b);
    return { x, rows: series.map((s) => { const at = new Map(s.x.map((v, i) => [v, s.y[i]])); return x.map((v) => at.get(v) ?? 0); }) };
  };
  const names = (series) => series.map((s) => s.name);
  const odds = aligned(p), picks = aligned(chosen);
  const cards = [
    p.length && areaChart(names(p), odds.x, odds.rows, { title: "Probability of each group" }),
    chosen.length && (p.length ? null : areaChart(names(chosen), picks.x, picks.rows, { title: "Share of each group in what was chosen" })),
    q.length && lineChart(q, { title: "Estimated value of each group (Q)" }),
  ].filter(Boolean);
  const strip = chosen.length ? stripChart(names(chosen), picks.x, picks.rows, { title: "Tasks chosen at each step: the stronger, the more", format: (v) => plural(Number(v.toFixed(1)), "task") }) : null;
  const name = pick(run.summary, "curriculum");
  return section("curriculum", "Curriculum", `What was trained on, step by step${typeof name === "string" ? `, as the ${name} curriculum chose` : ""}.`,
    cards.length ? grid(cards, "wide") : null, strip ? grid([strip], "wide") : null, cards.length || strip ? null : missing("The curriculum has chosen nothing yet."));
}

function outcomesSection(run) {
  const rates = Object.entries(pick(run.summary, "outcomes") || {}).filter(([, v]) => isNumber(v));
  const fine = { ok: "var(--good)", invalid_action: "var(--before)" };
  const tight = (v) => percent(v, v > 0 && v < 0.001 ? 3 : 1);
  const cards = [
    barCard(rates.map(([name, value]) => ({ name: words(name), value, color: fine[name] || "var(--bad)" })), { title: "Share of turns, over all of RL", low: 0, high: 1, format: tight, mark: share }),
    lineChart(curves(run, "rl", "outcome").filter((s) => s.name !== "ok"), { title: "Turns that were not ok, while training", low: 0, format: tight }),
    lineChart(curves(run, "rl", "invalid"), { title: "Invalid actions, by group", low: 0, format: tight }),
  ].filter(Boolean);
  return section("outcomes", "Outcomes", "Ok and invalid action are the agent's behavior. Everything else is infrastructure, and should be rare.",
    cards.length ? grid(cards, "wide") : missing("No outcomes were recorded yet."));
}

function runSections(run) {
  const stages = Object.entries(pick(run.summary, "stages") || {}).filter(([, v]) => isNumber(v));
  const time = stages.length ? el("p", { class: "about", text: `Time: ${stages.map(([name, s]) => `${words(name)} ${duration(s)}`).join(", ")}.` }) : null;
  return [
    barsSection(run), toldSection(run), learningSection(run), bitsSection(run), curriculumSection(run), outcomesSection(run),
    section("episodes", "Episodes", "Step through what was really played: the buttons, or the arrow keys (with Shift: another episode).", viewer(run, DATA.texts)),
    section("config", "Configuration", null, time, el("details", {}, el("summary", { text: "config.yaml, everything that made this run" }), el("pre", { tabindex: "0", text: run.config }))),
  ].filter(Boolean);
}

// Several runs side by side.
function compareSection(runs) {
  const dash = (i) => DASHES[Math.floor(i / 9) % 3];
  const pooled = runs.map((run) => findings(run).pooled);
  const cell = (of) => (isNumber(pick(of, "success")) ? { value: percent(of.success), small: interval(of.ci, (v) => number(100 * v, 1)) } : null);
  const rows = runs.map((run, i) => {
    const d = pick(pooled[i], "paired_difference") || {};
    return { name: run.name, cells: [String(pick(run.summary, "curriculum") ?? NONE), String(pick(run.summary, "seed") ?? NONE), whole(pick(run.summary, "model", "parameters")), duration(pick(run.summary, "seconds") ?? run.seconds),
      cell(pick(pooled[i], "before")), cell(pick(pooled[i], "after")), isNumber(d.mean) ? { value: points(d.mean), small: interval(d.ci, points) } : null, run.finished ? "finished" : "going on"] };
  });
  const overlay = runs.map((run, i) => ({ name: run.name, color: PALETTE[i % 9], dash: dash(i), ...pooledCurve(curves(run, "rl", "success")) }));
  const bits = runs.map((run, i) => ({ name: run.name, color: PALETTE[i % 9], dash: dash(i), ...pooledCurve(curves(run, "rl", "bits_per_turn")) }));
  const names = [...new Set(runs.flatMap((run) => ordered(run, findings(run).groups)))];
  const bars = names.map((name) => barCard(runs.map((run, i) => {
    const after = pick(findings(run).groups, name, "after");
    return { name: run.name, value: pick(after, "success"), ci: pick(after, "ci"), color: PALETTE[i % 9] };
  }), { title: `${words(name)}, after RL`, low: 0, high: 1 })).filter(Boolean);
  const charts = [lineChart(overlay, { title: "Success while training, mean over groups", format: share, low: 0, high: 1 }), lineChart(bits, { title: "Bits learned per turn, mean over groups", zero: true })].filter(Boolean);
  return section("compare", "Runs side by side", "Runs with other groups, models or budgets are not the same experiment: the configurations below say what differs. Intervals are of tasks within one run, not of seeds.",
    table("Runs", ["run", "curriculum", "seed", "parameters", "time", "before", "after", "difference, points", "state"], rows), grid(charts, "wide"), bars.length ? grid(bars) : null);
}

function start() {
  const runs = DATA.runs, many = runs.length > 1, main = document.getElementById("main"), top = document.getElementById("top");
  const detail = el("div", {}), sentences = el("div", {}), bar = el("div", { class: "bar" });
  const compare = many ? compareSection(runs) : null;
  const show = (run) => {
    const sections = runSections(run);
    sentences.replaceChildren(...story(run).map((text) => el("p", { class: "lead", text })), facts(run), ...[warnings(run.notes)].filter(Boolean));
    detail.replaceChildren(...(many ? [sentences] : []), ...sections);
    bar.replaceChildren(navigation([...(compare ? [compare] : []), ...sections]));
  };
  top.append(el("p", { class: "brand", text: `ScoutGym report · ${many ? plural(runs.length, "run") : runs[0].name}` }),
    el("h1", { text: many ? `${list(runs.map((run) => run.name))}, side by side` : headline(runs[0]) }));
  if (many) {
    const select = el("select", { id: "run", onchange: () => show(runs[Number(select.value)]) }, ...runs.map((run, i) => el("option", { value: String(i), text: run.name })));
    main.append(compare, el("h2", { text: "One run in detail" }), el("div", { class: "choose" }, el("label", {}, "Run", select)), detail);
  } else {
    top.append(sentences);
    main.append(detail);
  }
  top.after(bar);
  show(runs[0]);
}

start();
