"""What a policy costs, as far as it can be said without a clock."""

import dataclasses

import pytest
import torch

from decision_mamba.analysis import efficiency
from decision_mamba.analysis.efficiency import Cost, Measurement, Point, Subject, TooLarge, measure
from decision_mamba.errors import BadInput
from decision_mamba.mixers import Attention, Convolution, MixerSettings, Selective, StateSpace
from decision_mamba.models import Hybrid
from decision_mamba.models.policy import Model
from decision_mamba.models.tokens import Layout
from tests.conftest import CHOICES, IMAGES, SPACES

QUICK = Measurement(lengths=(4, 16), repeats=1)


def tried(cost: Cost | TooLarge) -> Cost:
    assert isinstance(cost, Cost)
    return cost


def points(mixer: MixerSettings, how: Measurement = QUICK) -> list[Point]:
    model = Model(mixer=mixer, width=8, blocks=1, timesteps=20)
    return list(measure(Subject("small", model, SPACES), how))


@pytest.mark.parametrize("mixer", [Selective(state=4), Convolution(), StateSpace(state=4)])
def test_a_carried_state_makes_the_age_of_an_episode_indifferent(mixer: MixerSettings) -> None:
    short, long = points(mixer)

    assert (short.length, long.length) == (4, 16)
    assert short.recurrent.multiply_adds == long.recurrent.multiply_adds
    assert short.state_bytes == long.state_bytes
    assert tried(long.window).multiply_adds > tried(short.window).multiply_adds


def test_attention_carries_every_key_and_value() -> None:
    short, long = points(Attention())

    # Three tokens a step but the last action: 8 keys and 8 values of 4 bytes each. The last step's
    # return and state, and the action before them, are not in the state yet.
    assert (short.state_bytes, long.state_bytes) == (8 * 64, 44 * 64)
    assert long.recurrent.multiply_adds > short.recurrent.multiply_adds


def test_training_needs_more_memory_than_deciding_and_more_of_it_with_length() -> None:
    short, long = points(Selective(state=4))

    assert tried(long.window).peak_bytes < tried(long.training).peak_bytes
    assert tried(short.training).peak_bytes < tried(long.training).peak_bytes


def test_weights_are_part_of_the_memory() -> None:
    for point in points(Selective(state=4)):
        costs = (point.window, point.recurrent, point.training)
        assert all(tried(cost).peak_bytes > 4 * point.parameters for cost in costs)


def test_a_policy_that_is_trained_has_as_many_weights_as_there() -> None:
    model = Model(mixer=Attention(), width=8, blocks=1, timesteps=20)

    told = list(measure(Subject("small", model, SPACES, parameters=123), QUICK))

    assert [point.parameters for point in told] == [123, 123]


def test_lengths_come_in_order_and_once() -> None:
    how = dataclasses.replace(QUICK, lengths=(3, 1, 3))

    assert [point.length for point in points(Convolution(), how)] == [1, 3]


def test_a_batch_takes_as_many_times_the_multiply_adds() -> None:
    one, three = (points(Selective(state=4), dataclasses.replace(QUICK, batch=b)) for b in (1, 3))

    assert tried(three[1].window).multiply_adds == 3 * tried(one[1].window).multiply_adds
    assert three[1].recurrent.multiply_adds == 3 * one[1].recurrent.multiply_adds


def test_torchs_own_generator_is_left_alone() -> None:
    before = torch.get_rng_state()

    points(Attention())

    assert torch.get_rng_state().equal(before)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        (Measurement(lengths=(20, 0)), "the length is 0; expected at least 1"),
        (Measurement(lengths=()), "there is no length to measure at"),
        (Measurement(batch=0), "the batch is 0"),
        (Measurement(repeats=0), "the number of repeats is 0"),
    ],
)
def test_what_cannot_be_measured_is_refused(how: Measurement, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        points(Attention(), how)


def test_a_decision_encodes_one_stack_of_frames_however_long_the_window() -> None:
    model = Model(mixer=Selective(state=4), width=8, blocks=1, timesteps=20)
    of_images = list(measure(Subject("small", model, IMAGES), QUICK))
    of_numbers = points(Selective(state=4))

    # 36 x 36 pixels are 8 x 8, 3 x 3 and 1 x 1 behind the convolutions; three numbers are seen
    # elsewhere, and four actions chosen from where two numbers are made.
    encoding = 64 * 32 * 2 * 64 + 9 * 64 * 32 * 16 + 64 * 64 * 9 + 64 * 8
    for image, number in zip(of_images, of_numbers, strict=True):
        more = image.recurrent.multiply_adds - number.recurrent.multiply_adds
        assert encoding - 100 <= more <= encoding + 100
        assert (
            tried(image.window).multiply_adds - tried(number.window).multiply_adds <= encoding + 100
        )
    assert tried(of_images[1].training).multiply_adds > 16 * encoding


@pytest.mark.parametrize("tokens", ["history", "history-with-return", "state-action-reward"])
def test_contexts_of_several_episodes_are_measured(tokens: Layout) -> None:
    model = Model(mixer=Selective(state=4), width=8, blocks=1, tokens=tokens, levels=3)

    short, long = measure(Subject("small", model, CHOICES, horizon=5), QUICK)

    assert tried(long.window).multiply_adds > 3 * tried(short.window).multiply_adds
    assert long.recurrent.multiply_adds == short.recurrent.multiply_adds


def hybrid(chunk: int) -> Hybrid:
    return Hybrid(memory=Selective(state=4), width=8, blocks=1, memory_blocks=1, chunk=chunk)


def test_a_hybrids_decision_is_the_mean_over_a_sub_goal() -> None:
    how = dataclasses.replace(QUICK, lengths=(8,))
    of_one, of_four = (
        next(measure(Subject("small", hybrid(chunk), SPACES, horizon=20), how)) for chunk in (1, 4)
    )

    # Whoever sets a sub-goal at every fourth step reads no memory at the three between.
    assert of_four.recurrent.multiply_adds < 0.8 * of_one.recurrent.multiply_adds


def test_a_hybrids_memory_does_not_grow_with_what_was_played() -> None:
    how = dataclasses.replace(QUICK, lengths=(8, 40))

    short, long = measure(Subject("small", hybrid(4), SPACES, horizon=20), how)

    assert long.state_bytes == short.state_bytes
    assert long.recurrent.multiply_adds == short.recurrent.multiply_adds


def test_what_has_no_room_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(efficiency, "PROBES", (4, 8, 12))
    monkeypatch.setattr(
        efficiency, "foretold", lambda peak_at: lambda length: length * peak_at(4) // 4
    )
    monkeypatch.setattr(efficiency, "free_bytes", lambda _: 30)

    def cost(length: int) -> Cost:
        seen.append(length)
        return Cost(1.0, 1, 4)

    costs = efficiency._where_there_is_room(cost, Measurement(lengths=(8, 20, 40)))

    assert [costs(length) for length in (8, 20, 40)] == [
        Cost(1.0, 1, 4), Cost(1.0, 1, 4), TooLarge(needed_bytes=40, free_bytes=30),
    ]  # fmt: skip
    assert seen == [4, 8, 4, 20, 4]
