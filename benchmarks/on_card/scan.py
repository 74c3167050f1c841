"""The selective scan of a Mamba layer, gate and bias included, forward and backward."""

import importlib
import importlib.util
import statistics
from collections.abc import Callable, Iterator
from typing import TypeAlias

import torch
from torch import Tensor

from benchmarks.on_card.clock import copied_bytes_per_second, milliseconds
from benchmarks.row import Measured, Row, at_least
from decision_mamba.ops.backends import backend_for
from decision_mamba.ops.selective_scan import selective_scan

INNER, STATE = 256, 16
SIZES = ((64, 60), (8, 8192))  # batch, length
# Forward reads u, Δ and the gate and writes y; backward reads those and dy and writes three
# gradients. Of B and C it is 2 and 4.
_PASSES, _PASSES_OF_STATE = 11, 6

_Parts: TypeAlias = dict[str, Tensor]
_Scan: TypeAlias = Callable[[_Parts], Tensor]


def measure() -> Iterator[Row]:
    """Beside mamba-ssm's kernel where that is installed, else as a share of copying."""
    copied = statistics.median(copied_bytes_per_second())
    peer = _mamba_ssm() if importlib.util.find_spec("mamba_ssm") else None
    for batch, length in SIZES:
        parts = _inputs(batch, length)
        ours = Measured(milliseconds(_both_ways(_ours, parts)), "ms")
        traffic = _least_traffic(batch, length)
        floor = Measured((1000 * traffic / copied,), "ms", "memory traffic")
        if peer is None:
            yield _share_of_copying(batch, length, ours, floor)
        else:
            theirs = milliseconds(_both_ways(peer, _channels_first(parts)))
            yield _beside(batch, length, ours, Measured(theirs, "ms", "mamba-ssm"), floor)


def _share_of_copying(batch: int, length: int, ours: Measured, floor: Measured) -> Row:
    note = (
        f"b={batch} e={INNER} n={STATE}, backend {backend_for(torch.device('cuda'))}; mamba-ssm "
        "is not installed; what a scan must at least read and write, over its time, as a share "
        "of the bandwidth of a copy"
    )
    shares = tuple(100 * floor.median / one for one in ours.values)
    what = f"selective scan, forward + backward, l={length:,}: share of copying"
    return Row("scan", what, Measured(shares, "%"), at_least(50), ours=ours, floor=floor, note=note)


def _beside(batch: int, length: int, ours: Measured, peer: Measured, floor: Measured) -> Row:
    ratio = Measured((peer.median / ours.median,), "×")
    what = f"selective scan, forward + backward, l={length:,}: faster than mamba-ssm"
    note = f"b={batch} e={INNER} n={STATE}, backend {backend_for(torch.device('cuda'))}"
    return Row("scan", what, ratio, at_least(1), ours=ours, peer=peer, floor=floor, note=note)


def _inputs(batch: int, length: int) -> _Parts:
    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, device="cuda")

    return {
        "u": normal(batch, length, INNER),
        "delta": normal(batch, length, INNER),
        "A": -torch.arange(1.0, STATE + 1, device="cuda").repeat(INNER, 1),
        "B": normal(batch, length, STATE),
        "C": normal(batch, length, STATE),
        "D": normal(INNER),
        "gate": normal(batch, length, INNER),
        "delta_bias": normal(INNER) - 4,
    }


def _channels_first(parts: _Parts) -> _Parts:
    """The same numbers as mamba-ssm's kernel wants them: (b, e, l) and (b, n, l)."""
    return {
        name: part.transpose(1, 2).contiguous() if part.ndim == 3 else part
        for name, part in parts.items()
    }


def _both_ways(scan: _Scan, parts: _Parts) -> Callable[[], object]:
    leaves = {name: part.clone().requires_grad_() for name, part in parts.items()}
    dy = torch.randn_like(leaves["u"])
    return lambda: torch.autograd.grad(scan(leaves), list(leaves.values()), dy)


def _ours(parts: _Parts) -> Tensor:
    return selective_scan(**parts)[0]


def _mamba_ssm() -> _Scan:
    # Compiled by whoever wants it; a comparison, never a requirement.
    interface = importlib.import_module("mamba_ssm.ops.selective_scan_interface")

    def scan(parts: _Parts) -> Tensor:
        others = {name: part for name, part in parts.items() if name != "gate"}
        y: Tensor = interface.selective_scan_fn(**others, z=parts["gate"], delta_softplus=True)
        return y

    return scan


def _least_traffic(batch: int, length: int) -> int:
    """Bytes in float32; A, D and the bias are too small to count."""
    return 4 * batch * length * (_PASSES * INNER + _PASSES_OF_STATE * STATE)
