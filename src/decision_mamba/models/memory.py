"""The ways to remember what was played: the last steps, a state, or a state of the last steps."""

import dataclasses
from collections.abc import Callable
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from decision_mamba.batch import Batch, as_context
from decision_mamba.held_out import HeldOut
from decision_mamba.mixers import State
from decision_mamba.shapes import Decided
from decision_mamba.spaces import Spaces

Mode = Literal["window", "recurrent", "hopping"]
Choose: TypeAlias = Callable[[Float[Tensor, "b p"]], Decided]  # from what was predicted


@dataclasses.dataclass(frozen=True)
class Acting:
    """How a policy is meant to be used; it travels in the policy's file.

    Attributes:
        window: K, steps that a policy looks back unless in recurrent mode, the present one
            included; over episodes where its memory lasts.
        pad: "left" fills a window at the start of an episode up to K steps with zeros on the
            left, as the published code does; "end" gives it just the steps there are.
        rewards: "delayed" if it learned from data that pay only at an episode's end: the return
            still to be earned then stays the same throughout. "clipped" if it learned from rewards
            cut to [-1, 1]: of what a step earns no more is taken off.
        task: id of the environment it is meant for, if any.
        targets: returns to ask for.
        mode: how it is meant to remember an episode: "recurrent" for one that learned from whole
            episodes, or forgets by itself; "hopping" for one that learned from contexts and whose
            memory would outgrow them.
        lasting: its memory lasts over the episodes of one task; otherwise it is of one episode.
        held_out: which tasks of its family it has not learned from; None where nobody knows.
    """

    window: int = 20
    pad: Literal["end", "left"] = "end"
    rewards: Literal["dense", "delayed", "clipped"] = "dense"
    task: str | None = None
    targets: tuple[float, ...] = ()
    mode: Mode = "window"
    lasting: bool = False
    held_out: HeldOut | None = None


@runtime_checkable
class Decider(Protocol):
    """What acting needs of a policy."""

    acting: Acting
    spaces: Spaces

    @property
    def takes_target(self) -> bool:
        """Whether it is told a return to aim at."""

    @property
    def reads_rewards(self) -> bool:
        """Whether the steps it is given must be those of a context."""

    @property
    def draws_when_acting(self) -> bool:
        """Whether `decide` and `step` draw from torch's generator."""

    @property
    def device(self) -> torch.device:
        """Where its weights are."""

    def perceived(self, steps: Batch) -> Batch:
        """The steps with what the policy makes of each observation by itself."""

    def decide(self, window: Batch) -> Float[Tensor, "b p"]:
        """Predicts the action of each perceived window's last step, which is not looked at."""

    def step(
        self, present: Batch, previous: Batch | None, state: State | None
    ) -> tuple[Float[Tensor, "b p"], State]:
        """Predicts the action of a perceived step, t = 1; the state knows all before the last."""

    def read(self, window: Batch) -> tuple[Float[Tensor, "b p"], State]:
        """Predicts as `step` after all steps of a perceived window."""


class WindowMemory:
    """Keeps the last K steps and reads them anew at every decision, as the papers do.

    What is seen is perceived once, when it is present, and kept as it was perceived: of K stacks
    of frames K - 1 have gone through the encoder before.
    """

    def __init__(self, policy: Decider, choose: Choose) -> None:
        self._policy = policy
        self._choose = choose
        self._past: Batch | None = None

    def decide(self, present: Batch) -> Decided:
        perceived = self._policy.perceived(present)
        recent = perceived if self._past is None else self._past.then(perceived)
        window = recent.last(self._policy.acting.window).alone()
        actions = self._choose(self._policy.decide(window))
        self._past = window.acted(actions)
        return actions

    def earned(self, rewards: Float[Tensor, " b"]) -> None:
        """Remembers what the last step earned, of a context."""
        self._past = None if self._past is None else as_context(self._past).earned(rewards)

    def keep(self, rows: Bool[Tensor, " b"]) -> None:
        self._past = None if self._past is None else self._past.rows(rows)


class HoppingMemory(WindowMemory):
    """Carries a state of the last K steps at most.

    Once they are full it forgets the oldest tenth, reads the others again, and goes on from there:
    what is read is never longer than what was learned from, at a small part of what reading it
    anew at every step would cost. A context of ten equally long episodes forgets one at a time.
    """

    def __init__(self, policy: Decider, choose: Choose) -> None:
        super().__init__(policy, choose)
        self._state: State | None = None

    def decide(self, present: Batch) -> Decided:
        perceived, past = self._policy.perceived(present), self._past
        recent = perceived if past is None else past.then(perceived)
        most = self._policy.acting.window
        if recent.mask.shape[1] > most:
            recent = recent.last(most + 1 - max(most // 10, 1)).alone()
            predicted, self._state = self._policy.read(recent)
        else:
            previous = None if past is None else past.last(1)
            predicted, self._state = self._policy.step(perceived, previous, self._state)
        actions = self._choose(predicted)
        self._past = recent.acted(actions)
        return actions

    def keep(self, rows: Bool[Tensor, " b"]) -> None:
        super().keep(rows)
        self._state = None if self._state is None else tuple(part[rows] for part in self._state)


class RecurrentMemory:
    """Keeps a state and the last step, whose action is not in the state yet."""

    def __init__(self, policy: Decider, choose: Choose) -> None:
        self._policy = policy
        self._choose = choose
        self._previous: Batch | None = None
        self._state: State | None = None

    def decide(self, present: Batch) -> Decided:
        perceived = self._policy.perceived(present)
        predicted, self._state = self._policy.step(perceived, self._previous, self._state)
        actions = self._choose(predicted)
        self._previous = dataclasses.replace(perceived, actions=actions[:, None])
        return actions

    def earned(self, rewards: Float[Tensor, " b"]) -> None:
        """Remembers what the last step earned, of a context."""
        if self._previous is not None:
            self._previous = as_context(self._previous).earned(rewards)

    def keep(self, rows: Bool[Tensor, " b"]) -> None:
        if self._previous is not None and self._state is not None:
            self._previous = self._previous.rows(rows)
            self._state = tuple(part[rows] for part in self._state)
