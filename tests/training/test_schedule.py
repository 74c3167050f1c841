"""The cosine counts what has been learned, or what the authors' code counts."""

import pytest

from decision_mamba.training.schedule import LEVEL, Cosine, share


def shares(cosine: Cosine, updates: int, of: int | None = None) -> list[float]:
    """What is left at the first updates, each of 10 tokens, of a run of `of` in all."""
    return [share(cosine, update, updates=of or updates, tokens=10) for update in range(updates)]


def test_a_level_one_takes_nothing() -> None:
    assert shares(LEVEL, 5) == [1.0] * 5


def test_it_rises_with_the_tokens_and_ends_at_the_floor_with_the_last_update() -> None:
    cosine = Cosine(20, floor=0.125)

    # Of four updates after the warm-up: cos 0, cos π/4, cos π/2, cos 3π/4, cos π.
    assert shares(cosine, 6) == pytest.approx([0.5, 1.0, 0.8535534, 0.5, 0.1464466, 0.125])


def test_past_the_end_it_stays_at_the_floor() -> None:
    assert shares(Cosine(0, floor=0.25, final_tokens=20), 5) == pytest.approx(
        [0.5, 0.25, 0.25, 0.25, 0.25]
    )


def test_as_published_the_first_update_is_whole_and_the_others_come_one_late() -> None:
    cosine = Cosine(20, floor=0.125, counting="published")

    assert shares(cosine, 5, of=4) == pytest.approx([1.0, 0.5, 1.0, 0.5, 0.125])


def test_as_published_it_comes_up_again() -> None:
    cosine = Cosine(0, floor=0.125, final_tokens=20, counting="published")

    assert shares(cosine, 5) == pytest.approx([1.0, 0.5, 0.125, 0.5, 1.0])


def test_a_run_that_ends_within_its_warm_up_only_rises() -> None:
    assert shares(Cosine(40), 3) == [0.25, 0.5, 0.75]
