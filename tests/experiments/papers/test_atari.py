"""The Atari settings are the published ones."""

import pytest

from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers.atari import GAMES
from decision_mamba.experiments.presets import presets
from decision_mamba.mixers import Attention, Convolution, Selective, StateSpace
from decision_mamba.models.policy import Model

NAMES = ("breakout", "qbert", "pong", "seaquest", "asterix", "frostbite", "assault", "gopher")
FAMILIES = ("dt", "dc", "dmamba", "dema", "ds4")
PRESETS = presets()


def of(family: str) -> dict[str, Experiment]:
    """A family's experiments by the names of the games."""
    return {name: PRESETS[f"{family}/{name}"].experiment for name in NAMES}


def model(experiment: Experiment) -> Model:
    assert isinstance(experiment.model, Model)
    return experiment.model


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_eight_games(family: str) -> None:
    assert [game.name for game in GAMES] == list(NAMES)
    for one in of(family).values():
        assert one.evaluation.task == f"{one.preset.partition('/')[2].title()}NoFrameskip-v4"
        assert (one.evaluation.episodes, one.evaluation.temperature) == (10, 1.0)
        assert one.curation.rewards == "clipped"
        assert one.training.betas == (0.9, 0.95)
        assert one.seed == 123


def test_windows_batches_and_epochs_are_those_of_the_papers() -> None:
    found = {
        family: {
            name: (one.windows.length, one.training.batch_size, one.training.updates)
            for name, one in of(family).items()
        }
        for family in ("dt", "dc", "dmamba", "dema")
    }

    # Updates: so many epochs of 500,000 windows.
    assert found["dt"] == {
        **dict.fromkeys(NAMES[:4], (30, 128, 5 * 3906)),
        **dict.fromkeys(NAMES[4:], (30, 128, 10 * 3906)),
        "pong": (50, 512, 5 * 976),
    }
    assert found["dc"] == {
        **dict.fromkeys(NAMES, (8, 128, 10 * 3906)), "pong": (8, 512, 10 * 976),
    }  # fmt: skip
    assert found["dmamba"] == {
        **dict.fromkeys(NAMES, (30, 256, 10 * 1953)), "pong": (50, 256, 10 * 1953),
    }  # fmt: skip
    assert found["dema"] == {
        **dict.fromkeys(NAMES, (30, 128, 10 * 3906)),
        "qbert": (8, 128, 10 * 3906),
        "frostbite": (8, 128, 10 * 3906),
    }


def test_targets_are_those_of_the_official_codes() -> None:
    first = {name: one.evaluation.targets for name, one in of("dmamba").items()}

    assert first == {
        "breakout": (90.0,), "qbert": (14000.0,), "pong": (20.0,), "seaquest": (1150.0,),
        "asterix": (520.0,), "frostbite": (950.0,), "assault": (780.0,), "gopher": (2750.0,),
    }  # fmt: skip
    assert {name: one.evaluation.targets for name, one in of("dt").items()} == first
    assert {name: one.evaluation.targets for name, one in of("dc").items()} == first
    assert of("dema")["breakout"].evaluation.targets == (90.0, 150.0, 180.0)
    assert of("dema")["gopher"].evaluation.targets == (6500.0,)


@pytest.mark.parametrize("family", ["dt", "dc", "dmamba", "dema"])
def test_training_is_that_of_the_papers(family: str) -> None:
    for one in of(family).values():
        training = one.training
        assert (training.learning_rate, training.weight_decay, training.clip) == (6e-4, 0.1, 1.0)
        assert (training.warmup, training.cooldown) == (0, 0)
        assert (training.cosine.warmup_tokens, training.cosine.floor) == (10_240, 0.1)
        assert (training.cosine.final_tokens, training.cosine.counting) == (None, "exact")
        assert training.decayed == ("all but norms" if family == "dema" else "matrices")


@pytest.mark.parametrize(
    ("family", "mixer"),
    [
        ("dt", Attention(heads=8, dropout=0.1)),
        ("dc", Convolution(taps=6, modalities=3)),
        ("dmamba", Selective(state=16)),
    ],
)
def test_mingpt_is_around_every_mixer(family: str, mixer: object) -> None:
    one = model(of(family)["breakout"])

    assert one.mixer == mixer
    assert (one.width, one.blocks, one.activation) == (128, 6, "gelu")
    assert (one.positions, one.timesteps) == ("token", 2000)
    assert (one.tokens, one.embedding_bend, one.head_bias) == ("return-state-action", "tanh", False)
    assert (one.dropout, one.embedding_dropout, one.return_scale) == (0.1, 0.1, 1.0)


def test_convolutions_of_four_games_are_projected() -> None:
    projected = {
        name for name, one in of("dc").items()
        if isinstance(mixer := model(one).mixer, Convolution) and mixer.projected
    }  # fmt: skip

    assert projected == {"qbert", "seaquest", "frostbite", "assault"}


def test_hybrids_have_attention_above_convolutions() -> None:
    one = model(PRESETS["dc/pong-hybrid"].experiment)

    assert one.last_mixer == Attention(heads=8, dropout=0.1)


def test_dema_has_no_positions_and_reads_the_action_before_first() -> None:
    one = model(of("dema")["pong"])

    assert one.mixer == Selective(state=64)
    assert (one.width, one.embedding, one.blocks) == (128, 128, 6)
    assert (one.tokens, one.timesteps) == ("action-return-state", 0)
    assert (one.mixer_norm, one.final_norm, one.channel_mixing) == ("rms", "rms", False)


def test_s4_learns_from_whole_episodes_and_carries_its_state() -> None:
    one = of("ds4")["pong"]

    assert isinstance(model(one).mixer, StateSpace)
    assert (one.windows.whole, one.training.batch_size, one.training.clip) == (True, 8, 0.8)
    assert one.evaluation.mode == "recurrent"
