"""The papers' Atari models, learning from made-up frames as `train` has them learn."""

import dataclasses
import functools
from collections.abc import Callable

from benchmarks import screens
from decision_mamba.batch import Batch
from decision_mamba.data.store import Store
from decision_mamba.data.windows import Windows
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.presets import preset
from decision_mamba.models.memory import Mode
from decision_mamba.models.policy import SequencePolicy
from decision_mamba.seeding import Seeds
from decision_mamba.training.learner import Learner
from decision_mamba.training.precision import Precision, computing_in

# 6 blocks, width 128, K = 30; both with batches of 128 windows.
PRESETS = {"Decision Transformer": "dt/breakout", "Decision Mamba": "dmamba/breakout"}
BATCH = 128
SAMPLES, EPOCHS = 500_000, 10  # of the papers' longest runs
_STEPS = 20_000
_TARGET = 90.0


@functools.cache
def store() -> Store:
    """Ten episodes, kept as the frames of real ones are."""
    return Store.of(screens.episodes(_STEPS))


def experiment(name: str, precision: Precision = "float32", batch_size: int = BATCH) -> Experiment:
    """A preset, by the name of its model, without the data it is meant for."""
    found = preset(PRESETS[name]).experiment
    training = dataclasses.replace(found.training, precision=precision, batch_size=batch_size)
    return dataclasses.replace(found, training=training)


def policy(settings: Experiment) -> SequencePolicy:
    """The policy that `train` would begin with."""
    data = store()
    with Seeds(0).weights():
        built = settings.model.build(data.spaces, data.moments(), settings.acting)
    assert isinstance(built, SequencePolicy)
    return built


def windows(settings: Experiment) -> Windows:
    """The windows that `train` would draw from."""
    return Windows(store(), settings.windows, settings.curation)


def learner(settings: Experiment) -> Learner:
    """A learner that `train` would begin with."""
    return Learner(policy(settings), settings.training)


def paper_updates() -> int:
    """Updates of the papers' longest runs."""
    return EPOCHS * (SAMPLES // BATCH)


def seeing(learner: Learner, batch: Batch) -> Callable[[], object]:
    """Work that encodes a batch's frames and goes back through the encoder, as an update does."""
    policy = learner.policy

    def work() -> None:
        policy.zero_grad()
        with computing_in(learner.settings.precision, policy.device):
            seen = policy.perceived(batch).observations
        seen.sum().backward()  # type: ignore[no-untyped-call]

    return work


def episode(policy: SequencePolicy, mode: Mode, steps: int) -> Callable[[], object]:
    """Work that plays the first steps of an episode, from frames that do not answer."""
    agent = policy.agent(_TARGET, mode)
    frames = store().observations[:steps]

    def play() -> None:
        agent.reset()
        for frame in frames:
            agent.act(frame)
            agent.observe(0.0)

    return play
