"""Episodes that nobody has played, for measuring: what is in them changes no cost."""

import dataclasses

import torch
from torch import Tensor

from decision_mamba.batch import Batch, Context
from decision_mamba.models import Hybrid, Model
from decision_mamba.spaces import ObservationSpace, Spaces, Vector


def made_up(
    model: Model | Hybrid, spaces: Spaces, rows: int, *, steps: int, horizon: int | None = None
) -> Batch:
    """Rows of steps as a policy reads them: a context where it reads rewards.

    Args:
        model: of the policy.
        spaces: what it sees and does.
        rows: how many.
        steps: in each of them.
        horizon: of an episode, after which the next one of the row begins; None for one episode,
            however long.
    """
    shape, generator = (rows, steps), torch.Generator().manual_seed(0)
    times = torch.arange(steps)
    batch = Batch(
        observations=_observations(spaces.observation, shape, model.levels, generator),
        actions=torch.from_numpy(spaces.action.zeros(*shape)),
        returns_to_go=torch.ones(shape),
        timesteps=(times if horizon is None else times % horizon).repeat(rows, 1),
        mask=torch.ones(shape, dtype=torch.bool),
    )
    if not model.reads_rewards:
        return batch
    seeks = isinstance(model, Hybrid) and model.goal_weight > 0
    parts = {field.name: getattr(batch, field.name) for field in dataclasses.fields(batch)}
    return Context(
        **parts,
        rewards=torch.zeros(shape),
        arrived=batch.observations,
        labels=batch.actions,
        weights=torch.ones(shape),
        goals=batch.observations if seeks else torch.zeros(*shape, 0),
    )


def _observations(
    seen: ObservationSpace, shape: tuple[int, int], levels: int, generator: torch.Generator
) -> Tensor:
    if not isinstance(seen, Vector):
        stacks = (*shape, seen.stack, *seen.shape)
        return torch.randint(256, stacks, dtype=torch.uint8, generator=generator)
    if levels:
        return torch.randint(levels, (*shape, seen.size), generator=generator).float()
    return torch.randn(*shape, seen.size, generator=generator)
