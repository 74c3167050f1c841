"""What a report says and shows about consecutive episodes."""

from collections.abc import Sequence

from decision_mamba.by_episode import by_episode, last_evaluation, over_seeds
from decision_mamba.report.figures.return_by_episode import Curve, draw_by_episode
from decision_mamba.report.figures.svg import Picture
from decision_mamba.report.record import Record
from decision_mamba.report.wording import listed, number


def picture_of(record: Record) -> Picture:
    """Draws the last evaluation of one run, which has consecutive episodes."""
    return draw_by_episode([_curve([record])])


def pictures_of(records: Sequence[Record]) -> list[Picture]:
    """Draws the runs beside one another, a picture per task; the seeds of a preset are one line."""
    groups = _by_preset([record for record in records if last_evaluation(record.evaluations)])
    tasks = sorted({_task(group[0]) for group in groups})
    return [_together([g for g in groups if _task(g[0]) == task], task) for task in tasks]


def sentence_on_optimum(record: Record) -> str:
    """What could have been earned, to follow a run's basis; empty where it is not known."""
    optimum = _optimum(record)
    if optimum is None:
        return ""
    return f"The best policy that knows these tasks earns {number(optimum)} on average. "


def intervals_over(seeds: Sequence[int]) -> str:
    """What the intervals of lines of so many seeds are over."""
    if max(seeds) == 1:
        return "tasks"
    return "seeds" if min(seeds) > 1 else "seeds, or over tasks where there is one seed"


def _together(groups: Sequence[Sequence[Record]], task: str) -> Picture:
    intervals = intervals_over([len(group) for group in groups])
    title = f"Return by episode, {task}"
    return draw_by_episode([_curve(group) for group in groups], intervals=intervals, title=title)


def _curve(group: Sequence[Record]) -> Curve:
    """One line of the runs of a group, which differ by their seed only."""
    runs = [by_episode(last_evaluation(record.evaluations)) for record in group]
    return Curve(_label(group), over_seeds(runs), _common_optimum(group))


def _label(group: Sequence[Record]) -> str:
    first = group[0].result
    forgets = ", forgetting at each" if _memory(group[0]) == "episode" else ""
    if len(group) == 1:
        return f"{group[0].name}: {first.preset}, seed {first.seed}{forgets}"
    seeds = listed([str(record.result.seed) for record in group])
    return f"{first.preset}, seeds {seeds}{forgets}"


def _by_preset(records: Sequence[Record]) -> list[list[Record]]:
    """Runs that differ by nothing but their seed; a second one of the same seed stands alone."""
    groups: dict[object, list[Record]] = {}
    for place, record in enumerate(records):
        played = last_evaluation(record.evaluations)[0]
        key: object = (record.result.preset, played.task, played.mode, played.target)
        key = (key, _memory(record), _following(record))
        if any(one.result.seed == record.result.seed for one in groups.get(key, ())):
            key = place
        groups.setdefault(key, []).append(record)
    return list(groups.values())


def _task(record: Record) -> str:
    return last_evaluation(record.evaluations)[0].task


def _following(record: Record) -> int:
    return max(one.number for one in last_evaluation(record.evaluations))


def _memory(record: Record) -> str:
    settings = (record.settings or {}).get("evaluation", {})
    memory: str = settings.get("memory", "lasting")
    return memory


def _optimum(record: Record) -> float | None:
    readings = record.result.readings
    return next((one.optimum for one in readings if one.optimum is not None), None)


def _common_optimum(group: Sequence[Record]) -> float | None:
    """The mean over the runs; None unless it is known of all."""
    optima = [optimum for optimum in map(_optimum, group) if optimum is not None]
    return sum(optima) / len(optima) if len(optima) == len(group) else None
