"""What a run leaves behind for people and reports to read: every return, and how to sum them up."""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

from decision_mamba.settings import from_dict, to_dict


@dataclasses.dataclass(frozen=True)
class Played:
    """One episode of one evaluation: a line of `evaluations.jsonl`.

    Attributes:
        update: how many updates the policy had seen.
        task: id of the environment, its version included, for scores differ between versions.
        mode: "window", "recurrent" or "hopping".
        target: the return asked for; None where the policy takes none.
        seed: the run's.
        episode: which of the evaluation's episodes.
        total_reward: the return reached, undiscounted, in reward units; "return" in the file.
        length: environment steps.
        number: which of the episodes that follow one another in a copy, from 1; 0 for an episode
            by itself. Those that follow one another have the same `episode`, that of the copy.
        instance: number of the task within its family; None where there is no family.
    """

    update: int
    task: str
    mode: str
    target: float | None
    seed: int
    episode: int
    total_reward: float
    length: int
    number: int = 0
    instance: int | None = None

    def to_row(self) -> dict[str, Any]:
        """The line as a dict, under the names of the file."""
        row = dataclasses.asdict(self)
        if self.number == 0:
            del row["number"], row["instance"]
        row["return"] = row.pop("total_reward")
        return row

    @staticmethod
    def from_row(row: dict[str, Any]) -> "Played":
        """Reads what `to_row` wrote."""
        given = dict(row)
        return Played(total_reward=given.pop("return"), **given)


@dataclasses.dataclass(frozen=True)
class Reading:
    """One way to sum up a run's returns, and what it gives.

    Attributes:
        rule: "last", "best", "best-target" or "best-of-all"; of episodes that follow one another
            "last-episode" or "best-episode".
        label: the rule in words, for every place where the number is shown.
        episodes: whose returns count; of episodes that follow one another, how many tasks.
        mean: mean return, in reward units.
        interval: half the width of its 95 % confidence interval over those; None for a single one,
            for which older files have 0.
        normalised: 100 on the level of the reference expert, 0 at random play; None where the
            task has no reference.
        normalised_interval: the interval on that scale.
        optimum: mean return of the best policy that knows the tasks played; None where that is
            not known.
    """

    rule: str
    label: str
    update: int
    target: float | None
    episodes: int
    mean: float
    interval: float | None
    normalised: float | None = None
    normalised_interval: float | None = None
    optimum: float | None = None


@dataclasses.dataclass(frozen=True)
class DataSummary:
    """The data a policy learned from.

    Attributes:
        sources: what was read, in order, as the user named it.
        returns: one per episode, ascending; of larger sets 2,000 evenly spaced quantiles.
    """

    sources: tuple[str, ...]
    episodes: int
    steps: int
    returns: tuple[float, ...]


@dataclasses.dataclass(frozen=True)
class Result:
    """`result.json`: what ran, on what, and how far it came.

    Attributes:
        status: "running", "stopped" (it can be resumed) or "finished".
        seconds: of training, evaluations left out.
        versions: "name version" of every package that can change a number.
    """

    preset: str
    task: str
    status: str
    seed: int
    device: str
    update: int
    updates: int
    parameters: int
    seconds: float
    data: DataSummary
    readings: tuple[Reading, ...]
    versions: tuple[str, ...]

    def to_json(self) -> str:
        """The text of the file."""
        return json.dumps(to_dict(self), indent=2) + "\n"

    @staticmethod
    def read(path: Path) -> "Result":
        """Reads `result.json`."""
        result: Result = from_dict(Result, json.loads(path.read_text()))
        return result


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Reads a file of one JSON object per line; no file is no row.

    A last line without an end was being written when its process was killed: it is left out.
    """
    if not path.exists():
        return []
    lines = path.read_text().split("\n")[:-1]
    return [json.loads(line) for line in lines]


# Student's t, 97.5 % quantile, for 1, 2, … 30 degrees of freedom.
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


def half_interval(values: list[float]) -> float | None:
    """Half the width of the mean's 95 % confidence interval, by Student's t; None for one value."""
    count = len(values)
    if count < 2:
        return None
    mean = math.fsum(values) / count
    variance = math.fsum((value - mean) ** 2 for value in values) / (count - 1)
    return _quantile(count - 1) * math.sqrt(variance / count)


def _quantile(freedom: int) -> float:
    if freedom <= len(_T):
        return _T[freedom - 1]
    # Cornish and Fisher's expansion around the normal quantile, good to 1e-4 from here on.
    return 1.95996 + 2.37227 / freedom + 2.8225 / freedom**2
