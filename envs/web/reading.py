"""What an agent reads of the page in front of it."""

from __future__ import annotations

from scoutgym.envs.web.state import WebState


def text(state: WebState, view: str) -> str:
    """Address and page."""
    here = state.browser.tab.here
    if view == "axtree":
        page = state.page.text(here.fields, here.focus)
    else:
        from scoutgym.envs.web.browser.markdown import markdown

        page = markdown(state.page, here.fields, "main" if view == "short" else "body")
    return f"URL: {here.url}\n{page}"


def told(state: WebState, view: str) -> str:
    """What the agent reads now; it is then what was read last."""
    before, state.shown = state.shown, text(state, view)
    lines = [f"Error: {state.error}"] if state.error else []
    tabs = state.browser.tabs
    if len(tabs) > 1:
        names = ", ".join(f"{number} {tab.here.url}" for number, tab in enumerate(tabs))
        lines.append(f"Tabs: {names}; tab {state.browser.active} is in front.")
    if view != "short":
        return "\n".join([*lines, state.shown])
    now, old = state.shown.split("\n"), before.split("\n")
    if now[:2] == old[:2]:
        now = [line for line in now if line not in old] or ["Nothing has changed."]
    return "\n".join([*lines, *now])
