"""Return by episode of the learners compared, as a picture."""

from collections.abc import Sequence

from decision_mamba.cli.analyse.learning_table import played_in
from decision_mamba.experiments.learning import Row
from decision_mamba.report.figures.return_by_episode import Curve, by_episode_png
from decision_mamba.report.in_context import intervals_over
from decision_mamba.words import counted


def picture(found: Sequence[Row]) -> bytes:
    """Draws a line per learner, in the order of the table, with its band and its control."""
    task = found[0].trials[0].run.task
    curves = [_curve(row) for row in found]
    intervals = intervals_over([len(row.trials) for row in found])
    return by_episode_png(curves, f"{task}: {played_in(found)}", intervals=intervals)


def _curve(row: Row) -> Curve:
    learner = row.learner
    # Of a single episode the control is the episode itself.
    control = learner.control if len(learner.lasting) > 1 else ()
    label = f"{learner.row}, {counted(len(row.trials), 'seed')}"
    return Curve(label, learner.lasting, row.optimum, control)
