"""Behaviour cloning: the action from the last few states, by a multi-layer perceptron."""

import dataclasses
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from decision_mamba.batch import Batch
from decision_mamba.errors import BadInput
from decision_mamba.mixers import State
from decision_mamba.models.heads import head_of
from decision_mamba.models.memory import Acting
from decision_mamba.models.promise import Policy
from decision_mamba.models.scaling import Scaling
from decision_mamba.moments import Moments
from decision_mamba.ops.dropout import Dropout
from decision_mamba.shapes import Predictions
from decision_mamba.spaces import Spaces, Vector


@dataclasses.dataclass(frozen=True)
class Perceptron:
    """Settings; the defaults are those of Decision Transformer's baseline (Chen et al. 2021).

    Attributes:
        width: numbers in a hidden layer.
        blocks: hidden layers.
        dropout: behind each of them.
    """

    takes_target: ClassVar[bool] = False
    reads_rewards: ClassVar[bool] = False

    width: int = 128
    blocks: int = 3
    dropout: float = 0.1

    def build(self, spaces: Spaces, moments: Moments, acting: Acting) -> "PerceptronPolicy":
        """Makes a policy that sees as many states as the window of `acting` has steps."""
        return PerceptronPolicy(self, spaces, moments, acting)


class PerceptronPolicy(Policy):
    """Predicts each action from the last K states: no return, no action and no time.

    K is the window that it acts by. What lies before the steps it is shown is zero after scaling,
    the mean, in training as in acting.

    Source: Chen et al. 2021, arXiv:2106.01345, official Gym code (`mlp_bc.py`). Its training takes
    from each window the last action only; ours takes every action, each from the states of the
    window up to its own, and the last action of a full window is the source's. What a window lacks,
    the source fills when acting as ours does; when training, where a window lacks steps at an
    episode's end, with zeros before scaling, which `--windows.pad left` reproduces.
    """

    def __init__(self, model: Perceptron, spaces: Spaces, moments: Moments, acting: Acting) -> None:
        super().__init__()
        if not isinstance(spaces.observation, Vector):
            raise BadInput(
                f"behaviour cloning learns from observation numbers, but got {spaces.observation}; "
                "choose a policy that encodes frames, such as of dt, dc, dmamba or dema"
            )
        self.model = model
        self.spaces = spaces
        self.acting = acting
        self.scaling = Scaling(moments, spaces, return_scale=1.0)  # no return is read
        sizes = [acting.window * spaces.observation.size] + [model.width] * model.blocks
        self.layers = nn.Sequential()
        for size in sizes[:-1]:
            linear = nn.Linear(size, model.width)
            self.layers.extend([linear, nn.ReLU(inplace=True), Dropout(model.dropout)])
        self.head = head_of(model.width, spaces.action)

    def forward(self, batch: Batch) -> Predictions:
        """Predicts the action of each step from what came before it; padded steps get some too."""
        return self.continued(batch, None, None)[0]

    def perceived(self, steps: Batch) -> Batch:
        return steps

    def predictable(self, batch: Batch) -> tuple[Batch, Batch | None]:
        return batch, None

    def continued(
        self,
        steps: Batch,
        before: Batch | None,  # noqa: ARG002 (of a step before, only the action could matter)
        state: State | None,
    ) -> tuple[Predictions, State]:
        """Predicts from the steps and the state, which is the K - 1 scaled states before them."""
        states = self.scaling.observations(steps.observations)
        batch, length, size = states.shape
        reach = self.acting.window
        past = states.new_zeros(batch, reach - 1, size) if state is None else state[0]
        known = torch.cat([past, states], dim=1)
        # K states in a row are K * o numbers in a row, so that no view of them needs a copy.
        views = known.flatten(1).unfold(1, reach * size, size)  # b t k*o
        return self._predictions(views), (known[:, length:],)

    def decide(self, window: Batch) -> Float[Tensor, "b p"]:
        states = self.scaling.observations(window.last(self.acting.window).observations).flatten(1)
        missing = self.acting.window * self.spaces.observation.size - states.shape[1]
        return self._predictions(F.pad(states, (missing, 0))[:, None])[:, 0]

    def step(
        self, present: Batch, previous: Batch | None, state: State | None
    ) -> tuple[Float[Tensor, "b p"], State]:
        predicted, state = self.continued(present, previous, state)
        return predicted[:, 0], state

    def _predictions(self, views: Float[Tensor, "b t _"]) -> Predictions:
        predicted: Predictions = self.scaling.predictions(self.head(self.layers(views)))
        return predicted
