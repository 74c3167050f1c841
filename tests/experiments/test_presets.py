"""Every preset can be built, and its name says what it is."""

import pytest

from decision_mamba.errors import BadInput
from decision_mamba.experiments.presets import parameters_count, preset, presets
from decision_mamba.models.policy import Model


@pytest.mark.parametrize(
    ("paper", "count"),
    [
        ("demo", 1),
        # Nine tasks, eight games, eight rooms, five corridors, those small too, and two
        # corridors small only; anybody's data.
        ("dt", 9 + 8 + 2 * (8 + 6 + 9) + 1),  # the nine tasks also in context
        ("dm", 2 * (8 + 6 + 9)),
        ("dmh", 2 * (8 + 6 + 9)),
        ("ad", 4 * (8 + 9)),  # with attention and with Mamba
        ("at", 2 * 8),
        ("dpt", 2 * 8),
        ("dc", 2 * (9 + 8)),  # the hybrid
        ("ds4", 9 + 8),
        ("dmamba", 9 + 8 + 1 + 6),  # two rows of a table on three tasks
        ("dema", 9 + 8 + 6 + 9 + 9),  # six with delayed rewards, post up-projection, RNN-like
        ("bc", 36 + 1),  # with all data, and with three shares of them
    ],
)
def test_each_paper_has_its_presets(paper: str, count: int) -> None:
    assert sum(name.split("/")[0] == paper for name in presets()) == count


def test_names_are_those_of_the_experiments() -> None:
    assert all(name == one.experiment.preset for name, one in presets().items())


def test_sizes_are_known_where_the_task_is() -> None:
    assert parameters_count(preset("demo")) == 133_571
    assert parameters_count(preset("dmamba/own")) is None


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(BadInput, match="did you mean dmamba/walker2d-medium"):
        preset("dmamba/walker-medium")


def test_a_neighbour_goes_by_the_presets_name_and_its_word() -> None:
    found = preset("dmamba/hopper-medium:no-channel-mixing:blocks-6")

    assert found.name == "dmamba/hopper-medium:no-channel-mixing:blocks-6"
    assert isinstance(found.experiment.model, Model)
    assert (found.experiment.model.channel_mixing, found.experiment.model.blocks) == (False, 6)
    assert found.task == "hopper-medium"


def test_a_neighbour_of_no_preset_is_compared_with_presets() -> None:
    with pytest.raises(BadInput, match="did you mean dmamba/walker2d-medium"):
        preset("dmamba/walker-medium:k-10")
