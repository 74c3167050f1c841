"""Every table that has a name, and the runs it is made of."""

import dataclasses
import difflib
from collections.abc import Iterator
from pathlib import Path

from decision_mamba.errors import BadInput
from decision_mamba.experiments import family, in_context
from decision_mamba.experiments.ablation import neighbours
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers.preset import Preset
from decision_mamba.experiments.papers.table import Row, Table
from decision_mamba.experiments.presets import preset
from decision_mamba.settings import changed

_ABLATION = "ablation/"


@dataclasses.dataclass(frozen=True)
class Cell:
    """One run of a table.

    Attributes:
        folder: where the run lies, named for its row, its column and its seed.
    """

    row: str
    column: str
    experiment: Experiment
    folder: Path

    @property
    def name(self) -> str:
        return f"{self.row}, {self.column}, seed {self.experiment.seed}"


def tables() -> dict[str, Table]:
    """All tables by name."""
    return {table.name: table for table in (*family.tables(), *in_context.tables())}


def table(name: str) -> Table:
    """The table of this name; ablation/PRESET is a preset beside all its neighbours.

    Raises:
        BadInput: there is none; the sentence names those there are. Or the preset begins with
            weights that its neighbours may have no place for.
    """
    known = tables()
    if name in known:
        return known[name]
    if name.startswith(_ABLATION):
        return _ablation(preset(name.removeprefix(_ABLATION)))
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}? " if near else ""
    raise BadInput(
        f"there is no table {name!r}; {hint}known are {', '.join(known)} "
        f"and {_ABLATION}PRESET, a preset beside its neighbours"
    )


def _ablation(start: Preset) -> Table:
    if begun := start.experiment.init_from:
        # Its updates are too few for weights that are drawn, so that rows would say nothing.
        raise BadInput(
            f"{start.name} begins with the weights of {begun}, which do not fit neighbours of "
            f"another shape; ask for {_ABLATION} and a preset that begins with drawn weights, such "
            f"as {_ABLATION}dm/tmaze-1k-small"
        )
    rows = {"as it is": start.experiment, **neighbours(start.experiment)}
    return Table(
        name=_ABLATION + start.name,
        title=f"{start.name} and its neighbours",
        notes=("Each row differs from the first in the one thing it is named for.",),
        columns=(start.task,),
        rows=tuple(Row(word, (one,)) for word, one in rows.items()),
        seeds=start.seeds,
    )


def cells(
    table: Table, seeds: tuple[int, ...], out: Path, updates: int | None = None
) -> Iterator[Cell]:
    """The runs of a table, seed by seed, so that one stopped early is whole for some seeds.

    Args:
        table: whose.
        seeds: some of the table's.
        out: the folder of their folders.
        updates: of each run, in place of its own.
    """
    asked = {} if updates is None else {"training.updates": updates}
    for seed in seeds:
        for row in table.rows:
            for column, experiment in zip(table.columns, row.experiments, strict=True):
                folder = out / f"{_word(row.name)}-{column}-{seed}"
                yield Cell(row.name, column, changed(experiment, {"seed": seed, **asked}), folder)


def _word(name: str) -> str:
    return name.replace(",", "").replace("%", "percent").replace("/", "-").replace(" ", "-")
