"""What the in-context papers share in rooms is theirs."""

import pytest

from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers.mazes import ROOMS
from decision_mamba.experiments.presets import presets

NAMES = (
    "darkroom", "darkroom-hard", "darkroom-dynamic", "key-to-door",
    "large-darkroom", "large-darkroom-hard", "large-darkroom-dynamic", "large-key-to-door",
)  # fmt: skip
FAMILIES = ("ad", "dpt", "at", "dm", "dt", "dmh")
PRESETS = presets()


def of(name: str) -> Experiment:
    return PRESETS[name].experiment


def test_rooms_are_those_of_the_paper() -> None:
    sizes = {room.name: (room.size, room.horizon, room.episodes, room.chunk, room.target)
             for room in ROOMS}  # fmt: skip

    assert sizes == {
        "darkroom": (9, 20, 10, 5, 20.0),
        "darkroom-hard": (9, 20, 10, 5, 1.0),
        "darkroom-dynamic": (9, 20, 10, 5, 20.0),
        "key-to-door": (9, 50, 4, 5, 2.0),
        "large-darkroom": (40, 200, 10, 20, 15.0),
        "large-darkroom-hard": (40, 200, 10, 20, 1.0),
        "large-darkroom-dynamic": (40, 200, 10, 20, 15.0),
        "large-key-to-door": (40, 500, 4, 20, 2.0),
    }


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_plays_twenty_episodes_of_unseen_tasks(family: str) -> None:
    for name in NAMES:
        for word in ("", "-small"):
            one = of(f"{family}/{name}{word}")
            judged = one.evaluation
            assert (judged.task, judged.consecutive, judged.episodes) == (name, 20, 128)
            assert (judged.tasks, judged.memory) == ("unseen", "lasting")
            assert bool(judged.targets) == (family not in ("ad", "dpt"))
            assert one.data == (f"histories-{name}",)
            assert one.contexts is not None
            assert one.windows.length == one.contexts.episodes * ROOMS[NAMES.index(name)].horizon


def test_mamba_alone_remembers_more_than_a_context_has() -> None:
    modes = {name: of(name).evaluation.mode for name in (
        "ad/darkroom-mamba", "dm/darkroom-small", "ad/darkroom", "at/darkroom-small",
        "dpt/key-to-door", "dt/darkroom-hard-small", "dmh/large-darkroom",
    )}  # fmt: skip

    assert modes.pop("ad/darkroom-mamba") == modes.pop("dm/darkroom-small") == "recurrent"
    assert set(modes.values()) == {"hopping"}


@pytest.mark.parametrize("family", FAMILIES)
def test_published_training_is_the_appendixs(family: str) -> None:
    training = of(f"{family}/darkroom").training

    assert (training.batch_size, training.learning_rate, training.warmup) == (128, 1e-4, 100_000)
    assert (training.clip, training.weight_decay) == (0.25, 1e-4)
