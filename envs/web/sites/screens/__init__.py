"""The site of `scoutgym.envs.web.screens`: an app of `scoutgym.envs.web.screen_graph` as pages, one a screen."""

from scoutgym.envs.web.sites.screens.site import SITE, fill

__all__ = ["SITE", "fill"]
