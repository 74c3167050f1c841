"""What random play and an expert earn in a task: the ends of the normalised scale.

Source: Fu et al., "D4RL", arXiv:2004.07219; values from d4rl/infos.py (Farama-Foundation/D4RL,
89141a6), where every data set of an environment has the same two.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Reference:
    """Mean returns, in reward units.

    Attributes:
        random: of random play, 0 on the normalised scale.
        expert: of the data set's expert, 100 on the normalised scale.
    """

    random: float
    expert: float


_D4RL = {
    "Ant": Reference(random=-325.6, expert=3879.7),
    "HalfCheetah": Reference(random=-280.178953, expert=12135.0),
    "Hopper": Reference(random=-20.272305, expert=3234.3),
    "Walker2d": Reference(random=1.629008, expert=4592.3),
}


def reference(task: str) -> Reference | None:
    """The reference of a task by its Gymnasium id; None where D4RL has none.

    D4RL measured in the v2 ids. Later versions are put on the same scale, as the field does,
    although their physics and rewards differ a little: compare scores of one version only.
    """
    name, _, version = task.rpartition("-v")
    return _D4RL.get(name) if version.isdecimal() else None
