"""How much is measured of each thing; the defaults fit `make bench` into its time."""

import dataclasses


def _asked(default: int, meaning: str) -> int:
    number: int = dataclasses.field(default=default, metadata={"help": meaning})
    return number


@dataclasses.dataclass(frozen=True)
class Effort:
    """What can be asked for on the command line, each with what `--help` says of it."""

    rounds: int = _asked(5, "turns of everything that is timed in turns")
    loss_updates: int = _asked(1_000, "after which bfloat16's loss is compared with float32's")
    loss_seeds: int = _asked(3, "runs of each of the two")
    decisions: int = _asked(100_000, "steps of the episode that shows whether a decision slows")
    decision_seconds: int = _asked(100, "after which that episode is old enough all the same")
    episodes: int = _asked(100, "played by an evaluation")
    frames: int = _asked(500_000, "written as shards, read and held")
    schooling: int = _asked(900, "updates of the policy that is evaluated, so that it stays up")
