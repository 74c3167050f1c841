"""10: how windows are drawn, against the `get_batch` of the authors' Gym code."""

import random

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy import ndarray

from decision_mamba.batch import Batch
from decision_mamba.data.returns import Curation, returns_to_go
from decision_mamba.data.store import Store
from decision_mamba.data.windows import Windowing, Windows
from decision_mamba.episode import Episode
from decision_mamba.models.scaling import Scaling
from decision_mamba.training.optimiser import AdamW, Training, learning_rate
from tests.parity.trial import EXACT, Tolerance, Trial

SUMS = Tolerance(1e-6, relative=True)


def check(trial: Trial) -> None:
    """Compares moments, choice of episodes, chances, windows, returns-to-go and learning rates."""
    config = trial.config(
        *("env", "K", "batch_size", "n_batches", "mode", "pct_traj", "warmup_steps", "lengths"),
        *("reward_offset", "np_seed", "seed"),
    )
    store = Store.of(_episodes(trial, len(config["lengths"])))
    curation = Curation(config["pct_traj"], "delayed" if config["mode"] == "delayed" else "dense")
    windows = Windows(store, Windowing(config["K"], pad="left"), curation)
    moments = store.moments()
    trial.compare("state_mean", torch.from_numpy(moments.mean), SUMS)
    trial.compare("state_std", torch.from_numpy(moments.std), SUMS)
    trial.compare("sorted_inds", torch.from_numpy(windows.episodes), EXACT)
    trial.compare("p_sample", torch.from_numpy(_chances(store, curation)), EXACT)
    scaling = Scaling(moments, store.spaces, trial.case.card["results"]["scale"])
    for index in range(config["n_batches"]):
        starts = _draw(store, windows, config["batch_size"], seed=config["np_seed"] + index)
        _check_batch(trial, f"batch{index}.", windows.gather(starts), scaling)
    _check_returns_to_go(trial, store)
    _check_optimiser(trial, config["warmup_steps"])
    rewards = [name for name in trial.expected if name.endswith((".rewards", ".dones"))]
    trial.leave_out("rewards and dones of windows: no policy here reads them", *rewards)
    discounted = [name for name in trial.expected if name.startswith("discount_cumsum.g099")]
    trial.leave_out("sums discounted by 0.99: only undiscounted ones exist here", *discounted)
    trial.remark("left out: the return-to-go after a window's last step")


def _episodes(trial: Trial, count: int) -> list[Episode]:
    return [_episode(trial, f"traj{index}.") for index in range(count)]


def _episode(trial: Trial, prefix: str) -> Episode:
    return Episode(
        observations=trial.input(f"{prefix}observations").numpy(),
        actions=trial.input(f"{prefix}actions").numpy(),
        rewards=trial.input(f"{prefix}rewards").numpy(),
        terminated=bool(trial.input(f"{prefix}terminals")[-1]),
    )


class _EveryStep(np.random.Generator):
    """Draws each number once instead of some at random."""

    def integers(self, low: int, *_: object, **__: object) -> ndarray:  # type: ignore[override]
        each: ndarray = np.arange(low)
        return each


def _chances(store: Store, curation: Curation) -> Float[ndarray, " chosen"]:
    """How likely `Windows.draw` is to come to each chosen episode, counted over all its draws."""
    windows = Windows(store, Windowing(length=1), curation)
    batch = windows.draw(store.steps, _EveryStep(np.random.PCG64(0)))
    seen = [row.tobytes() for row in batch.observations[:, 0].numpy()]
    counts = []
    for episode in windows.episodes:
        rows = {row.tobytes() for row in store.episode(int(episode)).observations}
        counts.append(sum(one in rows for one in seen))
    return np.array(counts) / len(seen)


def _draw(store: Store, windows: Windows, size: int, *, seed: int) -> Int[ndarray, " b"]:
    """The draws of the source: an episode by NumPy's stream, a start in it by Python's."""
    lengths = store.lengths[windows.episodes]
    stream, starts = np.random.RandomState(seed), random.Random(seed)
    drawn = stream.choice(np.arange(len(lengths)), size=size, p=lengths / lengths.sum())
    steps = np.array([starts.randint(0, int(lengths[row]) - 1) for row in drawn])
    begun: Int[ndarray, " b"] = store.offsets[windows.episodes[drawn]] + steps
    return begun


def _check_batch(trial: Trial, prefix: str, batch: Batch, scaling: Scaling) -> None:
    scaled = scaling.observations(batch.observations)
    trial.compare(f"{prefix}states", scaled, SUMS)
    trial.compare(f"{prefix}actions", scaling.actions(batch.actions), EXACT)
    trial.compare(
        f"{prefix}rtg",
        scaling.returns(batch.returns_to_go),
        SUMS,
        part=lambda returns: returns[:, :-1, 0],
    )
    trial.compare(f"{prefix}timesteps", batch.timesteps, EXACT)
    trial.compare(f"{prefix}mask", batch.mask, EXACT)


def _check_returns_to_go(trial: Trial, store: Store) -> None:
    sums = returns_to_go(store.rewards, store.offsets)
    for index, (first, end) in enumerate(zip(store.offsets[:-1], store.offsets[1:], strict=True)):
        name = f"discount_cumsum.g1.traj{index}"
        trial.compare(name, torch.from_numpy(sums[first:end]), SUMS)


def _check_optimiser(trial: Trial, warmup: int) -> None:
    settings = Training(learning_rate=1.0, warmup=warmup)
    steps = trial.expects("lr.steps").tolist()
    rates = [learning_rate(settings, step, tokens=1) for step in steps]
    trial.compare("lr.multiplier", torch.tensor(rates, dtype=torch.float64), EXACT)
    ours = {
        "betas": Training().betas, "eps": AdamW.EPSILON, "weight_decay": Training().weight_decay,
        "lr": Training().learning_rate, "amsgrad": False, "groups": 1,
    }  # fmt: skip
    results = trial.case.card["results"]
    stated = results["adamw_defaults"] | {"groups": results["n_param_groups"]}
    for name, want in stated.items():
        got = torch.tensor(ours[name], dtype=torch.float64)
        trial.compare_stated(name, got, torch.tensor(want, dtype=torch.float64))
