"""The long memory knows what was known when a chunk begins, and nothing that comes later."""

import dataclasses
from typing import Any

import pytest
import torch

from decision_mamba.mixers import Selective
from decision_mamba.models.hybrid.memory import LongMemory, MemoryTokens, Remembering, Summaries
from decision_mamba.seeding import Seeds

SETTINGS = Remembering(
    Selective(),
    width=16,
    blocks=2,
    tokens="four",
    size=3,
    squashed=True,
    deviation=0.0,
    table_deviation=1.0,
)


def memory(**changes: Any) -> LongMemory:
    with Seeds(0).weights():
        return LongMemory(2, dataclasses.replace(SETTINGS, **changes)).eval()


@pytest.fixture
def chunks() -> Summaries:
    generator = torch.Generator().manual_seed(0)
    return Summaries(
        returns=torch.randn(2, 5, generator=generator),
        states=torch.randn(2, 5, 2, generator=generator),
        rewards=torch.randn(2, 5, generator=generator),
        ends=torch.tensor([[2, 0, 1, 0, 0], [2, 1, 1, 0, 1]]),
    )


@pytest.mark.parametrize("tokens", ["four", "three", "joint"])
def test_chunk_after_chunk_equals_all_at_once(tokens: MemoryTokens, chunks: Summaries) -> None:
    reads = memory(tokens=tokens)
    steps = [Summaries(*(part[:, k : k + 1] for part in chunks)) for k in range(5)]

    goal, state = reads.begin(steps[0])
    goals = [goal]
    for step in steps[1:]:
        goal, state = reads.extend(step, state)
        goals.append(goal)

    mean, deviation = reads(chunks)
    torch.testing.assert_close(torch.stack([goal.mean for goal in goals], dim=1), mean)
    torch.testing.assert_close(torch.stack([goal.deviation for goal in goals], dim=1), deviation)


@pytest.mark.parametrize("tokens", ["four", "three", "joint"])
@pytest.mark.parametrize("field", ["returns", "states", "rewards", "ends"])
def test_a_sub_goal_knows_its_own_chunk_s_summary(
    tokens: MemoryTokens, field: str, chunks: Summaries
) -> None:
    reads = memory(tokens=tokens)
    changed = getattr(chunks, field).clone()
    changed[:, 3] = 1

    before, _ = reads(chunks)
    after, _ = reads(chunks._replace(**{field: changed}))

    torch.testing.assert_close(after[:, :3], before[:, :3])
    knows = field != "returns" or tokens != "three"
    assert torch.allclose(after[:, 3], before[:, 3], rtol=0, atol=1e-7) != knows


def test_mean_and_log_variance_are_squashed(chunks: Summaries) -> None:
    squashed, free = memory(), memory(squashed=False)
    for reads in (squashed, free):
        reads.predict_z_distribution.weight.data.mul_(100.0)

    mean, deviation = squashed(chunks)
    raw_mean, raw_deviation = free(chunks)

    torch.testing.assert_close(mean, raw_mean.tanh())
    torch.testing.assert_close(deviation, ((2 * raw_deviation.log()).tanh() / 2).exp())


def test_a_deviation_of_its_own_is_learned_and_alike_everywhere(chunks: Summaries) -> None:
    reads = memory(deviation=0.03, squashed=False)

    mean, deviation = reads(chunks)
    deviation.sum().backward()

    torch.testing.assert_close(deviation, torch.full_like(mean, 0.03))
    assert reads.log_deviation is not None
    assert reads.log_deviation.grad is not None
    assert reads.predict_z_distribution.out_features == 3
