// The page of a benchmark: agents over worlds.

const AGENTS = { random: "var(--random)", expert: "var(--expert)", "greedy-belief": "var(--before)" };
const REST = ["var(--c0)", "var(--c1)", "var(--c3)", "var(--c6)", "var(--c5)", "var(--c8)", "var(--c4)"];
const plainEnv = (env) => env.replace(/^.*scoutgym\//, "");

function start() {
  const results = DATA.results, main = document.getElementById("main"), top = document.getElementById("top");
  const agents = [...new Set(results.map((r) => r.agent))], envs = [...new Set(results.map((r) => r.env))];
  const others = agents.filter((a) => !has(AGENTS, a));
  const color = (agent) => (has(AGENTS, agent) ? AGENTS[agent] : REST[others.indexOf(agent) % REST.length]);
  const dash = (agent) => (has(AGENTS, agent) ? (agent === "expert" ? "6 6" : "") : DASHES[Math.floor(others.indexOf(agent) / REST.length) % 3]);
  const of = (env) => results.filter((r) => r.env === env);
  const star = (r) => (Array.isArray(r.privileges) && r.privileges.some((p) => p !== "rules") ? "*" : "");
  const figure = (r, name) => {
    const f = pick(r.figures, name);
    return isNumber(f) ? { mean: f, ci: null } : { mean: pick(f, "mean"), ci: pick(f, "ci") };
  };
  const perEnv = (make) => envs.map((env) => make(env, of(env))).filter(Boolean);
  const barsOf = (name, options) => perEnv((env, rows) => barCard(rows.map((r) => {
    const f = figure(r, name);
    return { name: r.agent, value: f.mean, ci: f.ci, color: color(r.agent) };
  }), { title: plainEnv(env), ...options }));

  const success = perEnv((env, rows) => {
    if (rows.some((r) => isNumber(r.success))) {
      return barCard(rows.map((r) => ({ name: r.agent, value: r.success, ci: r.ci, color: color(r.agent), note: plural(r.episodes, "episode") })), { title: plainEnv(env), low: 0, high: 1 });
    }
    return barCard(rows.map((r) => ({ name: r.agent, value: r.return, ci: r.return_ci, color: color(r.agent), note: plural(r.episodes, "episode") })), { title: `${plainEnv(env)} (return: success has no meaning here)`, format: short });
  });
  const failed = perEnv((env, rows) => {
    const parts = rows.map((r) => [figure(r, "never_found_out").mean, figure(r, "knew_but_failed").mean]);
    if (!parts.flat().some(isNumber)) return null;
    return partsCard(rows.map((r, i) => ({ name: r.agent, parts: parts[i] })), ["never found out", "knew but failed"], ["var(--before)", "var(--c0)"], { title: plainEnv(env) });
  });
  const curve = (name, title, options) => perEnv((env, rows) => lineChart(rows.filter((r) => Array.isArray(pick(r.curves, name)))
    .map((r) => ({ name: r.agent, x: r.curves[name].map((_, i) => i), y: r.curves[name], color: color(r.agent), dash: dash(r.agent) })),
  { title: `${plainEnv(env)}: ${title}`, raw: true, xTitle: "turn", height: 200, ...options }));
  const keys = () => legend(agents.map((name) => ({ name, color: color(name), dash: dash(name) })), null).node;
  const part = (id, title, about, cards, kind, key) => (cards.length ? section(id, title, about, key || null, grid(cards, kind)) : null);

  const curvesShown = [...curve("bits", "bits unknown", { zero: true, format: (v) => number(v, 1) }), ...curve("solved", "share solved", { low: 0, high: 1, format: (v) => percent(v, 0) }),
    ...curve("cumulative_pseudo_regret", "cumulative pseudo-regret", { zero: true })];
  const sections = [
    tables(results, envs, of, star, figure),
    part("success", "Success by world", "Share of tasks solved, with 95\u00a0% intervals that resample whole tasks.", success),
    part("bits", "Bits learned per turn", "How far the entropy of what is hidden falls in a turn, luck included.", barsOf("bits_per_turn", { low: 0, format: (v) => number(v) })),
    part("efficiency", "Efficiency of questions", "Expected bits of the chosen actions over those of the best ones. One is a perfect asker, who need not be the best player.", barsOf("question_efficiency", { low: 0, high: 1, format: (v) => number(v) })),
    part("failures", "Why they failed", "Share of episodes lost without ever finding out the answer, and lost although the answer was known. The rest was solved.", failed, "",
      legend([{ name: "never found out", color: "var(--before)", block: true }, { name: "knew but failed", color: "var(--c0)", block: true }], null).node),
    part("turns-curves", "Turn by turn", "Means over episodes; one that has ended keeps its last value.", curvesShown, "wide"),
    figuresSection(results, envs, of, figure),
  ].filter(Boolean);

  const tasks = results.map((r) => r.tasks).filter(isNumber), splits = [...new Set(results.map((r) => r.split).filter(Boolean))];
  top.append(el("p", { class: "brand", text: "ScoutGym benchmark" }), el("h1", { text: `${plural(agents.length, "agent")} over ${plural(envs.length, "world")}` }));
  const samples = isNumber(results[0].k) && results[0].k > 1 ? `, ${results[0].k} samples of each` : "";
  const drawn = tasks.length ? `${whole(Math.max(...tasks))} tasks a world${splits.length ? ` of the ${splits.join(", ")} split` : ""}${samples}, seed ${results[0].seed}. ` : "";
  top.append(el("p", { class: "lead", text: `${drawn}All agents played the same tasks with the same luck.` }), keys());
  for (const text of played(results)) top.append(el("p", { class: "lead", text }));
  const told = notes(results);
  if (told.length) top.append(warnings(told));
  top.after(el("div", { class: "bar" }, navigation(sections)));
  main.append(...sections);
}

function tables(results, envs, of, star, figure) {
  const rows = envs.flatMap((env) => [{ name: plainEnv(env) }, ...of(env).map((r) => {
    const bits = figure(r, "bits_per_turn"), d = pick(r.against, "success") || pick(r.against, "return");
    const asReturn = r.against && !pick(r.against, "success");
    return { name: `${r.agent}${star(r)}`, cells: [whole(r.episodes),
      isNumber(r.success) ? { value: percent(r.success), small: interval(r.ci, (v) => number(100 * v, 1)) } : null, { value: short(r.return), small: interval(r.return_ci, short) }, { value: number(r.turns, 1), small: interval(r.turns_ci, (v) => number(v, 1)) },
      isNumber(bits.mean) ? { value: number(bits.mean), small: interval(bits.ci, (v) => number(v)) } : null,
      isNumber(pick(d, "mean")) ? { value: asReturn ? `${short(d.mean)} return` : `${points(d.mean)} points`, small: `vs ${r.against.baseline}: ${interval(d.ci, asReturn ? short : points)}` } : null,
      isNumber(r.normalized) ? { value: number(r.normalized, 0), small: r.expert ? `100 is ${r.expert}` : null } : null] };
  })]);
  const summary = (DATA.summary || []).map((s) => {
    const f = s.iqm || s.improvement || {};
    return { name: s.agent, cells: [whole(s.worlds), s.iqm ? `IQM of normalized scores, ${s.expert} experts` : `chance to beat ${s.baseline}`, isNumber(f.mean) ? { value: s.iqm ? number(f.mean, 0) : number(f.mean), small: interval(f.ci, (v) => number(v, s.iqm ? 0 : 2)) } : null] };
  });
  return section("table", "Results", "Small print: 95\u00a0% intervals. A dash was not measured or has no meaning there.",
    summary.length ? table("Over all worlds", ["agent", "worlds", "measure", "value"], summary) : null,
    table("Results", ["agent", "episodes", "success", "return", "turns", "bits a turn", "difference", "normalized"], rows));
}

function figuresSection(results, envs, of, figure) {
  const blocks = envs.map((env) => {
    const rows = of(env), names = [...new Set(rows.flatMap((r) => Object.keys(r.figures || {})))];
    if (!names.length) return null;
    const cells = (r) => names.map((name) => { const f = figure(r, name); return isNumber(f.mean) ? { value: number(f.mean), small: interval(f.ci, (v) => number(v)) } : null; });
    return el("details", {}, el("summary", { text: plainEnv(env) }), table(`Figures of ${env}`, ["agent", ...names.map(words)], rows.map((r) => ({ name: r.agent, cells: cells(r) }))));
  }).filter(Boolean);
  return blocks.length ? section("figures", "Every figure", "All measures of each world; docs/measures.md defines them.", ...blocks) : null;
}

// How the language models among the agents played.
function played(results) {
  const settings = new Map(results.filter((r) => r.settings).map((r) => [r.agent, r.settings]));
  const plain = (value) => (value && typeof value === "object" ? Object.entries(value).filter(([, v]) => v !== null).map(([k, v]) => `${words(k)} ${v}`).join(", ") : String(value));
  return [...settings].map(([agent, how]) => `${agent}: ${Object.entries(how).map(([part, value]) => `${words(part)} (${plain(value)})`).join(", ")}.`);
}

// What a reader must know of these numbers.
function notes(results) {
  const found = [];
  const special = new Map(results.filter((r) => Array.isArray(r.privileges)).map((r) => [r.agent, r.privileges.filter((p) => p !== "rules")]));
  for (const [agent, uses] of special) if (uses.length) found.push(`* ${agent} uses ${list(uses)}, which an honest player does not have.`);
  const few = new Map(results.filter((r) => isNumber(r.secrets) && isNumber(r.tasks) && r.secrets < r.tasks).map((r) => [plainEnv(r.env), r.secrets]));
  if (few.size) found.push(`Fewer different secrets than tasks: ${list([...few].map(([env, n]) => `${env} (${whole(n)})`))}.`);
  for (const r of results) {
    if (!isNumber(r.scored) || r.scored >= r.episodes) continue;
    const bounds = Array.isArray(r.bounds) && r.bounds.every(isNumber) ? `; success is ${percent(r.bounds[0])} if all of them failed and ${percent(r.bounds[1])} if all succeeded` : "";
    found.push(`${plainEnv(r.env)}, ${r.agent}: ${plural(r.episodes - r.scored, "episode")} of ${whole(r.episodes)} broke and are left out${bounds}.`);
  }
  return found;
}

start();
