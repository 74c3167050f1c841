"""The optimiser is the published one."""

import subprocess
import sys
from typing import Any

import pytest
import torch

from decision_mamba.training.decay import Decayed
from decision_mamba.training.optimiser import AdamW, Training, learning_rate
from decision_mamba.training.schedule import Cosine


def test_the_learning_rate_rises_to_its_full_height_and_stays() -> None:
    settings = Training(learning_rate=2.0, warmup=4)

    assert [learning_rate(settings, update, tokens=1) for update in (0, 1, 3, 4, 99)] == [
        0.5, 1.0, 2.0, 2.0, 2.0,
    ]  # fmt: skip


def test_without_warm_up_it_is_full_at_once() -> None:
    assert learning_rate(Training(learning_rate=2.0, warmup=0), 0, tokens=1) == 2.0


def test_it_falls_to_nothing_where_a_cool_down_is_wanted() -> None:
    settings = Training(learning_rate=2.0, warmup=0, updates=6, cooldown=4)

    assert [learning_rate(settings, update, tokens=1) for update in range(6)] == [
        2.0, 2.0, 2.0, 1.5, 1.0, 0.5,
    ]  # fmt: skip


def test_the_cosine_leaves_a_part_of_it() -> None:
    settings = Training(
        learning_rate=2.0, warmup=2, updates=4, cosine=Cosine(warmup_tokens=4, floor=0.125)
    )

    # (1 + cos(π/2)) / 2 is a half.
    assert [learning_rate(settings, update, tokens=4) for update in range(4)] == pytest.approx(
        [1.0, 1.5, 0.5, 0.25]
    )


@pytest.mark.parametrize(
    ("settings", "falls"),
    [
        (Training(), False),
        (Training(cooldown=1), True),
        (Training(cosine=Cosine(floor=0.5)), True),
        (Training(cosine=Cosine(floor=0.5, final_tokens=7)), False),
    ],
)
def test_it_is_known_whether_the_rate_falls_to_the_end(settings: Training, falls: bool) -> None:
    assert settings.falls_to_the_end == falls


def grouped(module: torch.nn.Linear, decayed: Decayed) -> list[dict[str, Any]]:
    decay = 0.5 if decayed == "all" else 0.0
    return [
        {"params": [module.weight], "weight_decay": 0.5},
        {"params": [module.bias], "weight_decay": decay},
    ]


@pytest.mark.parametrize("decayed", ["all", "matrices"])
@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.9, 0.95)])
def test_its_updates_are_those_of_torch(decayed: Decayed, betas: tuple[float, float]) -> None:
    torch.manual_seed(0)
    ours, theirs = torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)
    theirs.load_state_dict(ours.state_dict())
    optimiser = AdamW(ours, Training(weight_decay=0.5, decayed=decayed, betas=betas))
    wanted = torch.optim.AdamW(grouped(theirs, decayed), betas=betas, fused=True)

    for update in range(5):
        for module in (ours, theirs):
            module.zero_grad()
            module(torch.full((4, 3), float(update))).square().sum().backward()
        for group in wanted.param_groups:
            group["lr"] = 0.1 * update
        optimiser.step(0.1 * update)
        wanted.step()

    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(mine, other)
        state = wanted.state[other]
        assert optimiser.state[mine].keys() == state.keys()
        assert all(torch.equal(part, state[slot]) for slot, part in optimiser.state[mine].items())


def test_a_refused_update_changes_nothing() -> None:
    module = torch.nn.Linear(2, 1)
    optimiser = AdamW(module, Training())
    module(torch.ones(1, 2)).sum().backward()
    before = module.weight.clone()

    optimiser.step(torch.tensor(0.1), refused=torch.tensor(1.0))

    assert torch.equal(module.weight, before)
    assert float(optimiser.state[module.weight]["step"]) == 0.0


def test_a_weight_without_a_gradient_stays() -> None:
    module = torch.nn.Linear(2, 1)
    optimiser = AdamW(module, Training())
    module.bias.requires_grad_(False)
    module(torch.ones(1, 2)).sum().backward()
    before = module.bias.clone()

    optimiser.step(0.1)

    assert torch.equal(module.bias, before)


def test_no_update_waits_for_the_import_of_torchs_compiler() -> None:
    script = """
import sys, torch
from decision_mamba.training.optimiser import AdamW, Training
module = torch.nn.Linear(2, 1)
optimiser = AdamW(module, Training())
module(torch.ones(1, 2)).sum().backward()
optimiser.step(0.1)
print("torch._dynamo" in sys.modules)
"""

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout == "False\n"
