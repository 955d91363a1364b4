"""Published methods as configurations: which parts they are made of, with the hyper-parameters of their papers.

A recipe is merged into a run's configuration like an overriding file. Learning rates and group sizes are those for
pretrained models of a billion parameters and more; a small model from scratch wants a learning rate some hundred times
as large. What a paper leaves open is left at the default of its part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoutgym.envs.tasks import nearest

Recipe = Mapping[str, Mapping[str, Any]]


def _policy(**options: Any) -> dict[str, Any]:
    return {"name": "policy", "options": {"clip_low": 0.2, "clip_high": 0.2, **options}}


RECIPES: Mapping[str, Recipe] = {
    # Shao et al. 2024, DeepSeekMath, arXiv 2402.03300: section 4.1.2; 64 outputs, beta 0.04.
    "grpo": {
        "credit": {"name": "grpo"},
        "objective": _policy(per="episode", kl=0.04),
        "optim": {"lr": 1e-6, "minibatches": 1},
        "rollout": {"size": 64},
    },
    # Liu et al. 2025, arXiv 2503.20783: no deviation, a constant for a length, no reference.
    "dr_grpo": {
        "credit": {"name": "dr_grpo"},
        "objective": _policy(per="constant", longest=3000),
        "optim": {"lr": 1e-6},
        "rollout": {"size": 8},
    },
    # Yu et al. 2025, arXiv 2503.14476: clip-higher, the mean over tokens, 16 steps on what 512 groups gave, a price for
    # answers of more than 16384 tokens.
    "dapo": {
        "credit": {"name": "grpo", "overlong": {"longest": 20480, "margin": 4096}},
        "objective": _policy(clip_high=0.28),
        "optim": {"lr": 1e-6, "minibatches": 16},
        "rollout": {"size": 16, "signal": "refill"},
    },
    # Ahmadian et al. 2024, arXiv 2402.14740: REINFORCE on whole answers, beta 0.03, in the reward.
    "rloo": {
        "credit": {"name": "rloo"},
        "objective": {
            "name": "policy",
            "options": {"form": "reinforce", "per": "constant", "longest": 1, "kl": 0.03, "kl_form": "k1"},
        },
        "optim": {"lr": 1e-6, "minibatches": 1},
        "rollout": {"size": 4},
    },
    # Liu et al. 2026, Dr. Kernel, arXiv 2602.05885: the released launcher's figures, the sum over an episode's tokens
    # divided by 1000 among them; its filters of samples and its profiler's rewards are not part of it.
    "trloo": {
        "credit": {"name": "trloo", "gamma": 1.0},
        "objective": _policy(clip_high=0.28, per="constant", longest=1000),
        "optim": {"lr": 1e-6, "minibatches": 1},
        "rollout": {"size": 16},
    },
    # Williams 1992, Machine Learning 8: every turn by its own return, without a baseline; one step on policy.
    "reinforce": {
        "credit": {"name": "reinforce"},
        "objective": {"name": "policy", "options": {"form": "reinforce", "per": "constant", "longest": 1}},
        "optim": {"minibatches": 1},
    },
    # Chen et al. 2025, LOOP, arXiv 2502.01600: leave-one-out and the clip by token, neither critic nor reference.
    "loop": {
        "credit": {"name": "rloo"},
        "objective": _policy(),
        "optim": {"lr": 5e-5},
        "rollout": {"size": 6},
    },
    # Zheng et al. 2025, arXiv 2507.18071: section 5.1; four minibatches.
    "gspo": {
        "credit": {"name": "grpo"},
        "objective": _policy(ratio="sequence_mean", per="episode", clip_low=3e-4, clip_high=4e-4),
        "optim": {"minibatches": 4},
    },
    # MiniMax 2025, M1, arXiv 2506.13585; the cap of 5 is ScaleRL's (Khatri et al. 2025, arXiv 2510.13786).
    "cispo": {
        "credit": {"name": "grpo"},
        "objective": {"name": "policy", "options": {"form": "cispo", "clip_high": 4.0}},
    },
    # Feng et al. 2025, arXiv 2505.10978: omega 1, gamma 0.95, beta 0.01, groups of 8.
    "gigpo": {
        "credit": {"name": "gigpo", "gamma": 0.95, "options": {"omega": 1.0}},
        "objective": _policy(kl=0.01),
        "optim": {"lr": 1e-6},
        "rollout": {"size": 8},
    },
    # Li et al. 2025, Turn-PPO, arXiv 2512.17008: gamma 0.99, lambda 0.9, one ratio a turn, the product of its tokens'.
    # That spreads like the root of their number: the range is that of 0.2 a token, four times as wide in logarithms, as
    # for turns of some 16 tokens. Turns of many more want it wider still, or `turn_mean`.
    "turn_ppo": {
        "credit": {"name": "turn_gae", "gamma": 0.99, "options": {"lam": 0.9}},
        "objective": _policy(ratio="turn", per="turn", clip_low=1 - 0.8**4, clip_high=1.2**4 - 1),
    },
    # Schulman et al. 2017, arXiv 1707.06347, over the sampled tokens of many turns, gamma = lambda = 1 as in verl.
    "ppo": {
        "credit": {"name": "token_gae", "gamma": 1.0, "options": {"lam": 1.0}},
        "objective": _policy(),
        "optim": {"lr": 1e-6},
    },
    # Zhou et al. 2024, arXiv 2402.19446: gamma 0.95, Polyak 0.1, 20 iterations in which only the critic learns.
    "archer": {
        "credit": {"name": "archer", "gamma": 0.95, "options": {"tau": 0.1, "warmup": 20}},
        "objective": {"name": "policy", "options": {"form": "reinforce", "per": "constant", "longest": 1}},
        "optim": {"minibatches": 3},
    },
    # Wang et al. 2025, arXiv 2510.14967: groups of 16, beta 0.001.
    "igpo": {
        "credit": {"name": "igpo"},
        "objective": _policy(per="episode", kl=0.001),
        "optim": {"lr": 1e-6, "minibatches": 1},
        "rollout": {"size": 16},
    },
    # InfoPO (2026): information gain in every turn, added to GRPO's outcome by a variance gate.
    "infopo": {"credit": {"name": "infopo"}, "objective": _policy(per="episode")},
    # Wang et al. 2025, arXiv 2505.20732: attributed progress and a bit for each valid action; PPO.
    "spa": {"credit": {"name": "spa", "options": {"alpha": 1.0, "beta": 0.5}}, "objective": _policy()},
    # Qu et al. 2025, arXiv 2503.07572: GRPO's outcome and the progress of each part of an answer.
    "mrt": {
        "credit": {"name": "mrt", "options": {"alpha": 1.0}},
        "objective": _policy(per="episode"),
        "rollout": {"plan": {"name": "probe"}},
    },
    # Liu et al. 2025, arXiv 2506.24119: a baseline for each role, decay 0.95; on policy.
    "spiral": {
        "credit": {"name": "spiral", "options": {"alpha": 0.95}},
        "objective": {"name": "policy", "options": {"form": "reinforce", "per": "constant", "longest": 1}},
        "optim": {"minibatches": 1},
        "rollout": {"opponent": "self"},
    },
    # Liu et al. 2025, GEM, arXiv 2510.01051: returns of all turns of the batch normalised, gamma 0.9 in games.
    "rebn": {
        "credit": {"name": "rebn", "gamma": 0.9},
        "objective": _policy(),
        "optim": {"lr": 1e-6},
    },
    # Tajwar et al. 2025, arXiv 2502.17543: 20 tries at temperature 1.5, best against worse, beta 0.1, alpha 1.
    "paprika": {
        "objective": {"name": "preference", "options": {"beta": 0.1, "alpha": 1.0}},
        "optim": {"lr": 2e-7},
        "rollout": {"size": 20, "temperature": 1.5},
    },
    # Rafailov et al. 2023, arXiv 2305.18290, appendix B: beta 0.1; over all turns of an episode, in PAPRIKA's pairs.
    "dpo": {
        "objective": {"name": "preference", "options": {"beta": 0.1, "alpha": 0.0}},
        "optim": {"lr": 1e-6},
    },
    # Peters and Schaal 2007, ICML: all episodes, by exp(return / beta); over turns as in RISE, Qu et al. 2024, arXiv
    # 2407.18219.
    "rwr": {"objective": {"name": "imitation", "imitate": "weighted"}},
    # Abdulhai et al. 2023, LMRL-Gym, arXiv 2311.18232: the best episodes are imitated; here, those that succeeded.
    "filtered_bc": {"objective": {"name": "imitation", "imitate": "successes"}},
    # Gao et al. 2024, arXiv 2410.04612: two futures from one turn.
    "refuel": {
        "objective": {"name": "refuel", "options": {"eta": 1.0}},
        "rollout": {"size": 2, "plan": {"name": "branch"}},
    },
    # Xu et al. 2025, arXiv 2509.22576: the released launcher's figures, on GRPO. Where we differ: the paper's beta_k
    # (`corridor`) follows a schedule over training, ours is constant.
    "epo": {
        "credit": {"name": "grpo"},
        "objective": _policy(kl=0.01, entropy=0.001, corridor=1.0, corridor_low=0.5, corridor_high=1.5),
        "optim": {"lr": 1e-6},
        "rollout": {"size": 8},
    },
}


def recipe(name: str) -> Recipe:
    """A recipe by its name.

    Raises:
        ValueError: there is none.
    """
    if name not in RECIPES:
        raise ValueError(f"unknown recipe {name!r}{nearest(name, RECIPES)}; there are {', '.join(RECIPES)}")
    return RECIPES[name]
