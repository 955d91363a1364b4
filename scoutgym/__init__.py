"""ScoutGym: Gymnasium worlds for language agents that must explore. Importing it registers every world."""

from scoutgym.envs.registry import register, register_all

__version__ = "0.1.0"

register_all()

__all__ = ["__version__", "register"]
