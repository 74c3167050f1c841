"""What every policy promises to whoever trains, plays or saves it."""

import abc
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from decision_mamba.batch import Batch
from decision_mamba.mixers import State
from decision_mamba.models.agent import Agent
from decision_mamba.models.choice import AS_PUBLISHED, Sampling
from decision_mamba.models.memory import Acting, Mode
from decision_mamba.models.scaling import Scaling
from decision_mamba.shapes import Predictions
from decision_mamba.spaces import Spaces


class Lesson(NamedTuple):
    """Predictions that training compares with what should have been done.

    Attributes:
        weight: of their error in the loss.
        predicted: for each of the steps.
        steps: with the actions, or labels, and which of them are real.
    """

    weight: float
    predicted: Predictions
    steps: Batch


class Policy(nn.Module, abc.ABC):
    """Predicts actions from the steps so far, in raw units, and never from a later one.

    What it predicts of an action is its numbers, or a logit for each action that could be chosen;
    choosing one is the agent's.

    A whole episode, a chunk of it and a single step are decided alike: whoever hands the returned
    state to the next call continues the episode.

    What is seen is perceived once per step and not again while the step is remembered: `decide` and
    `step` take steps that are `perceived`, the other calls take them raw.

    Attributes:
        model: the settings it was built from, one of `PolicySettings`.
        spaces: what it sees and does.
        acting: how it is meant to be used.
        scaling: between raw units and its own.
    """

    model: Any
    spaces: Spaces
    acting: Acting
    scaling: Scaling

    @abc.abstractmethod
    def forward(self, batch: Batch) -> Predictions:
        """Predicts the action of each step, or of the last ones if it leaves out the first."""

    def lessons(self, batch: Batch) -> list[Lesson]:
        """What is to be learned from a batch: by default, what `forward` predicts."""
        predicted = self(batch)
        # A policy may leave out a window's first step.
        return [Lesson(1.0, predicted, batch.last(predicted.shape[1]))]

    @abc.abstractmethod
    def perceived(self, steps: Batch) -> Batch:
        """The same steps with what the policy makes of each observation on its own, in its place.

        Of images that is a row of numbers each, and what costs most of a decision; where numbers
        are seen it is the same batch.
        """

    @abc.abstractmethod
    def predictable(self, batch: Batch) -> tuple[Batch, Batch | None]:
        """The steps whose actions are predicted, and the step before them if that is none."""

    @abc.abstractmethod
    def continued(
        self, steps: Batch, before: Batch | None, state: State | None
    ) -> tuple[Predictions, State]:
        """Predicts the actions of the next steps of episodes, as `forward` does of all at once.

        Args:
            steps: the next ones of what `predictable` gives.
            before: the step before them, t = 1; None where episodes begin.
            state: what the call before returned; None at the first.

        Returns:
            The predictions, and the state after the last step; b is the first axis of its tensors.
        """

    @abc.abstractmethod
    def decide(self, window: Batch) -> Float[Tensor, "b p"]:
        """Predicts the action of each window's last step, which is not looked at itself."""

    @abc.abstractmethod
    def step(
        self, present: Batch, previous: Batch | None, state: State | None
    ) -> tuple[Float[Tensor, "b p"], State]:
        """Predicts the present step's action, t = 1; the state knows all before the last."""

    def read(self, window: Batch) -> tuple[Float[Tensor, "b p"], State]:
        """Predicts as `step` after all of a window's steps, of which no row is padded.

        By default it takes them one by one; a policy that can take all at once does.
        """
        before, *rest = window.chunks(1)
        predicted, state = self.step(before, None, None)
        for present in rest:
            predicted, state = self.step(present, before, state)
            before = present
        return predicted, state

    @property
    def takes_target(self) -> bool:
        """Whether it is told a return to aim at."""
        takes: bool = self.model.takes_target
        return takes

    @property
    def reads_rewards(self) -> bool:
        """Whether what it reads must be contexts, in which rewards are told."""
        reads: bool = self.model.reads_rewards
        return reads

    @property
    def draws_when_acting(self) -> bool:
        """Whether it draws from torch's generator when it acts; what is predicted does not."""
        return False

    @property
    def device(self) -> torch.device:
        """Where its weights are."""
        return self.scaling.return_scale.device

    @property
    def parameters_count(self) -> int:
        """Numbers that training changes."""
        return sum(weight.numel() for weight in self.parameters())

    def agent(
        self,
        target_return: float | None = None,
        mode: Mode | None = None,
        *,
        keep_target: bool = False,
        sampling: Sampling = AS_PUBLISHED,
        seed: int = 0,
    ) -> Agent:
        """Makes this policy play, asking for a return in reward units if it takes a target.

        Dropout is switched off; training switches it on again.

        Args:
            target_return: what to aim at; None for a policy that takes no target.
            mode: how it remembers the episode; by default as it is meant to (`acting`).
            keep_target: whether the return asked for stays the same all through an episode; with
                a policy of delayed rewards it does anyway.
            sampling: how one of several actions is chosen, by a policy of such actions.
            seed: of the draws by which it is.
        """
        self.eval()
        return Agent(
            self,
            target_return,
            mode or self.acting.mode,
            keep_target=keep_target,
            sampling=sampling,
            seed=seed,
        )
