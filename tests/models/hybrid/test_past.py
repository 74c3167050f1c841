"""What is carried between decisions survives as tensors whose rows can leave."""

import torch

from decision_mamba.models.hybrid.past import Past
from tests.models.hybrid.rows import ragged_rows, small_hybrid


def test_a_state_is_read_as_it_was_written() -> None:
    policy = small_hybrid()
    _, state = policy.continued(ragged_rows().first(6), None, None)

    past = Past.of(state, policy.memory.stack.state_parts)

    assert len(past.state) == len(state)
    assert all(one is other for one, other in zip(past.state, state, strict=True))
    assert len(past.actor.parts) == policy.actor.stack.state_parts
    assert {len(part) for part in state} == {2}


def test_what_a_chunk_has_earned_is_counted_without_its_last_step() -> None:
    context = ragged_rows()

    _, state = small_hybrid().continued(context.first(6), None, None)

    # Row 0 is at step 5, in the chunk of steps 4 to 6; row 1 in the chunk of steps 3 to 6.
    earned = [float(context.rewards[0, 4]), float(context.rewards[1, 3:5].sum())]
    torch.testing.assert_close(state[0], torch.tensor(earned))
