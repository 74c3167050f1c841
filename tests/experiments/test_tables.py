"""Tables are found by name and made of one run per row, column and seed."""

from pathlib import Path

import pytest

from decision_mamba.errors import BadInput
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers.table import Row, Table
from decision_mamba.experiments.tables import cells, table, tables
from decision_mamba.mixers import Selective
from decision_mamba.models.policy import Model


def test_a_table_is_known_by_its_name() -> None:
    assert table("family/hopper") == tables()["family/hopper"]


def test_an_unknown_table_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadInput, match=r"there is no table 'family/hoper'; did you mean family/h"):
        table("family/hoper")


def test_runs_go_seed_by_seed_into_folders_of_their_own(experiment: Experiment) -> None:
    rows = (Row("A, 10 %", (experiment, experiment)), Row("B/c", (experiment, experiment)))
    small = Table("a/b", "title", (), ("left", "right"), rows, (5, 6))

    found = list(cells(small, (5, 6), Path("out")))

    assert [str(cell.folder) for cell in found] == [
        "out/A-10-percent-left-5", "out/A-10-percent-right-5",
        "out/B-c-left-5", "out/B-c-right-5",
        "out/A-10-percent-left-6", "out/A-10-percent-right-6",
        "out/B-c-left-6", "out/B-c-right-6",
    ]  # fmt: skip
    assert [cell.experiment.seed for cell in found] == [5, 5, 5, 5, 6, 6, 6, 6]
    assert found[0].name == "A, 10 %, left, seed 5"


def test_an_ablation_puts_a_preset_beside_its_neighbours() -> None:
    found = table("ablation/dmamba/hopper-medium")

    names = [row.name for row in found.rows]
    assert names[:2] == ["as it is", "no-channel-mixing"]
    assert "left-padding" in names
    assert found.columns == ("hopper-medium",)
    assert found.seeds == (12, 23, 34, 45, 51)
    (plain,), (without,) = (row.experiments for row in found.rows[:2])
    assert plain.model == Model(mixer=Selective(), width=256)
    assert without.model == Model(mixer=Selective(), width=256, channel_mixing=False)


def test_a_preset_that_begins_elsewhere_has_no_neighbours_to_stand_beside() -> None:
    with pytest.raises(
        BadInput, match=r"^dm/tmaze-5k-small begins .* runs/dm-tmaze-1k-small, .*dm/tmaze-1k-small$"
    ):
        table("ablation/dm/tmaze-5k-small")

    assert len(table("ablation/dm/tmaze-1k-small").rows) > 2


def test_runs_can_be_cut_to_a_look(experiment: Experiment) -> None:
    small = Table("a/b", "title", (), ("here",), (Row("A", (experiment,)),), (5,))

    (cell,) = cells(small, (5,), Path("out"), updates=3)

    assert cell.experiment.training.updates == 3
    assert cell.experiment.seed == 5
