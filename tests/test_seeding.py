"""Every draw follows from the seed, its purpose and the number of the update."""

import torch

from decision_mamba.seeding import Seeds


def test_the_same_update_draws_the_same_windows() -> None:
    first, second = Seeds(3).windows(17), Seeds(3).windows(17)

    assert first.integers(10**9, size=4).tolist() == second.integers(10**9, size=4).tolist()


def test_updates_and_seeds_draw_differently() -> None:
    draws = {int(Seeds(s).windows(u).integers(2**60)) for s in range(5) for u in range(5)}

    assert len(draws) == 25


def test_weights_and_dropout_are_separate_streams() -> None:
    with Seeds(0).weights():
        weights = torch.rand(3)
    with Seeds(0).dropout(0):
        dropout = torch.rand(3)

    assert not torch.equal(weights, dropout)


def test_every_decision_draws_anew_and_the_same_again() -> None:
    drawn = []
    for number in (1, 2, 1):
        with Seeds(0).decision(number):
            drawn.append(torch.rand(3).tolist())

    assert drawn[0] == drawn[2] != drawn[1]


def test_the_generator_of_others_is_put_back() -> None:
    torch.manual_seed(5)
    expected = torch.rand(2)
    torch.manual_seed(5)

    with Seeds(0).dropout(3):
        torch.rand(100)

    assert torch.equal(torch.rand(2), expected)


def test_environments_get_a_seed_each_and_the_same_each_time() -> None:
    seeds = Seeds(12).environments(100)

    assert len(set(seeds)) == 100
    assert Seeds(12).environments(3) == seeds[:3]


def test_the_choices_of_each_episode_are_its_own() -> None:
    draws = {int(Seeds(s).choices(r).integers(2**60)) for s in range(3) for r in range(3)}

    assert len(draws) == 9
    assert int(Seeds(2).choices(1).integers(2**60)) in draws


def test_so_are_those_of_the_episodes_that_follow_in_a_row() -> None:
    draws = {int(Seeds(0).choices(r, e).integers(2**60)) for r in range(3) for e in range(3)}

    assert len(draws) == 9
    assert int(Seeds(0).choices(2).integers(2**60)) in draws


def test_parts_of_a_collection_draw_differently_and_the_same_each_time() -> None:
    draws = {int(Seeds(s).histories(p).integers(2**60)) for s in range(3) for p in range(3)}

    assert len(draws) == 9
    assert Seeds(2).tasks().integers(2**60) == Seeds(2).tasks().integers(2**60)
