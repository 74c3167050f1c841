"""The optimiser is the published one."""

import torch

from decision_mamba.training.optimiser import Training, build_optimiser, learning_rate


def test_the_learning_rate_rises_to_its_full_height_and_stays() -> None:
    settings = Training(learning_rate=2.0, warmup=4)

    assert [learning_rate(settings, update) for update in (0, 1, 3, 4, 99)] == [
        0.5, 1.0, 2.0, 2.0, 2.0,
    ]  # fmt: skip


def test_without_warm_up_it_is_full_at_once() -> None:
    assert learning_rate(Training(learning_rate=2.0, warmup=0), 0) == 2.0


def test_it_falls_to_nothing_where_a_cool_down_is_wanted() -> None:
    settings = Training(learning_rate=2.0, warmup=0, updates=6, cooldown=4)

    assert [learning_rate(settings, update) for update in range(6)] == [
        2.0, 2.0, 2.0, 1.5, 1.0, 0.5,
    ]  # fmt: skip


def test_every_weight_decays() -> None:
    module = torch.nn.LayerNorm(3)

    optimiser = build_optimiser(module, Training(weight_decay=0.5))

    [group] = optimiser.param_groups
    assert len(group["params"]) == 2
    assert (group["weight_decay"], group["betas"], group["eps"]) == (0.5, (0.9, 0.999), 1e-8)
