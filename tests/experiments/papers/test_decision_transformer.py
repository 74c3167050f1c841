"""Decision Transformer's Gym settings are the published ones."""

from decision_mamba.experiments.papers.decision_transformer import presets
from decision_mamba.mixers import Attention
from decision_mamba.models.policy import Model

# The other tasks are games, of one word.
EXPERIMENTS = [one.experiment for one in presets() if "-" in one.task]


def test_all_tasks_share_their_settings() -> None:
    for one in EXPERIMENTS:
        assert isinstance(one.model, Model)
        assert one.model.mixer == Attention(heads=1, dropout=0.1)
        assert (one.model.width, one.model.blocks, one.model.activation) == (128, 3, "relu")
        assert (one.training.learning_rate, one.training.warmup) == (1e-4, 10_000)
        assert (one.training.batch_size, one.training.updates) == (64, 100_000)
        assert (one.training.weight_decay, one.training.clip) == (1e-4, 0.25)
        assert (one.windows.length, one.model.return_scale) == (20, 1000.0)


def test_targets_are_those_of_the_official_code() -> None:
    targets = {
        one.preset.split("/")[1].split("-")[0]: one.evaluation.targets for one in EXPERIMENTS
    }

    assert targets == {
        "hopper": (3600.0, 1800.0),
        "halfcheetah": (12000.0, 6000.0),
        "walker2d": (5000.0, 2500.0),
    }
