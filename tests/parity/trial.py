"""One case put to the test: every output is compared, or left out with a reason."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from decision_mamba.errors import BadInput
from tests.parity.case import Case


@dataclasses.dataclass(frozen=True)
class Tolerance:
    """The largest error that is let pass.

    Attributes:
        relative: whether errors are divided by the largest number expected in the tensor.
    """

    limit: float
    relative: bool = False

    def __str__(self) -> str:
        return f"{self.limit:.0e} {'relative' if self.relative else 'absolute'}"


EXACT = Tolerance(0.0)


@dataclasses.dataclass(frozen=True)
class Comparison:
    """One tensor of ours beside the source's; an error that is no number counts as infinite."""

    name: str
    error: float
    tolerance: Tolerance

    @property
    def agrees(self) -> bool:
        return self.error <= self.tolerance.limit

    @property
    def severity(self) -> float:
        """The error in units of what is allowed."""
        if self.error == 0.0:
            return 0.0
        return self.error / self.tolerance.limit if self.tolerance.limit else math.inf

    def __str__(self) -> str:
        return f"{self.name}: error {self.error:.1e}, allowed {self.tolerance}"


class Trial:
    """Hands out what a case holds, takes what we make of it, and keeps count of both."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.expected = case.under("out.")
        self.comparisons: list[Comparison] = []
        self.remarks: list[str] = []
        self._seen: set[str] = set()

    def config(self, *known: str) -> dict[str, Any]:
        """The settings of the source, all of which the caller must know.

        Raises:
            BadInput: there are others.
        """
        config: dict[str, Any] = self.case.card["config"]
        if unknown := sorted(config.keys() - set(known)):
            raise BadInput(f"its config has {', '.join(unknown)}, of which nothing is known here")
        return config

    def weights(self) -> dict[str, Tensor]:
        """The parameters, under the source's names."""
        weights = self.case.under("param.")
        self._seen.update(f"param.{name}" for name in weights)
        return weights

    def input(self, name: str) -> Tensor:
        """An input.

        Raises:
            BadInput: the case lacks it.
        """
        if (tensor := self.case.tensors.get(f"in.{name}")) is None:
            raise BadInput(f"it has no tensor in.{name}")
        self._seen.add(f"in.{name}")
        return tensor

    def expects(self, name: str) -> Tensor:
        """An output that says what the others belong to.

        Raises:
            BadInput: the case lacks it.
        """
        if name not in self.expected:
            raise BadInput(f"it has no tensor out.{name}")
        self._seen.add(f"out.{name}")
        return self.expected[name]

    def compare(
        self,
        name: str,
        got: Tensor,
        tolerance: Tolerance,
        *,
        part: Callable[[Tensor], Tensor] = lambda whole: whole,
        by: str = "",
    ) -> None:
        """Compares what we got with the output `name`.

        `part` picks what of the expected tensor can be compared, in our layout; `by` says which
        way of ours led there, if there are several.
        """
        label = f"{by}: {name}" if by else name
        error = _error(got.detach(), part(self.expects(name)), tolerance)
        self.comparisons.append(Comparison(label, error, tolerance))

    def compare_stated(self, name: str, got: Tensor, want: Tensor) -> None:
        """Compares numbers that stand in the JSON file; they must be the same."""
        self.comparisons.append(Comparison(name, _error(got, want, EXACT), EXACT))

    def adopt(self, other: "Trial", by: str) -> None:
        """Takes over what another trial of the same case found; `by` says how it got there."""
        for one in other.comparisons:
            self.comparisons.append(dataclasses.replace(one, name=f"{by}: {one.name}"))
        self._seen |= other._seen
        self.remark(f"{by}: {len(other.comparisons)} tensors; {other.worst}")

    def leave_out(self, why: str, *names: str) -> None:
        """Says that some outputs have no counterpart here; none of them is nothing to say."""
        if names:
            self._seen.update(f"out.{name}" for name in names)
            self.remark(f"left out: {why}")

    def remark(self, text: str) -> None:
        """Adds what a reader of the verdict must know."""
        if text not in self.remarks:
            self.remarks.append(text)

    @property
    def unaccounted(self) -> list[str]:
        """Tensors of the case that were neither used nor left out: nobody knows what they are."""
        return sorted(self.case.tensors.keys() - self._seen)

    @property
    def worst(self) -> Comparison | None:
        """The comparison that came closest to its tolerance, or went furthest beyond."""
        return max(self.comparisons, key=lambda one: one.severity, default=None)


def _error(got: Tensor, want: Tensor, tolerance: Tolerance) -> float:
    if got.shape != want.shape:
        return math.inf
    got, want = got.to(torch.float64), want.to(torch.float64)
    error = float((got - want).abs().max()) if got.numel() else 0.0
    largest = float(want.abs().max()) if tolerance.relative and want.numel() else 1.0
    error = error / (largest or 1.0)
    return math.inf if math.isnan(error) else error
