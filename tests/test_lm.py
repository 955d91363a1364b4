"""The agent: every format with every family of templates, sampler and trainer agree, and episodes of 200 turns."""

from __future__ import annotations

import copy
import json
import math
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import gymnasium
import pytest
import torch
from chat_templates import FAMILIES, tokenizer
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.context import ContextPolicy, Error, Summary, View, Window, policy_named
from scoutgym.agents.core import Job, Seat, rollout
from scoutgym.agents.formats import CLOSE, Bare, Closed, Format, Json, Tags, Tool
from scoutgym.agents.lm import FORCED, LMAgent, _pick
from scoutgym.agents.retold import retold
from scoutgym.agents.training.batches import Batch
from scoutgym.agents.training.objective.likelihood import likelihood
from scoutgym.agents.training.rows import episode_rows
from scoutgym.llm.render import ChatTemplate, Renderer, WordChat
from scoutgym.llm.tiny import tiny_llama
from scoutgym.llm.trie import Trie
from scoutgym.llm.words import Words
from scoutgym.types import Episode, Outcome, Task, Turn, digest

pytestmark = pytest.mark.llm

NUMBER = "scoutgym/Number-v0"
FORMATS: list[Format] = [Bare(), Tags(), Json(), Json(schema=True), Tool(), Closed()]
torch.set_num_threads(1)


@cache
def renderer(name: str) -> Renderer:
    if name != "words":
        return ChatTemplate(tokenizer(name))
    env = gymnasium.make(NUMBER, high=15)
    texts = [env.reset(seed=0)[0]] + [env.step(action)[0] for action in ("1", "15", "")]
    grammar = env.unwrapped.grammar
    texts += [Tool().spell(grammar), Tool().write("1", grammar), Tags(thinking=1).help(grammar), FORCED]
    return WordChat(Words.of(texts * 2))


@cache
def model(name: str) -> PreTrainedModel:
    """Two random layers for this renderer's vocabulary."""
    made = renderer(name)
    if isinstance(made, WordChat):
        return tiny_llama(made.words, width=32, layers=2, heads=2, context=8192, seed=0)
    assert isinstance(made, ChatTemplate)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(made.tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=8192,
        initializer_range=0.3,
    )
    return LlamaForCausalLM(config).eval()


def agent(name: str, **options: object) -> LMAgent:
    return LMAgent(model(name), renderer(name), **{"max_tokens": 6, **options})  # type: ignore[arg-type] (any option)


def jobs(count: int, turns: int = 4, high: int = 15) -> list[Job]:
    return [Job(Task(NUMBER, "train", place, {"high": high, "max_turns": turns})) for place in range(count)]


def play(player: LMAgent, count: int = 3, turns: int = 4, high: int = 15, slots: int = 64) -> list[Episode]:
    episodes = list(rollout(player, jobs(count, turns, high), slots))
    return sorted(episodes, key=lambda episode: episode.task.index)


def check(player: LMAgent, episodes: Sequence[Episode]) -> None:
    """The record is sound, and the trainer finds the log-probabilities that the sampler gave."""
    rows = []
    for number, episode in enumerate(episodes):
        for turn in episode.turns:
            assert turn.text == player.renderer.decode(turn.ids)
            assert len(turn.logp) == (1 if turn.choices else len(turn.ids))
            assert all(turn.logp[place] == 0.0 for place in turn.forced)
        rows += episode_rows(episode, number, [1.0] * len(episode.turns))
        whole = [[]]
        for place, turn in enumerate(episode.turns):
            if turn.fork and place:
                whole.append([])
            whole[-1] += [*turn.prompt_ids, *turn.ids]
        assert [list(row.ids) for row in rows if row.episode == number] == whole
    batch = Batch.of(rows)
    with torch.no_grad():
        given = likelihood(player.model, batch, player.temperature)
    torch.testing.assert_close(given.logp, batch.logp, atol=2e-4, rtol=0)


# Formats and families.


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: "-".join(str(v) for v in form.record().values()))
@pytest.mark.parametrize("name", ["words", *FAMILIES])
def test_every_format_with_every_family(name: str, form: Format) -> None:
    player = agent(name, format=form, temperature=0.8, constrain=form != Closed(), max_tokens=120)
    episodes = play(player, 2)
    check(player, episodes)
    for episode in episodes:
        for turn in episode.turns:
            assert turn.outcome == Outcome.OK  # a constraint and a closed set leave nothing else
            assert int(turn.action) in range(1, 16)
            assert turn.ids[-1] in player.renderer.ends
            assert bool(turn.choices) == (form == Closed())
            assert bool(turn.allowed) != bool(turn.choices)
    if form in (Tags(), Tool()):
        free = agent(name, format=form)
        check(free, play(free, 1))


@pytest.mark.parametrize("name", ["words", *FAMILIES])
def test_forks_are_where_the_template_edits(name: str) -> None:
    episodes = play(agent(name))
    forks = [turn.fork for episode in episodes for turn in episode.turns[1:]]
    assert not any(episode.turns[0].fork for episode in episodes)
    if name in ("r1-training", "qwen3.8"):  # the prompt has opened a thought, which the model closes by accident alone
        assert forks == ["</think>" not in turn.text for episode in episodes for turn in episode.turns[:-1]]
    else:  # GLM writes an empty thought where there was none; the others take out what they have opened
        assert all(forks) if name in ("glm4.5", "r1", "nemotron3") else not any(forks)


def test_functions_are_shown_by_the_template_or_in_words() -> None:
    for name, shown in (("qwen2.5", True), ("gemma2", False)):
        player = agent(name, format=Tool())
        text = player.renderer.tokenizer.decode(play(player, 1)[0].turns[0].prompt_ids)  # type: ignore[attr-defined]
        assert ("<tools>" in text) == shown
        assert '"name": "number"' in text or '"name": "guess"' in text
        assert ("Write a call as" in text) != shown


def test_replies_to_calls_are_a_tools_where_the_template_takes_them() -> None:
    player = agent("qwen3", format=Tool(), constrain=True, max_tokens=120)
    episode = play(player, 1)[0]
    text = player.renderer.tokenizer.decode(episode.turns[1].prompt_ids)  # type: ignore[attr-defined]
    assert "<tool_response>" in text


@pytest.mark.parametrize("form", [Tags(), Tool()], ids=lambda form: form.name)
@pytest.mark.parametrize("name", ["words", *FAMILIES])
def test_a_demonstration_is_what_the_model_would_have_read_and_written(name: str, form: Format) -> None:
    """Under the constraint the model writes as a demonstration does; nothing else may differ."""
    player = agent(name, format=form, constrain=True, max_tokens=120)
    grammar = gymnasium.make(NUMBER, high=15).unwrapped.world.grammar(None)
    for episode in play(player, 1):
        again = retold(episode, player.renderer, form, grammar)
        for turn, told in zip(episode.turns, again.turns, strict=True):
            assert (turn.prompt_ids, turn.ids, turn.fork) == (told.prompt_ids, told.ids, told.fork)


# Thoughts.


@pytest.mark.parametrize("name", ["words", "qwen2.5", "qwen3", "r1", "mixtral"])
def test_a_thought_that_has_spent_its_tokens_is_closed(name: str) -> None:
    player = agent(name, format=Tags(thinking=5), constrain=True, max_tokens=30)
    close = player.renderer.encode(FORCED)
    seen = Counter[bool]()
    episodes = play(player, 4)
    check(player, episodes)
    for turn in (turn for episode in episodes for turn in episode.turns):
        seen[bool(turn.forced)] += 1
        if turn.forced:
            assert turn.text.count(CLOSE) == 1
            assert [turn.ids[place] for place in turn.forced] == close
            assert list(turn.forced) == list(range(5, 5 + len(close)))
            assert turn.action in map(str, range(1, 16))
            assert turn.spans["think"][1] <= turn.spans["answer"][0]
            assert not any(turn.allowed[: 5 + len(close)])
            assert all(turn.allowed[5 + len(close) :])
    assert seen[True]
    forced = sum(len(turn.forced) for episode in episodes for turn in episode.turns)
    rows = [row for one in episodes for row in episode_rows(one, 0, [1.0] * len(one.turns))]
    turns = [turn for episode in episodes for turn in episode.turns]
    given = sum(len(left) == 1 for turn in turns for left in turn.allowed)  # a constraint left no choice
    sampled = sum(len(turn.ids) for turn in turns) - forced - given
    assert sum(len(row.decisions) for row in rows) == sampled > 0


def test_thoughts_have_room_in_the_context_or_are_not_begun() -> None:
    player = agent("qwen2.5", format=Tags(thinking=40))
    prompt = len(play(player, 1)[0].turns[0].prompt_ids)
    most = 40 + len(player.renderer.encode(FORCED)) + 6
    for limit, begun in ((prompt + most, True), (prompt + most - 1, False)):
        turns = play(agent("qwen2.5", format=Tags(thinking=40), context=limit), 1)[0].turns
        assert bool(turns[0].ids) is begun
        assert (turns[0].outcome == Outcome.CONTEXT_OVERFLOW) is not begun


def test_a_thought_that_closes_itself_is_left_alone() -> None:
    """A model whose every token is the closing sign, then a constraint that it must obey."""
    made = renderer("qwen3")
    assert isinstance(made, ChatTemplate)
    close = made.tokenizer.convert_tokens_to_ids(CLOSE)
    stubborn = LlamaForCausalLM(model("qwen3").config).eval()
    with torch.no_grad():
        stubborn.model.norm.weight.zero_()  # all logits are 0 but for what the head is given here
        stubborn.lm_head = torch.nn.Linear(32, len(made.tokenizer))
        stubborn.lm_head.weight.zero_()
        stubborn.lm_head.bias.zero_()
        stubborn.lm_head.bias[close] = 20.0
    player = LMAgent(stubborn, made, max_tokens=30, format=Tags(thinking=5), constrain=True)
    for turn in play(player, 1)[0].turns:
        assert not turn.forced
        assert turn.ids[0] == close
        assert turn.text.startswith(f"{CLOSE}<answer>")
        assert turn.outcome == Outcome.OK


# The end of an answer.


def test_the_end_sign_is_a_decision_where_it_was_sampled_and_context_where_it_was_put_in() -> None:
    """ArCHer's likelihood stops before it, so that its policy never learns to stop; others train one never sampled."""
    seen = Counter[bool]()
    for name in ("qwen2.5", "llama3.2", "words"):
        own = copy.deepcopy(model(name))
        player = LMAgent(own, renderer(name), max_tokens=3, temperature=2.0)
        with torch.no_grad():  # so that it ends some of its answers
            head = own.lm_head.weight
            signs = torch.randn(head.shape[1], generator=torch.Generator().manual_seed(0)).sign()
            head[min(player.renderer.ends)] += 2.0 * head.std() * signs
        for episode in play(player, 4):
            turns = episode.turns
            rows = episode_rows(episode, 0, [1.0] * len(turns))
            places = [(row, decision) for row in rows for decision in row.decisions]
            assert [row.ids[decision.at] for row, decision in places] == [token for turn in turns for token in turn.ids]
            for turn, following in pairwise(turns):
                ended = turn.ids[-1] in player.renderer.ends
                seen[ended] += 1
                assert (turn.outcome == Outcome.OUTPUT_TRUNCATED) == (not ended)
                if name != "words" and not following.fork:
                    assert (following.prompt_ids[0] in player.renderer.ends) == (not ended)
    assert seen[True]
    assert seen[False]


# The closed set.


def test_choices_are_drawn_by_their_probability() -> None:
    player = agent("qwen2.5", format=Closed())
    turn = play(player, 1)[0].turns[0]
    assert [player.renderer.decode(ids) for ids in turn.choices] == [str(number) for number in range(1, 16)]
    prompt = list(turn.prompt_ids)
    with torch.no_grad():
        totals = []
        for choice in turn.choices:
            every = torch.log_softmax(player.model(torch.tensor([[*prompt, *choice]])).logits[0].double(), -1)
            totals.append(sum(every[len(prompt) - 1 + at, token].item() for at, token in enumerate(choice)))
    p = torch.softmax(torch.tensor(totals), 0)
    assert turn.logp[0] == pytest.approx(math.log(p[[*map(list, turn.choices)].index(list(turn.ids))]), abs=1e-4)


def test_a_candidate_is_picked_by_inverting_the_distribution() -> None:
    scores = [-3.0, -1.0, -math.inf, -2.0]
    weights = [math.exp(score) for score in scores]
    marks = [(place + 0.5) / 4000 for place in range(4000)]
    drawn = Counter(_pick(scores, lambda mark=mark: mark, greedy=False)[0] for mark in marks)
    for place, weight in enumerate(weights):
        assert drawn[place] / 4000 == pytest.approx(weight / sum(weights), abs=1e-3)
    place, logp = _pick(scores, lambda: 0.5, greedy=False)
    assert logp == pytest.approx(math.log(weights[place] / sum(weights)))
    assert _pick(scores, lambda: 1 - 2**-53, greedy=False)[0] == 3
    assert _pick(scores, lambda: 0.0, greedy=True) == (1, 0.0)
    assert _pick([-1e5, -1e5], lambda: 0.9, greedy=False) == (1, pytest.approx(-math.log(2)))


def test_too_many_actions_are_refused_by_name() -> None:
    for options, most in (({"format": Closed()}, 256), ({"constrain": True}, 10_000)):
        with pytest.raises(ValueError, match=f"{NUMBER} has 20000 actions here.*{most}"):
            play(agent("words", **options), 1, high=20_000)


def test_a_constraint_takes_more_actions_than_the_world_lists() -> None:
    episodes = play(agent("qwen2.5", constrain=True, max_tokens=30), 1, high=3_000)
    assert all(turn.outcome == Outcome.OK for turn in episodes[0].turns)


def test_a_trie_says_what_may_follow() -> None:
    trie = Trie([[1, 2, 9], [1, 3, 9], [4, 9]])
    assert [trie.allowed(said) for said in ([], [1], [1, 3], [4, 9], [7])] == [[1, 4], [2, 3], [9], [], []]
    for wrong in ([], [[1], [1, 2]], [[1, 2], [1]]):
        with pytest.raises(ValueError, match="none of which is the beginning"):
            Trie(wrong)


# Sampling and seats.


@pytest.mark.parametrize("form", [Tags(thinking=4), Closed(), Bare()])
def test_episodes_do_not_depend_on_the_number_of_slots(form: Format) -> None:
    def texts(slots: int) -> list[list[str]]:
        return [[turn.text for turn in one.turns] for one in play(agent("r1", format=form), 5, slots=slots)]

    assert texts(1) == texts(3) == texts(8)


def test_seats_that_come_later_move_to_a_larger_engine() -> None:
    player, alone = agent("qwen2.5"), agent("qwen2.5")
    expected = [[turn.text for turn in one.turns] for one in play(alone, 4)]
    seats = []
    for job in jobs(4):
        env = gymnasium.make(NUMBER)
        observation, _ = env.reset(options={"task": job.task, "luck": 0})
        noise = digest("agent", job.task.hash, 0, 0)
        seats.append(Seat(env, env.unwrapped, job, noise, observation))
    for turn in range(2):
        for going in (seats[:1], seats[1:3], seats[3:]) if turn == 0 else (seats[2:], seats[:2]):
            for seat, move in zip(going, player.act(going), strict=True):
                assert move.text == expected[seats.index(seat)][turn]
                seat.turns.append(Turn("agent", seat.observation, move.text, move.action or move.text))
                seat.observation = seat.env.step(move.action or move.text)[0]
    for seat in seats:
        player.leave(seat)
    assert player.tokens > 0


def test_what_is_played_with_is_recorded() -> None:
    record = agent("qwen2.5", format=Tool(family="llama"), policy=Window(), top_p=0.9).record()
    assert json.loads(json.dumps(record)) == record
    assert record["format"] == {"name": "tool", "thinking": None, "family": "llama"}
    assert record["context"] == {"max_tokens": 8192, "policy": "window"}
    assert record["sampling"]["top_p"] == 0.9


def test_nothing_of_the_old_weights_is_left_in_the_next_rollout() -> None:
    words = renderer("words")
    assert isinstance(words, WordChat)
    learner = tiny_llama(words.words, width=32, layers=2, heads=2, context=8192, seed=0)
    player = LMAgent(learner, words, max_tokens=6)
    first = play(player)
    check(player, first)
    with torch.no_grad():
        for weight in learner.parameters():
            weight += 0.3 * weight.std() * torch.sign(weight.roll(1))
    second = play(player)
    assert [turn.logp for turn in second[0].turns] != [turn.logp for turn in first[0].turns]
    check(player, second)
    with pytest.raises(AssertionError):
        check(player, first)


# Long episodes.


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("name", ["words", "mixtral"])
@pytest.mark.parametrize("policy", ["error", "window", "summary"])
def test_two_hundred_turns_never_exceed_the_context(policy: str, name: str) -> None:
    limit = 600 if name == "words" else 1200
    options = {"policy": policy_named(policy), "context": limit, "max_tokens": 3, "temperature": 2.0}
    player = agent(name, **options)
    episodes = play(player, 2 if policy == "error" else 1, turns=200, high=10**9)
    check(player, episodes)
    for episode in episodes:
        turns = episode.turns
        assert len(turns) == 200
        held, overflows = 0, 0
        for turn in turns:
            if turn.outcome == Outcome.CONTEXT_OVERFLOW:
                assert not turn.ids
                assert not turn.prompt_ids
                overflows += 1
                continue
            held = len(turn.ids) + len(turn.prompt_ids) + (0 if turn.fork else held)
            assert held <= limit
        forks = [place for place, turn in enumerate(turns) if turn.fork]
        if policy == "error":
            assert not forks
            assert overflows
            assert {turn.outcome for turn in turns[-overflows:]} == {Outcome.CONTEXT_OVERFLOW}
        else:
            assert not overflows
            assert 3 < len(forks) < (60 if policy == "window" else 80)  # several turns go at once
    again = play(agent(name, **options), 1, turns=200, high=10**9)[0]
    assert [(turn.ids, turn.fork) for turn in again.turns] == [(turn.ids, turn.fork) for turn in episodes[0].turns]


def turns(count: int) -> list[Turn]:
    return [Turn("agent", f"obs {place}\nmore", f"I say {place}", f"act {place}") for place in range(count)]


def test_what_each_policy_shows() -> None:
    played = turns(4)
    whole = [m.content for m in Error().messages("TASK", played, "now")]
    assert whole == [
        "TASK",
        "I say 0",
        "obs 1\nmore",
        "I say 1",
        "obs 2\nmore",
        "I say 2",
        "obs 3\nmore",
        "I say 3",
        "now",
    ]
    window = [m.content for m in Window().messages("TASK", played, "now", View(3))]
    assert window == ["TASK\n\n...", "I say 3", "now"]
    summary = Summary().messages("TASK", played, "now", View(2))
    assert [m.content for m in summary] == [
        "TASK\n\nact 0 -> obs 1\nact 1 -> obs 2", "I say 2", "obs 3\nmore", "I say 3", "now",
    ]  # fmt: skip
    assert [m.role for m in summary] == ["user", "assistant", "user", "assistant", "user"]
    everything = Summary(shorten=lambda turn, reply: f"{turn.action}!").messages("TASK", played, "now", View(4, 2))
    assert [m.content for m in everything] == ["TASK\n\n...\nact 2!\nact 3!", "now"]
    assert [m.content for m in Window().messages("TASK", [], "TASK")] == ["TASK"]


def test_the_older_half_goes_first() -> None:
    def steps(policy: ContextPolicy, turns: int) -> list[View]:
        view, seen = View(lines=6), []
        while (smaller := policy.less(view, turns)) is not None:
            view = smaller
            seen.append(view)
        return seen

    assert [view.dropped for view in steps(Window(), 10)] == [5, 8, 9, 10]
    assert steps(Summary(), 10)[:4] == [View(5, 6), View(8, 6), View(9, 6), View(10, 6)]
    assert steps(Summary(), 10)[4:] == [View(10, 3), View(10, 1), View(10, 0)]
    assert steps(Error(), 10) == []


def test_a_wrong_policy_is_named() -> None:
    with pytest.raises(ValueError, match="did you mean 'window'"):
        policy_named("windows")


def test_an_observation_that_never_fits_is_an_overflow_under_every_policy() -> None:
    for policy in ("error", "window", "summary"):
        episode = play(agent("qwen2.5", policy=policy_named(policy), context=20), 1)[0]
        assert {turn.outcome for turn in episode.turns} == {Outcome.CONTEXT_OVERFLOW}
