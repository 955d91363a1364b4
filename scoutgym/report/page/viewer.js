// The episode viewer: choose a stage, a group and an episode, and step through its turns.

const STAGES = { before: "before RL", after: "after RL", train: "during training" };
const ENDS = { all: "all", solved: "succeeded", failed: "failed" };
const outcomeKind = (outcome) => (outcome === "ok" ? "" : "bad");

function viewer(run, texts) {
  const all = run.episodes.list;
  if (!all.length) return missing("There are no episodes to show.");
  const counts = new Map(run.episodes.counts.map(([stage, group, n]) => [`${stage}\n${group}`, n]));
  const stages = ["before", "after", "train"].filter((s) => all.some((e) => e.stage === s));
  for (const e of all) if (!stages.includes(e.stage)) stages.push(e.stage);
  const at = { stage: stages.includes("after") ? "after" : stages[0], group: all[0].group, ends: "all", episode: 0, turn: 0, open: false };

  const choice = (title, change) => {
    const select = el("select", { "aria-label": title, onchange: () => { change(select.value); } });
    return { select, node: el("label", {}, title, select) };
  };
  const fill = (select, options, chosen) => {
    select.replaceChildren(...options.map(([value, text]) => el("option", { value, text })));
    select.value = chosen;
  };
  const button = (text, act, kind = "key") => el("button", { type: "button", class: kind, text, onclick: act });
  const set = (changes) => { Object.assign(at, changes); show(); };

  const stage = choice("Stage", (value) => set({ stage: value, episode: 0, turn: 0 }));
  const group = choice("Group", (value) => set({ group: value, episode: 0, turn: 0 }));
  const ends = choice("End", (value) => set({ ends: value, episode: 0, turn: 0 }));
  const episode = choice("Episode", (value) => set({ episode: Number(value), turn: 0 }));
  const first = { prev: button("‹ Episode", () => set({ episode: at.episode - 1, turn: 0 })), next: button("Episode ›", () => set({ episode: at.episode + 1, turn: 0 })) };
  const step = { prev: button("← Turn", () => set({ turn: at.turn - 1 })), next: button("Turn →", () => set({ turn: at.turn + 1 }), "key main") };
  const place = el("strong", { "aria-live": "polite" });
  const reveal = button("Reveal the hidden answer", () => set({ open: !at.open }));
  const facts = el("ul", { class: "tags" }), count = el("p", { class: "about" });
  const world = el("pre", { class: "said" }), agent = el("pre", { class: "said" }), raw = el("pre", { class: "said" });
  const rawBox = el("div", {}, el("h4", { text: "Everything it wrote" }), raw);
  const reply = el("pre", { class: "said" }), replyTitle = el("h4", {}), answer = el("pre", { class: "said" });
  const answerBox = el("div", { class: "bubble" }, el("h4", { text: "What was hidden" }), answer);
  const parts = el("ul", { class: "tags" }), bits = el("div", {}), overview = el("ol", { class: "turns", "aria-label": "Turns" });
  const stepping = el("div", {},
    el("div", { class: "row steps" }, step.prev, place, step.next),
    el("div", { class: "bubble" }, el("h4", { text: "The world says" }), world),
    el("div", { class: "bubble agent" }, el("h4", { text: "The agent acts" }), agent, rawBox, parts),
    el("div", { class: "bubble" }, replyTitle, reply));
  const side = el("div", {}, bits, el("h3", { text: "Turns" }), overview, el("p", {}, reveal), answerBox);
  const none = missing("No episode of this kind was kept.");
  const body = el("div", { class: "two" }, stepping, side), film = el("div", {});

  const kept = (s, g) => all.filter((e) => e.stage === s && e.group === g);
  const fits = (e) => at.ends === "all" || (e.success !== null && (at.ends === "solved") === (e.success >= 1));

  function show() {
    const groups = [...new Set(all.filter((e) => e.stage === at.stage).map((e) => e.group))];
    if (!groups.includes(at.group)) at.group = groups[0];
    const cell = kept(at.stage, at.group), found = cell.filter(fits);
    at.episode = Math.min(Math.max(at.episode, 0), Math.max(found.length - 1, 0));
    fill(stage.select, stages.map((s) => [s, STAGES[s] || s]), at.stage);
    fill(group.select, groups.map((g) => [g, words(g)]), at.group);
    fill(ends.select, Object.entries(ENDS).map(([key, text]) => [key, `${text} (${key === "all" ? cell.length : cell.filter((e) => e.success !== null && (key === "solved") === (e.success >= 1)).length})`]), at.ends);
    fill(episode.select, found.map((e, i) => [String(i), name(e, i)]), String(at.episode));
    const total = counts.get(`${at.stage}\n${at.group}`) || cell.length;
    count.textContent = `${plural(cell.length, "episode")} here${total > cell.length ? `, every n-th of the ${whole(total)} in the run folder` : ""}.`;
    first.prev.disabled = at.episode <= 0;
    first.next.disabled = at.episode >= found.length - 1;
    body.hidden = film.hidden = facts.hidden = !found.length;
    none.hidden = Boolean(found.length);
    if (found.length) turn(found[at.episode]);
  }

  const name = (e, i) => `${i + 1}: ${e.step === null ? "" : `step ${e.step}, `}task ${e.task[2]}, ${ending(e)}`;
  const ending = (e) => (e.success === null ? `return ${short(e.total)}` : e.success >= 1 ? "succeeded" : e.success > 0 ? `success ${short(e.success)}` : "failed");

  function turn(e) {
    const turns = e.turns;
    at.turn = Math.min(Math.max(at.turn, 0), Math.max(turns.length - 1, 0));
    const now = turns[at.turn] || { a: "", o: e.end, r: 0, k: "ok" };
    const final = at.turn >= turns.length - 1;
    tags(facts, [
      [ending(e), e.success === null ? "" : e.success >= 1 ? "good" : "bad"], [`return ${short(e.total)}`], [plural(e.length, "turn")], [e.ended],
      [`${e.task[0]} ${e.task[1]} ${e.task[2]}`], e.params === "{}" ? null : [e.params], e.step === null ? null : [`training step ${e.step}`],
      e.length > turns.length ? [`the last ${e.length - turns.length} turns are not shown`, "bad"] : null,
    ]);
    place.textContent = `Turn ${turns.length ? at.turn + 1 : 0} of ${turns.length}`;
    step.prev.disabled = at.turn <= 0;
    step.next.disabled = final;
    world.textContent = texts[now.o];
    agent.textContent = now.a === "" ? "(nothing)" : now.a;
    rawBox.hidden = !has(now, "x");
    raw.textContent = now.x || "";
    const start = at.turn ? turns[at.turn - 1].b : e.bits;
    tags(parts, [
      [`reward ${short(now.r)}`, now.r > 0 ? "good" : now.r < 0 ? "bad" : ""],
      ...Object.entries(now.p || {}).map(([part, value]) => [`${words(part)} ${short(value)}`]),
      [words(now.k), outcomeKind(now.k)],
      isNumber(now.b) ? [isNumber(start) ? `${number(start)} → ${number(now.b)} bits unknown` : `${number(now.b)} bits unknown`] : null,
      isNumber(now.g) && isNumber(now.m) ? [`asked for ${number(now.g)} of at most ${number(now.m)} bits`] : null,
    ]);
    replyTitle.textContent = final ? "The world's last words" : "The world replies";
    reply.textContent = texts[final ? e.end : turns[at.turn + 1].o];
    draws(e);
    rolls(e);
    overview.replaceChildren(...turns.map((t, i) => el("li", {}, el("button", { type: "button", "aria-current": i === at.turn ? "true" : null, onclick: () => set({ turn: i }) },
      el("span", { text: String(i + 1) }), el("span", { class: "what", text: t.a || "(nothing)" }),
      el("span", { text: [t.k === "ok" ? "" : words(t.k), isNumber(t.b) ? `${number(t.b, 1)} bits` : ""].filter(Boolean).join(" · ") })))));
    reveal.hidden = e.answer === null;
    reveal.textContent = at.open ? "Hide the answer" : "Reveal the hidden answer";
    reveal.setAttribute("aria-expanded", String(at.open));
    answerBox.hidden = !at.open || e.answer === null;
    answer.textContent = at.open && e.answer !== null ? e.answer : "";
  }

  // The strip is drawn anew for every turn, and stays where it was scrolled to unless the turn in front is out of sight.
  function rolls(e) {
    const place = film.firstChild ? film.firstChild.scrollLeft : 0, reel = strip(e, texts, at.turn, (i) => set({ turn: i }));
    film.replaceChildren(reel);
    reel.scrollLeft = place;
    const front = reel.children[at.turn], gone = front && (front.offsetLeft < reel.scrollLeft || front.offsetLeft + front.offsetWidth > reel.scrollLeft + reel.clientWidth);
    if (gone) reel.scrollLeft = front.offsetLeft - reel.clientWidth / 3;
  }

  function tags(host, entries) {
    host.replaceChildren(...entries.filter(Boolean).map(([text, kind]) => el("li", { class: `tag ${kind || ""}`, text })));
  }

  // What the agent does not know yet, turn by turn: one bar before the first turn and one after each.
  function draws(e) {
    const values = [e.bits, ...e.turns.map((t) => t.b)];
    if (!values.some(isNumber)) { bits.replaceChildren(missing("Bits were not measured in this episode.")); return; }
    const most = Math.max(...values.filter(isNumber), 1e-9), height = 84;
    const picture = chart(height, `Bits unknown: ${values.map((v) => number(v, 1)).join(", ")}`, (svg, width) => {
      const size = Math.min(34, width / values.length), tall = height - 22;
      values.forEach((v, i) => {
        if (!isNumber(v)) return;
        const bar = draw("rect", { x: i * size, y: tall * (1 - v / most), width: Math.max(size - 3, 1), height: Math.max(tall * v / most, 1.5), rx: 2,
          class: "fill", color: i === at.turn + 1 ? "var(--after)" : i <= at.turn ? "var(--c5)" : "var(--line)" });
        svg.append(titled(bar, `${i ? `after turn ${i}` : "at the start"}: ${number(v)} bits`));
      });
      svg.append(line(0, tall, width, tall, "axis"), label(0, height - 6, "start"), label(Math.max((values.length - 0.5) * size, 70), height - 6, `turn ${values.length - 1}`, "end"));
    });
    bits.replaceChildren(el("h3", { text: "Bits still unknown" }), picture);
  }

  const node = el("div", { class: "card", id: "viewer", tabindex: "-1", role: "group", "aria-label": "Episode viewer", onkeydown: (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!move || event.target.tagName === "SELECT" || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    set(event.shiftKey ? { episode: at.episode + move, turn: 0 } : { turn: at.turn + move });
  }, onclick: (event) => {
    // After a click anywhere in the viewer the arrow keys work, also on a button that has just become disabled.
    if (!node.contains(document.activeElement) || document.activeElement.disabled) node.focus({ preventScroll: true });
    event.stopPropagation();
  } },
  el("div", { class: "choose" }, stage.node, group.node, ends.node, episode.node, el("div", { class: "row" }, first.prev, first.next)),
  count, facts, none, film, body);
  show();
  return node;
}
