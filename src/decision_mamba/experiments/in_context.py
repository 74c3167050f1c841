"""The tables of the in-context comparisons: every small model on the same learning histories.

They set beside each other what Huang et al. 2024, arXiv:2406.00079, compare in grid worlds and
T-mazes (sections 5.2 and 5.3), at sizes and with a budget of our own.
"""

from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers.mazes import SEEDS
from decision_mamba.experiments.papers.table import Row, Table
from decision_mamba.experiments.presets import preset
from decision_mamba.settings import changed

_ROOMS = ("darkroom", "darkroom-hard", "key-to-door")
# Those whose small presets begin with drawn weights; longer ones go on from another run.
_CORRIDORS = ("tmaze-100", "tmaze-1k", "tmaze-1010")

_OF_ROOMS = {
    "AD, Mamba": "ad/{task}-mamba-small",
    "AD, transformer": "ad/{task}-small",
    "Agentic Transformer": "at/{task}-small",
    "DPT": "dpt/{task}-small",
    "Decision Mamba": "dm/{task}-small",
    "Decision Transformer": "dt/{task}-small",
    "Decision Mamba-Hybrid": "dmh/{task}-small",
}
_OF_CORRIDORS = {
    "Decision Mamba": "dm",
    "Decision Transformer": "dt",
    "Decision Mamba-Hybrid": "dmh",
}

_ROOM_NOTES = (
    "All models learn from the same histories, collected once by Q-learning, in as many updates "
    "(2,000 in Darkroom, 3,000 in the other rooms) of contexts of ten episodes at width 64. The "
    "rest is each preset's own: the mixer, the order of the episodes, the learning rate, the "
    "temperature of the draws when acting. This is no paper's budget, and no statement on what "
    "the models reach with more of it.",
    "Scores are of the last update, never of the best: the return of the last of 20 consecutive "
    "episodes in 128 copies of tasks that were not learned from, carrying a state: Mamba one "
    "of all episodes before, the others one of as many steps as a context has. All copies of a "
    "task count as one number.",
)
_CORRIDOR_NOTES = (
    "All models learn from the same demonstrations of both sides, with the right turn and the "
    "wrong one, in 600 updates of four whole episodes at width 64, each corridor from scratch. "
    "The turn has half of the loss. Mixer and learning rate are each preset's own.",
    "Scores are of the last update, never of the best: the mean return of 20 episodes, half of "
    "them on each side, asked for 1, which the right arm pays. A model that does not remember the "
    "cue earns 0.5.",
)


def tables() -> tuple[Table, ...]:
    """`in-context/ROOM` for three rooms, and `in-context/tmaze`."""
    return (*(_of_room(room) for room in _ROOMS), _of_corridors())


def _of_room(room: str) -> Table:
    return Table(
        name=f"in-context/{room}",
        title=f"Learning in context on {room}: every small model on the same histories",
        notes=_ROOM_NOTES,
        columns=(room,),
        rows=tuple(
            Row(name, (preset(pattern.format(task=room)).experiment,))
            for name, pattern in _OF_ROOMS.items()
        ),
        seeds=SEEDS,
    )


def _of_corridors() -> Table:
    return Table(
        name="in-context/tmaze",
        title="A cue remembered through T-mazes of three lengths",
        notes=_CORRIDOR_NOTES,
        columns=_CORRIDORS,
        rows=tuple(
            Row(name, tuple(_in_corridor(family, task) for task in _CORRIDORS))
            for name, family in _OF_CORRIDORS.items()
        ),
        seeds=SEEDS,
    )


def _in_corridor(family: str, task: str) -> Experiment:
    """The preset, played once in each of 20 copies, of which each side has half."""
    start = preset(f"{family}/{task}-small").experiment
    both: Experiment = changed(start, {"evaluation.consecutive": 1})
    return both
