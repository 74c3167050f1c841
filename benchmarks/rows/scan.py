"""The selective scan of one layer of the standard model, forward and backward."""

import functools
from collections.abc import Iterator

import torch
from torch import Tensor

from benchmarks.agreement import relative_error
from benchmarks.effort import Effort
from benchmarks.hotspots import of_operations
from benchmarks.peers import mambapy_block, step_by_step
from benchmarks.row import Measured, Row, at_least, at_most
from benchmarks.scan_inputs import INNER, Scan, both_ways, scan_inputs
from benchmarks.timing import Work, interleaved, ratios
from decision_mamba.ops.selective_scan import selective_scan

_BATCH, _LENGTH = 64, 60
# Forward reads u and Δ and writes y; backward reads u, Δ and dy and writes du and dΔ.
_PASSES = 4


def measure(effort: Effort) -> Iterator[Row]:
    """Checks the gradients, then times."""
    inputs = scan_inputs(_BATCH, _LENGTH)
    dy = torch.randn(_BATCH, _LENGTH, INNER)
    scans = {
        "ours": lambda *parts: selective_scan(*parts)[0],
        "mambapy": mambapy_block.selective_scan,
        "step by step": step_by_step.selective_scan,
    }
    yield _agreement(scans, inputs, dy)
    works: dict[str, Work] = {
        name: functools.partial(both_ways, scan, inputs, dy) for name, scan in scans.items()
    }
    source, place = torch.randn(2, _PASSES * dy.numel())
    works["floor"] = lambda: place.copy_(source)
    taken = interleaved(works, effort.rounds, calls={"ours": 10, "floor": 10})
    ours = Measured(taken["ours"], "ms")
    floor = Measured(taken["floor"], "ms", "memory traffic")
    for name, wanted in (("mambapy", 40), ("step by step", 190)):
        row = Row(
            "scan",
            f"selective scan, forward + backward, faster than {name}",
            Measured(ratios(taken[name], taken["ours"]), "×"),
            at_least(wanted),
            ours=ours,
            peer=Measured(taken[name], "ms", name),
            floor=floor,
        )
        yield row if row.passes else row.explained_by(of_operations(works["ours"]))
    yield _forward(scans, inputs, effort.rounds)


def _agreement(scans: dict[str, Scan], inputs: list[Tensor], dy: Tensor) -> Row:
    wanted = both_ways(scans["step by step"], inputs, dy)
    errors = [
        relative_error(both_ways(scans[name], inputs, dy), wanted) for name in ("ours", "mambapy")
    ]
    return Row(
        "scan",
        "selective scan, error of y and gradients",
        Measured((errors[0],), "relative"),
        at_most(1e-5),
        peer=Measured((errors[1],), "relative", "mambapy"),
        guards=True,
    )


def _forward(scans: dict[str, Scan], inputs: list[Tensor], rounds: int) -> Row:
    def without_gradients(scan: Scan) -> Tensor:
        with torch.no_grad():
            return scan(*inputs)

    works = {n: functools.partial(without_gradients, scans[n]) for n in ("ours", "mambapy")}
    taken = interleaved(works, rounds, calls={"ours": 10})
    return Row(
        "scan",
        "selective scan, forward alone, faster than mambapy",
        Measured(ratios(taken["mambapy"], taken["ours"]), "×"),
        ours=Measured(taken["ours"], "ms"),
        peer=Measured(taken["mambapy"], "ms", "mambapy"),
    )
