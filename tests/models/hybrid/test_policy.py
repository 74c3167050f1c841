"""A hybrid remembers across episodes, plays within chunks, and learns both halves at once."""

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from decision_mamba.batch import Batch, Context
from decision_mamba.errors import BadInput
from decision_mamba.mixers import Attention, Convolution
from decision_mamba.models.hybrid import Hybrid
from decision_mamba.models.memory import Acting, Mode
from decision_mamba.models.promise import Policy
from decision_mamba.moments import Moments
from decision_mamba.spaces import Continuous, Image, Spaces, Vector
from decision_mamba.training.learner import Learner
from decision_mamba.training.optimiser import Training
from tests.conftest import CHOICES, SPACES, random_batch, step_by_step
from tests.models.hybrid.rows import ragged_rows, small_hybrid

HOPPER = Spaces(Vector(11), Continuous((-1.0,) * 3, (1.0,) * 3))

# As the trials on one core had it.
SMALL = {
    "memory_tokens": "joint",
    "actor_tokens": "joint",
    "sub_goal": 8,
    "squashed": False,
    "deviation": 0.03,
    "timesteps": 0,
    "chunk_reward": "mean",
}


def test_parameter_counts_are_the_official_code_s() -> None:
    moments = Moments(np.zeros(11, np.float32), np.ones(11, np.float32))

    policy = Hybrid(timesteps=500).build(HOPPER, moments, Acting())

    # 243,491 less three heads, 1,419 + 129 + 129, and an embedding, 2,944, which are never used.
    assert sum(weight.numel() for weight in policy.memory.parameters()) == 238_870
    # 663,815 less wte, 128, which is never used, and the frozen projection, 132.
    assert sum(weight.numel() for weight in policy.actor.parameters()) == 663_555
    assert policy.goals is not None
    assert sum(weight.numel() for weight in policy.goals.buffers()) == 132
    assert policy.parameters_count == 238_870 + 663_555


@pytest.mark.parametrize("spaces", [SPACES, CHOICES], ids=["numbers", "choices"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        SMALL,
        {"memory_tokens": "three", "timesteps": 0},
        {"memory": Convolution(taps=8, modalities=4), "noise": "step"},
    ],
    ids=["official", "small", "paper", "convolution"],
)
def test_steps_in_a_row_equal_forward(spaces: Spaces, changes: dict[str, object]) -> None:
    policy, context = small_hybrid(spaces, **changes), ragged_rows(spaces)

    decided = step_by_step(policy, context)

    torch.testing.assert_close(decided[context.mask], policy(context)[context.mask])


def test_the_actor_knows_no_step_before_its_chunk_and_the_memory_only_every_fourth() -> None:
    policy, context = small_hybrid(actor_tokens="joint"), ragged_rows()
    moved = []

    for step in (4, 5):  # the first of row 0's second chunk, and the one behind it
        changed = context.observations.clone()
        changed[0, step] += 5.0
        other = policy(dataclasses.replace(context, observations=changed))
        moved.append((other != policy(context))[0].any(dim=1))

    # The chunk has steps 4 to 6; the other episodes begin at steps 7 and 12.
    assert moved[0].tolist() == [False] * 4 + [True] * 13
    assert moved[1].tolist() == [False] * 5 + [True] * 2 + [False] * 10


def test_what_was_earned_reaches_the_next_episode() -> None:
    policy, context = small_hybrid(actor_tokens="joint"), ragged_rows()
    rewards = context.rewards.clone()
    rewards[0, 6] += 5.0

    other = policy(dataclasses.replace(context, rewards=rewards))

    moved = (other != policy(context))[0].any(dim=1)
    assert moved.tolist() == [False] * 7 + [True] * 10


def test_the_valuable_sub_goals_are_a_lesson_of_their_own() -> None:
    policy, context = small_hybrid(goal_weight=0.25), ragged_rows()
    other = dataclasses.replace(context, goals=context.goals + 1.0)

    own, guided = policy.lessons(context)
    own_elsewhere, guided_elsewhere = policy.lessons(other)

    assert (own.weight, guided.weight) == (1.0, 0.25)
    assert own.steps.mask.sum() == guided.steps.mask.sum() == context.mask.sum()
    assert torch.equal(_sorted(own.predicted), _sorted(own_elsewhere.predicted))
    assert not torch.equal(_sorted(guided.predicted), _sorted(guided_elsewhere.predicted))


def test_without_valuable_sub_goals_nothing_is_projected() -> None:
    policy = small_hybrid(goal_weight=0.0)

    assert policy.goals is None
    assert len(policy.lessons(dataclasses.replace(ragged_rows(), goals=torch.zeros(2, 17, 0)))) == 1


def test_contexts_must_have_the_sub_goals_that_are_learned_from() -> None:
    context = dataclasses.replace(ragged_rows(), goals=torch.zeros(2, 17, 0))

    with pytest.raises(BadInput, match=r"goal_weight is 0\.5, but the contexts have no valuable"):
        small_hybrid().lessons(context)


def test_the_actor_learns_from_some_chunks_with_anything_to_learn() -> None:
    context = ragged_rows()
    weights = context.weights.clone()
    weights[0] = 0.0
    context = dataclasses.replace(context, weights=weights)
    policy, drawn = small_hybrid(chunks_per_update=2), set()

    for seed in range(40):
        torch.manual_seed(seed)
        lesson = policy.lessons(context)[0]
        drawn.add(tuple(sorted(lesson.steps.observations[:, 0, 0].tolist())))

    first = context.observations[1, [0, 3, 7, 11], 0].tolist()
    pairs = {tuple(sorted((one, other))) for one in first for other in first if one != other}
    assert drawn == pairs


@pytest.mark.parametrize(("noise", "rows_of_z"), [("chunk", 1), ("step", 4)])
def test_z_is_drawn_once_for_each_chunk_or_step(noise: str, rows_of_z: int) -> None:
    policy = small_hybrid(noise=noise, noise_when_acting=True)
    seen: list[torch.Tensor] = []
    policy.actor.embed_z.register_forward_pre_hook(lambda _, z: seen.append(z[0]))

    policy(ragged_rows())
    policy(ragged_rows())

    assert [len(torch.unique(z, dim=1)[0]) for z in seen] == [rows_of_z] * 2
    assert not torch.equal(seen[0], seen[1])


@pytest.mark.parametrize("noise", ["chunk", "step"])
def test_z_of_a_chunk_stays_from_step_to_step_while_it_is_drawn(noise: str) -> None:
    policy, context = small_hybrid(noise=noise, noise_when_acting=True), ragged_rows().first(4)
    seen: list[torch.Tensor] = []
    policy.actor.embed_z.register_forward_pre_hook(lambda _, z: seen.append(z[0][0, 0]))

    policy.continued(context.rows(torch.tensor([True, False])), None, None)

    assert len({tuple(z.tolist()) for z in seen}) == (1 if noise == "chunk" else 4)


@pytest.mark.parametrize("changes", [{}, SMALL, {"memory": Attention()}, {"chunk": 1}])
@pytest.mark.parametrize("steps", [1, 4, 6, 13])
@pytest.mark.parametrize("alike", [True, False])
def test_reading_equals_as_many_steps_wherever_chunks_begin(
    steps: int, changes: dict[str, Any], *, alike: bool
) -> None:
    policy, context = small_hybrid(**changes), ragged_rows()
    if alike:
        context = dataclasses.replace(context, timesteps=context.timesteps[:1].repeat(2, 1))
    *_, before, present = context.first(steps + 1).chunks(1)
    context = context.first(steps)
    predicted, state = Policy.read(policy, context)  # one by one

    at_once, state_at_once = policy.read(context)

    torch.testing.assert_close(at_once, predicted)
    torch.testing.assert_close(state_at_once, state)
    torch.testing.assert_close(
        policy.step(present, before, state_at_once), policy.step(present, before, state)
    )


@pytest.mark.parametrize("noise", ["chunk", "step"])
@pytest.mark.parametrize("mode", ["window", "recurrent", "hopping"])
def test_what_is_drawn_when_acting_follows_from_the_agent_s_seed(noise: str, mode: Mode) -> None:
    policy = small_hybrid(noise=noise, noise_when_acting=True)

    seen: list[torch.Tensor] = []
    policy.actor.embed_z.register_forward_pre_hook(lambda _, z: seen.append(z[0].clone()))

    def play(seed: int) -> list[list[float]]:
        agent = policy.agent(5.0, mode, seed=seed)
        seen.clear()
        for observation in np.linspace(0, 1, 6 * policy.spaces.observation.size).reshape(6, -1):
            agent.act(observation)
            agent.observe(0.5)
        return [z.flatten().tolist() for z in seen]

    assert play(1) == play(1) != play(2)


def test_acting_by_the_mean_draws_nothing() -> None:
    policy, context = small_hybrid(), ragged_rows()

    assert torch.equal(policy(context), policy(context))
    assert not torch.equal(policy.train()(context), policy(context))


def test_learning_follows_from_the_seed() -> None:
    policy, context = small_hybrid(chunks_per_update=3).train(), ragged_rows()
    lessons = []

    for _ in range(2):
        torch.manual_seed(7)
        lessons.append(policy.lessons(context)[1].predicted)

    assert torch.equal(*lessons)


@pytest.mark.parametrize("spaces", [SPACES, CHOICES], ids=["numbers", "choices"])
@pytest.mark.parametrize("changes", [{}, SMALL], ids=["official", "small"])
def test_updates_make_the_loss_smaller(spaces: Spaces, changes: dict[str, object]) -> None:
    context = ragged_rows(spaces)
    student = Learner(small_hybrid(spaces, **changes), Training(learning_rate=3e-3, warmup=0))

    losses = [student.learn(context)[0] for _ in range(30)]

    assert losses[-1] < losses[0] * 0.8


def test_the_loss_is_that_of_all_steps_and_half_that_towards_valuable_places() -> None:
    policy, context = small_hybrid(), ragged_rows()
    own = F.cross_entropy(policy(context)[context.mask], context.labels[context.mask])
    lesson = policy.lessons(context)[1]
    mask = lesson.steps.mask
    assert isinstance(lesson.steps, Context)
    guided = F.cross_entropy(lesson.predicted[mask], lesson.steps.labels[mask])

    loss, _ = Learner(policy, Training()).gradients(context)

    torch.testing.assert_close(loss, (own + 0.5 * guided).detach())


def test_windows_without_rewards_are_refused() -> None:
    batch = random_batch(4, spaces=CHOICES)

    assert type(batch) is Batch
    with pytest.raises(BadInput, match="windows without rewards; give it contexts"):
        small_hybrid()(batch)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"chunk": 0}, "chunk of the hybrid is 0; expected at least 1"),
        ({"goal_weight": -0.5}, r"goal_weight of the hybrid is -0\.5; expected at least 0"),
        ({"deviation": float("nan")}, "deviation of the hybrid is nan; expected at least 0"),
        ({"reward_scale": 0.0}, r"reward_scale of the hybrid is 0\.0; expected above 0"),
        ({"width": 0}, "width of the hybrid is 0; expected at least 1"),
    ],
)
def test_settings_out_of_range_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        small_hybrid(**changes)


def test_frames_are_refused() -> None:
    with pytest.raises(BadInput, match="the hybrid sees numbers, and here are 4 frames"):
        small_hybrid(Spaces(Image(), CHOICES.action))


def _sorted(predicted: torch.Tensor) -> torch.Tensor:
    rows = predicted.detach().flatten(1)
    return rows[rows[:, 0].argsort()]
