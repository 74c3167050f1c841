"""How much is measured of each thing; the defaults fit `make bench` into its time."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Effort:
    """What can be asked for on the command line.

    Attributes:
        rounds: turns of everything that is timed in turns.
        loss_updates: after which the losses of bfloat16 and float32 are compared.
        loss_seeds: runs of each.
        decisions: steps of the one episode that shows whether a decision's cost grows.
        decision_seconds: after which that episode is old enough all the same.
        episodes: played by an evaluation.
        schooling: updates of the policy that is evaluated, so that it stays on its leg.
    """

    rounds: int = 5
    loss_updates: int = 1_000
    loss_seeds: int = 3
    decisions: int = 100_000
    decision_seconds: int = 100
    episodes: int = 100
    schooling: int = 900
