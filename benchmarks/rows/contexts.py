"""Acting and learning with a memory of many episodes: DM-H beside AD with a transformer."""

from collections.abc import Iterator, Mapping

from benchmarks import contexts
from benchmarks.contexts import Player, Size
from benchmarks.effort import Effort
from benchmarks.row import Measured, Row, at_least
from benchmarks.timing import Work, interleaved, ratios

_COPIES = 128
_CHUNK = 20  # decisions to a sub-goal at both sizes: a turn is whole chunks
_AD_COPIES = {"window": 1, "cache": 8}  # each copy costs the same, and 128 caches take gigabytes
_ROWS = 1  # contexts of an update, which costs as many times more with more


def measure(effort: Effort) -> Iterator[Row]:
    """Decisions of one copy, then of many, then updates; all in turns with their rival's."""
    for size in contexts.SIZES:
        for copies in (1, _COPIES):
            yield from _acting(size, copies, effort.rounds)
    for size in contexts.SIZES:
        yield from _learning(size, effort.rounds)


def _acting(size: Size, copies: int, rounds: int) -> Iterator[Row]:
    window, cache = (min(copies, _AD_COPIES[one]) for one in ("window", "cache"))
    ours, theirs = contexts.hybrid(size), contexts.rival(size)
    players = {
        "DM-H": Player(size, ours, "recurrent", copies=copies),
        "window": Player(size, theirs, "window", copies=window),
        "cache": Player(size, theirs, "recurrent", copies=cache),
    }
    decisions = {"DM-H": _CHUNK, "window": 1, "cache": _CHUNK}
    taken = interleaved(
        {name: _playing(player, decisions[name]) for name, player in players.items()}, rounds
    )
    scale = {"DM-H": 1.0, "window": copies / window, "cache": copies / cache}
    each = {
        name: tuple(scale[name] * ms / decisions[name] for ms in turns)
        for name, turns in taken.items()
    }
    for rival, words in (("window", "by window"), ("cache", "with a key-value cache")):
        yield Row(
            "contexts",
            f"{size.name}, {copies} at once: DM-H decides faster than AD {words}",
            Measured(ratios(each[rival], each["DM-H"]), "×"),
            at_least(size.claim) if rival == "window" and copies == 1 else None,
            ours=Measured(each["DM-H"], "ms"),
            peer=Measured(each[rival], "ms", f"AD, {rival}"),
            note=_how(rival, copies, {"window": window, "cache": cache}),
        )


def _playing(player: Player, decisions: int) -> Work:
    return lambda: player.play(decisions)


def _how(rival: str, copies: int, taken: Mapping[str, int]) -> str:
    how = f"act and observe with a full memory; DM-H's is the mean over {_CHUNK} decisions"
    if taken[rival] < copies:
        how += f"; AD's was measured with {taken[rival]} at once and scaled up"
    return how


def _learning(size: Size, rounds: int) -> Iterator[Row]:
    ours, theirs = contexts.hybrid(size), contexts.without_dropped_weights(contexts.rival(size))
    settings = {"DM-H": ours, "AD": theirs}
    works = {name: contexts.learning(size, one, _ROWS) for name, one in settings.items()}
    taken = interleaved(works, rounds)
    batch = ours.training.batch_size
    updates = {
        name: tuple(_ROWS * 1000 / (batch * ms) for ms in turns) for name, turns in taken.items()
    }
    hours = {
        name: contexts.PAPER_UPDATES * batch * min(turns) / _ROWS / 3.6e6
        for name, turns in taken.items()
    }
    yield Row(
        "contexts",
        f"{size.name}: DM-H learns faster than AD",
        Measured(ratios(taken["AD"], taken["DM-H"]), "×"),
        ours=Measured(updates["DM-H"], "updates/s"),
        peer=Measured(updates["AD"], "updates/s", "AD"),
        note=f"updates of {batch} contexts, measured with {_ROWS} and scaled up; "
        f"{contexts.PAPER_UPDATES:,} would take DM-H {hours['DM-H']:,.0f} h and AD "
        f"{hours['AD']:,.0f} h; AD's attention drops no weights here",
    )
