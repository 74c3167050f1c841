"""Each thing that is wrong is found, and told with its place."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from decision_mamba.data.check import problems, problems_together
from decision_mamba.errors import BadInput

MakeFile = Callable[..., Path]


def found(path: Path) -> list[str]:
    """The problems of a file, without its path."""
    return [sentence.removeprefix(str(path)) for sentence in problems(str(path))]


def test_sound_data_have_no_problem(d4rl_file: MakeFile) -> None:
    assert found(d4rl_file()) == []


def test_numbers_that_are_none_are_found_in_every_episode(d4rl_file: MakeFile) -> None:
    observations = np.zeros((6, 2))
    observations[1, 1] = np.nan
    observations[4, 0] = np.inf
    actions = np.zeros((6, 1))
    actions[3] = np.nan

    assert found(d4rl_file(observations=observations, actions=actions)) == [
        ", episode 0, step 1: observation number 1 is nan; expected a finite number",
        ", episode 1, step 1: observation number 0 is inf; expected a finite number",
        ", episode 1, step 0: action number 0 is nan; expected a finite number",
    ]


def test_actions_beyond_one_are_found_where_most_are_within(d4rl_file: MakeFile) -> None:
    actions = np.zeros((100, 2))
    actions[[40, 45, 60], 1] = [1.5, 2.0, -1.25]
    path = d4rl_file(
        observations=np.zeros((100, 1)),
        actions=actions,
        rewards=np.zeros(100),
        terminals=np.isin(np.arange(100), [49, 99]),
        timeouts=None,
    )

    assert found(path) == [
        ", episode 0, step 40: action number 1 is 1.5 (and at 1 more steps); "
        "expected -1 to 1 as in most steps",
        ", episode 1, step 10: action number 1 is -1.25; expected -1 to 1 as in most steps",
    ]


def test_actions_of_another_range_are_no_problem(d4rl_file: MakeFile) -> None:
    actions = np.array([[3.0], [-2.0], [0.5], [2.0], [0.0], [0.0]])

    assert found(d4rl_file(actions=actions)) == []


def test_no_episode_is_a_problem(d4rl_file: MakeFile) -> None:
    never = np.zeros(6, bool)

    assert found(d4rl_file(terminals=never, timeouts=never)) == [
        " holds no finished episode; expected at least one"
    ]


def test_what_cannot_be_opened_is_a_problem(d4rl_file: MakeFile, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("no HDF5")
    half = d4rl_file("half.hdf5")
    half.write_bytes(half.read_bytes()[: half.stat().st_size // 2])

    assert "is no HDF5 file" in found(text)[0]
    assert "it may be cut short" in found(half)[0]
    assert " lacks rewards;" in found(d4rl_file("a.hdf5", rewards=None))[0]
    assert "5 rewards" in found(d4rl_file("b.hdf5", rewards=np.zeros(5)))[0]


def test_a_file_that_is_not_there_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        list(problems(str(tmp_path / "nowhere")))


def test_choices_are_looked_at(d4rl_file: MakeFile) -> None:
    sound, broken = np.array([0, 1, 9, 0, 1, 0]), np.array([0, 1, -1, 40000, 1, 0])
    wanted = (
        "expected a whole number from 0 to 32767, or the axes steps, numbers where actions are real"
    )

    assert found(d4rl_file(actions=sound)) == []
    assert found(d4rl_file(actions=broken)) == [
        f", episode 0, step 2: the action is -1; {wanted}",
        f", episode 1, step 0: the action is 40000; {wanted}",
    ]


def of_task(path: Path, task: str) -> str:
    with h5py.File(path, "r+") as file:
        file.attrs["env_id"] = task
    return str(path)


def test_two_games_that_are_sound_alone_are_no_data_together(d4rl_file: MakeFile) -> None:
    one = of_task(d4rl_file("a.hdf5"), "ALE/Pong-v5")
    other = of_task(d4rl_file("b.hdf5"), "ALE/Breakout-v5")

    assert list(problems_together([one, other])) == [
        f"{other} comes from ALE/Breakout-v5 but {one} from ALE/Pong-v5; "
        "learn from one task at a time"
    ]


def test_sizes_that_do_not_fit_together_are_found(d4rl_file: MakeFile) -> None:
    one, other = d4rl_file("a.hdf5"), d4rl_file("b.hdf5", observations=np.zeros((6, 5)))

    assert list(problems_together([str(one), str(one), str(other)])) == [
        f"{other}, episode 0 has 5 observation and 1 action numbers but the first episode 2 and 1; "
        "expected one task"
    ]


def test_versions_of_one_task_are_data_together(d4rl_file: MakeFile) -> None:
    one = of_task(d4rl_file("a.hdf5"), "ALE/Pong-v5")
    other = of_task(d4rl_file("b.hdf5"), "PongNoFrameskip-v4")

    assert list(problems_together([one, other])) == []
