"""What is learned from is read as a whole or refused."""

from pathlib import Path

import numpy as np
import pytest

from decision_mamba.collection.collect import Collection, collect
from decision_mamba.collection.demonstrations import Demonstrations
from decision_mamba.collection.q_learning import QLearning
from decision_mamba.data.contexts import Contexting, Contexts
from decision_mamba.data.windows import Windowing, Windows
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.material import material
from decision_mamba.held_out import HeldOut
from decision_mamba.mixers import Selective
from decision_mamba.models import Hybrid, Model
from decision_mamba.settings import changed


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("rooms") / "rooms.hdf5"
    asked = Collection("darkroom", QLearning(), tasks=3, histories=2, episodes=6, seed=4)
    for _ in collect(asked, path):
        pass
    return str(path)


def test_histories_give_contexts_and_say_what_they_leave_out(rooms: str) -> None:
    found = material(Experiment("x", (rooms,), contexts=Contexting(episodes=2)))

    assert isinstance(found.rows, Contexts)
    assert found.rows.draw(5, np.random.default_rng(0)).mask.shape[0] == 5
    assert found.held_out == HeldOut(seed=4, share=0.2, tasks=3)


def test_histories_are_episodes_too(rooms: str) -> None:
    found = material(Experiment("x", (rooms,), windows=Windowing(length=5)))

    assert isinstance(found.rows, Windows)
    assert found.held_out == HeldOut(seed=4, share=0.2, tasks=3)


def test_histories_of_another_task_are_refused(rooms: str) -> None:
    judged = Evaluation(task="darkroom-hard")

    with pytest.raises(BadInput, match="these histories are of darkroom and not of darkroom-hard"):
        material(Experiment("x", (rooms,), contexts=Contexting(), evaluation=judged))


def test_histories_stand_alone(rooms: str) -> None:
    with pytest.raises(BadInput, match="learning histories and is one of 2 sources; give it alone"):
        material(Experiment("x", (rooms, rooms), contexts=Contexting()))


def test_longer_contexts_than_histories_are_refused(rooms: str) -> None:
    with pytest.raises(BadInput, match="7"):
        material(Experiment("x", (rooms,), contexts=Contexting(episodes=7)))


@pytest.mark.parametrize("goal_weight", [0.0, 1.0])
def test_longer_chunks_than_episodes_are_refused(rooms: str, goal_weight: float) -> None:
    model = Hybrid(chunk=21, goal_weight=goal_weight)
    contexts = Contexting(every=21, goals="value" if goal_weight else "none")

    with pytest.raises(BadInput, match=r"chunk is 21, longer than .* 36 has 20\); give 20 or"):
        material(Experiment("x", (rooms,), model=model, contexts=contexts))


def test_what_lies_beyond_the_levels_is_refused(rooms: str) -> None:
    model = Model(mixer=Selective(), tokens="history", levels=8)

    with pytest.raises(BadInput, match=r"levels is 8, and observations go up to 8; give .* 9"):
        material(Experiment("x", (rooms,), model=model, contexts=Contexting()))


def test_places_beyond_a_table_of_them_are_refused(rooms: str) -> None:
    model = Model(mixer=Selective(), tokens="history", positions="token")
    learned = Experiment("x", (rooms,), model=model, contexts=Contexting(episodes=3))

    assert material(changed(learned, {"windows.length": 60})).rows
    with pytest.raises(BadInput, match=r"up to 60 steps, and windows\.length.* is 59"):
        material(changed(learned, {"windows.length": 59}))


def test_a_task_of_another_name_is_the_same_task(tmp_path: Path) -> None:
    path = tmp_path / "mazes.hdf5"
    for _ in collect(Collection("tmaze-1k", Demonstrations(), 2, 1, episodes=2), path):
        pass
    plain = Experiment("x", (str(path),), contexts=Contexting(episodes=1))

    found = material(changed(plain, {"evaluation.task": "tmaze-1000"}))

    assert found.store.episodes == 4
    with pytest.raises(BadInput, match="of tmaze-1k and not of tmaze-1001; collect tmaze-1001"):
        material(changed(plain, {"evaluation.task": "tmaze-1001"}))


def test_no_data_are_refused() -> None:
    with pytest.raises(BadInput, match="no data to learn from"):
        material(Experiment("x", ()))
