"""The selective mixer starts as its authors' does, or as the published runs did."""

import pytest
import torch
from torch.nn import functional as F

from decision_mamba.errors import BadInput
from decision_mamba.mixers.selective import Selective, SelectiveMixer


def test_parameter_counts_are_the_papers() -> None:
    standard = SelectiveMixer(128, Selective())
    small = SelectiveMixer(64, Selective(state=64))

    assert sum(weight.numel() for weight in standard.parameters()) == 116_480
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


def test_published_runs_started_without_the_bias_of_delta() -> None:
    mixer = SelectiveMixer(64, Selective(initialisation="published"))

    assert not mixer.dt_proj.bias.any()
    assert 0.018 < float(mixer.in_proj.weight.detach().std()) < 0.022


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
