"""The vocabulary, the tiny model and the agent: nothing is lost between text and token and back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import gymnasium
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM, AutoTokenizer

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.core import Job, rollout
from scoutgym.agents.lm import LMAgent
from scoutgym.envs.chance import Chance
from scoutgym.envs.registry import WORLDS
from scoutgym.llm.tiny import parameters, tiny_llama
from scoutgym.llm.words import SPECIALS, Words
from scoutgym.types import Outcome, Task

pytestmark = pytest.mark.llm

TEXTS = ["Guess a number from 1 to 63. It is higher.\n- `move <way>`, e.g. B3!", "Guess a number: it is higher"]
WORDS = Words.of(TEXTS)
IDS = sorted(
    env_id
    for world in WORLDS.values()
    if world.spec.id.startswith("scoutgym/") and not world.spec.needs
    for env_id in world.spec.ids
)
torch.set_num_threads(1)


def small(context: int = 256, seed: int = 0, words: Words = WORDS) -> torch.nn.Module:
    return tiny_llama(words, width=32, layers=2, heads=2, context=context, seed=seed)


# The vocabulary.


def test_a_word_is_one_token_and_a_number_one_a_digit() -> None:
    assert len(WORDS.encode("Guess higher")) == 2
    assert len(WORDS.encode("163")) == 3
    assert len(WORDS.encode("move")) == 4  # it came only once: spelled


def test_an_action_has_the_tokens_that_it_has_in_a_sentence() -> None:
    inside = WORDS.encode("higher 63 is")
    assert WORDS.encode("63") == inside[1:3]


@given(st.text(alphabet="".join(set("".join(TEXTS))), max_size=60))
def test_every_text_of_known_characters_comes_back(text: str) -> None:
    assert WORDS.decode(WORDS.encode(text)) == text
    assert WORDS.unk not in WORDS.encode(text)


def test_special_tokens_are_never_read_from_text() -> None:
    words = Words.of(["<end> <act> <pad> <bos> <obs> <unk>"])
    for special in SPECIALS:
        ids = words.encode(f"{special} {special}")
        assert not set(ids) & {words.pad, words.unk, words.bos, words.obs, words.act, words.end}
        assert words.decode(ids) == f"{special} {special}"


def test_an_unknown_character_is_one_token_and_is_counted() -> None:
    words = Words.of(["abc abc"])
    assert words.encode("abc Ж abc").count(words.unk) == 1
    assert words.unknown == Counter({"Ж": 1})


@pytest.mark.parametrize("env_id", IDS)
def test_every_action_of_every_world_comes_back_as_the_same_action(env_id: str) -> None:
    env = gymnasium.make(env_id)
    observation, _ = env.reset(seed=0)
    world, state = env.unwrapped.world, env.unwrapped.session.state
    grammar = world.grammar(state)
    actions = [grammar.sample(Chance(b"tokens", draw)) for draw in range(50)]
    texts = [grammar.format(action) for action in actions]
    words = Words.of([observation, *texts])
    for action, text in zip(actions, texts, strict=True):
        assert grammar.parse(words.decode(words.answer(text))) == action
    assert words.decode(words.encode(observation)) == observation
    assert not words.unknown


def test_a_saved_vocabulary_is_a_hugging_face_directory(tmp_path: Path) -> None:
    WORDS.save(tmp_path)
    plain, again = AutoTokenizer.from_pretrained(tmp_path), Words.load(tmp_path)
    assert len(plain) == len(WORDS) == len(again)
    assert (plain.pad_token_id, plain.bos_token_id, plain.eos_token_id) == (WORDS.pad, WORDS.bos, WORDS.end)
    for text in TEXTS:
        assert plain(text, add_special_tokens=False)["input_ids"] == WORDS.encode(text) == again.encode(text)
        assert plain.decode(WORDS.encode(text)) == text
    assert again.encode("a <end> b") == WORDS.encode("a <end> b")


# The model.


def test_a_model_is_saved_and_loaded_to_the_bit(tmp_path: Path) -> None:
    model = small()
    model.save_pretrained(tmp_path)
    other = AutoModelForCausalLM.from_pretrained(tmp_path)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))
    assert parameters(model) == sum(weight.numel() for weight in model.parameters())


def test_the_seed_makes_the_weights_and_touches_no_other_generator() -> None:
    before = torch.get_rng_state()
    one, same, other = small(seed=1), small(seed=1), small(seed=2)
    name = "model.layers.0.mlp.down_proj.weight"
    assert torch.equal(one.state_dict()[name], same.state_dict()[name])
    assert not torch.equal(one.state_dict()[name], other.state_dict()[name])
    expected = 1 / (one.config.intermediate_size * 2 * 2) ** 0.5
    assert one.state_dict()[name].std().item() == pytest.approx(expected, rel=0.1)
    assert torch.equal(torch.get_rng_state(), before)


def test_heads_that_do_not_fit_are_an_error() -> None:
    with pytest.raises(ValueError, match="no multiple"):
        tiny_llama(WORDS, width=33, layers=1, heads=4, context=8, seed=0)


# The agent.


def number_words() -> Words:
    env = gymnasium.make("scoutgym/Number-15-v0")
    texts = [env.reset(seed=seed)[0] for seed in range(2)]
    replies = [env.step(str(n))[0] for n in (1, 15)] + [env.step("")[0]]
    return Words.of(texts + replies * 2)


def jobs(count: int, samples: int = 1) -> list[Job]:
    task = [Task("scoutgym/Number-v0", "train", index, {"high": 15, "max_turns": 4}) for index in range(count)]
    return [Job(one, 0, sample) for one in task for sample in range(samples)]


def test_episodes_do_not_depend_on_the_number_of_slots() -> None:
    words = number_words()
    model = small(words=words)

    def play(slots: int) -> dict[int, list[str]]:
        agent = LMAgent(model, words, max_tokens=4)
        return {e.task.index: [turn.text for turn in e.turns] for e in rollout(agent, jobs(12), slots)}

    assert play(1) == play(5) == play(12)


def test_samples_of_one_task_differ_and_repeat() -> None:
    words = number_words()
    agent = LMAgent(small(words=words), words, max_tokens=4)
    first = sorted((e.sample, [turn.text for turn in e.turns]) for e in rollout(agent, jobs(1, samples=8)))
    again = sorted((e.sample, [turn.text for turn in e.turns]) for e in rollout(agent, jobs(1, samples=8), slots=3))
    assert first == again
    assert len({tuple(texts) for _, texts in first}) > 1


def test_an_answer_at_its_limit_is_output_truncated() -> None:
    words = number_words()
    agent = LMAgent(small(words=words), words, max_tokens=1)
    for episode in rollout(agent, jobs(8)):
        for turn in episode.turns:
            cut = turn.ids[-1] != words.end
            assert (turn.outcome == Outcome.OUTPUT_TRUNCATED) == cut


def test_a_full_context_costs_and_gains_nothing() -> None:
    words = number_words()
    model = small(words=words)
    prompt = len(words.prompt(gymnasium.make("scoutgym/Number-15-v0").reset(seed=0)[0], first=True))
    agent = LMAgent(model, words, max_tokens=4, context=prompt + 4 + 10)
    seen = []
    for episode in rollout(agent, jobs(8)):
        outcomes = [turn.outcome for turn in episode.turns]
        if Outcome.CONTEXT_OVERFLOW in outcomes:
            first = outcomes.index(Outcome.CONTEXT_OVERFLOW)
            assert set(outcomes[first:]) == {Outcome.CONTEXT_OVERFLOW}
            assert all(turn.reward < 0 and not turn.ids for turn in episode.turns[first:])
            assert not episode.success
            seen.append(first)
        assert sum(len(turn.prompt_ids) + len(turn.ids) for turn in episode.turns) <= agent.limit
    assert seen
    assert min(seen) >= 1
