"""An agent asks for what is still to be earned, as training saw it, and forgets on reset."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
import torch

from decision_mamba.batch import Batch
from decision_mamba.errors import BadInput
from decision_mamba.mixers import Convolution, MixerSettings
from decision_mamba.models.choice import Sampling
from decision_mamba.models.memory import Acting, Mode
from decision_mamba.models.policy import Model, SequencePolicy
from tests.conftest import CHOICES, SPACES, small_policy

REWARDS = np.array([1.0, 2.0, 0.5, 4.0, 3.0, 1.5, 2.5])
MODES: tuple[Mode, ...] = ("window", "recurrent", "hopping")
OBSERVATIONS = np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)


def play(policy: SequencePolicy, mode: Mode, target: float = 20.0) -> np.ndarray:
    agent = policy.agent(target, mode)
    actions = []
    for observation, reward in zip(OBSERVATIONS, REWARDS, strict=True):
        actions.append(agent.act(observation))
        agent.observe(reward)
    return np.stack(actions)


def as_training_sees_it(actions: np.ndarray, returns: np.ndarray, steps: slice) -> Batch:
    return Batch(
        observations=torch.from_numpy(OBSERVATIONS[None, steps]),
        actions=torch.from_numpy(actions[None, steps]),
        returns_to_go=torch.tensor(returns[None, steps], dtype=torch.float32),
        timesteps=torch.arange(len(REWARDS))[None, steps],
        mask=torch.ones(1, len(REWARDS), dtype=torch.bool)[:, steps],
    )


@pytest.fixture
def policy(mixer: MixerSettings) -> SequencePolicy:
    model = Model(mixer=mixer, width=16, blocks=2, timesteps=10, return_scale=5.0)
    return small_policy(model, Acting(window=4))


def test_the_return_asked_for_is_the_one_of_training(policy: SequencePolicy) -> None:
    target = float(REWARDS.sum())
    actions = play(policy, "recurrent", target)
    to_go = np.cumsum(REWARDS[::-1])[::-1].copy()

    predicted = policy(as_training_sees_it(actions, to_go, slice(None)))

    torch.testing.assert_close(predicted[0], torch.from_numpy(actions))


def test_a_window_holds_the_last_steps(policy: SequencePolicy) -> None:
    actions = play(policy, "window")
    to_go = 20.0 - np.concatenate([[0.0], np.cumsum(REWARDS)[:-1]])

    last = policy(as_training_sees_it(actions, to_go, slice(3, 7)))[0, -1]

    torch.testing.assert_close(last, torch.from_numpy(actions[6]))


def test_both_modes_agree_until_the_window_is_full(policy: SequencePolicy) -> None:
    window, recurrent = play(policy, "window"), play(policy, "recurrent")

    np.testing.assert_allclose(window[:4], recurrent[:4], atol=1e-6)
    assert not np.allclose(window[5:], recurrent[5:], atol=1e-6)


def test_what_hops_reads_no_more_than_a_window(policy: SequencePolicy) -> None:
    policy.acting = dataclasses.replace(policy.acting, window=4)
    window, hopping = play(policy, "window"), play(policy, "hopping")

    # Of four steps one is forgotten at a time, and what is kept is read again each time.
    np.testing.assert_allclose(window, hopping, atol=1e-6)


def test_what_hops_forgets_nothing_until_its_steps_are_full(policy: SequencePolicy) -> None:
    policy.acting = dataclasses.replace(policy.acting, window=20)
    hopping, recurrent = policy.agent(9.0, "hopping"), policy.agent(9.0, "recurrent")
    seen = np.random.default_rng(1).normal(size=(20, 3)).astype(np.float32)
    for observation in seen:
        np.testing.assert_allclose(hopping.act(observation), recurrent.act(observation), atol=1e-6)
        hopping.observe(0.5)
        recurrent.observe(0.5)


def test_convolutions_that_reach_no_further_than_the_window_forget_nothing() -> None:
    # Two blocks of six taps see eleven tokens, as many as are known of a window of four steps.
    model = Model(mixer=Convolution(), width=16, blocks=2, timesteps=10, return_scale=5.0)
    policy = small_policy(model, Acting(window=4))

    np.testing.assert_allclose(play(policy, "window"), play(policy, "recurrent"), atol=1e-6)


def test_delayed_rewards_leave_the_target_as_it_is(policy: SequencePolicy) -> None:
    policy.acting = dataclasses.replace(policy.acting, rewards="delayed")
    actions = play(policy, "recurrent")

    predicted = policy(as_training_sees_it(actions, np.full(7, 20.0), slice(None)))

    torch.testing.assert_close(predicted[0], torch.from_numpy(actions))


def test_a_target_that_shall_be_kept_is(policy: SequencePolicy) -> None:
    agent = policy.agent(20.0, "recurrent", keep_target=True)
    actions = []
    for observation, reward in zip(OBSERVATIONS, REWARDS, strict=True):
        actions.append(agent.act(observation))
        agent.observe(reward)

    kept = as_training_sees_it(np.stack(actions), np.full(7, 20.0), slice(None))

    torch.testing.assert_close(policy(kept)[0], torch.from_numpy(np.stack(actions)))


@pytest.mark.parametrize("mode", MODES)
def test_several_episodes_are_played_as_each_by_itself(policy: SequencePolicy, mode: Mode) -> None:
    agent = policy.agent(20.0, mode)
    agent.reset(3)
    alone = play(policy, mode)

    for step in range(7):
        count = 3 if step < 4 else 2
        actions = agent.act(np.repeat(OBSERVATIONS[step : step + 1], count, axis=0))
        np.testing.assert_allclose(actions, np.repeat(alone[step : step + 1], count, 0), atol=1e-5)
        agent.observe(np.full(count, REWARDS[step]))
        if step == 3:
            agent.keep(np.array([True, False, True]))


@pytest.mark.parametrize("mode", MODES)
def test_reset_forgets_the_episode_before(policy: SequencePolicy, mode: Mode) -> None:
    agent = policy.agent(20.0, mode)
    first = agent.act(OBSERVATIONS[0])
    agent.observe(1.0)
    agent.act(OBSERVATIONS[1])

    agent.reset()

    np.testing.assert_array_equal(agent.act(OBSERVATIONS[0]), first)


def test_acting_twice_without_a_reward_is_refused(policy: SequencePolicy) -> None:
    agent = policy.agent(20.0)
    agent.act(OBSERVATIONS[0])

    with pytest.raises(BadInput, match=r"call observe\(reward\)"):
        agent.act(OBSERVATIONS[1])


def test_a_reward_for_nothing_is_refused(policy: SequencePolicy) -> None:
    with pytest.raises(BadInput, match="call act first"):
        policy.agent(20.0).observe(1.0)


@pytest.mark.parametrize("reward", [float("nan"), float("inf"), np.array([float("nan")])])
def test_a_reward_that_is_no_number_is_refused(
    policy: SequencePolicy, reward: float | np.ndarray
) -> None:
    agent = policy.agent(20.0)
    agent.act(OBSERVATIONS[0])

    with pytest.raises(BadInput, match=r"^observe got a reward of .*; give what the environment"):
        agent.observe(reward)


def test_another_number_of_episodes_is_refused(policy: SequencePolicy) -> None:
    agent = policy.agent(20.0)
    agent.reset(2)

    with pytest.raises(BadInput, match="3 observations while 2 episodes"):
        agent.act(OBSERVATIONS[:3])


def test_a_mode_that_is_not_known_is_refused() -> None:
    # In a process of its own, where no test's type checker stands before the agent.
    code = "from decision_mamba.models.agent import Agent; Agent(None, 20.0, 'windw')"

    said = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).stderr

    assert b"BadInput: the mode is 'windw'; expected window, recurrent, hopping" in said


@pytest.mark.parametrize("shape", [(1,), (4,), (2, 2), (1, 1, 3)])
def test_an_observation_of_another_size_is_refused(
    policy: SequencePolicy, shape: tuple[int, ...]
) -> None:
    with pytest.raises(BadInput, match=r"expected \(3,\), or \(b, 3\)"):
        policy.agent(20.0).act(np.zeros(shape, np.float32))


@pytest.mark.parametrize("target", [float("nan"), float("inf")])
def test_a_target_that_is_no_return_is_refused(policy: SequencePolicy, target: float) -> None:
    with pytest.raises(BadInput, match="give a return to aim at"):
        policy.agent(target)


@pytest.fixture
def choosing(mixer: MixerSettings) -> SequencePolicy:
    model = Model(mixer=mixer, width=16, blocks=2, timesteps=10, return_scale=5.0)
    policy = small_policy(model, Acting(window=4), CHOICES)
    with torch.no_grad():
        policy.head.linear.weight.mul_(20.0)  # so that choices depend on what is seen
    return policy


@pytest.mark.parametrize("mode", MODES)
def test_choices_are_answered_in_kind(choosing: SequencePolicy, mode: Mode) -> None:
    one, several = choosing.agent(20.0, mode), choosing.agent(20.0, mode)

    action, actions = one.act(OBSERVATIONS[0]), several.act(OBSERVATIONS[:2])

    assert type(action) is int
    assert (actions.shape, actions.dtype) == ((2,), np.int64)
    assert actions[0] == action


@pytest.mark.parametrize("mode", MODES)
def test_choices_are_reproduced_by_the_seed_alone(choosing: SequencePolicy, mode: Mode) -> None:
    def play_twice(seed: int) -> list[int]:
        agent = choosing.agent(20.0, mode, sampling=Sampling(3.0), seed=seed)
        chosen = []
        for _ in range(2):
            agent.reset()
            for observation, reward in zip(OBSERVATIONS, REWARDS, strict=True):
                chosen.append(agent.act(observation))
                agent.observe(reward)
        return chosen

    first, again, other = play_twice(4), play_twice(4), play_twice(5)

    assert first == again != other
    assert first[:7] != first[7:]


@pytest.mark.parametrize("mode", MODES)
def test_choices_are_the_same_alone_and_side_by_side(choosing: SequencePolicy, mode: Mode) -> None:
    alone = choosing.agent(20.0, mode)
    wanted = np.zeros((3, 7), np.int64)
    for episode in range(3):
        alone.reset(1)
        for step in range(7):
            wanted[episode, step] = alone.act(OBSERVATIONS[step : step + 1])[0]
            alone.observe(REWARDS[step : step + 1])

    together = choosing.agent(20.0, mode)
    together.reset(3)
    for step in range(7):
        rows = [0, 1, 2] if step < 4 else [0, 2]
        chosen = together.act(np.repeat(OBSERVATIONS[step : step + 1], len(rows), axis=0))
        assert chosen.tolist() == wanted[rows, step].tolist()
        together.observe(np.full(len(rows), REWARDS[step]))
        if step == 3:
            together.keep(np.array([True, False, True]))


def test_the_likeliest_is_what_training_predicts(choosing: SequencePolicy) -> None:
    agent = choosing.agent(float(REWARDS.sum()), "recurrent", sampling=Sampling(0.0))
    actions = []
    for observation, reward in zip(OBSERVATIONS, REWARDS, strict=True):
        actions.append(agent.act(observation))
        agent.observe(reward)
    to_go = np.cumsum(REWARDS[::-1])[::-1].copy()

    logits = choosing(as_training_sees_it(np.array(actions), to_go, slice(None)))

    assert logits[0].argmax(dim=1).tolist() == actions
    assert len(set(actions)) > 1


def test_a_temperature_is_refused_where_nothing_is_chosen(policy: SequencePolicy) -> None:
    with pytest.raises(BadInput, match="leave the temperature at 1"):
        policy.agent(20.0, sampling=Sampling(0.5))


@pytest.fixture
def lasting(policy: SequencePolicy) -> SequencePolicy:
    policy.acting = dataclasses.replace(policy.acting, window=20, lasting=True)
    return policy


@pytest.mark.parametrize("mode", MODES)
def test_another_episode_continues_what_is_remembered(lasting: SequencePolicy, mode: Mode) -> None:
    agent = lasting.agent(20.0, mode)
    actions = []
    for step in range(7):
        if step == 4:
            agent.again(np.array([True]), OBSERVATIONS[4:5] + 1)
        actions.append(agent.act(OBSERVATIONS[step]))
        agent.observe(REWARDS[step])
    returns = np.array([20, 19, 17, 16.5, 20, 17, 15.5])
    both = dataclasses.replace(
        as_training_sees_it(np.stack(actions), returns, slice(None)),
        timesteps=torch.tensor([[0, 1, 2, 3, 0, 1, 2]]),
    )

    torch.testing.assert_close(lasting(both)[0], torch.from_numpy(np.stack(actions)))


def test_again_is_refused_where_memory_is_of_one_episode(policy: SequencePolicy) -> None:
    agent = policy.agent(20.0)
    agent.act(OBSERVATIONS[0])
    agent.observe(1.0)

    with pytest.raises(BadInput, match=r"^this policy remembers one episode only"):
        agent.again(np.array([True]), OBSERVATIONS[:1])


def test_again_comes_after_the_last_reward(lasting: SequencePolicy) -> None:
    agent = lasting.agent(20.0)
    agent.act(OBSERVATIONS[0])

    with pytest.raises(BadInput, match=r"^again was called before an episode's last observe"):
        agent.again(np.array([True]), OBSERVATIONS[:1])


def test_again_is_told_of_every_episode(lasting: SequencePolicy) -> None:
    agent = lasting.agent(20.0)
    agent.act(OBSERVATIONS[:2])
    agent.observe(np.ones(2))

    with pytest.raises(BadInput, match=r"^again got 1 rows and 1 observations while 2 episodes"):
        agent.again(np.array([True]), OBSERVATIONS[:1])


@pytest.mark.parametrize("mode", MODES)
def test_clipped_rewards_are_remembered_as_they_were_learned(mode: Mode) -> None:
    model = Model(width=8, blocks=1, tokens="history", reward_scale=0.1)
    policy = small_policy(model, Acting(window=4, rewards="clipped"), SPACES)
    played = []
    for reward in (1.0, 5.0, 0.0):
        agent = policy.agent(mode=mode)
        agent.act(OBSERVATIONS[0])
        agent.observe(reward)
        played.append(agent.act(OBSERVATIONS[1]))

    np.testing.assert_array_equal(played[0], played[1])
    assert not np.allclose(played[0], played[2], atol=1e-6)
