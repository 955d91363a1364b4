"""The fields of a task's forms, and what is paid for them."""

from __future__ import annotations

import gymnasium
import pytest

from scoutgym.envs.web.fields import held, pairs

pytestmark = pytest.mark.web

PAGE = (
    "<form action='/x'><label for='a'>Name</label><input id='a' name='a' value='Ann'>"
    "<label for='b'>Color</label><select id='b' name='b'><option>red</option><option>blue</option></select>"
    "<label for='c'>News</label><input id='c' name='c' type='checkbox'></form>"
)
SCRIPT = [["click", "link", "Form"], ["fill", "Name", "Bo"], ["choose", "Color", "blue"], ["check", "News"]]


def test_a_pair_holds_by_what_the_user_has_changed() -> None:
    from scoutgym.envs.web.browser.page import page_of

    page, wanted = page_of(PAGE), pairs(SCRIPT)
    assert wanted == [("Name", "Bo"), ("Color", "blue"), ("News", "yes")]
    name, color, news = page.controls
    assert held(wanted, page, {}) == set()
    assert held(wanted, page, {name: "Bo"}) == {0}
    assert held(wanted, page, {name: "bo", color: (1,), news: True}) == {1, 2}
    assert held(wanted, page, {color: (0,), news: False, 999: "Bo"}) == set()


def test_each_field_pays_once_and_all_pay_one() -> None:
    env = gymnasium.make("scoutgym/WebStore-form-v0", max_turns=30, fields=0.5)
    env.reset(options={"index": 0})
    inner = env.unwrapped
    wanted = inner.privileged().extra["fields"]
    actions = inner.world.solver(inner.session.state)
    twice = [one for action in actions[:-1] for one in (action, action)]
    paid = [env.step(action)[4]["rewards"].get("fields", 0.0) for action in twice]
    assert paid == pytest.approx([0.5 / len(wanted), 0.0] * len(wanted))
    point = inner.snapshot()
    name = next(action for action in actions if action.startswith("fill"))
    bid = name.split("'")[1]
    env.step(f"fill('{bid}', 'somebody else')")
    assert env.step(name)[4]["rewards"] == {}  # undone and done again
    inner.restore(point)
    assert env.step(name)[4]["rewards"] == {}  # a snapshot knows what was paid


def test_what_is_prefilled_is_not_paid() -> None:
    env = gymnasium.make("scoutgym/WebStore-form-v0", prefill=0.6, fields=1.0)
    env.reset(options={"index": 0})
    inner = env.unwrapped
    wanted, done = inner.privileged().extra["fields"], len(inner.session.state.filled)
    assert 0 < done < len(wanted)
    paid = [env.step(action)[4]["rewards"].get("fields", 0.0) for action in inner.world.solver(inner.session.state)]
    assert sum(paid) == pytest.approx(1 - done / len(wanted))
