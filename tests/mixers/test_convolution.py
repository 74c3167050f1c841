"""The convolution mixer sums as written out, and keeps to its turn however tokens arrive."""

import pytest
import torch
from torch import Tensor, nn

from decision_mamba.errors import BadInput
from decision_mamba.mixers.convolution import Convolution, ConvolutionMixer
from decision_mamba.mixers.mixer import EVERY, State

WIDTH = 4


def built(taps: int = 6, modalities: int = 3) -> ConvolutionMixer:
    torch.manual_seed(0)
    return ConvolutionMixer(WIDTH, Convolution(taps, modalities)).double()


def tokens(length: int) -> Tensor:
    torch.manual_seed(1)
    return torch.randn(2, length, WIDTH, dtype=torch.float64)


def written_out(mixer: ConvolutionMixer, x: Tensor) -> Tensor:
    """The sum of each token, one after another."""
    y = torch.zeros_like(x)
    for t in range(x.shape[1]):
        of_its_kind = mixer.filters[t % len(mixer.filters)]
        assert isinstance(of_its_kind, nn.Conv1d)
        assert of_its_kind.bias is not None
        y[:, t] = of_its_kind.bias
        for back in range(min(mixer.taps, t + 1)):
            y[:, t] += of_its_kind.weight[:, 0, mixer.taps - 1 - back] * x[:, t - back]
    return y


@pytest.mark.parametrize("modalities", [1, 2, 3])
@pytest.mark.parametrize("taps", [1, 4, 6])
@pytest.mark.parametrize("length", [1, 2, 3, 13])
def test_it_is_the_sum_written_out(taps: int, modalities: int, length: int) -> None:
    mixer, x = built(taps, modalities), tokens(length)

    y, _ = mixer(x)

    torch.testing.assert_close(y, written_out(mixer, x))


def test_it_is_what_the_published_code_keeps_of_three_convolutions() -> None:
    mixer, x = built(), tokens(9)
    padded = torch.cat([x.new_zeros(2, 5, WIDTH), x], dim=1).transpose(1, 2)

    y, _ = mixer(x)

    for modality, filters in enumerate(mixer.filters):
        kept = filters(padded).transpose(1, 2)[:, modality::3]
        torch.testing.assert_close(y[:, modality::3], kept)


def test_first_return_and_state_then_action_return_and_state() -> None:
    mixer, x = built(), tokens(11)
    state: State | None = None
    ys = []

    for chunk in torch.split(x, [2, 3, 3, 3], dim=1):
        y, state = mixer(chunk, state)
        ys.append(y)

    torch.testing.assert_close(torch.cat(ys, dim=1), written_out(mixer, x))


@pytest.mark.parametrize("begun", [0, 1, 2, 3, 7])
@pytest.mark.parametrize("wanted", [EVERY, slice(-1, None), slice(1, None, 3), slice(2, 5)])
def test_whose_turn_it_is_does_not_depend_on_what_is_wanted(begun: int, wanted: slice) -> None:
    mixer, x = built(taps=4), tokens(14)
    state = mixer(x[:, :begun])[1] if begun else None

    y, _ = mixer(x[:, begun:], state, wanted)

    torch.testing.assert_close(y, written_out(mixer, x)[:, begun:][:, wanted])


def test_what_is_summed_may_be_projected() -> None:
    torch.manual_seed(0)
    mixer, x = ConvolutionMixer(WIDTH, Convolution(projected=True)).double().eval(), tokens(5)
    assert mixer.fc is not None

    y, _ = mixer(x)

    torch.testing.assert_close(y, written_out(mixer, x) @ mixer.fc.weight.T + mixer.fc.bias)


def test_while_training_some_of_what_is_projected_is_dropped() -> None:
    plain = ConvolutionMixer(WIDTH, Convolution()).double()
    projected = ConvolutionMixer(WIDTH, Convolution(projected=True)).double()

    share = float((projected(tokens(2000))[0] == 0).double().mean())

    assert 0.08 < share < 0.12
    assert not (plain(tokens(2000))[0] == 0).any()


def test_the_state_does_not_grow() -> None:
    mixer = built()

    sizes = [[part.shape for part in mixer(tokens(length))[1]] for length in (2, 5, 302)]

    assert sizes == [[(2, 5, WIDTH), (2, 2)]] * 3


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_tokens_come_back_in_their_precision(precision: torch.dtype) -> None:
    mixer, x = built(), tokens(7)
    expected = written_out(mixer, x)

    y, (past, _) = mixer.float()(x.to(precision))

    assert y.dtype == past.dtype == precision
    torch.testing.assert_close(y.double(), expected, atol=4 * torch.finfo(precision).eps, rtol=0.02)


def test_autocast_changes_nothing() -> None:
    mixer, x = built().float(), tokens(7).float()

    with torch.autocast("cpu", dtype=torch.bfloat16):
        y, _ = mixer(x)

    torch.testing.assert_close(y, mixer(x)[0], rtol=0, atol=0)


@pytest.mark.parametrize(
    ("none", "setting"), [(Convolution(taps=0), "taps"), (Convolution(modalities=0), "modalities")]
)
def test_none_at_all_is_refused(none: Convolution, setting: str) -> None:
    with pytest.raises(BadInput, match=f"{setting} of the convolution mixer is 0; expected at"):
        none.build(WIDTH)
