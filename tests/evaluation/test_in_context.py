"""Episodes follow one another in unseen tasks, and each return is on record."""

import collections
import dataclasses
from typing import Any

import numpy as np
import pytest

from decision_mamba.envs.mazes import maze
from decision_mamba.envs.unseen import seen_tasks, unseen_tasks
from decision_mamba.errors import BadInput
from decision_mamba.evaluation import Evaluation
from decision_mamba.evaluation.in_context import Stage, in_turn, is_elsewhere, play, stage
from decision_mamba.held_out import HeldOut
from decision_mamba.models.memory import Acting
from decision_mamba.result import Played
from decision_mamba.seeding import Seeds
from decision_mamba.spaces import Continuous, Discrete, Spaces, Vector
from tests.evaluation.sweeping import FIRST, LATER, Sweeper

ROOM = Spaces(Vector(2), Discrete(5))
LASTING = Acting(lasting=True, held_out=HeldOut())
COLUMNS = [0, 3, 4, 5, 8]


def asked(**changes: Any) -> Evaluation:
    settings = Evaluation(task="darkroom", episodes=5, consecutive=3, mode="recurrent")
    return dataclasses.replace(settings, **changes)


def centre_row(**changes: Any) -> Stage:
    """Five copies with their goals in the row in which the sweeper looks."""
    ready = stage(asked(**changes), ROOM, LASTING, Seeds(0))
    return dataclasses.replace(ready, instances=np.array([4 * 9 + column for column in COLUMNS]))


def by_copy(played: list[Played]) -> dict[int, list[float]]:
    ordered = sorted(played, key=lambda one: (one.episode, one.number))
    returns = collections.defaultdict(list)
    for one in ordered:
        returns[one.episode].append(one.total_reward)
    return dict(returns)


@pytest.mark.parametrize("copies", [100, 2])
def test_what_is_remembered_makes_the_next_episode_better(copies: int) -> None:
    actor = Sweeper()

    played = list(play(centre_row(copies=copies), actor, update=7))

    assert by_copy(played) == {
        copy: [FIRST[column], LATER[column], LATER[column]] for copy, column in enumerate(COLUMNS)
    }
    instances = {one.episode: one.instance for one in played}
    assert instances == {copy: 36 + column for copy, column in enumerate(COLUMNS)}
    assert actor.resets == ([5] if copies == 100 else [2, 2, 1])


def test_a_memory_of_one_episode_never_gets_better() -> None:
    played = list(play(centre_row(memory="episode"), Sweeper(), update=7))

    assert by_copy(played) == {copy: [FIRST[c]] * 3 for copy, c in enumerate(COLUMNS)}


def test_a_row_says_which_episode_of_which_task_it_was() -> None:
    played = list(play(centre_row(), Sweeper(), update=7))

    [row] = [one for one in played if (one.episode, one.number) == (3, 2)]
    assert row == Played(
        update=7, task="darkroom", mode="recurrent", target=None, seed=0, episode=3,
        total_reward=20.0, length=20, number=2, instance=41,
    )  # fmt: skip


@pytest.mark.parametrize("tasks", ["unseen", "seen"])
def test_each_of_the_tasks_is_played_equally_often(tasks: Any) -> None:
    drawn = stage(asked(tasks=tasks, episodes=150), ROOM, LASTING, Seeds(3)).instances

    family = maze("darkroom")
    wanted = (unseen_tasks if tasks == "unseen" else seen_tasks)(family, HeldOut())
    assert drawn is not None
    counts = collections.Counter(drawn.tolist())
    assert set(counts) == set(wanted.tolist())
    assert max(counts.values()) - min(counts.values()) == 1


def test_the_seed_draws_the_tasks_and_the_first_ones_stay() -> None:
    few, many, other = (
        stage(asked(episodes=n), ROOM, LASTING, Seeds(seed)).instances
        for n, seed in ((5, 1), (40, 1), (40, 2))
    )

    assert few is not None
    assert many is not None
    assert other is not None
    assert few.tolist() == many[:5].tolist()
    assert many.tolist() != other.tolist()


def test_more_episodes_leave_the_starts_of_the_first_ones() -> None:
    few, many = (stage(asked(consecutive=m), ROOM, LASTING, Seeds(1)) for m in (2, 40))

    assert few.starts.tolist() == many.starts[:, :2].tolist()
    assert len(np.unique(many.starts)) == 200


def test_a_task_of_no_family_is_played_as_it_is() -> None:
    poles = Spaces(Vector(4), Discrete(2))
    settings = Evaluation(task="CartPole-v1", episodes=2, consecutive=2, targets=(30.0,))

    class Pusher(Sweeper):
        def act(self, observations: Any) -> Any:
            self._at, self._done = np.zeros(len(observations), int), np.ones(len(observations), int)
            return self._done

    ready = stage(settings, poles, Acting(lasting=True), Seeds(0))
    played = list(play(ready, Pusher(), update=0))

    assert {(one.episode, one.number) for one in played} == {(0, 1), (0, 2), (1, 1), (1, 2)}
    assert {(one.instance, one.target) for one in played} == {(None, 30.0)}


def test_noise_lies_on_what_is_seen() -> None:
    [exact], [noisy] = (
        stage(asked(episodes=1, noise=noise), ROOM, LASTING, Seeds(0)).open().reset([4])
        for noise in (0.0, 0.1)
    )

    assert exact.tolist() == [4.0, 4.0]
    assert 0 < abs(noisy - exact).max() < 1


def test_a_copy_can_be_drawn_as_each_episode_ended() -> None:
    one = centre_row().of_one(4)
    environment = one.open()

    ways = [environment.render(row) for row, _, _ in in_turn(
        environment, Sweeper(), one.starts, one.settings
    )]  # fmt: skip

    assert len(ways) == 3
    # It stands on the goal, at the right end of the centre's row.
    assert (ways[2][4 * 16 + 8, 8 * 16 + 8] == (230, 85, 13)).all()
    assert one.instances is not None
    assert one.instances.tolist() == [44]


@pytest.mark.parametrize(
    ("settings", "policy", "acting", "complaint"),
    [
        ({}, ROOM, Acting(), "remembers one episode only.*--memory episode"),
        ({"consecutive": 0}, ROOM, LASTING, "0 consecutive episodes are none"),
        ({"episodes": 0}, ROOM, LASTING, "episodes is 0"),
        ({"noise": -1.0}, ROOM, LASTING, "noise is -1"),
        ({"task": None}, ROOM, LASTING, "no task to play"),
        ({"targets": (1.0, 2.0)}, ROOM, LASTING, "one return at a time, but 2 were asked for"),
        ({}, ROOM, Acting(lasting=True), "does not say which tasks of darkroom"),
        (
            {}, ROOM, Acting(lasting=True, held_out=HeldOut(share=0.0)),
            "leaves no unseen task",
        ),
        (
            {"task": "tmaze-5"}, ROOM, LASTING,
            "made for 2 observation numbers and a choice of 5 actions, but tmaze-5 has",
        ),
        ({}, Spaces(Vector(2), Discrete(4)), LASTING, "a choice of 4 actions, but darkroom has"),
        ({}, Spaces(Vector(3), Discrete(5)), LASTING, "3 observation numbers"),
        ({"task": "CartPole-v1"}, ROOM, LASTING, "but CartPole-v1 has"),
        (
            {"task": "large-darkroom"}, ROOM, dataclasses.replace(LASTING, task="darkroom"),
            "learned in darkroom, 9 x 9 cells.*large-darkroom has 40 x 40",
        ),
        (
            {"task": "darkroom-10"}, ROOM, dataclasses.replace(LASTING, task="darkroom"),
            "left, right, up, down, stay; darkroom-10 has 10 x 10 and right, left",
        ),
        (
            {"tasks": "seen"}, ROOM,
            dataclasses.replace(LASTING, task="key-to-door"),
            "learned from tasks of key-to-door, and from none of darkroom",
        ),
        ({}, Spaces(Vector(2), Continuous((-1.0,), (1.0,))), LASTING, "1 action"),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_said_in_one_sentence(
    settings: dict[str, Any], policy: Spaces, acting: Acting, complaint: str
) -> None:
    with pytest.raises(BadInput, match=complaint):
        stage(asked(**settings), policy, acting, Seeds(0))


def test_a_room_of_another_name_is_the_same() -> None:
    own = dataclasses.replace(LASTING, task="darkroom@rule=goal once")

    assert not is_elsewhere(own, asked(task="darkroom-hard"))
    assert is_elsewhere(own, asked(task="darkroom"))
    assert not is_elsewhere(LASTING, asked())
    assert stage(asked(task="darkroom-hard", tasks="seen"), ROOM, own, Seeds(0)).starts.size


def test_another_room_is_played_where_it_held_out_tasks() -> None:
    elsewhere = dataclasses.replace(LASTING, task="key-to-door")

    there = stage(asked(), ROOM, elsewhere, Seeds(0)).instances
    here = stage(asked(), ROOM, LASTING, Seeds(0)).instances

    assert there is not None
    assert here is not None
    assert there.tolist() == here.tolist()


def test_a_t_maze_needs_nobody_to_say_what_was_held_out() -> None:
    ready = stage(
        asked(task="tmaze-5"), Spaces(Vector(2), Discrete(4)), Acting(lasting=True), Seeds(0)
    )

    assert ready.instances is not None
    assert collections.Counter(ready.instances[:4].tolist()) == {0: 2, 1: 2}
