// The film strip of an episode: every turn a frame, from left to right; what leaked is red, and said in words.

// One list item a turn, and a last one for how it ended. `now` is the turn in front, `go` brings another one there.
function strip(e, texts, now, go) {
  const frames = e.turns.map((t, i) => frame({
    title: `Turn ${i + 1}`, seen: texts[t.o], did: t.a || "(nothing)", leaks: t.l || [], current: i === now, go: () => go(i),
    tags: [
      ...Object.entries(t.p || {}).map(([part, value]) => [`${words(part)} ${short(value)}`, value > 0 ? "good" : value < 0 ? "bad" : ""]),
      t.k === "ok" ? null : [words(t.k), "bad"],
    ],
  }));
  const ended = e.success === null ? [] : [e.success >= 1 ? ["succeeded", "good"] : ["failed", "bad"]];
  frames.push(frame({ title: "The end", seen: texts[e.end], did: null, leaks: [], current: false, go: null, tags: ended }));
  return el("ol", { class: "strip", tabindex: "0", "aria-label": "Film strip: every turn of the episode" }, ...frames);
}

function frame({ title, seen, did, leaks, current, go, tags }) {
  const chips = [...leaks.map((text) => [text, "leak"]), ...tags.filter(Boolean)];
  return el("li", { class: leaks.length ? "frame leaky" : "frame", "aria-current": current ? "true" : null },
    go ? el("button", { type: "button", text: title, onclick: go }) : el("span", { class: "end", text: title }),
    el("pre", { class: "seen", text: seen }),
    did === null ? null : el("pre", { class: "did", text: did }),
    chips.length ? el("ul", { class: "tags" }, ...chips.map(([text, kind]) => el("li", { class: `tag ${kind}`, text }))) : null);
}
