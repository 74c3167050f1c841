"""Every mixer keeps the promises of `Mixer`. A new one is picked up by itself."""

import typing

import pytest
import torch

from decision_mamba.mixers import Convolution, Mixer, MixerSettings, Selective, State

BATCH, LENGTH, WIDTH = 2, 70, 8


VARIANTS = [
    *(kind() for kind in typing.get_args(MixerSettings)),
    Selective(up_projection="post"),
    Convolution(projected=True),
]


@pytest.fixture(params=VARIANTS, ids=str)
def mixer(request: pytest.FixtureRequest) -> Mixer:
    torch.manual_seed(0)
    built: Mixer = request.param.build(WIDTH)
    return built.double().eval()


@pytest.fixture
def x() -> torch.Tensor:
    torch.manual_seed(1)
    return torch.randn(BATCH, LENGTH, WIDTH, dtype=torch.float64)


def in_chunks(mixer: Mixer, x: torch.Tensor, size: int) -> tuple[torch.Tensor, State]:
    state: State | None = None
    ys = []
    for chunk in torch.split(x, size, dim=1):
        y, state = mixer(chunk, state)
        ys.append(y)
    assert state is not None
    return torch.cat(ys, dim=1), state


def test_no_token_sees_a_later_one(mixer: Mixer, x: torch.Tensor) -> None:
    changed = x.clone()
    changed[:, 40:] += 1.0

    torch.testing.assert_close(mixer(changed)[0][:, :40], mixer(x)[0][:, :40], rtol=0, atol=1e-14)


def test_every_token_sees_an_earlier_one(mixer: Mixer, x: torch.Tensor) -> None:
    changed = x.clone()
    changed[:, 0] += 1.0

    assert bool((mixer(changed)[0][:, 1] - mixer(x)[0][:, 1]).abs().min() > 0)


@pytest.mark.parametrize("size", [1, 3, 64])
def test_chunks_in_a_row_equal_the_whole(mixer: Mixer, x: torch.Tensor, size: int) -> None:
    whole, last = mixer(x)

    chunked, state = in_chunks(mixer, x, size)

    torch.testing.assert_close(chunked, whole)
    torch.testing.assert_close(state, last)


@pytest.mark.parametrize("wanted", [slice(1, None, 3), slice(-1, None), slice(0, 2)])
def test_wanted_tokens_are_those_of_the_whole(mixer: Mixer, x: torch.Tensor, wanted: slice) -> None:
    _, before = mixer(x[:, :5])
    whole, last = mixer(x[:, 5:], before)

    chosen, state = mixer(x[:, 5:], before, wanted)

    torch.testing.assert_close(chosen, whole[:, wanted])
    torch.testing.assert_close(state, last)


def test_a_state_has_as_many_parts_as_the_mixer_says(mixer: Mixer, x: torch.Tensor) -> None:
    assert len(mixer(x)[1]) == mixer.state_parts


def test_a_state_can_be_used_twice(mixer: Mixer, x: torch.Tensor) -> None:
    _, state = mixer(x[:, :5])

    first, _ = mixer(x[:, 5:9], state)
    second, _ = mixer(x[:, 5:9], state)

    torch.testing.assert_close(first, second, rtol=0, atol=0)


def test_sequences_of_a_batch_do_not_meet(mixer: Mixer, x: torch.Tensor) -> None:
    torch.testing.assert_close(mixer(x)[0][:1], mixer(x[:1])[0])


def test_sequences_can_leave_the_batch(mixer: Mixer, x: torch.Tensor) -> None:
    _, state = mixer(x[:, :5])
    rows = torch.tensor([False, True])

    y, _ = mixer(x[rows, 5:6], tuple(part[rows] for part in state))

    torch.testing.assert_close(y, mixer(x[:, 5:6], state)[0][rows])


def test_gradients_reach_every_weight(mixer: Mixer, x: torch.Tensor) -> None:
    mixer(x)[0].square().sum().backward()

    still = [n for n, w in mixer.named_parameters() if w.grad is None or not w.grad.any()]
    assert still == []


def test_gradients_are_the_slopes(mixer: Mixer) -> None:
    torch.manual_seed(2)
    x = torch.randn(1, 5, WIDTH, dtype=torch.float64, requires_grad=True)

    def through_both_outputs(x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        y, state = mixer(x[:, :3])
        rest, state = mixer(x[:, 3:], state)
        return y, rest, *state

    assert torch.autograd.gradcheck(through_both_outputs, (x,))
