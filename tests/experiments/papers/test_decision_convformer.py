"""Decision ConvFormer's Gym settings are the published ones."""

from decision_mamba.experiments.papers.decision_convformer import presets
from decision_mamba.mixers import Attention, Convolution
from decision_mamba.models.policy import Model
from decision_mamba.settings import changed

GYM = [one for one in presets() if "-" in one.task]  # the other tasks are games, of one word
HYBRIDS = {one.task: one.experiment for one in GYM if one.name.endswith("-hybrid")}
EXPERIMENTS = {one.task: one.experiment for one in GYM if not one.name.endswith("-hybrid")}


def test_widths_and_learning_rates_differ_by_task() -> None:
    table = {
        task: (one.model.width, one.training.learning_rate) for task, one in EXPERIMENTS.items()
    }

    assert table == {
        "hopper-medium": (256, 1e-4),
        "hopper-medium-replay": (256, 1e-4),
        "hopper-medium-expert": (128, 1e-3),
        "halfcheetah-medium": (128, 1e-3),
        "halfcheetah-medium-replay": (128, 1e-3),
        "halfcheetah-medium-expert": (128, 1e-3),
        "walker2d-medium": (128, 1e-4),
        "walker2d-medium-replay": (128, 1e-3),
        "walker2d-medium-expert": (128, 1e-3),
    }


def test_the_rest_is_shared() -> None:
    for one in EXPERIMENTS.values():
        assert isinstance(one.model, Model)
        assert one.model.mixer == Convolution(taps=6, modalities=3)
        assert (one.model.activation, one.model.dropout, one.model.blocks) == ("gelu", 0.1, 3)
        assert (one.windows.length, one.model.return_scale) == (8, 1000.0)
        assert (one.training.updates, one.training.batch_size) == (100_000, 64)
        assert (one.training.warmup, one.training.clip) == (10_000, 0.25)
        assert one.training.weight_decay == 1e-4


def test_targets_are_those_of_the_official_code() -> None:
    targets = {task.split("-")[0]: one.evaluation.targets for task, one in EXPERIMENTS.items()}

    assert targets == {
        "hopper": (3600.0, 7200.0, 36000.0, 72000.0),
        "halfcheetah": (12000.0, 24000.0, 120000.0, 240000.0),
        "walker2d": (5000.0, 10000.0, 50000.0, 100000.0),
    }


def test_a_hybrid_differs_by_attention_in_its_last_block_alone() -> None:
    assert HYBRIDS.keys() == EXPERIMENTS.keys()
    for task, one in HYBRIDS.items():
        values = {"preset": f"dc/{task}-hybrid", "model.last_mixer": Attention(1, dropout=0.1)}
        assert one == changed(EXPERIMENTS[task], values)
