"""Actions are drawn as likely as told, and the draws of an episode are its own."""

import numpy as np
import pytest
import torch

from decision_mamba.errors import BadInput, Failure
from decision_mamba.models.choice import Chooser, Sampling, choose

# Chances 1/8, 4/8, 1/8, 2/8 of four actions.
LOGITS = np.log(np.array([[0.125, 0.5, 0.125, 0.25]]))


def chosen(draws: list[float], sampling: Sampling) -> list[int]:
    logits = LOGITS.repeat(len(draws), axis=0)
    actions: list[int] = choose(logits, sampling, np.array(draws)).tolist()
    return actions


def test_a_draw_takes_the_action_whose_share_it_falls_into() -> None:
    draws = [0.0, 0.124, 0.126, 0.624, 0.626, 0.749, 0.751, 1 - 2**-53]

    assert chosen(draws, Sampling()) == [0, 0, 1, 1, 2, 2, 3, 3]


def test_temperature_makes_the_unlikely_likelier() -> None:
    # At temperature 2 the shares are √ of the chances: 1, 2, 1, √2 of 5.414.
    draws = [0.184, 0.186, 0.553, 0.555, 0.738, 0.740]

    assert chosen(draws, Sampling(temperature=2.0)) == [0, 1, 1, 2, 2, 3]


def test_without_temperature_the_likeliest_is_taken() -> None:
    assert chosen([0.0, 0.5, 0.99], Sampling(temperature=0.0)) == [1, 1, 1]


@pytest.mark.parametrize(("top_k", "wanted"), [(1, [1, 1, 1]), (2, [1, 1, 3]), (9, [0, 1, 3])])
def test_only_the_likeliest_are_drawn_from(top_k: int, wanted: list[int]) -> None:
    # Of the two likeliest the shares are 2/3 and 1/3.
    assert chosen([0.0, 0.6, 0.9], Sampling(top_k=top_k)) == wanted


def test_logits_that_differ_by_much_are_no_trouble() -> None:
    logits = np.array([[1000.0, -1000.0], [-1e30, 1e30]], np.float32)

    assert choose(logits, Sampling(0.01), np.array([0.0, 0.0])).tolist() == [0, 1]


@pytest.mark.parametrize("logit", [np.nan, np.inf])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_logits_that_are_no_numbers_stop_the_play(logit: float, temperature: float) -> None:
    with pytest.raises(Failure, match="its weights are damaged"):
        choose(np.array([[0.0, logit]]), Sampling(temperature), np.array([0.5]))


@pytest.mark.parametrize(
    ("temperature", "top_k", "sentence"),
    [
        (-1.0, 0, r"^the temperature is -1.0; expected 0"),
        (float("nan"), 0, "^the temperature is nan"),
        (1.0, -2, r"^top_k is -2; expected a number of actions"),
    ],
)
def test_what_is_no_way_to_choose_is_refused(temperature: float, top_k: int, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        Sampling(temperature, top_k)


def test_episodes_draw_the_same_alone_and_side_by_side() -> None:
    even = torch.zeros(1, 1000)
    alone, together = Chooser(Sampling(), seed=3), Chooser(Sampling(), seed=3)
    one_by_one = []
    for _ in range(3):
        alone.begin(1)
        one_by_one.append([alone(even).item() for _ in range(4)])

    together.begin(3)
    first = together(even.repeat(3, 1)).tolist()
    together.keep(np.array([True, False, True]))
    second = together(even.repeat(2, 1)).tolist()

    assert first == [draws[0] for draws in one_by_one]
    assert second == [one_by_one[0][1], one_by_one[2][1]]
    assert len({tuple(draws) for draws in one_by_one}) == 3


def test_another_seed_draws_otherwise() -> None:
    drawn = []
    for seed in (0, 1, 0):
        chooser = Chooser(Sampling(), seed)
        chooser.begin(5)
        drawn.append(chooser(torch.zeros(5, 1000)).tolist())

    assert drawn[0] == drawn[2] != drawn[1]


def test_actions_are_drawn_as_often_as_they_are_likely() -> None:
    chooser = Chooser(Sampling(), seed=0)
    chooser.begin(4000)

    counts = chooser(torch.from_numpy(LOGITS).repeat(4000, 1)).bincount(minlength=4)

    np.testing.assert_allclose(counts / 4000, [0.125, 0.5, 0.125, 0.25], atol=0.02)


def test_each_episode_of_a_row_has_draws_of_its_own() -> None:
    even = torch.zeros(2, 10**6)
    hasty, slow = Chooser(Sampling(), seed=3), Chooser(Sampling(), seed=3)
    for chooser in (hasty, slow):
        chooser.begin(2)

    first = hasty(even).tolist()
    hasty.again(np.array([False, True]))
    second = hasty(even).tolist()
    slow(even), slow(even)
    slow.again(np.array([True, True]))
    slow.keep(np.array([False, True]))
    late = slow(even[:1]).tolist()

    # However long the first episode was, and whoever else is played.
    assert late == second[1:]
    assert len({*first, *second}) == 4
