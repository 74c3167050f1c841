"""Tasks of Gymnasium that show a vector of real numbers and take one, or a choice."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import gymnasium
import numpy as np
from gymnasium.envs.registration import EnvSpec

from decision_mamba.envs.environment import Environment, Image, Stepped
from decision_mamba.errors import BadInput, Failure
from decision_mamba.shapes import PlayedActions, PlayedObservations, Rows
from decision_mamba.spaces import ActionSpace, Continuous, Discrete, Spaces, Vector

Box = gymnasium.spaces.Box
_Copy: TypeAlias = gymnasium.Env[Any, Any]


class Gym(Environment):
    """A plain loop over environment objects, each made once and played again and again.

    One thread steps them: a third of a step is Python, so a second thread waits for the first and
    the whole took longer, and an object per process would cost more than it gives at 50 to 160 µs.
    """

    def __init__(self, task: str, copies: int) -> None:
        if copies < 1:
            raise BadInput(f"{copies} copies of {task} were asked for; at least 1 is needed")
        self._spec = _find(task)
        with contextlib.closing(_make(self._spec, None)) as probe:
            self.spaces = _spaces(task, probe)
            self._taken = _taken(probe.action_space)
            self._draws = "rgb_array" in (probe.metadata.get("render_modes") or ())
            self.steps_per_second = float(probe.metadata.get("render_fps") or 30)
        self.task = task
        self.horizon = _horizon(self._spec)
        self.copies = copies
        self._copies: list[_Copy] = []

    def reset(self, seeds: Sequence[int]) -> PlayedObservations:
        if not 1 <= len(seeds) <= self.copies:
            raise ValueError(f"{len(seeds)} seeds for {self.copies} copies of {self.task}")
        while len(self._copies) < len(seeds):
            self._copies.append(_make(self._spec, "rgb_array" if self._draws else None))
        return self.restart(np.arange(len(seeds)), seeds)

    def restart(self, rows: Rows, seeds: Sequence[int]) -> PlayedObservations:
        pairs = zip(rows, seeds, strict=True)
        first = [self._copies[row].reset(seed=seed)[0] for row, seed in pairs]
        return np.array(first, dtype=np.float32)

    def step(self, rows: Rows, actions: PlayedActions) -> Stepped:
        pairs = zip(rows, self._taken(actions), strict=True)
        steps = [self._copies[row].step(action) for row, action in pairs]
        observations, rewards, terminated, truncated, _ = zip(*steps, strict=True)
        return Stepped(
            observations=np.array(observations, dtype=np.float32),
            rewards=np.array(rewards, dtype=np.float64),
            terminated=np.array(terminated, dtype=bool),
            truncated=np.array(truncated, dtype=bool),
        )

    def render(self, row: int) -> Image:
        if not self._draws:
            raise Failure(f"{self.task} cannot be filmed: the environment has no rgb_array mode")
        try:
            with _drawing(self._spec):
                picture: Image = self._copies[row].render()  # type: ignore[assignment]
        except Exception as error:  # whatever a graphics library raises: they agree on no class
            raise Failure(
                f"{self.task} cannot be drawn on this machine ({_one_line(error)}); "
                "without a screen, install EGL or set MUJOCO_GL=osmesa"
            ) from error
        return picture

    def close(self) -> None:
        for copy in self._copies:
            copy.close()
        self._copies.clear()


def _find(task: str) -> EnvSpec:
    try:
        return gymnasium.spec(task)
    except gymnasium.error.Error as error:
        raise BadInput(
            f"{task!r} is no task that gymnasium knows ({_one_line(error)}); "
            "give an id with its version, such as Hopper-v4"
        ) from error


def _make(spec: EnvSpec, render_mode: str | None) -> _Copy:
    # Made from its spec and not by its id, because gymnasium warns of every id that has a later
    # version, and which version is played is the user's choice. Gymnasium's own checker is left
    # out: it is for those who write environments.
    try:
        with _loading(spec):
            return gymnasium.make(spec, disable_env_checker=True, render_mode=render_mode)
    except (gymnasium.error.Error, ImportError) as error:
        raise BadInput(f"{spec.id} cannot be made: {_one_line(error)}") from error


@contextlib.contextmanager
def _loading(spec: EnvSpec) -> Iterator[None]:
    if not _is_mujoco(spec):
        yield
        return
    # MuJoCo is optional.
    from decision_mamba.envs import mujoco

    with mujoco.quietly():
        yield


@contextlib.contextmanager
def _drawing(spec: EnvSpec) -> Iterator[None]:
    if not _is_mujoco(spec):
        yield
        return
    from decision_mamba.envs import mujoco

    with mujoco.drawing():
        yield


def _is_mujoco(spec: EnvSpec) -> bool:
    return str(spec.entry_point).startswith("gymnasium.envs.mujoco")


def _spaces(task: str, copy: _Copy) -> Spaces:
    observation, action = copy.observation_space, copy.action_space
    if not isinstance(observation, Box) or len(observation.shape) != 1:
        raise BadInput(
            f"{task} has observations of the space {observation}; "
            "give a task whose observations are vectors of real numbers"
        )
    return Spaces(observation=Vector(observation.shape[0]), action=_actions(task, action))


def _actions(task: str, space: gymnasium.Space[Any]) -> ActionSpace:
    if isinstance(space, gymnasium.spaces.Discrete):
        return Discrete(int(space.n))
    if not isinstance(space, Box) or len(space.shape) != 1:
        raise BadInput(
            f"{task} has actions of the space {space}; "
            "give a task whose actions are vectors of real numbers, or one of several"
        )
    low, high = (tuple(map(float, bounds)) for bounds in (space.low, space.high))
    return Continuous(low=low, high=high)


def _taken(space: gymnasium.Space[Any]) -> Callable[[PlayedActions], Iterable[Any]]:
    """How a copy takes actions: clipped and in its own type, or counted from its own start."""
    if isinstance(space, gymnasium.spaces.Discrete):
        start = int(space.start)
        return lambda actions: [start + int(action) for action in actions]
    assert isinstance(space, Box)
    return lambda actions: np.clip(actions, space.low, space.high).astype(space.dtype)


def _horizon(spec: EnvSpec) -> int:
    if spec.max_episode_steps is None:
        raise BadInput(
            f"{spec.id} has no limit of steps, so an episode might never end; "
            "register it with max_episode_steps"
        )
    return spec.max_episode_steps


def _one_line(error: Exception) -> str:
    lines = str(error).split("\n")
    return lines[0].rstrip(". ") or type(error).__name__
