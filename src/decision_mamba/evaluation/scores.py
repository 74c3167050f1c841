"""Returns on the scale where random play is 0 and the reference expert 100.

Source: Fu et al., "D4RL", arXiv:2004.07219; formula from d4rl/offline_env.py, which leaves out
the factor of 100 that every paper adds.
"""

from decision_mamba.envs.references import Reference
from decision_mamba.games import game_of


def scale_name(task: str) -> str:
    """What scores on a task's normalised scale are called in the field."""
    return "D4RL-normalised" if game_of(task) is None else "gamer-normalised"


def normalised(total_reward: float, reference: Reference | None) -> float | None:
    """Maps a return, or a mean of returns, to

        100 (return - random) / (expert - random)

    None where the task has no reference.
    """
    if reference is None:
        return None
    return 100.0 * (total_reward - reference.random) / (reference.expert - reference.random)


def normalised_spread(spread: float | None, reference: Reference | None) -> float | None:
    """Maps a standard deviation or an interval of returns to the normalised scale.

    A spread is only stretched, never shifted: 100 spread / (expert - random). The spreads in
    table 2 of Ota 2024 (arXiv:2403.19925) were shifted as well and do not follow from its table 7.
    None where there is no spread or no reference.
    """
    if spread is None or reference is None:
        return None
    return 100.0 * spread / (reference.expert - reference.random)
