"""``scoutgym sites``: the web worlds' sites, for people to click through."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from http.cookies import SimpleCookie
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any

import typer

from scoutgym.envs.chance import Chance
from scoutgym.envs.tasks import nearest

FOLDER = "scoutgym.envs.web.sites"
HOST = "127.0.0.1"
Application = Callable[..., Iterable[bytes]]

sites = typer.Typer()


@sites.callback()
def group() -> None:
    """Click through the sites of the web worlds by hand."""


@sites.command()
def serve(
    name: Annotated[str, typer.Argument(metavar="SITE", help="Which one, such as store.")],
    seed: Annotated[int, typer.Option(min=0, help="Which contents.")] = 0,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
) -> None:
    """Serve a site on this machine alone, its user logged in, until Ctrl-C. Nothing is kept."""
    known = sorted(found.name for found in iter_modules(import_module(FOLDER).__path__) if found.ispkg)
    if name not in known:
        raise ValueError(f"there is no site {name!r}{nearest(name, known)}; there are {', '.join(known)}")
    from werkzeug.serving import WSGIRequestHandler, make_server

    from scoutgym.envs.web.sites.database import cookies

    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: Any) -> None:
            """A line a request would bury the address."""

    site = import_module(f"{FOLDER}.{name}").SITE
    database = site.empty()
    import_module(f"{FOLDER}.{name}").fill(database, Chance(b"%d" % seed))
    application = for_one(site.wsgi(lambda environ: database), cookies(database))
    try:
        listening = socket.create_server((HOST, port))
    except OSError as error:
        raise OSError(f"port {port} cannot be used ({error.strerror}): choose another, or 0 for a free one") from None
    with listening:
        number = listening.getsockname()[1]
        server = make_server(HOST, number, application, request_handler=Quiet, fd=listening.fileno())
        typer.echo(f"http://{HOST}:{number}/ is the {name} of seed {seed}; Ctrl-C ends it")
        server.serve_forever()


def for_one(application: Application, jar: dict[str, str]) -> Application:
    """An application for one visitor, whose cookies are kept here: a browser shares them among all ports of a host."""

    def single(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        environ["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in jar.items())

        def started(status: str, headers: list[tuple[str, str]]) -> Any:
            for _, written in (one for one in headers if one[0] == "Set-Cookie"):
                jar.update((name, one.value) for name, one in SimpleCookie(written).items())
            return start(status, [one for one in headers if one[0] != "Set-Cookie"])

        return application(environ, started)

    return single
