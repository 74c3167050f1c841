"""What is learned from is read as a whole or refused."""

import numpy as np
import pytest

from decision_mamba.collection.collect import Collection, collect
from decision_mamba.collection.q_learning import QLearning
from decision_mamba.data.contexts import Contexting, Contexts
from decision_mamba.data.returns import Curation
from decision_mamba.data.windows import Windowing, Windows
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.material import material
from decision_mamba.held_out import HeldOut


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


def test_contexts_are_not_curated(rooms: str) -> None:
    best = Curation(best_share=0.5)

    with pytest.raises(BadInput, match="leave the curation as it is"):
        material(Experiment("x", (rooms,), contexts=Contexting(), curation=best))


def test_no_data_are_refused() -> None:
    with pytest.raises(BadInput, match="no data to learn from"):
        material(Experiment("x", ()))
