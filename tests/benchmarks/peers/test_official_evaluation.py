"""The restated evaluation does what ours does when it pads as published."""

from typing import Any

import numpy as np
import torch
from numpy import ndarray

from benchmarks.peers.borrowed import with_blocks
from benchmarks.peers.official_evaluation import play
from benchmarks.peers.step_by_step import StepByStepBlock
from decision_mamba.mixers import Selective
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy import Model, SequencePolicy
from decision_mamba.moments import Moments
from decision_mamba.spaces import Continuous, Spaces, Vector

MODEL = Model(mixer=Selective(state=4), width=8, blocks=2, timesteps=16)
SPACES = Spaces(Vector(2), Continuous((-1.0,), (1.0,)))


class Drift:
    """A point that goes where it is pushed and pays what it was pushed; six steps long."""

    def reset(self, *, seed: int) -> tuple[ndarray, Any]:
        self.place, self.steps = np.array([0.1 * seed, 0.5]), 0
        return self.place, None

    def step(self, action: ndarray) -> tuple[ndarray, float, bool, bool, Any]:
        self.place, self.steps = self.place + action, self.steps + 1
        return self.place, float(action[0]), False, self.steps == 6, None


def policy() -> SequencePolicy:
    torch.manual_seed(0)
    moments = Moments(np.array([0.3, 0.2]), np.array([0.5, 2.0]))
    return SequencePolicy(MODEL, SPACES, moments, Acting(window=4, pad="left")).eval()


def test_an_episode_is_played_with_our_actions() -> None:
    simulator, agent = Drift(), policy().agent(3.0)

    played = play(simulator, policy(), target=3.0, steps=100, seed=2)

    seen, ours = simulator.reset(seed=2)[0], []
    for _ in range(6):
        ours.append(agent.act(seen))
        seen, reward, *_ = simulator.step(ours[-1])
        agent.observe(reward)
    np.testing.assert_allclose(played.actions, np.array(ours), rtol=1e-5)
    np.testing.assert_allclose(played.rewards, played.actions[:, 0], rtol=1e-6)


def test_borrowed_blocks_change_no_action() -> None:
    twin = with_blocks(policy(), StepByStepBlock)

    borrowed = play(Drift(), twin, target=3.0, steps=6, seed=2)

    own = play(Drift(), policy(), target=3.0, steps=6, seed=2)
    np.testing.assert_allclose(borrowed.actions, own.actions, rtol=1e-5)
