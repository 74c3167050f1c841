"""DeMa's published code learns with the return of the step before."""

import torch

from decision_mamba.batch import Batch
from decision_mamba.models.alignment import officially_aligned

BATCH = Batch(
    observations=torch.tensor([[[0.0], [1.0], [2.0]]]),
    actions=torch.tensor([[[0.1], [0.2], [0.3]]]),
    returns_to_go=torch.tensor([[30.0, 20.0, 10.0]]),
    timesteps=torch.tensor([[4, 5, 6]]),
    mask=torch.tensor([[True, True, False]]),
)


def test_each_observation_has_the_return_and_the_time_of_the_step_before() -> None:
    learned, before = officially_aligned(BATCH)

    assert learned.observations.flatten().tolist() == [1.0, 2.0]
    assert learned.returns_to_go.tolist() == [[30.0, 20.0]]
    assert learned.timesteps.tolist() == [[4, 5]]
    torch.testing.assert_close(learned.actions, torch.tensor([[[0.2], [0.3]]]))
    assert learned.mask.tolist() == [[True, False]]
    assert before is not None
    torch.testing.assert_close(before.actions, torch.tensor([[[0.1]]]))


def test_one_step_stays_as_it_is() -> None:
    assert officially_aligned(BATCH.first(1))[1] is None
