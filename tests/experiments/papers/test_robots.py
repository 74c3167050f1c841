"""Rivals in context learn from the same episodes of D4RL in the same updates, each in its order."""

import math
from typing import cast

import numpy as np
import pytest
import torch

from decision_mamba.batch import Context
from decision_mamba.data.contexts import Contexting, Contexts
from decision_mamba.data.store import Store
from decision_mamba.episode import Episode
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers.preset import Preset
from decision_mamba.experiments.papers.robots import presets
from decision_mamba.experiments.presets import parameters_count
from decision_mamba.mixers import Attention, Selective
from decision_mamba.models import Hybrid, Model
from decision_mamba.seeding import Seeds
from decision_mamba.training.learner import Learner

PRESETS = {one.name: one for one in presets()}
HOPPER = [one for one in PRESETS.values() if one.task == "hopper-medium-replay"]
SMALL = [one for one in HOPPER if one.name.endswith("-small")]


def of(name: str) -> Experiment:
    return PRESETS[name].experiment


def model(name: str) -> Model:
    return cast("Model", of(name).model)


@pytest.fixture(scope="module")
def store() -> Store:
    """Short episodes of Hopper's sizes, the first the best."""
    generator = np.random.default_rng(0)
    return Store.of(_episode(21 + (number * 7) % 15, generator) for number in range(40))


def _episode(length: int, generator: np.random.Generator) -> Episode:
    observations = generator.normal(size=(length, 11)).astype(np.float32)
    return Episode(
        observations=observations,
        actions=np.tanh(observations[:, :3]),
        rewards=generator.uniform(size=length).astype(np.float32),
        terminated=True,
    )


def drawn(one: Preset, store: Store, update: int = 0, rows: int = 1) -> Context:
    assert one.experiment.contexts is not None
    contexts = Contexts(store, None, one.experiment.contexts)
    return contexts.draw(rows, Seeds(0).windows(update))


def test_all_nine_tasks_have_ten_each() -> None:
    families = ("dmh/{}", "ad/{}", "ad/{}-mamba", "dm/{}", "dt/{}-in-context")
    named = {one.name.replace(one.task, "{}") for one in PRESETS.values()}

    assert named == {*families, *(f"{one}-small" for one in families)}
    assert len(PRESETS) == 9 * 10


def test_ten_episodes_in_a_row_are_played() -> None:
    for one in PRESETS.values():
        judged = one.experiment.evaluation
        assert (judged.consecutive, judged.episodes, judged.mode) == (10, 10, "recurrent")
        assert bool(judged.targets) == (not one.name.startswith("ad/"))
    assert of("dmh/hopper-medium").evaluation.targets == (3600.0,)
    assert of("dmh/walker2d-medium").evaluation.task == "Walker2d-v4"


def test_the_context_is_four_episodes_of_a_thousand_steps() -> None:
    for one in PRESETS.values():
        assert one.experiment.windows.length == 4000
        assert one.experiment.contexts is not None
        assert one.experiment.contexts.episodes == 4
    assert of("dmh/hopper-medium-replay").contexts == Contexting(
        episodes=4, chosen="anywhere", order="return", returns="last", goals="published"
    )
    assert of("ad/hopper-medium-replay").contexts == Contexting(
        episodes=4, chosen="evenly", stride=10
    )


def test_rivals_have_the_same_data_and_updates() -> None:
    for are_small in (True, False):
        alike = [one.experiment for one in HOPPER if (one in SMALL) == are_small]
        assert len({one.training for one in alike}) == len({one.data for one in alike}) == 1
    code = of("ad/hopper-medium").training
    assert (code.updates, code.batch_size, code.learning_rate) == (100_000, 64, 1e-4)
    assert (code.warmup, code.weight_decay, code.clip) == (1, 1e-4, 0.25)
    small = of("ad/hopper-medium-small").training
    assert small.warmup + small.cooldown == small.updates == 1000


def test_mixers_and_tokens_are_those_of_the_rooms() -> None:
    assert model("ad/hopper-medium").tokens == "state-action-reward"
    assert isinstance(model("ad/hopper-medium").mixer, Attention)
    for name in ("ad/hopper-medium-mamba", "dm/hopper-medium-small"):
        assert isinstance(model(name).mixer, Selective)
    for name in ("dm/hopper-medium", "dt/hopper-medium-in-context-small"):
        assert (model(name).tokens, model(name).return_scale) == ("history-with-return", 1000.0)
    assert (model("dm/hopper-medium").blocks, model("dm/hopper-medium-small").blocks) == (3, 2)


def test_the_small_hybrid_learns_from_every_chunk_of_twenty_steps() -> None:
    found = of("dmh/hopper-medium-small").model

    assert isinstance(found, Hybrid)
    assert (found.chunk, found.chunks_per_update, found.width) == (20, 0, 64)


# Of the published weights, what nothing reads: heads of states, rewards and returns and the word in
# the transformer, an embedding of z in the memory; and the frozen map of goals, which is a buffer.
UNUSED = 1_419 + 129 + 129 + 128 + 2_944 + 132


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("dmh/hopper-medium", 971_306 - UNUSED),
        ("ad/hopper-medium", 2_133_891),
        ("ad/hopper-medium-mamba", 352_771),
        ("dm/hopper-medium", 451_715),
        ("dt/hopper-medium-in-context", 1_208_835),
        ("dmh/hopper-medium-small", 170_771),
        ("ad/hopper-medium-small", 378_179),
        ("ad/hopper-medium-mamba-small", 87_555),
        ("dm/hopper-medium-small", 91_779),
        ("dt/hopper-medium-in-context-small", 382_403),
    ],
)
def test_sizes(name: str, count: int) -> None:
    assert parameters_count(PRESETS[name]) == count


@pytest.mark.parametrize("update", [0, 1, 2])
def test_small_rivals_read_the_same_steps_in_an_update(store: Store, update: int) -> None:
    read = [drawn(one, store, update) for one in SMALL]

    sums = [sorted(one.rewards[0].tolist()) for one in read]
    assert all(one == sums[0] for one in sums)


def test_the_hybrids_episodes_ascend_and_ask_for_what_the_last_earned(store: Store) -> None:
    context = drawn(PRESETS["dmh/hopper-medium-small"], store)

    begins = context.timesteps[0] == 0
    asked = context.returns_to_go[0, begins]
    earned = [float(part.sum()) for part in _episodes(context)]
    assert len(earned) == 4
    assert earned == sorted(earned)
    torch.testing.assert_close(asked, torch.full((4,), earned[-1]))
    assert context.goals.shape[-1] == 11
    assert bool((context.weights > 0).all())


def test_decision_transformer_is_told_what_each_episode_earned_in_order_of_time(
    store: Store,
) -> None:
    context = drawn(PRESETS["dt/hopper-medium-in-context-small"], store)

    begins = context.timesteps[0] == 0
    earned = torch.stack([part.sum() for part in _episodes(context)])
    torch.testing.assert_close(context.returns_to_go[0, begins], earned)
    where = [int(np.abs(store.returns - float(one)).argmin()) for one in earned]
    assert where == sorted(where)
    assert context.goals.shape[-1] == 0


@pytest.mark.parametrize("one", HOPPER, ids=lambda one: one.name)
def test_an_update_is_made(one: Preset, store: Store) -> None:
    experiment = one.experiment
    with Seeds(0).weights():
        policy = experiment.model.build(store.spaces, store.moments(), experiment.acting)
    learner = Learner(policy, experiment.training)

    loss, norm = learner.learn(drawn(one, store, rows=2))

    assert 0 < loss < 10
    assert math.isfinite(norm)
    assert all(weight.grad is not None for weight in policy.parameters())


def _episodes(context: Context) -> list[torch.Tensor]:
    """The rewards of each episode of the first row."""
    begins = (context.timesteps[0] == 0).nonzero()[:, 0].tolist()
    lengths = np.diff([*begins, int(context.mask[0].sum())]).tolist()
    return list(torch.split(context.rewards[0, : sum(lengths)], lengths))
