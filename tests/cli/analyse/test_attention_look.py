"""A look holds what belongs together."""

from pathlib import Path

import numpy as np

from decision_mamba.cli.analyse.attention_look import look_back
from decision_mamba.cli.analyse.episode import as_batch, logged
from decision_mamba.episode import Episode
from decision_mamba.mixers import Attention
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy import Model, SequencePolicy
from decision_mamba.models.policy_file import load_policy
from tests.conftest import IMAGES, small_policy


def test_matrices_end_with_the_row_of_their_decision(policy: Path, data: Path) -> None:
    loaded = load_policy(policy)
    assert isinstance(loaded, SequencePolicy)
    episode = as_batch(logged((str(data),), None, loaded), loaded, None)

    look = look_back("it", loaded, episode, decisions=range(5, 9), window_at=6)

    assert look.layers == ("layer 1, selective", "layer 2, selective")
    assert look.along.shape == (2, 4, len(look.tokens))
    assert [layer.mean.shape for layer in look.matrices] == [(11, 11), (11, 11)]
    assert abs(look.matrices[1].mean[-1] - look.along[1, 1]).max() < 1e-6
    assert len(look.readings) == 2


def test_a_policy_of_images_is_looked_at_as_it_decides() -> None:
    model = Model(mixer=Attention(heads=2), width=8, blocks=1, embedding_bend="tanh")
    policy = small_policy(model, Acting(window=3), IMAGES)
    frames = np.random.default_rng(0).integers(0, 256, (6, 36, 36), np.uint8)
    screen = Episode(observations=frames, actions=np.zeros(6, int), rewards=np.zeros(6))

    episode = as_batch(screen, policy, None)
    look = look_back("it", policy, episode, decisions=range(2, 6), window_at=4)

    assert look.along.shape == (1, 4, 8)
    np.testing.assert_allclose(look.along[0].sum(axis=1), 1.0, rtol=1e-5)
