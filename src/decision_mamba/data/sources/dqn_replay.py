"""The DQN-replay data: folders of shards that Dopamine's replay buffer wrote."""

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from decision_mamba.data.sources.selection import Selection
from decision_mamba.data.sources.shards import TASK, Frames, Shard, shards_in
from decision_mamba.data.sources.source import Source
from decision_mamba.data.sources.stitching import Piece, ends_of, episodes_of, evenly, stitch
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput
from decision_mamba.games import ACTIONS, game_of

_INVENTED = 3  # steps before each episode that Dopamine adds to a buffer of stacks of 4
_BELOW = ("", "replay_logs", "1/replay_logs")  # the public layout is GAME/RUN/replay_logs


@dataclasses.dataclass(frozen=True)
class DQNReplay(Source):
    """A folder in the public layout, as single 84x84 frames.

    An episode ends where `terminal` says so; what a shard holds behind its last end is left out.
    A shard's first episode may have begun in the shard before: what it earns from each step on is
    right, and its steps are counted from the first one that is there.

    Where the buffer was filled with stacks of four, three steps stand before each episode that
    nobody played: a black frame, action 0, reward 0. They are left out, unless shards are visited
    as the official code does, which learns from them.

    Frames are unpacked in blocks and each file only as far as it is needed.

    Source: Agarwal et al., arXiv:1907.04543, whose agent's actions stick with a chance of 0.25, as
    those of ALE's v5 tasks do; our reading of it replaces Dopamine's, and holds a frame once. The
    steps nobody played are of Dopamine's `OutOfGraphReplayBuffer.add`.
    """

    folder: Path
    name: str
    task: str | None
    steps: int
    left_out: int
    shards: tuple[Shard, ...]
    pieces: tuple[Piece, ...]
    keeps_invented: bool = False

    @classmethod
    def recognises(cls, path: Path) -> bool:
        return path.is_dir() and any(
            (path / below).is_dir() and shards_in(path / below) for below in _BELOW
        )

    @classmethod
    def open(cls, path: Path, name: str) -> "DQNReplay":
        selection = Selection.of(name, sharded=True)
        folder = next(
            path / below for below in _BELOW if (path / below).is_dir() and shards_in(path / below)
        )
        found = shards_in(folder)
        if selection.shards is not None and selection.shards > len(found):
            raise BadInput(
                f"{folder} has {len(found)} shards; expected at least {selection.shards}, which "
                f"{name} asks for"
            )
        shards = found[-(selection.shards or 0) :]
        capacities = [min(shard.check(), selection.capacity or 2**62) for shard in shards]
        ends = [
            ends_of(np.logical_or(*shard.ends()), capacity)
            for shard, capacity in zip(shards, capacities, strict=True)
        ]
        pieces = _choose(selection, ends, capacities)
        steps = sum(len(piece) for piece in pieces)
        selection.require(name, steps, len(pieces), place=folder)
        return cls(
            folder,
            name,
            task=_task(folder),
            steps=steps,
            left_out=sum(capacities) - steps if selection.is_all else 0,
            shards=tuple(shards),
            pieces=tuple(pieces),
            # `write_shards` names the task, and adds no steps.
            keeps_invented=selection.seed is not None or (folder / TASK).is_file(),
        )

    def episodes(self) -> Iterator[Episode]:
        # A shard is opened once, at its first episode, and closed behind its last.
        last = {piece.shard: at for at, piece in enumerate(self.pieces)}
        with ExitStack() as opened:
            readers: dict[int, _Reader] = {}
            for at, piece in enumerate(self.pieces):
                if piece.shard not in readers:
                    reader = _Reader(self, piece.shard, self.pieces[last[piece.shard]].end)
                    readers[piece.shard] = opened.enter_context(reader)
                yield readers[piece.shard].episode(piece)
                if last[piece.shard] == at:
                    readers.pop(piece.shard).close()


class _Reader:
    """The episodes of one shard, from the front."""

    def __init__(self, source: DQNReplay, shard: int, end: int) -> None:
        files = source.shards[shard]
        # Copies, so that only the steps that are read stay in memory.
        self._actions = _known_actions(files, source.task)[:end].astype(np.int64)
        self._rewards = files.column("reward")[:end].astype(np.float32)
        self._terminated, self._truncated = (marks[:end].copy() for marks in files.ends())
        self._frames = Frames(files)
        self._keeps_invented = source.keeps_invented

    def __enter__(self) -> "_Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._frames.close()

    def episode(self, piece: Piece) -> Episode:
        frames = self._frames.between(piece.start, piece.end)
        begins = piece.start
        if not self._keeps_invented:
            begins += self._invented(frames, piece)
        steps = slice(begins, piece.end)
        return Episode(
            frames[begins - piece.start :],
            self._actions[steps],
            self._rewards[steps],
            terminated=bool(self._terminated[piece.end - 1]),
            truncated=bool(self._truncated[piece.end - 1]),
        )

    def _invented(self, frames: UInt8[ndarray, "t height width"], piece: Piece) -> int:
        """How many steps at the beginning nobody played."""
        first = slice(piece.start, piece.start + _INVENTED)
        is_blank = not (
            frames[:_INVENTED].any() or self._actions[first].any() or self._rewards[first].any()
        )
        return _INVENTED if is_blank and len(piece) > _INVENTED else 0


def _choose(selection: Selection, ends: list[ndarray], capacities: list[int]) -> list[Piece]:
    if selection.seed is None:
        return evenly(ends, selection.steps, selection.episodes)
    assert selection.steps is not None  # Selection.read has made sure
    stitched = stitch(
        ends, capacities, selection.steps, seed=selection.seed, per_visit=selection.per_visit
    )
    return episodes_of(stitched.runs, ends)


def _task(folder: Path) -> str | None:
    """What the folder says, or else the game that a folder of its path is named for."""
    if (folder / TASK).is_file():
        return (folder / TASK).read_text().strip()
    games = (part for part in reversed(folder.resolve().parts) if part in ACTIONS)
    return next((f"ALE/{game}-v5" for game in games), None)


def _known_actions(shard: Shard, task: str | None) -> ndarray:
    actions = shard.column("action")
    game = None if task is None else game_of(task)
    count = max(ACTIONS.values()) if game is None else ACTIONS[game]
    least, most = (int(actions.min()), int(actions.max())) if len(actions) else (0, 0)
    if least < 0 or most >= count:
        odd = least if least < 0 else most
        raise BadInput(
            f"{shard.path('action')} holds action {odd}, but {game or 'an Atari game'} has "
            f"{count} actions, from 0; it seems to be another game's data"
        )
    return actions
