"""What an agent does over the episodes of a task is what training predicts of them as a context."""

import typing
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from decision_mamba.batch import Context
from decision_mamba.data.contexts import Contexting, Contexts
from decision_mamba.data.store import Store
from decision_mamba.envs import Environment, LastingActor, consecutive
from decision_mamba.envs.environment import Image, Stepped
from decision_mamba.episode import Episode
from decision_mamba.mixers import Attention, MixerSettings, Selective
from decision_mamba.models import Hybrid, Model, Policy, PolicySettings
from decision_mamba.models.memory import Acting, Mode
from decision_mamba.models.tokens import Layout, arrangement
from decision_mamba.moments import Moments
from decision_mamba.seeding import Seeds
from decision_mamba.shapes import PlayedActions, PlayedObservations, Rows
from decision_mamba.spaces import Discrete, Spaces, Vector

LENGTH, EPISODES, TARGET = 5, 3, 2.0
LAYOUTS = [
    *(
        name
        for name in typing.get_args(Layout)
        if arrangement(name, action_tokens=True).has_rewards
    ),
    "return-state-action",  # plain steps go on over episodes, too
]


class Corridor(Environment):
    """Whose end, at another length in each copy, pays 1 and ends the episode."""

    task, steps_per_second, horizon = "corridor", 1.0, 6
    spaces = Spaces(Vector(1), Discrete(2))

    def __init__(self, *ends: int) -> None:
        self.copies = len(ends)
        self._ends = np.array(ends)
        self._places, self._times = np.zeros((2, self.copies), np.int64)

    def reset(self, seeds: Sequence[int]) -> PlayedObservations:
        return self.restart(np.arange(len(seeds)), seeds)

    def restart(self, rows: Rows, seeds: Sequence[int]) -> PlayedObservations:
        self._places[rows] = self._times[rows] = 0
        return np.zeros((len(seeds), 1), np.float32)

    def step(self, rows: Rows, actions: PlayedActions) -> Stepped:
        self._places[rows] = np.clip(self._places[rows] + actions * 2 - 1, 0, LENGTH - 1)
        self._times[rows] += 1
        places, ends = self._places[rows], self._places[rows] == self._ends[rows]
        return Stepped(
            observations=places[:, None].astype(np.float32),
            rewards=ends.astype(np.float64),
            terminated=ends,
            truncated=(self._times[rows] >= self.horizon) & ~ends,
        )

    def render(self, row: int) -> Image:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is held."""


class Witness:
    """Notes down what a policy predicts of each row while it plays."""

    def __init__(self, policy: Policy, mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
        self._agent = policy.agent(TARGET if policy.takes_target else None, mode, seed=3)
        self._rows = np.zeros(0, np.int64)
        self.predicted: dict[int, list[torch.Tensor]] = {}
        decide, step, read = policy.decide, policy.step, policy.read

        def deciding(window: Context) -> torch.Tensor:
            return self._noted(decide(window))

        def stepping(*known: typing.Any) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
            predicted, state = step(*known)
            return self._noted(predicted), state

        def reading(window: Context) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
            predicted, state = read(window)
            return self._noted(predicted), state

        monkeypatch.setattr(policy, "step", stepping)
        # A decision may be made by reading.
        if mode == "window":
            monkeypatch.setattr(policy, "decide", deciding)
        else:
            monkeypatch.setattr(policy, "read", reading)

    def reset(self, copies: int) -> None:
        self._rows = np.arange(copies)
        self._agent.reset(copies)

    def act(self, observations: PlayedObservations) -> PlayedActions:
        actions: PlayedActions = self._agent.act(observations)
        return actions

    def observe(self, rewards: np.ndarray) -> None:
        self._agent.observe(rewards)

    def again(self, rows: np.ndarray, arrived: PlayedObservations) -> None:
        self._agent.again(rows, arrived)

    def keep(self, rows: np.ndarray) -> None:
        self._rows = self._rows[rows]
        self._agent.keep(rows)

    def _noted(self, predicted: torch.Tensor) -> torch.Tensor:
        for row, logits in zip(self._rows.tolist(), predicted, strict=True):
            self.predicted.setdefault(row, []).append(logits)
        return predicted


def built(model: PolicySettings, window: int = EPISODES * Corridor.horizon) -> Policy:
    moments = Moments(np.ones(1, np.float32), np.ones(1, np.float32))
    acting = Acting(window=window, lasting=True)
    with Seeds(0).weights():
        policy: Policy = model.build(Corridor.spaces, moments, acting).eval()
        return policy


def require_the_same(policy: Policy, mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plays three copies whose episodes end at unequal times, and reads them as a context."""
    witness = Witness(policy, mode, monkeypatch)
    assert isinstance(witness, LastingActor)
    played: dict[tuple[int, int], Episode] = {
        (row, number): episode
        for row, number, episode in consecutive(
            Corridor(1, 2, 3), witness, seeds=np.zeros((3, EPISODES), np.int64)
        )
    }

    context = as_contexts([[played[row, number] for number in range(EPISODES)] for row in range(3)])

    assert len({len(episode) for episode in played.values()}) > 1
    with torch.no_grad():
        predicted = policy(context)
    for row in range(3):
        wanted = predicted[row][context.mask[row]]
        torch.testing.assert_close(torch.stack(witness.predicted[row]), wanted)


def as_contexts(rows: list[list[Episode]]) -> Context:
    store = Store.of(episode for row in rows for episode in row)
    episodes = len(rows[0])
    settings = Contexting(episodes=episodes, returns="target", target=TARGET)
    numbers = np.arange(len(rows) * episodes).reshape(len(rows), -1)
    return Contexts(store, None, settings).gather(numbers)


@pytest.mark.parametrize("mode", ["window", "recurrent", "hopping"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_sequences_predict_what_was_played(
    mixer: MixerSettings, layout: Layout, mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Model(mixer=mixer, width=16, blocks=2, tokens=layout, timesteps=4, levels=LENGTH)

    require_the_same(built(model), mode, monkeypatch)


@pytest.mark.parametrize("mode", ["window", "recurrent", "hopping"])
def test_so_do_tokens_that_know_their_place(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model(
        mixer=Attention(), width=16, blocks=2, tokens="history", positions="token", timesteps=0
    )
    policy = built(model)
    torch.nn.init.normal_(policy.get_parameter("tokens.positions.pos_emb"))

    require_the_same(policy, mode, monkeypatch)


@pytest.mark.parametrize("mode", ["window", "recurrent", "hopping"])
@pytest.mark.parametrize("memory", [Attention(), Selective(state=4)], ids=["attention", "mamba"])
def test_so_do_hybrids(memory: MixerSettings, mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Hybrid(memory=memory, width=16, blocks=2, chunk=2, levels=LENGTH, return_scale=2.0)

    require_the_same(built(model), mode, monkeypatch)


@pytest.mark.parametrize("mode", ["window", "hopping"])
@pytest.mark.parametrize(
    "model",
    [
        Model(mixer=Attention(), width=16, blocks=2, tokens="history", levels=LENGTH),
        Model(mixer=Attention(), width=16, blocks=2, tokens="return-state-action-reward"),
        Hybrid(width=16, blocks=2, chunk=3, levels=LENGTH, return_scale=2.0),
    ],
    ids=["history", "tokens", "hybrid"],
)
def test_what_is_forgotten_leaves_no_trace(
    model: PolicySettings, mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    most, horizon, played = 10, Corridor.horizon, 13
    policy = built(model, most * horizon)
    for weights in policy.parameters():  # as drawn, one token of sixty is hardly noticed
        torch.nn.init.normal_(weights, std=0.5)
    witness, nowhere = Witness(policy, mode, monkeypatch), LENGTH + 1
    episodes = {
        (row, number): episode
        for row, number, episode in consecutive(
            Corridor(nowhere, nowhere), witness, seeds=np.zeros((2, played), np.int64)
        )
    }

    rows = [[episodes[row, number] for number in range(played - most, played)] for row in (0, 1)]

    # Hopping forgets whole episodes; a window ends with the first at its last step only.
    alike = horizon if mode == "hopping" else 1
    with torch.no_grad():
        predicted = policy(as_contexts(rows))
    for row in (0, 1):
        torch.testing.assert_close(
            torch.stack(witness.predicted[row][-alike:]), predicted[row, -alike:]
        )
