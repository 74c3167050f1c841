"""Consecutive episodes of one policy as they are kept in a file and read again."""

import dataclasses
import itertools
from collections.abc import Mapping
from typing import Any

from decision_mamba.analysis.acting import ActingCost
from decision_mamba.by_episode import by_episode
from decision_mamba.envs import reference
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.evaluation.in_context_readings import optimum, readings_in_context
from decision_mamba.result import Played

_TOLD = (
    "task", "mode", "consecutive", "memory", "keep_target", "temperature", "top_k", "noise",
    "noise_on",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Sitting:
    """All consecutive episodes that a policy played in one evaluation, and what acting took.

    Attributes:
        settings: how they were played.
        seed: of tasks, starts and choices.
        played: every episode of every copy, in any order.
        cost: time and memory of acting.
    """

    settings: Evaluation
    seed: int
    played: tuple[Played, ...]
    cost: ActingCost

    @property
    def optimum(self) -> float | None:
        """Mean optimum of the tasks played; None where it is not known."""
        return optimum(self.played)

    def to_dict(self) -> dict[str, Any]:
        """Every return, all that it takes to play them again, and what they come to."""
        ordered = sorted(self.played, key=lambda one: (one.episode, one.number))
        copies = [list(of) for _, of in itertools.groupby(ordered, key=lambda one: one.episode)]
        first = self.played[0]
        return {
            "seed": self.seed,
            **{field: getattr(self.settings, field) for field in _TOLD},
            "target": first.target,
            "drawn_from": self.settings.tasks,
            "tasks": [[one.total_reward for one in copy] for copy in copies],
            "lengths": [[one.length for one in copy] for copy in copies],
            "instances": None if first.instance is None else [copy[0].instance for copy in copies],
            "by_episode": [dataclasses.asdict(mean) for mean in by_episode(self.played)],
            "readings": [
                {"rule": one.rule, "label": one.label, "mean": one.mean, "interval": one.interval}
                for one in readings_in_context(self.played, reference(first.task))
            ],
            "optimum": self.optimum,
            "acting": {
                **dataclasses.asdict(self.cost),
                "milliseconds_per_decision": self.cost.milliseconds_per_decision,
            },
        }

    @staticmethod
    def of_dict(settings: Evaluation, kept: Mapping[str, Any]) -> "Sitting":
        """Reads what `to_dict` gave of an evaluation with these settings."""
        instances = kept["instances"] or [None] * len(kept["tasks"])
        rows = zip(kept["tasks"], kept["lengths"], instances, strict=True)
        played = tuple(
            Played(
                update=0, task=kept["task"], mode=kept["mode"], target=kept["target"],
                seed=kept["seed"], episode=copy, total_reward=earned, length=length,
                number=number, instance=instance,
            )
            for copy, (returns, lengths, instance) in enumerate(rows)
            for number, (earned, length) in enumerate(zip(returns, lengths, strict=True), start=1)
        )  # fmt: skip
        fields = [field.name for field in dataclasses.fields(ActingCost)]
        cost = ActingCost(**{name: kept["acting"][name] for name in fields})
        return Sitting(settings, kept["seed"], played, cost)
