"""Algorithm Distillation reads histories in time order, by attention or by Mamba."""

from decision_mamba.data.contexts import Contexting
from decision_mamba.experiments.papers.algorithm_distillation import presets
from decision_mamba.mixers import Attention, Selective
from decision_mamba.models import Model

EXPERIMENTS = {one.name: one.experiment for one in presets()}


def model(name: str) -> Model:
    found = EXPERIMENTS[name].model
    assert isinstance(found, Model)
    return found


def test_contexts_are_consecutive_and_small_ones_anywhere_in_time_order() -> None:
    assert EXPERIMENTS["ad/darkroom"].contexts == Contexting(episodes=10, chosen="consecutive")
    assert EXPERIMENTS["ad/key-to-door"].contexts == Contexting(episodes=4, chosen="consecutive")
    small = EXPERIMENTS["ad/darkroom-mamba-small"].contexts
    assert small == Contexting(episodes=10, chosen="anywhere", beginnings=1.0)


def test_there_are_four_of_every_room() -> None:
    named = [name for name in EXPERIMENTS if name.startswith("ad/large-key-to-door")]

    assert named == [
        f"ad/large-key-to-door{word}" for word in ("", "-mamba", "-small", "-mamba-small")
    ]


def test_mamba_stands_where_attention_was() -> None:
    assert isinstance(model("ad/darkroom").mixer, Attention)
    assert (model("ad/darkroom").positions, model("ad/darkroom").channel_mixing) == ("token", True)
    for name in ("ad/darkroom-mamba", "ad/darkroom-mamba-small"):
        assert isinstance(model(name).mixer, Selective)
        assert (model(name).positions, model(name).channel_mixing) == ("step", False)


def test_a_step_is_three_tokens_as_published_and_one_where_small() -> None:
    assert model("ad/darkroom").tokens == "state-action-reward"
    assert model("ad/darkroom-small").tokens == "history"
    assert model("ad/large-darkroom-small").levels == 40


def test_small_ones_learn_as_the_trial_did() -> None:
    training = EXPERIMENTS["ad/darkroom-mamba-small"].training

    assert (training.batch_size, training.learning_rate, training.updates) == (32, 3e-3, 2000)
    assert (training.weight_decay, training.clip, training.cosine.floor) == (0.01, 1.0, 0.05)
    assert training.cosine.warmup_tokens == 100 * 16 * 400
    assert EXPERIMENTS["ad/darkroom-small"].training.learning_rate == 1e-3
