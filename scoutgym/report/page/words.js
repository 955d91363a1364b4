// What a run found, in honest words.

// Success before and after by group, from the summary, or from the metrics while there is no summary.
function findings(run) {
  const found = pick(run.summary, "groups");
  if (found && typeof found === "object") return { groups: found, pooled: pick(run.summary, "pooled") || {} };
  const groups = {};
  for (const row of run.evals) {
    const when = row.when || "before", decoding = row.decoding || "t1";
    for (const [key, value] of Object.entries(row)) {
      const [kind, group] = [key.slice(0, key.indexOf("/")), key.slice(key.indexOf("/") + 1)];
      if (!["success", "bits_per_turn"].includes(kind) || !isNumber(value)) continue;
      if (!has(groups, group)) Object.defineProperty(groups, group, { value: {}, enumerable: true });
      const side = (groups[group][when] = groups[group][when] || {});
      if (decoding === "t1") side[kind] = value;
      else if (kind === "success") side[decoding] = { success: value };
    }
  }
  return { groups, pooled: {} };
}

const ordered = (run, groups) => [...run.groups.filter((g) => has(groups, g)), ...Object.keys(groups).filter((g) => !run.groups.includes(g))];

// A policy at the best temperature, chosen on dev tasks, where that was measured: what it gains there is no sharpening.
const atBest = (side) => (isNumber(pick(side, "best", "success")) ? { ...side, ...side.best } : side);

function headline(run) {
  const { pooled } = findings(run);
  const before = pick(atBest(pick(pooled, "before")), "success"), after = pick(atBest(pick(pooled, "after")), "success");
  if (!isNumber(before) || !isNumber(after)) {
    const steps = pick(run.series, "rl") ? Math.max(...Object.values(run.series.rl).map(([x]) => last(x) || 0)) : null;
    const state = run.finished ? "has no pooled comparison" : steps === null ? "has not begun to learn by reinforcement yet" : `is at step ${whole(steps)} of reinforcement learning`;
    return `${run.name} ${state}.`;
  }
  return `Success on unseen test tasks, each policy at its best temperature, went from ${percent(before)} to ${percent(after)}.`;
}

function story(run) {
  const { pooled } = findings(run), lines = [];
  const parameters = pick(run.summary, "model", "parameters"), seconds = pick(run.summary, "seconds") ?? run.seconds;
  const model = isNumber(parameters) ? `A language model of ${whole(parameters)} parameters` : "A language model";
  const on = run.groups.length > 6 ? plural(run.groups.length, "group") : `${plural(run.groups.length, "group")} of tasks: ${list(run.groups.map(words))}`;
  const curriculum = pick(run.summary, "curriculum");
  const how = typeof curriculum === "string" ? ` The ${curriculum} curriculum chose what to train on.` : "";
  lines.push(`${model} ${run.finished ? "was trained for" : "has been training for"} ${duration(seconds)} on ${on}.${how}`);
  const difference = pick(pooled, "paired_difference", "best") ?? {};
  const d = pick(difference, "mean"), ci = pick(difference, "ci");
  if (isNumber(d)) {
    const known = Array.isArray(ci) && ci.every(isNumber);
    const range = known ? ` (95\u00a0% interval ${interval(ci, points)})` : "";
    let verdict = "The interval includes zero: this may be luck.";
    if (!known) verdict = "There is no interval: this may be luck.";
    else if (ci[0] > 0) verdict = "The interval excludes zero: it learned.";
    else if (ci[1] < 0) verdict = "The interval excludes zero: it got worse.";
    lines.push(`Each policy at its best temperature, chosen on dev tasks, pooled over the groups: ${points(d)} percentage points${range}, paired on the same tasks and the same luck. “Before” is before reinforcement learning${pick(run.series, "sft") ? ", after the supervised warm start" : ""}. ${verdict}`);
  }
  const other = (key, title) => {
    const a = pick(pooled, "before", key), b = pick(pooled, "after", key);
    if (!isNumber(pick(a, "success")) || !isNumber(pick(b, "success"))) return null;
    const heat = (x) => (isNumber(x.temperature) ? ` at ${short(x.temperature)}` : "");
    return `${title} ${percent(a.success)}${heat(a)} → ${percent(b.success)}${heat(b)}`;
  };
  const sampled = { success: pick(pooled, "before", "success") }, after = { success: pick(pooled, "after", "success") };
  const warm = isNumber(sampled.success) && isNumber(after.success) ? `Sampled at temperature 1: ${percent(sampled.success)} → ${percent(after.success)}` : null;
  const others = [other("best", "Best temperature:"), other("greedy", "Greedy decoding:"), warm].filter(Boolean);
  if (others.length) lines.push(`${others.join(". ")}.`);
  return lines;
}

function facts(run) {
  const { pooled } = findings(run), model = pick(run.summary, "model", "parameters");
  const player = (title, key) => {
    const side = atBest(pick(pooled, key));
    return [title, percent(pick(side, "success")), interval(pick(side, "ci"), percent)];
  };
  const entries = [
    player("Random player", "random"),
    player("Before RL", "before"),
    player("After RL", "after"),
    player("Expert", "expert"),
    ["Parameters", whole(model), null],
    ["Time", duration(pick(run.summary, "seconds") ?? run.seconds), isNumber(pick(run.summary, "seed")) ? `seed ${run.summary.seed}` : null],
  ].filter(([, value]) => value !== NONE);
  return el("dl", { class: "facts" }, ...entries.map(([title, value, small]) =>
    el("div", { class: "fact" }, el("dt", { text: title }), el("dd", { text: value }, small ? el("small", { text: small }) : null))));
}
