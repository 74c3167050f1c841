"""What an experiment tells of while it runs."""

import dataclasses
from typing import TypeAlias

from decision_mamba.result import Played, Result
from decision_mamba.training.fit import Progress


@dataclasses.dataclass(frozen=True)
class Judging:
    """An evaluation begins; its episodes are told of as they end, which may take a while."""

    update: int


Event: TypeAlias = Progress | Judging | Played | Result
