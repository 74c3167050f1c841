"""Each stack of frames becomes a row of numbers, by the convolutions of the papers."""

import pytest
import torch
from torch.nn import functional as F

from decision_mamba.errors import BadInput
from decision_mamba.models.encoders import NatureEncoder, in_groups
from decision_mamba.spaces import Image


@pytest.fixture
def encoder() -> NatureEncoder:
    torch.manual_seed(0)
    return NatureEncoder(Image(), 16)


def stacks(*rows: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(256, (*rows, 4, 84, 84), dtype=torch.uint8, generator=generator)


def test_a_stack_goes_through_three_convolutions_and_a_linear_map(encoder: NatureEncoder) -> None:
    weights = encoder.state_dict()
    pixels = stacks(2) / 255

    found = encoder(pixels)

    x = pixels
    for layer, stride in ((0, 4), (2, 2), (4, 1)):
        x = F.conv2d(x, weights[f"layers.{layer}.weight"], weights[f"layers.{layer}.bias"], stride)
        x = x.relu()
    assert x.shape == (2, 64, 7, 7)
    expected = F.linear(x.flatten(1), weights["layers.7.weight"], weights["layers.7.bias"])
    torch.testing.assert_close(found, expected)


def test_the_encoder_of_the_papers_has_479520_weights() -> None:
    encoder = NatureEncoder(Image(), 128)

    assert sum(weight.numel() for weight in encoder.parameters()) == 479_520


def test_stacks_do_not_meet(encoder: NatureEncoder) -> None:
    pixels = stacks(2, 3) / 255

    encoded = encoder(pixels)

    assert encoded.shape == (2, 3, 16)
    torch.testing.assert_close(encoded[1, 2], encoder(pixels[1, 2][None])[0])


def test_groups_are_all_stacks_in_their_order() -> None:
    raw = stacks(3, 100)

    groups = list(in_groups(raw))

    assert [len(group) for group in groups] == [256, 44]
    assert torch.equal(torch.cat(groups).view(raw.shape), raw)


def test_the_layout_in_memory_changes_no_number(encoder: NatureEncoder) -> None:
    raw = stacks(2, 3)

    (group,) = in_groups(raw)

    torch.testing.assert_close(encoder(group / 255).view(2, 3, 16), encoder(raw / 255))


def test_what_is_laid_out_stays_so_on_its_way_into_the_convolutions() -> None:
    (group,) = in_groups(stacks(2, 3))

    pixels = (group / 255).flatten(0, -4)

    assert pixels.is_contiguous(memory_format=torch.channels_last)


def test_the_smallest_frames_leave_one_pixel() -> None:
    encoder = NatureEncoder(Image(36, 36, stack=1), 5)

    assert encoder(torch.zeros(1, 1, 36, 36)).shape == (1, 5)


@pytest.mark.parametrize("sides", [(20, 20), (35, 84), (84, 35)])
def test_frames_too_small_are_refused(sides: tuple[int, int]) -> None:
    with pytest.raises(BadInput, match=rf"frames of {sides[0]} x {sides[1]} are too small"):
        NatureEncoder(Image(*sides), 5)
