"""A run begins with another's weights only where what it is judged by stays unseen."""

import dataclasses
from pathlib import Path

import pytest
import torch

from decision_mamba.errors import BadInput
from decision_mamba.experiments.begin_elsewhere import begin_elsewhere
from decision_mamba.held_out import HeldOut
from decision_mamba.models import Policy
from decision_mamba.models.policy_file import load_policy
from tests.experiments.learned import HELD_OUT, write_run


def beginner(path: Path, *, held_out: HeldOut | None, task: str | None = "darkroom") -> Policy:
    """The policy of a run with weights of its own."""
    policy = load_policy(write_run(path))
    with torch.no_grad():
        for weight in policy.parameters():
            weight.add_(1.0)
    policy.acting = dataclasses.replace(policy.acting, held_out=held_out, task=task)
    return policy


@pytest.mark.parametrize("name", ["", "policy.safetensors"])
def test_it_has_the_weights_of_a_run_with_the_same_tasks(tmp_path: Path, name: str) -> None:
    other = write_run(tmp_path / "other")
    policy = beginner(tmp_path / "own", held_out=HELD_OUT)

    begin_elsewhere(policy, str(other / name))

    for part, weight in load_policy(other).state_dict().items():
        assert torch.equal(policy.state_dict()[part], weight)


@pytest.mark.parametrize("held_out", [HeldOut(seed=1), None])
def test_tasks_that_are_held_out_were_not_learned_from_elsewhere(
    tmp_path: Path, held_out: HeldOut | None
) -> None:
    other = write_run(tmp_path / "other", held_out=held_out)
    policy = beginner(tmp_path / "own", held_out=HELD_OUT)

    with pytest.raises(BadInput, match=r"other has learned from other tasks .* of darkroom that"):
        begin_elsewhere(policy, str(other))


def test_tasks_stay_unseen_where_nothing_is_to_be_played_yet(tmp_path: Path) -> None:
    other = write_run(tmp_path / "other")
    policy = beginner(tmp_path / "own", held_out=HeldOut(seed=1), task=None)

    with pytest.raises(BadInput, match="those of its maze that are held out may not be unseen"):
        begin_elsewhere(policy, str(other))


@pytest.mark.parametrize("task", ["tmaze-5", "Hopper-v4", None])
def test_where_none_is_held_out_any_run_will_do(tmp_path: Path, task: str | None) -> None:
    other = write_run(tmp_path / "other")
    policy = beginner(tmp_path / "own", held_out=HeldOut(seed=1) if task else None, task=task)

    begin_elsewhere(policy, str(other))

    for part, weight in load_policy(other).state_dict().items():
        assert torch.equal(policy.state_dict()[part], weight)


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_run_that_is_not_there_is_to_be_trained_first(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    policy = beginner(tmp_path / "own", held_out=None, task=None)

    with pytest.raises(BadInput, match=rf"no policy in .*{name} to begin with; train it first"):
        begin_elsewhere(policy, str(tmp_path / name))


@pytest.mark.parametrize("status", ["running", "stopped"])
def test_a_run_is_finished_before_another_begins_with_it(tmp_path: Path, status: str) -> None:
    other = write_run(tmp_path / "other", status=status)
    policy = beginner(tmp_path / "own", held_out=HELD_OUT)

    with pytest.raises(
        BadInput, match=r"other is unfinished, at update 7 of 9; finish it .*resume"
    ):
        begin_elsewhere(policy, str(other))


def test_what_a_run_has_learned_so_far_is_named_by_its_file(tmp_path: Path) -> None:
    other = write_run(tmp_path / "other", status="stopped")
    policy = beginner(tmp_path / "own", held_out=HELD_OUT)

    begin_elsewhere(policy, str(other / "policy.safetensors"))

    for part, weight in load_policy(other).state_dict().items():
        assert torch.equal(policy.state_dict()[part], weight)
