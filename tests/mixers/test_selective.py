"""The selective mixer starts as its authors' does, or as the published runs did."""

import pytest
import torch
from torch.nn import functional as F

from decision_mamba.errors import BadInput
from decision_mamba.mixers import EVERY
from decision_mamba.mixers.selective import Selective, SelectiveMixer


def test_parameter_counts_are_the_papers() -> None:
    counts = {116_480: Selective(), 26_496: Selective(state=64, up_projection="post")}

    for count, settings in counts.items():
        mixer = SelectiveMixer(128, settings)
        assert sum(weight.numel() for weight in mixer.parameters()) == count
    small = SelectiveMixer(64, Selective(state=64))
    assert sum(weight.numel() for weight in small.parameters()) == 51_072


def test_names_are_those_of_published_checkpoints() -> None:
    names = set(SelectiveMixer(16, Selective()).state_dict())

    assert names == {
        "A_log", "D", "in_proj.weight", "conv1d.weight", "conv1d.bias", "x_proj.weight",
        "dt_proj.weight", "dt_proj.bias", "out_proj.weight",
    }  # fmt: skip


def test_step_sizes_start_between_a_thousandth_and_a_tenth() -> None:
    torch.manual_seed(0)
    mixer = SelectiveMixer(256, Selective())

    delta = F.softplus(mixer.dt_proj.bias.detach())

    assert 0.001 <= float(delta.min()) < 0.0013
    assert 0.08 < float(delta.max()) <= 0.1001


def test_decay_rates_start_as_one_to_n() -> None:
    mixer = SelectiveMixer(8, Selective(state=3))

    torch.testing.assert_close(mixer.A_log.exp()[0], torch.tensor([1.0, 2.0, 3.0]))


def test_decay_rates_may_start_slower() -> None:
    mixer = SelectiveMixer(8, Selective(state=3, decay=0.1))

    torch.testing.assert_close(mixer.A_log.exp()[0], torch.tensor([0.1, 0.2, 0.3]))


def test_published_runs_started_without_the_bias_of_delta() -> None:
    mixer = SelectiveMixer(64, Selective(initialisation="published"))

    assert mixer.in_proj is not None
    assert not mixer.dt_proj.bias.any()
    assert 0.018 < float(mixer.in_proj.weight.detach().std()) < 0.022


def test_with_post_up_projection_nothing_leads_in_or_out() -> None:
    mixer = SelectiveMixer(32, Selective(up_projection="post"))

    assert mixer.in_proj is mixer.out_proj is None
    assert mixer.A_log.shape == (32, 16)
    assert mixer.rank == 1  # ⌈(32 / 2) / 16⌉: its width is the inner one


@pytest.mark.parametrize("wanted", [EVERY, slice(2, None, 3)])
def test_post_up_projection_is_pre_with_the_identity_around_it(wanted: slice) -> None:
    torch.manual_seed(0)
    mixer = SelectiveMixer(8, Selective(state=4, up_projection="post"))
    twin = SelectiveMixer(8, Selective(state=4, expand=1))
    twin.load_state_dict(mixer.state_dict(), strict=False)
    assert twin.in_proj is not None
    assert twin.out_proj is not None
    with torch.no_grad():
        twin.in_proj.weight[:8] = torch.eye(8)
        twin.out_proj.weight.copy_(torch.eye(8))
        x = torch.randn(2, 7, 8)
        gate = F.silu(F.linear(x[:, wanted], twin.in_proj.weight[8:]))

        torch.testing.assert_close(mixer(x, None, wanted)[0] * gate, twin(x, None, wanted)[0])


def test_post_up_projection_may_start_as_the_published_runs() -> None:
    settings = Selective(up_projection="post", initialisation="published")

    assert not SelectiveMixer(64, settings).dt_proj.bias.any()


def test_the_projection_out_starts_smaller_in_a_deep_stack() -> None:
    mixer = SelectiveMixer(8, Selective())
    assert mixer.out_proj is not None
    before = mixer.out_proj.weight.detach().clone()

    mixer.shrink_output(4)

    torch.testing.assert_close(mixer.out_proj.weight.detach(), before / 2)


def test_the_state_does_not_grow() -> None:
    mixer = SelectiveMixer(8, Selective(state=4, taps=3))

    _, after_one = mixer(torch.zeros(2, 1, 8))
    _, after_many = mixer(torch.zeros(2, 50, 8))

    shapes = [tuple(part.shape) for part in after_one]
    assert shapes == [(2, 2, 16), (2, 16, 4)]
    assert [tuple(part.shape) for part in after_many] == shapes


@pytest.mark.parametrize(
    "settings",
    [Selective(state=0), Selective(taps=0), Selective(expand=0), Selective(rank=-1)],
)
def test_sizes_that_cannot_be_are_refused(settings: Selective) -> None:
    with pytest.raises(BadInput, match=r"of the selective mixer is (0|-1); expected at least"):
        settings.build(8)


@pytest.mark.parametrize("decay", [0.0, -1.0, float("nan"), float("inf")])
def test_a_state_that_cannot_decay_is_refused(decay: float) -> None:
    with pytest.raises(BadInput, match=r"^decay of the selective mixer is .*; expected a number a"):
        Selective(decay=decay).build(8)
