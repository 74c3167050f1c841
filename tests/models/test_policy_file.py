"""A policy file holds all that is needed to act, and whatever else is refused in one sentence."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from decision_mamba.errors import BadInput
from decision_mamba.mixers import MixerSettings
from decision_mamba.models.choice import Sampling
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy import Model, SequencePolicy
from decision_mamba.models.policy_file import load_policy, save_policy
from tests.conftest import IMAGES, SPACES, small_policy


@pytest.fixture
def policy(mixer: MixerSettings) -> SequencePolicy:
    acting = Acting(window=7, task="Hopper-v4", targets=(3600.0, 1800.0))
    return small_policy(Model(mixer=mixer, width=8, blocks=1, timesteps=5), acting)


@pytest.fixture
def path(policy: SequencePolicy, tmp_path: Path) -> Path:
    path = tmp_path / "policy.safetensors"
    save_policy(policy, path)
    return path


def test_a_loaded_policy_is_the_saved_one(policy: SequencePolicy, path: Path) -> None:
    loaded = load_policy(path)

    assert loaded.model == policy.model
    assert loaded.spaces == SPACES
    assert loaded.acting == Acting(window=7, task="Hopper-v4", targets=(3600.0, 1800.0))
    for name, weight in policy.state_dict().items():
        torch.testing.assert_close(loaded.state_dict()[name], weight, rtol=0, atol=0)


def test_equal_policies_give_equal_bytes(path: Path) -> None:
    before = path.read_bytes()

    save_policy(load_policy(path), path)

    assert path.read_bytes() == before


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such policy file"):
        load_policy(tmp_path / "policy.safetensors")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.99])
def test_a_file_cut_short_is_refused(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])

    with pytest.raises(BadInput, match="not a whole safetensors file"):
        load_policy(path)


def test_a_foreign_key_is_named(path: Path) -> None:
    with_metadata(path, load_file(path) | {"intruder": torch.zeros(1)})

    with pytest.raises(BadInput, match="'intruder' does not belong to this policy"):
        load_policy(path)


def test_a_missing_key_is_named(path: Path) -> None:
    weights = load_file(path)
    del weights["head.linear.bias"]
    with_metadata(path, weights)

    with pytest.raises(BadInput, match=r"'head.linear.bias' is missing"):
        load_policy(path)


def test_a_weight_of_another_size_is_named(path: Path) -> None:
    with_metadata(path, load_file(path) | {"head.linear.bias": torch.zeros(9)})

    with pytest.raises(BadInput, match=r"'head.linear.bias' is \(9,\)"):
        load_policy(path)


def test_weights_of_another_program_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(1)}, path)

    with pytest.raises(BadInput, match="not a policy of decision-mamba"):
        load_policy(path)


def with_metadata(path: Path, weights: dict[str, torch.Tensor]) -> None:
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    save_file(weights, path, metadata=metadata)


def test_loading_draws_nothing_from_the_generator_of_others(path: Path) -> None:
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)

    load_policy(path)

    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(
    "card",
    [
        "not json",
        "[]",
        '{"format": "decision-mamba policy 1"}',
        '{"format": "decision-mamba policy 1", "model": 3, "spaces": [], "acting": null}',
    ],
)
def test_settings_that_make_no_policy_are_refused(path: Path, card: str) -> None:
    save_file(load_file(path), path, metadata={"decision-mamba": card})

    with pytest.raises(BadInput, match=r"not a policy|no policy can be made"):
        load_policy(path)


def test_the_folder_of_a_run_will_do(path: Path) -> None:
    assert load_policy(path.parent).acting == load_policy(path).acting


def test_a_policy_of_images_is_saved_and_acts(tmp_path: Path) -> None:
    model = Model(width=8, blocks=1, timesteps=5, embedding_bend="tanh")
    policy = small_policy(model, Acting(window=3, task="ALE/Pong-v5", targets=(20.0,)), IMAGES)
    frame = np.arange(36 * 36, dtype=np.uint8).reshape(36, 36)
    save_policy(policy, tmp_path / "policy.safetensors")

    loaded = load_policy(tmp_path)

    likeliest = Sampling(temperature=0.0)
    assert loaded.spaces == IMAGES
    assert not any("observation" in name for name in loaded.state_dict())
    acted = [one.agent(20.0, sampling=likeliest).act(frame) for one in (policy, loaded)]
    assert acted[0] == acted[1]
