"""What stands behind the @ chooses whole episodes from the front."""

from pathlib import Path

import numpy as np
import pytest

from decision_mamba.data.sources.selection import Selection, split
from decision_mamba.errors import BadInput

LENGTHS = np.array([3, 1, 4, 2])
FILE = Path("/data/pong.hdf5")


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("", 4), ("@steps=1", 1), ("@steps=3", 1), ("@steps=4", 2), ("@steps=5", 3),
        ("@steps=10", 4), ("@episodes=3", 3), ("@steps=5,episodes=2", 3),
        ("@steps=1,episodes=2", 2),
    ],
)  # fmt: skip
def test_episodes_are_whole_and_reach_every_number(text: str, taken: int) -> None:
    assert Selection.of(f"x.hdf5{text}").first("x", LENGTHS, FILE) == taken


@pytest.mark.parametrize(
    ("text", "said"),
    [("steps=11", "asks for 11 steps, but the whole episodes of /data/pong.hdf5 have 10; ask"),
     ("episodes=5", "asks for 5 episodes, but the whole episodes of /data/pong.hdf5 have 4; ask")],
)  # fmt: skip
def test_more_than_there_is_is_told(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=f"^x {said} for fewer$"):
        Selection.of(f"x@{text}").first("x", LENGTHS, FILE)


@pytest.mark.parametrize(
    "text", ["", "steps", "steps=x", "shards=5", "steps=0", "steps=5,", "seed=1"]
)
def test_a_choice_that_is_none_is_told(text: str) -> None:
    with pytest.raises(BadInput, match=r"' chooses no part of a@.*expected NAME=NUMBER with a "
                       r"whole number from 1 and one of steps, episodes$"):  # fmt: skip
        Selection.of(f"a@{text}")


def test_what_is_chosen_twice_is_told() -> None:
    with pytest.raises(BadInput, match=r"^a@steps=1,steps=2 chooses steps twice; give it once$"):
        Selection.of("a@steps=1,steps=2")


def test_folders_of_shards_know_more() -> None:
    found = Selection.of("logs@steps=5,shards=2,capacity=9,seed=0,per_visit=1", sharded=True)

    assert found == Selection(steps=5, shards=2, capacity=9, seed=0, per_visit=1)


@pytest.mark.parametrize("text", ["seed=3", "seed=3,steps=5,episodes=2"])
def test_a_seed_needs_a_number_of_steps_and_of_nothing_else(text: str) -> None:
    with pytest.raises(BadInput, match="give steps=NUMBER as well, and no number of episodes"):
        Selection.of(f"logs@{text}", sharded=True)


def test_a_name_is_cut_at_its_last_at_sign(tmp_path: Path) -> None:
    (tmp_path / "a@b").touch()

    assert split("pong.hdf5") == ("pong.hdf5", "")
    assert split("pong.hdf5@steps=5") == ("pong.hdf5", "steps=5")
    assert split(f"{tmp_path}/a@b") == (f"{tmp_path}/a@b", "")
    assert split(f"{tmp_path}/a@b@steps=5") == (f"{tmp_path}/a@b", "steps=5")
    assert split("me@home/x.hdf5") == ("me@home/x.hdf5", "")
