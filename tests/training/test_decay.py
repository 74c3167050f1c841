"""Each way to decay takes its weights and no others."""

import pytest
import torch

from decision_mamba.mixers import Convolution, MixerSettings, Selective
from decision_mamba.models.policy import Model
from decision_mamba.training.decay import Decayed, split
from tests.conftest import CHOICES, small_policy


def decaying(model: Model, decayed: Decayed) -> set[str]:
    """Names of what decays, those of blocks after "blocks.0."."""
    policy = small_policy(model, spaces=CHOICES)
    names = {id(weight): name for name, weight in policy.named_parameters()}
    taken, left = split(policy, decayed)
    assert {id(weight) for weight in (*taken, *left)} == names.keys()
    assert len(taken) + len(left) == len(names)
    return {names[id(weight)].removeprefix("blocks.0.") for weight in taken}


def model(mixer: MixerSettings) -> Model:
    return Model(mixer=mixer, width=8, blocks=1)


MAMBA = {f"mixer.{name}.weight" for name in ("in_proj", "conv1d", "x_proj", "dt_proj", "out_proj")}
CHANNELS = {"channels.0.weight", "channels.2.weight"}


def test_all_are_all() -> None:
    everything = decaying(model(Selective()), "all")

    assert {"mixer.A_log", "norm.bias", "tokens.embed_action.weight"} < everything
    assert everything == {
        name.removeprefix("blocks.0.")
        for name, _ in small_policy(model(Selective()), spaces=CHOICES).named_parameters()
    }


def test_matrices_are_those_of_maps_and_convolutions() -> None:
    ends = {"tokens.embed_return.weight", "tokens.embed_state.weight", "head.linear.weight"}

    assert decaying(model(Selective()), "matrices") == MAMBA | CHANNELS | ends
    taps = {f"mixer.filters.{turn}.weight" for turn in range(3)}
    assert decaying(model(Convolution()), "matrices") == taps | CHANNELS | ends


def test_of_what_makes_tokens_only_what_sees_decays_beside_the_mixers() -> None:
    wide = Model(mixer=Selective(), width=8, embedding=4, blocks=1)
    kept = {"mixer.A_log", "mixer.D", "tokens.embed_state.weight", "head.linear.weight"}

    assert decaying(wide, "all but norms") == MAMBA | CHANNELS | kept


@pytest.mark.parametrize("decayed", ["matrices", "all but norms"])
def test_a_single_map_decays_but_for_its_bias(decayed: Decayed) -> None:
    layer = torch.nn.Linear(2, 1)

    taken, left = split(layer, decayed)

    assert taken[0] is layer.weight
    assert left[0] is layer.bias
    assert len(taken) == len(left) == 1
