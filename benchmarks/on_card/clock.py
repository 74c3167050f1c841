"""Times work on a card by the card's own clock, with what Python costs left out."""

from collections.abc import Callable
from typing import TypeAlias

import torch

from decision_mamba.training.ahead import recorded

Work: TypeAlias = Callable[[], object]

_CALLS = 10  # in a recording, so that its launch does not count
_REPLAYS = 10  # in a turn


def milliseconds(work: Work, rounds: int = 7) -> tuple[float, ...]:
    """Records work as training records an update and replays it; one number per round."""

    def several() -> None:
        for _ in range(_CALLS):
            work()

    replay = recorded(several, torch.device("cuda"))
    replay()
    return tuple(_turn(replay) for _ in range(rounds))


def copied_bytes_per_second() -> tuple[float, ...]:
    """How fast the card copies, reading and writing counted, far beyond the size of its caches."""
    source = torch.zeros(2**28, device="cuda")
    place = torch.empty_like(source)
    traffic = 2 * source.numel() * source.element_size()
    taken = milliseconds(lambda: place.copy_(source))
    return tuple(traffic / (one / 1000) for one in taken)


def _turn(replay: Work) -> float:
    start, end = _event(), _event()
    start.record()
    for _ in range(_REPLAYS):
        replay()
    end.record()
    end.synchronize()
    return float(start.elapsed_time(end)) / (_CALLS * _REPLAYS)


def _event() -> torch.cuda.Event:
    return torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
