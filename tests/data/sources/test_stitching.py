"""Episodes are chosen whole; the official way of choosing keeps its effects, as parity shows."""

import numpy as np
import pytest

from decision_mamba.data.sources.stitching import (
    Piece,
    Stitched,
    ends_of,
    episodes_of,
    evenly,
    stitch,
)
from decision_mamba.errors import BadInput

ENDS = [np.array([3, 5, 9]), np.array([4, 8])]


def test_all_episodes_are_taken_without_a_number_of_steps() -> None:
    assert evenly(ENDS, None) == [
        Piece(0, 0, 3), Piece(0, 3, 5), Piece(0, 5, 9), Piece(1, 0, 4), Piece(1, 4, 8),
    ]  # fmt: skip


def test_every_shard_gives_the_same_share_in_whole_episodes() -> None:
    # Four steps of each: the first shard needs its second episode for that, the other does not.
    assert evenly(ENDS, 8) == [Piece(0, 0, 3), Piece(0, 3, 5), Piece(1, 0, 4)]


def test_what_a_small_shard_lacks_the_others_give() -> None:
    # Eight steps of each would be two more than the second shard has.
    ends = [np.array([3, 5, 9, 12]), np.array([4, 6])]

    pieces = evenly(ends, 16)

    assert pieces == [
        Piece(0, 0, 3), Piece(0, 3, 5), Piece(0, 5, 9), Piece(0, 9, 12), Piece(1, 0, 4),
        Piece(1, 4, 6),
    ]  # fmt: skip
    assert len(evenly(ends, None, 5)) == 5


def test_ends_behind_the_capacity_do_not_count() -> None:
    marks = np.array([False, True, False, True])

    assert ends_of(marks, None).tolist() == [2, 4]
    assert ends_of(marks, 3).tolist() == [2]


def test_an_undone_visit_leaves_its_ends_and_no_steps() -> None:
    # One shard: the first visit reads 3 + 2 steps, the second finds 4 and no further end.
    stitched = stitch([np.array([3, 5, 9])], [10], 5, seed=0, per_visit=1)

    assert stitched.runs == (Piece(0, 0, 5),)
    assert stitched.ends == (3, 5)


def test_stale_ends_do_not_cut_episodes() -> None:
    runs = [Piece(0, 0, 5), Piece(1, 0, 8)]

    assert episodes_of(runs, ENDS) == [
        Piece(0, 0, 3), Piece(0, 3, 5), Piece(1, 0, 4), Piece(1, 4, 8),
    ]  # fmt: skip


def test_steps_that_no_visit_can_read_are_refused() -> None:
    with pytest.raises(BadInput, match=r"^6,000 steps are wanted, but no shard has 2 epi"):
        stitch([np.array([3, 5, 9])], [10], 6000, seed=0, per_visit=1)


def test_an_end_behind_the_last_step_is_told() -> None:
    stitched = Stitched(visits=(0, 0), runs=(Piece(0, 0, 5),), ends=(3, 5, 9))

    with pytest.raises(BadInput, match="end at step 9 of 5; choose another seed"):
        stitched.timesteps()


def test_a_step_behind_an_end_keeps_the_old_count() -> None:
    stitched = Stitched(visits=(0,), runs=(Piece(0, 0, 5),), ends=(3, 5))

    assert stitched.timesteps().tolist() == [0, 1, 2, 3, 0, 1]
    assert stitched.returns_to_go(np.array([1, 0, 1, 5, 1], np.float32)).tolist() == [2, 1, 1, 6, 1]
