"""The open web: what was named is reached, and nothing else; what such a world has not, it says.

A server on loopback stands in for the outside host, and a second one, on another port, for all the rest of the world:
nothing may come to it.
"""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import gymnasium
import pytest

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

import scoutgym
from scoutgym.cli.envs import describe
from scoutgym.envs.names import env_ids
from scoutgym.envs.registry import WORLDS
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.browser.engine import Look, engine, shut
from scoutgym.types import Episode, Outcome
from scoutgym.wrappers.browsergym import BrowserGym
from scoutgym.wrappers.judge import JudgeReward
from scoutgym.wrappers.judges.core import EpisodeJudge, Score

pytestmark = pytest.mark.browser

OPEN = "scoutgym/WebOpen-v0"


class Host(http.server.ThreadingHTTPServer):
    """A web server that knows a few pages and keeps what came to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Pages)
        self.pages: dict[str, str] = {}
        self.moved: dict[str, str] = {}
        self.hits: list[str] = []
        self.headers: list[dict[str, str]] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, *_: Any) -> None:
        pass  # Chromium leaves in the midst of a page

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class _Pages(http.server.BaseHTTPRequestHandler):
    server: Host
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.server.hits.append(f"{self.command} {self.path} {self.rfile.read(length).decode()}".strip())
        self.server.headers.append(dict(self.headers))
        path = self.path.partition("?")[0]
        if path in self.server.moved:
            self.send_response(302)
            self.send_header("Location", self.server.moved[path])
        else:
            self.send_response(200 if path in self.server.pages else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
        body = self.server.pages.get(path, "<!doctype html><title>None</title>").encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_CONNECT = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    shut()


@pytest.fixture
def hosts() -> Iterator[tuple[Host, Host, Host]]:
    """Where it begins, one that is allowed beside it, and the canary."""
    three = (Host(), Host(), Host())
    yield three
    for one in three:
        one.shutdown()
        one.server_close()


def begun(home: Host, *allowed: Host, path: str = "/", **options: Any) -> tuple[gymnasium.Env[str, str], str]:
    env = gymnasium.make(
        OPEN, url=f"http://{home.name}{path}", allow_hosts=[one.name for one in allowed], asked="Find it.", **options
    )
    text, _ = env.reset(seed=1)
    return env, text


def on(text: str, what: str, verb: str = "click", *values: str) -> str:
    """An action on an element, which is named by its role and name as they stand on the page."""
    line = next(line for line in text.split("\n") if what in line)
    bid = line.partition("[")[2].partition("]")[0]
    return f"{verb}({', '.join(map(repr, (bid, *values)))})"


def test_scripts_run_and_what_is_hidden_is_not_read(hosts: tuple[Host, Host, Host]) -> None:
    home, *_ = hosts
    home.pages["/"] = """<!doctype html><title>Home</title><style>.off {display: none} .in {visibility: hidden}</style>
        <h1>Hello</h1><p id=p></p><p class=off>gone</p><p class=in>unseen</p><noscript><p>no</p><p>script</p></noscript>
        <template><p>not yet</p></template><form action=/found><label for=q>Word</label><input id=q name=q>
        <select name=s aria-label=Size><option>small<option>large</select><button>Send</button></form>
        <button onclick="p.textContent += '!'">More</button><div style="height: 3000px"></div>
        <script>p.textContent = 'script ran'; onscroll = () => p.textContent = `at ${scrollY}`;</script>"""
    home.pages["/found"] = "<!doctype html><title>Found</title><p>There</p>"
    env, text = begun(home)
    assert "Find it." in text
    assert "StaticText 'script ran'" in text
    assert not [word for word in ("gone", "unseen", "not yet", "'no'") if word in text]
    assert "option 'large', selected=False" in text
    text, *_ = env.step(on(text, "button 'More'"))
    assert "StaticText 'script ran!'" in text
    text, *_ = env.step("scroll(0, 500)")
    assert "StaticText 'at 500'" in text
    text, *_ = env.step(on(text, "textbox 'Word'", "fill", "a b"))
    text, *_ = env.step(on(text, "combobox 'Size'", "select_option", "large"))
    text, reward, *_ = env.step(on(text, "button 'Send'"))
    assert text.startswith(f"URL: http://{home.name}/found?q=a+b&s=large\nRootWebArea 'Found'")
    assert "GET /found?q=a+b&s=large" in home.hits
    assert reward == 0
    assert not any(name.lower().startswith(("x-scoutgym", "proxy-")) for one in home.headers for name in one)
    text, *_ = env.step("go_back()")
    assert "textbox 'Word' value='a b'" in text
    env.close()


def test_nothing_but_the_named_hosts_is_reached(hosts: tuple[Host, Host, Host]) -> None:
    home, friend, canary = hosts
    others = [canary.name, f"localhost:{canary.server_port}", f"localhost:{home.server_port}", "example.com"]
    tried = "".join(
        f"""<img src="http://{host}/img"><link rel=stylesheet href="http://{host}/css">
        <iframe src="http://{host}/f"></iframe><iframe src="https://{host}/f"></iframe>
        <link rel=preconnect href="http://{host}"><script src="http://{host}/js">
        </script><script>
        for (const s of ['http', 'https']) fetch(s + '://{host}/fetch', {{mode: 'no-cors'}}).catch(() => 0);
        navigator.sendBeacon('http://{host}/beacon', 'x');
        new WebSocket('ws://{host}/ws'); new WebSocket('wss://{host}/ws');</script>"""
        for host in others
    )
    home.pages["/"] = f"""<!doctype html><title>Home</title><p id=p></p>{tried}
        <a href="http://{canary.name}/link">out</a><a href="/away">away</a><a href="http://{friend.name}/">friend</a>
        <form action="http://{canary.name}/form" method=post><button>Post</button></form>
        <button onclick="location = 'http://{canary.name}/script'">Go</button>
        <button onclick="fetch('http://{friend.name}/data', {{mode: 'no-cors'}}).then(() => p.textContent = 'got it')">
        Ask</button>"""
    home.moved["/away"] = f"http://{canary.name}/moved"
    friend.pages["/"] = "<!doctype html><title>Friend</title>"
    env, text = begun(home, friend)
    for what in ("link 'out'", "link 'away'", "button 'Post'", "button 'Go'"):
        told, _, _, _, info = env.step(on(text, what))
        assert told.startswith(f"Error: http://{canary.name}/"), what
        assert "cannot be reached from here" in told.partition("\n")[0]
        assert info["outcome"] == Outcome.INVALID_ACTION
        assert f"URL: http://{home.name}/\n" in told
    for url in [f"http://{canary.name}/", f"https://{home.name[:-1]}/", "http://example.com/", "file:///etc/passwd"]:
        assert "cannot be reached from here" in env.step(f"goto('{url}')")[0], url
    env.step(on(text, "button 'Ask'"))
    assert any("StaticText 'got it'" in env.step("noop()")[0] for _ in range(20))
    told, *_ = env.step(on(text, "link 'friend'"))
    assert "RootWebArea 'Friend'" in told
    env.close()
    assert "GET /data" in friend.hits
    assert canary.hits == []
    assert {hit.split("?")[0] for hit in home.hits} <= {"GET /", "GET /away", "GET /favicon.ico"}
    with socket.create_connection(("127.0.0.1", canary.server_port)) as probe:  # the canary sings
        probe.sendall(b"GET /probe HTTP/1.1\r\nHost: x\r\n\r\n")
        probe.recv(100)
    assert canary.hits == ["GET /probe"]


def test_what_it_has_not_it_says(hosts: tuple[Host, Host, Host]) -> None:
    home, *_ = hosts
    home.pages["/"] = "<!doctype html><title>Home</title><a href='/'>Here</a>"
    spec = WORLDS[OPEN].spec
    assert (spec.outside, spec.expert, spec.belief, dict(spec.rewards)) == (True, None, None, {})
    assert describe(OPEN)["copies"] == "none"
    env, _ = begun(home)
    for ask in (scoutgym.save, scoutgym.snapshot, lambda env: env.unwrapped.fork(1)):
        with pytest.raises(NotImplementedError, match="WebOpen-v0 cannot be saved, copied or played again"):
            ask(env)
    inner = env.unwrapped
    assert isinstance(inner, TextEnv)
    with pytest.raises(NotImplementedError, match="no solver"):
        inner.world.solver(inner.session.state)
    _, reward, terminated, _, info = env.step("send_msg_to_user('It is here.')")
    assert (reward, terminated, info["success"], info["rewards"]) == (0.0, True, None, {})
    env.close()


def test_it_must_be_told_where_and_is_in_no_pattern() -> None:
    with pytest.raises(ValueError, match=r"must be told where: gym.make\('scoutgym/WebOpen-v0', url='https://"):
        gymnasium.make(OPEN)
    with pytest.raises(ValueError, match="a whole address, like https:"):
        gymnasium.make(OPEN, url="example.org")
    with pytest.raises(ValueError, match="chromium"):
        gymnasium.make(OPEN, url="http://example.org/", backend="dom")
    for chosen in (env_ids("scoutgym/*"), env_ids("scoutgym/WebS*")):
        assert OPEN not in chosen
        assert "scoutgym/WebStore-v0" in chosen
    assert env_ids(OPEN) == env_ids("scoutgym/WebOpen*", playable=False) == [OPEN]


def test_a_judge_pays_and_pictures_are_of_the_page_itself(hosts: tuple[Host, Host, Host]) -> None:
    home, *_ = hosts
    home.pages[
        "/"
    ] = """<!doctype html><title>Home</title><body style="margin: 0"><button id=b style="position: absolute;
        left: 40px; top: 30px; width: 100px; height: 50px; border: 0; background: #f00; color: #f00">x</button>
        <script>b.onclick = () => b.style.background = b.style.color = '#00f'</script>"""

    class Kind(EpisodeJudge):
        name, parts = "kind", ("kind",)

        def score_all(self, episodes: Sequence[Episode]) -> list[Score]:
            return [Score({"kind": 1.0 if "thanks" in one.turns[-1].action else 0.0}) for one in episodes]

    env, text = begun(home, render_mode="rgb_array")
    first: Any = env.render()
    assert first.shape == (720, 1280, 3)
    assert (first[35:75, 45:135] == (255, 0, 0)).all()
    env.step(on(text, "button 'x'"))
    second: Any = env.render()
    assert (second[35:75, 45:135] == (0, 0, 255)).all()
    env.close()
    inner, _ = begun(home)
    judged = JudgeReward(inner, Kind())
    judged.reset(seed=1)
    assert judged.step("send_msg_to_user('thanks')")[1] == 1.0
    judged.close()
    plain, _ = begun(home)
    seen, _ = BrowserGym(plain).reset(seed=1)
    assert seen["screenshot"].shape == (720, 1280, 3)
    assert (40, 30, 100, 50) in [tuple(one["bbox"]) for one in seen["extra_element_properties"].values() if one["bbox"]]
    plain.close()


def test_a_host_that_is_gone_is_an_error_and_nothing_stays(hosts: tuple[Host, Host, Host]) -> None:
    home, *_ = hosts
    home.pages["/"] = "<!doctype html><title>Home</title><a href='/next'>Next</a>"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{free.getsockname()[1]}"
    for url in (f"http://{nobody}/", f"https://{nobody}/"):
        with pytest.raises(ValueError, match="cannot be reached"):
            gymnasium.make(OPEN, url=url).reset()
    env, text = begun(home)
    inner = env.unwrapped
    assert isinstance(inner, TextEnv)
    gate = inner.session.state.live._gate
    home.shutdown()
    home.server_close()
    told, *_ = env.step(on(text, "link 'Next'"))
    assert "cannot be reached" in told.partition("\n")[0]
    env.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(gate.proxy.rpartition(":")[2])), 1)
    assert engine(Look(pictures=True, strangers=True))._users == 0
