"""What an experiment learns from: the steps, how rows are drawn of them, which tasks they leave."""

import dataclasses
from collections.abc import Sequence

from decision_mamba.data.contexts import Contexts
from decision_mamba.data.histories import Histories, holds_histories
from decision_mamba.data.read import read
from decision_mamba.data.sources import find
from decision_mamba.data.store import Store
from decision_mamba.data.windows import Windows
from decision_mamba.envs import settings_of
from decision_mamba.errors import BadInput
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.held_out import HeldOut
from decision_mamba.models import Hybrid


@dataclasses.dataclass(frozen=True, eq=False)
class Material:
    """What an experiment learns from.

    Attributes:
        rows: of batches, windows or contexts.
        held_out: which tasks it does not learn from; None where the data do not say.
    """

    store: Store
    rows: Windows | Contexts
    held_out: HeldOut | None


def material(experiment: Experiment) -> Material:
    """Reads the data of an experiment.

    Raises:
        BadInput: they are not there, damaged, or not what the experiment can learn from.
    """
    if not experiment.data:
        raise BadInput("there are no data to learn from; give one or several --data SOURCE")
    played = experiment.evaluation.task
    store, histories = read(experiment.data, played=played), _histories(experiment.data)
    _require_levels(experiment.model, store)
    held_out = None
    if histories is not None:
        held_out = HeldOut.of_collection(histories.collection)
        _require_task(histories, played)
    if experiment.contexts is None:
        return Material(store, Windows(store, experiment.windows, experiment.curation), held_out)
    _require_whole_chunks(experiment, store)
    contexts = Contexts(store, histories, experiment.contexts)
    _require_places(experiment, contexts)
    return Material(store, contexts, held_out)


def _require_task(histories: Histories, played: str | None) -> None:
    """Two names, such as tmaze-1k and tmaze-1000, may be of one task."""
    wanted = None if played is None else settings_of(played)
    if wanted is not None and settings_of(histories.task) != wanted:
        raise BadInput(
            f"these histories are of {histories.task} and not of {played}; collect {played}, or "
            f"learn {histories.task} from them"
        )


def _require_levels(model: object, store: Store) -> None:
    """What lies beyond the levels would be seen as nothing at all."""
    levels = getattr(model, "levels", 0)
    if levels and (most := int(store.observations.max())) >= levels:
        raise BadInput(
            f"model.levels is {levels}, and observations go up to {most}; give --model.levels "
            f"{most + 1}, or the data that the preset is made for"
        )


def _require_places(experiment: Experiment, contexts: Contexts) -> None:
    """Where each place of a window has a row of its own, so must each of a context."""
    length = experiment.windows.length
    if getattr(experiment.model, "positions", "step") == "token" and contexts.longest > length:
        raise BadInput(
            f"contexts have up to {contexts.longest} steps, and windows.length, the steps whose "
            f"places are told apart, is {length}; give --windows.length {contexts.longest}"
        )


def _require_whole_chunks(experiment: Experiment, store: Store) -> None:
    """The data say how long an episode is."""
    model, longest = experiment.model, int(store.lengths.max())
    if isinstance(model, Hybrid) and model.chunk > longest:
        raise BadInput(
            f"model.chunk is {model.chunk}, longer than every episode (the longest of "
            f"{store.episodes} has {longest}); give {longest} or less, to contexts.every as well"
        )


def _histories(sources: Sequence[str]) -> Histories | None:
    """Those of the only source; several episodes files have none together."""
    found = [path for path in map(find, sources) if holds_histories(path)]
    if found and len(sources) > 1:
        raise BadInput(
            f"{found[0]} holds learning histories and is one of {len(sources)} sources; give it "
            "alone"
        )
    return Histories.open(found[0]) if found else None
