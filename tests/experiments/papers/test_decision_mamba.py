"""Decision Mamba's Gym settings are the published ones."""

from dataclasses import replace

from decision_mamba.experiments.papers.decision_mamba import presets
from decision_mamba.mixers import Selective
from decision_mamba.models.policy import Model

# Without the games, whose names are of one word, and the neighbours, which have the same tasks.
GYM = [one for one in presets() if "-" in one.task]
EXPERIMENTS = {one.task: one.experiment for one in GYM if ":" not in one.name}


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
        assert one.model.mixer == Selective(state=16, taps=4, expand=2, rank=0)
        assert (one.model.activation, one.model.dropout, one.model.blocks) == ("gelu", 0.1, 3)
        assert (one.training.updates, one.training.warmup) == (100_000, 10_000)
        assert (one.evaluation.every, one.evaluation.episodes) == (10_000, 100)


def test_the_papers_target_comes_first_and_its_seeds_are_kept() -> None:
    first = {task: one.evaluation.targets[0] for task, one in EXPERIMENTS.items()}

    assert first["hopper-medium"] == 3600.0
    assert first["halfcheetah-medium"] == 6000.0
    assert first["walker2d-medium"] == 5000.0
    assert {one.seeds for one in GYM} == {(12, 23, 34, 45, 51)}


def test_table_3_leaves_channel_mixing_out_and_then_doubles_the_blocks() -> None:
    listed = {one.name: one for one in presets() if "table 3" in one.paper}

    assert list(listed) == [
        "dmamba/hopper-medium:no-channel-mixing",
        "dmamba/hopper-medium:no-channel-mixing:blocks-6",
        "dmamba/halfcheetah-medium:no-channel-mixing",
        "dmamba/halfcheetah-medium:no-channel-mixing:blocks-6",
        "dmamba/walker2d-medium:no-channel-mixing",
        "dmamba/walker2d-medium:no-channel-mixing:blocks-6",
    ]
    for name, one in listed.items():
        default = EXPERIMENTS[one.task].model
        assert isinstance(default, Model)
        blocks = 6 if name.endswith(":blocks-6") else 3
        assert one.experiment.model == replace(default, channel_mixing=False, blocks=blocks)
        assert (one.paper, one.seeds) == (
            "Ota 2024, arXiv:2403.19925, table 3",
            (12, 23, 34, 45, 51),
        )
