"""Run inside a network of its own, where only loopback is up and every name is looked up at a canary: what gets out?

`test_web_isolation` starts it by ``unshare -rnm``, so that nothing could get out of it in any case; what is asked for
all the same is counted. Prints one JSON object.
"""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import gymnasium

import scoutgym
from scoutgym.envs.web.browser.chromium import ChromiumBrowser
from scoutgym.envs.web.browser.dom import DomBrowser
from scoutgym.envs.web.browser.engine import shut
from scoutgym.envs.web.browser.state import BrowserState
from scoutgym.envs.web.sites.site import Response, Site

HOSTS = ("example.com", "www.google.com", "trap.invalid", "192.0.2.7", "10.0.0.7", "[2001:db8::7]")
TRAP = "<!doctype html><title>Trap</title>" + "".join(
    f"""<img src="http://{host}/i"><link rel=dns-prefetch href="//{host}"><link rel=preconnect href="http://{host}">
    <link rel=prefetch href="https://{host}/p"><link rel=stylesheet href="https://{host}/s">
    <script src="//{host}/j"></script>
    <iframe src="https://{host}/f"></iframe><script>fetch("https://{host}/").catch(() => 0);
    navigator.sendBeacon("https://{host}/", "x"); try {{ new WebSocket("wss://{host}/") }} catch {{}}
    try {{ const p = new RTCPeerConnection({{iceServers: [{{urls: "stun:{host}"}}]}}); p.createDataChannel("x");
    p.createOffer().then(o => p.setLocalDescription(o)) }} catch {{}}</script><a href="http://{host}/">{host}</a>"""
    for host in HOSTS
)


def canary(port: int, kind: socket.SocketKind, hits: list[str]) -> None:
    """Listen on all addresses, and note what comes."""
    listening = socket.socket(type=kind)
    listening.bind(("0.0.0.0", port))
    if kind == socket.SOCK_STREAM:
        listening.listen()

    def serve() -> None:
        while True:
            if kind == socket.SOCK_STREAM:
                connection, _ = listening.accept()
                hits.append(f"tcp {port}")
                connection.close()
            else:
                hits.append(f"udp {port} {listening.recv(4096)[12:60]!r}")

    threading.Thread(target=serve, daemon=True).start()


def walk(backend: str, env_id: str) -> bool:
    """An episode that the solver plays."""
    env = gymnasium.make(env_id, backend=backend).unwrapped
    env.reset(seed=1)
    info = {}
    for action in env.world.solver(env.session.state):  # type: ignore[attr-defined]
        *_, info = env.step(action)
    env.close()
    return bool(info["success"])


def main() -> None:
    """Play, try to get out, and count."""
    assert scoutgym
    # Every address is this machine's own, so that what is sent to any of them would arrive here.
    for command in ("link set lo up", "route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"):
        subprocess.run(["ip", *command.split()], check=command.startswith("link"), capture_output=True)
    with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as names:
        names.write("nameserver 127.0.0.1\n")
    subprocess.run(["mount", "--bind", names.name, str(Path("/etc/resolv.conf").resolve())], check=True)
    hits: list[str] = []
    for port, kind in [
        *((port, socket.SOCK_STREAM) for port in (53, 80, 443, 853)),
        *((port, socket.SOCK_DGRAM) for port in (53, 80, 443, 3478, 5353)),
    ]:
        canary(port, kind, hits)
    socket.setdefaulttimeout(5)
    probes = 0
    for probe in (lambda: socket.getaddrinfo("probe.example", 80), lambda: socket.create_connection(("192.0.2.9", 80))):
        with suppress(OSError):
            probe()
        until = time.monotonic() + 5
        while not hits and time.monotonic() < until:  # its thread has yet to write it down
            time.sleep(0.01)
        probes += bool(hits)
        hits.clear()
    socket.setdefaulttimeout(None)
    solved = [walk(backend, "scoutgym/WebStore-v0") for backend in ("dom", "chromium")]
    site = Site("trap", "scoutgym.envs.web.sites", "")
    site.page("/")(lambda visit: Response(TRAP))
    titles = []
    for kind in (DomBrowser, ChromiumBrowser):
        browser = kind({site.host: site}, {site.host: site.empty()}, BrowserState())
        browser.open("/")
        titles.append(browser.page.title)
        for bid in browser.page.links:
            browser.act(("click", bid))
        for host in HOSTS:
            browser.act(("goto", f"https://{host}/"))
        if isinstance(browser, ChromiumBrowser):
            browser._lent.run(browser._front.evaluated("new Promise(done => setTimeout(done, 1000))"))
        browser.close()
    shut()
    print(json.dumps({"probes": probes, "solved": solved, "titles": titles, "hits": hits}))


if __name__ == "__main__":
    main()
