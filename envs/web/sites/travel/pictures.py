"""Pictures of cities and hotels, drawn from a few shapes: for people. Agents read names."""

from __future__ import annotations

from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.travel.fares import mixed
from scoutgym.envs.web.sites.travel.site import SITE, Traveler

SKIES = (
    ("#f6c28b", "#d96f6a"),
    ("#bfe0f2", "#5f9ec9"),
    ("#f3d9ae", "#8fb7b3"),
    ("#cfd3ee", "#7a78b8"),
    ("#ffdfcf", "#c7798f"),
)
FRONTS = ("#3b4a63", "#5a4a5f", "#2f5d62", "#6a4b3f", "#49566b")


def _svg(width: int, height: int, body: str) -> Response:
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'>"
    return Response(f"{head}{body}</svg>", kind="image/svg+xml")


def _sky(seed: int, width: int, height: int) -> str:
    high, low = SKIES[seed % len(SKIES)]
    return (
        f"<defs><linearGradient id='s' x2='0' y2='1'><stop stop-color='{high}'/><stop offset='1' stop-color='{low}'/>"
        f"</linearGradient></defs><rect width='{width}' height='{height}' fill='url(#s)'/>"
    )


@SITE.asset("/picture/city/<int:id>.svg")
def city(visit: Traveler, id: int) -> Response:
    """A row of roofs and towers before hills, by the water."""
    found = visit.one("SELECT people, x, y FROM city WHERE id = ?", id)
    seed = mixed(found["x"], found["y"])
    body = [_sky(seed, 500, 300), f"<circle cx='{60 + seed % 380}' cy='70' r='26' fill='#fff' opacity='.75'/>"]
    body.append(
        f"<path d='M0 210Q{90 + seed % 90} 90 250 190T500 {130 + seed % 60}V300H0z' fill='#000' opacity='.12'/>"
    )
    left, number, front = 14, 0, FRONTS[seed // 7 % len(FRONTS)]
    while left < 480:
        part = mixed(seed, number)
        wide, tall = 22 + part % 26, 34 + part // 31 % (50 + found["people"] // 9000)
        top = 250 - tall
        body.append(
            f"<rect x='{left}' y='{top}' width='{wide}' height='{tall}' fill='{front}' opacity='.{85 + part % 15}'/>"
        )
        if part % 4 == 0:
            body.append(f"<path d='M{left} {top}l{wide / 2} -22 {wide / 2} 22z' fill='#a8503e'/>")
        for row in range(top + 8, 240, 14):
            if (part >> row % 13) & 1:
                body.append(f"<rect x='{left + 6}' y='{row}' width='5' height='6' fill='#ffe7a8'/>")
        left, number = left + wide + part % 5, number + 1
    body.append("<rect y='250' width='500' height='50' fill='#28546b'/>")
    body.append("<path d='M0 262h500M30 278h440' stroke='#fff' opacity='.25'/>")
    return _svg(500, 300, "".join(body))


@SITE.asset("/picture/hotel/<int:id>.svg")
def hotel(visit: Traveler, id: int) -> Response:
    """A front with windows, more floors for more stars."""
    found = visit.one("SELECT stars, votes, meters FROM hotel WHERE id = ?", id)
    seed, floors = mixed(id, found["votes"], found["meters"]), found["stars"] + 1
    wide, wall = 200 + seed % 110, ("#efe3cf", "#d9c3ae", "#c9d3cf", "#e4cfc8", "#cfd0dc")[seed // 11 % 5]
    left, tall = (500 - wide) // 2, 30 * floors + 24
    top = 262 - tall
    body = [_sky(seed // 3, 500, 300), "<path d='M0 230Q120 180 250 222T500 200V300H0z' fill='#4f7d5b' opacity='.55'/>"]
    body.append(f"<rect x='{left}' y='{top}' width='{wide}' height='{tall}' fill='{wall}'/>")
    roof = FRONTS[seed // 5 % len(FRONTS)]
    if seed % 2:
        edge = f"M{left - 12} {top}L{left + 34} {top - 30}H{left + wide - 34}L{left + wide + 12} {top}z"
        body.append(f"<path d='{edge}' fill='{roof}'/>")
    else:
        body.append(f"<rect x='{left - 8}' y='{top - 9}' width='{wide + 16}' height='11' fill='{roof}'/>")
    for floor in range(floors):
        for place in range(left + 14, left + wide - 24, 30):
            lit = mixed(seed, floor, place) % 3 == 0
            body.append(
                f"<rect x='{place}' y='{top + 12 + floor * 30}' width='15' height='19' rx='2' "
                f"fill='{'#ffdf8e' if lit else '#53708a'}'/>"
            )
    body.append(f"<rect x='235' y='232' width='30' height='30' fill='{roof}'/>")
    body.append("<rect x='222' y='224' width='56' height='8' fill='#b5483f'/>")
    body.append("<rect y='262' width='500' height='38' fill='#6d7468'/>")
    return _svg(500, 300, "".join(body))
