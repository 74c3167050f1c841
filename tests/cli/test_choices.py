"""Actions that are chosen go the whole way: recorded, learned, played and scored."""

import json
from pathlib import Path

import numpy as np
import pytest

from decision_mamba.cli.main import main
from decision_mamba.data.sources import record
from decision_mamba.envs import make, rollout
from decision_mamba.shapes import PlayedActions, PlayedObservations, PlayedRewards

SEEDS = range(12)


class Balancer:
    """Pushes the cart to where the pole falls, but by chance in a share of its steps."""

    def __init__(self, careless: float) -> None:
        self._careless = careless
        self._generator = np.random.default_rng(0)

    def reset(self, copies: int) -> None:
        pass

    def act(self, observations: PlayedObservations) -> PlayedActions:
        careful = observations[:, 2] + observations[:, 3] > 0
        by_chance = self._generator.random(len(observations)) < self._careless
        coins = self._generator.integers(2, size=len(observations))
        return np.where(by_chance, coins, careful)

    def observe(self, rewards: PlayedRewards) -> None:
        pass

    def keep(self, rows: np.ndarray) -> None:
        pass


@pytest.fixture
def cart_pole(tmp_path: Path) -> Path:
    """Half of the episodes played at random, half with care."""
    path, environment = tmp_path / "cart_pole.hdf5", make("CartPole-v1", len(SEEDS))
    halves = [rollout(environment, Balancer(share), seeds=SEEDS) for share in (1.0, 0.1)]
    record(path, [one for half in halves for _, one in half], task="CartPole-v1")
    environment.close()
    return path


@pytest.mark.parametrize("family", ["dt", "dmamba", "bc"])
def test_cart_pole_is_learned_from_a_recording(
    cart_pole: Path, tmp_path: Path, family: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run, scores, targets = tmp_path / "run", tmp_path / "scores.json", [200.0]
    train = [
        "train", f"{family}/own", "--data", str(cart_pole), "--out", str(run),
        "--model.width", "8", "--model.blocks", "1", "--training.updates", "20",
        "--training.batch-size", "32", "--windows.length", "5", "--training.warmup", "1",
        "--training.learning-rate", "0.01", "--training.log-every", "1",
        "--evaluation.task", "CartPole-v1", "--evaluation.every", "20",
        "--evaluation.episodes", "2", "--evaluation.temperature", "0.5",
    ]  # fmt: skip
    asked = [] if family == "bc" else ["--evaluation.targets", "200"]
    play = ["evaluate", str(run), "--episodes", "3", "--top-k", "1", "--json", str(scores)]

    assert main(["data", "check", str(cart_pole)]) == 0
    assert main([*train, *asked]) == 0
    for copies in ("1", "3"):
        assert main([*play, "--copies", copies, "--mode", "recurrent"]) == 0

    told, printed = json.loads(scores.read_text()), capsys.readouterr().out
    assert "the likeliest action" in printed
    assert (told["temperature"], told["top_k"]) == (0.5, 1)  # the run's and the command's
    assert [one["target"] for one in told["targets"]] == ([None] if family == "bc" else targets)
    assert all(1 <= length <= 500 for length in told["targets"][0]["lengths"])
    lines = (run / "metrics.jsonl").read_text()
    losses = [json.loads(line)["loss"] for line in lines.splitlines()]
    assert np.mean(losses[-5:]) < 0.9 * np.log(2)
