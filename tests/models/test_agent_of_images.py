"""An agent of images is shown each frame once, encodes it once and decides as training does."""

from collections.abc import Iterable, Iterator

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from decision_mamba.batch import Batch
from decision_mamba.data.stacks import stacked
from decision_mamba.errors import BadInput
from decision_mamba.mixers import MixerSettings
from decision_mamba.models.choice import Sampling
from decision_mamba.models.memory import Acting, Mode
from decision_mamba.models.policy import Model, SequencePolicy
from decision_mamba.spaces import Image, Spaces
from tests.conftest import IMAGES, small_policy

STEPS, WINDOW = 9, 4
SIDE = IMAGES.observation.shape[0]
FRAMES = np.random.default_rng(0).integers(0, 256, (STEPS, SIDE, SIDE), np.uint8)
REWARDS = np.array([1.0, 7.0, 0.0, -3.0, 0.5, 1.0, 0.0, 2.0, 1.0])
WARM = Sampling(temperature=5.0)
MODES: tuple[Mode, ...] = ("window", "recurrent")


@pytest.fixture
def policy(mixer: MixerSettings) -> SequencePolicy:
    model = Model(
        mixer=mixer, width=16, blocks=2, timesteps=10, return_scale=5.0, embedding_bend="tanh"
    )
    return small_policy(model, Acting(window=WINDOW), IMAGES)


def play(
    policy: SequencePolicy,
    mode: Mode,
    frames: Iterable[np.ndarray] = FRAMES,
    *,
    sampling: Sampling = WARM,
) -> list[int]:
    agent = policy.agent(20.0, mode, sampling=sampling, seed=3)
    actions = []
    for frame, reward in zip(frames, REWARDS, strict=True):
        actions.append(agent.act(frame))
        agent.observe(reward)
    return actions


def as_training_sees_it(actions: list[int], steps: slice, told: np.ndarray = REWARDS) -> Batch:
    assert isinstance(IMAGES.observation, Image)
    seen = stacked(FRAMES, np.arange(STEPS)[None], np.zeros((1, 1), int), IMAGES.observation.stack)
    to_go = 20.0 - np.concatenate([[0.0], np.cumsum(told)[:-1]])
    return Batch(
        observations=torch.from_numpy(seen)[:, steps],
        actions=torch.tensor(actions)[None, steps],
        returns_to_go=torch.tensor(to_go, dtype=torch.float32)[None, steps],
        timesteps=torch.arange(STEPS)[None, steps],
        mask=torch.ones(1, STEPS, dtype=torch.bool)[:, steps],
    )


class Recorded:
    """What an agent was told by its policy, in place of which nothing is chosen at random."""

    def __init__(self, policy: SequencePolicy, name: str) -> None:
        self.predicted: list[Tensor] = []
        original = getattr(policy, name)

        def recording(*given: object) -> object:
            answer = original(*given)
            self.predicted.append(answer if isinstance(answer, Tensor) else answer[0])
            return answer

        setattr(policy, name, recording)


def test_windows_decide_as_if_each_were_encoded_anew(policy: SequencePolicy) -> None:
    told = Recorded(policy, "decide")

    actions = play(policy, "window")

    assert len(set(actions)) > 1
    for step in range(STEPS):
        steps = slice(max(step + 1 - WINDOW, 0), step + 1)
        whole = policy(as_training_sees_it(actions, steps))[:, -1]
        torch.testing.assert_close(told.predicted[step], whole)


def test_a_carried_state_decides_as_training_predicts(policy: SequencePolicy) -> None:
    told = Recorded(policy, "step")

    actions = play(policy, "recurrent")

    whole = policy(as_training_sees_it(actions, slice(None)))[0]
    torch.testing.assert_close(torch.cat(told.predicted), whole)


@pytest.mark.parametrize("mode", MODES)
def test_each_frame_is_encoded_once(policy: SequencePolicy, mode: Mode) -> None:
    encoded = []
    state_encoder = policy.tokens.embed_state
    assert isinstance(state_encoder, nn.Module)
    state_encoder.register_forward_hook(lambda _, given, __: encoded.append(given[0].shape[:2]))

    play(policy, mode)

    assert encoded == [(1, 1)] * STEPS


@pytest.mark.parametrize("mode", MODES)
def test_several_episodes_are_played_as_each_by_itself(policy: SequencePolicy, mode: Mode) -> None:
    likeliest = Sampling(temperature=0.0)
    pair = FRAMES, FRAMES[::-1].copy()
    alone = [play(policy, mode, frames, sampling=likeliest) for frames in pair]

    agent = policy.agent(20.0, mode, sampling=likeliest)
    for step in range(STEPS):
        rows = [0, 1, 0] if step < 4 else [1, 0]
        actions = agent.act(np.stack([pair[row][step] for row in rows]))
        assert actions.tolist() == [alone[row][step] for row in rows]
        agent.observe(np.full(len(rows), REWARDS[step]))
        if step == 3:
            agent.keep(np.array([False, True, True]))


@pytest.mark.parametrize("mode", MODES)
def test_reset_forgets_the_frames_before(policy: SequencePolicy, mode: Mode) -> None:
    name = "decide" if mode == "window" else "step"
    told = Recorded(policy, name)
    agent = policy.agent(20.0, mode)
    agent.act(FRAMES[0])
    agent.observe(1.0)
    agent.act(FRAMES[1])

    agent.reset()
    agent.act(FRAMES[0])

    torch.testing.assert_close(told.predicted[2], told.predicted[0], rtol=0, atol=0)


@pytest.mark.parametrize("mode", MODES)
def test_the_frame_may_be_written_over(policy: SequencePolicy, mode: Mode) -> None:
    screen = np.empty_like(FRAMES[0])

    def shown() -> Iterator[np.ndarray]:
        for frame in FRAMES:
            screen[:] = frame
            yield screen

    assert play(policy, mode, shown()) == play(policy, mode)


def test_of_clipped_rewards_no_more_than_one_is_taken_off(policy: SequencePolicy) -> None:
    policy.acting = Acting(window=WINDOW, rewards="clipped")
    told = Recorded(policy, "step")

    actions = play(policy, "recurrent")

    clipped = np.array([1.0, 1.0, 0.0, -1.0, 0.5, 1.0, 0.0, 1.0, 1.0])
    whole = policy(as_training_sees_it(actions, slice(None), clipped))[0]
    torch.testing.assert_close(torch.cat(told.predicted), whole)


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((SIDE, SIDE, 3), np.uint8),
        np.zeros((SIDE, SIDE + 1), np.uint8),
        np.zeros((2, 1, SIDE, SIDE), np.uint8),
        np.zeros((SIDE, SIDE), np.float32),
    ],
    ids=["colours", "wide", "deep", "numbers"],
)
def test_what_is_no_frame_is_refused(frame: np.ndarray) -> None:
    policy = small_policy(Model(width=16, blocks=1), spaces=IMAGES)
    wanted = rf"expected \({SIDE}, {SIDE}\) and type uint8, or \(b, {SIDE}, {SIDE}\) from b copies"

    with pytest.raises(
        BadInput, match=rf"shape \({frame.shape[0]}.* and type {frame.dtype}; {wanted}"
    ):
        policy.agent(20.0).act(frame)


def test_other_stacks_are_remembered_too() -> None:
    spaces = Spaces(Image(SIDE, SIDE, stack=1), IMAGES.action)
    policy = small_policy(Model(width=16, blocks=1), spaces=spaces)

    assert policy.agent(20.0).act(FRAMES[:2]).shape == (2,)


def test_a_stack_of_frames_is_not_taken_for_copies(policy: SequencePolicy) -> None:
    assert isinstance(IMAGES.observation, Image)
    stack = IMAGES.observation.stack

    with pytest.raises(BadInput, match=rf"^act got {stack} frames.*give the newest frame alone"):
        policy.agent(20.0).act(FRAMES[:stack])


def test_as_many_copies_as_frames_are_seen_together_are_told_of_first(
    policy: SequencePolicy,
) -> None:
    assert isinstance(IMAGES.observation, Image)
    stack = IMAGES.observation.stack
    agent = policy.agent(20.0)

    agent.reset(stack)

    assert agent.act(FRAMES[:stack]).shape == (stack,)
