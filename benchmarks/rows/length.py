"""What a token costs in a short sequence and in a long one; attention beside it."""

import math
from collections.abc import Iterator, Mapping, Sequence

import torch

from benchmarks.effort import Effort
from benchmarks.hotspots import of_functions
from benchmarks.peak import mebibytes
from benchmarks.row import Measured, Row, at_most
from benchmarks.scan_inputs import both_ways, scan_inputs
from benchmarks.timing import Work, interleaved
from decision_mamba.mixers import Attention, Mixer, MixerSettings, Selective
from decision_mamba.ops.selective_scan import selective_scan

_LENGTHS = (60, 600, 6_000, 60_000)
_MIXED = (60, 200, 600, 2_000, 6_000)  # attention's cost at 60,000 tokens tells no more
_WIDTH = 128
_TOKENS = 30_000  # done in a turn, in as many calls as it takes, but for the longest


def measure(effort: Effort) -> Iterator[Row]:
    """Time per token of the scan; its memory; the mixers of both papers."""
    works = {str(length): _scan(length) for length in _LENGTHS}
    taken = interleaved(works, 2 * effort.rounds, calls=_calls(_LENGTHS))
    micro = {n: [1000 * ms / n for ms in taken[str(n)]] for n in _LENGTHS}
    apart = tuple(max(turn) / min(turn) for turn in zip(*micro.values(), strict=True))
    row = Row(
        "length",
        f"scan's time per token, dearest over cheapest length, {_LENGTHS[0]} to {_LENGTHS[-1]:,}",
        Measured(apart, "×"),
        at_most(1.15),
        note="b = 1, forward and backward; µs per token: " + _listed(micro),
    )
    yield row.explained_by(of_functions(lambda: [works["60"]() for _ in range(500)]))
    yield _memory()
    yield _crossing(effort.rounds)


def _scan(length: int) -> Work:
    inputs = scan_inputs(1, length)
    dy = torch.ones_like(inputs[0])
    return lambda: both_ways(lambda *parts: selective_scan(*parts)[0], inputs, dy)


def _calls(lengths: Sequence[int]) -> Mapping[str, int]:
    return {str(length): max(1, _TOKENS // length) for length in lengths}


def _memory() -> Row:
    short, long = 6_000, 60_000
    mebis = [mebibytes("scan", str(length)) for length in (short, long)]
    return Row(
        "length",
        f"scan's peak memory per token, {long:,} over {short:,} tokens",
        Measured((mebis[1] / mebis[0] * short / long,), "×"),
        at_most(1.15),
        ours=Measured((mebis[1],), "MiB"),
        note="linear if 1; forward and backward, inputs included",
    )


def _crossing(rounds: int) -> Row:
    mixers: dict[str, MixerSettings] = {"selective": Selective(), "attention": Attention()}
    works = {
        f"{name} {length}": _mixing(settings.build(_WIDTH), length)
        for name, settings in mixers.items()
        for length in _MIXED
    }
    calls = {name: max(1, 6_000 // int(name.split()[1])) for name in works}
    taken = interleaved(works, rounds, calls=calls)
    micro = {
        name: {n: [1000 * ms / n for ms in taken[f"{name} {n}"]] for n in _MIXED} for name in mixers
    }
    turns = tuple(
        crossing(
            _MIXED,
            [micro["selective"][n][turn] for n in _MIXED],
            [micro["attention"][n][turn] for n in _MIXED],
        )
        for turn in range(len(next(iter(taken.values()))))
    )
    return Row(
        "length",
        "tokens from which the selective mixer is the faster one",
        Measured(turns, "tokens"),
        note=(
            f"mixers of width {_WIDTH}, b = 1, forward and backward; µs per token: "
            f"selective {_listed(micro['selective'])}; attention {_listed(micro['attention'])}"
        ),
    )


def _mixing(mixer: Mixer, length: int) -> Work:
    mixer.eval()
    x = torch.randn(1, length, _WIDTH, requires_grad=True)
    dy = torch.ones_like(x)
    weights = [x, *mixer.parameters()]

    def work() -> None:
        torch.autograd.grad(mixer(x)[0], weights, dy)

    return work


def crossing(lengths: Sequence[int], steady: Sequence[float], growing: Sequence[float]) -> float:
    """The length at which the growing cost passes the steady one, between two by log-log line.

    The first length if it is the dearer one there already; infinite if it never is.
    """
    apart = [math.log(b / a) for a, b in zip(steady, growing, strict=True)]
    for i, gap in enumerate(apart):
        if gap < 0:
            continue
        if i == 0:
            return float(lengths[0])
        part = -apart[i - 1] / (gap - apart[i - 1])
        low, high = math.log(lengths[i - 1]), math.log(lengths[i])
        return math.exp(low + part * (high - low))
    return math.inf


def _listed(micro: Mapping[int, Sequence[float]]) -> str:
    medians = {n: sorted(values)[len(values) // 2] for n, values in micro.items()}
    return ", ".join(f"{n:,}: {value:.2f}" for n, value in medians.items())
