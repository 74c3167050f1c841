"""08: DM-H's contexts, against the `get_batch` of the official code."""

import itertools

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy import ndarray
from torch import Tensor

from decision_mamba.batch import Context
from decision_mamba.data.context_draws import EpisodeDraws
from decision_mamba.data.contexts import Contexting, Contexts
from decision_mamba.data.returns import best_episodes
from decision_mamba.data.store import Store
from decision_mamba.episode import Episode
from decision_mamba.moments import Moments
from tests.parity.trial import EXACT, Tolerance, Trial

SUMS = Tolerance(1e-6, relative=True)
_SCALE = 1000.0


def check(trial: Trial) -> None:
    """Compares the choice of episodes, both relabellings, the goal rule and whole batches."""
    config = trial.config(
        *("lengths", "horizon", "K", "pct_traj", "batch_size", "n_batches", "np_seed", "seed")
    )
    store = Store.of(_episode(trial, index) for index in range(len(config["lengths"])))
    moments = store.moments()
    trial.compare("state_mean", torch.from_numpy(moments.mean), SUMS)
    trial.compare("state_std", torch.from_numpy(moments.std), SUMS)
    low = _low(store, config["pct_traj"])
    trial.compare("low_sorted_inds", torch.from_numpy(low), EXACT)
    trial.compare("low_p_sample", torch.from_numpy(_chances(store, low)), EXACT)
    _check_relabelling(trial, store, config["horizon"])
    _check_goals(trial, store)
    official = _Official(store, moments, config["horizon"], config["K"])
    for index in range(config["n_batches"]):
        drawn = _draw(store, low, config["batch_size"], seed=config["np_seed"] + index)
        batch = official.batch(drawn)
        for name, got in batch.items():
            trial.compare(f"batch{index}.{name}", got, SUMS)
    dones = [name for name in trial.expected if name.endswith("dones")]
    trial.leave_out("dones: here the next step's time tells where an episode ended", *dones)


def _episode(trial: Trial, index: int) -> Episode:
    return Episode(
        observations=trial.input(f"traj{index}.observations").numpy(),
        actions=trial.input(f"traj{index}.actions").numpy(),
        rewards=trial.input(f"traj{index}.rewards").numpy(),
        terminated=bool(trial.input(f"traj{index}.terminals")[-1]),
    )


def _low(store: Store, share: float) -> Int[ndarray, " low"]:
    """What the source draws from: all but the best episodes, by ascending return."""
    best = best_episodes(store.returns, store.lengths, max(share, 1 / store.steps))
    return np.argsort(store.returns, kind="stable")[: store.episodes - len(best)]


class _EveryStep(np.random.Generator):
    """Draws each number once instead of some at random."""

    def integers(self, low: int, *, size: tuple[int, ...]) -> ndarray:  # type: ignore[override]
        return np.arange(low).reshape(size)


def _chances(store: Store, low: Int[ndarray, " low"]) -> Float[ndarray, " low"]:
    """How likely each of these is drawn, counted over every draw there can be."""
    lengths = store.lengths[low]
    draws = EpisodeDraws(lengths, 1)(int(lengths.sum()), _EveryStep(np.random.PCG64(0)))
    return np.bincount(draws.ravel()) / len(draws)


def _gathered(store: Store, row: list[int], settings: Contexting) -> Context:
    return Contexts(store, None, settings).gather(np.array([row]))


def _starts(context: Context, every: int) -> Tensor:
    """Which steps of a row begin a chunk."""
    return torch.nonzero(context.timesteps[0] % every == 0).flatten()


def _check_relabelling(trial: Trial, store: Store, horizon: int) -> None:
    row = [0, 1, 2]
    own = _gathered(store, row, Contexting(episodes=3))
    told = _gathered(store, row, Contexting(episodes=3, returns="last", learned="last"))
    starts = _starts(own, horizon)
    before, after = own.returns_to_go[:, starts], told.returns_to_go[:, starts]
    trial.compare("relabel.steps", own.timesteps[:, starts], EXACT)
    trial.compare("relabel.rtg_before", before[..., None], SUMS)
    trial.compare("relabel.rtg_after", after[..., None], SUMS)
    trial.compare("relabel.max_difference", (after - before)[:, :1, None], SUMS)
    trial.compare("relabel.timesteps_after", torch.arange(len(starts))[None], EXACT)
    longest = trial.expects("relabel.loss_mask").shape[1]
    mask = _padded(told.weights[0, starts], longest)
    trial.compare("relabel.loss_mask", mask[None].double(), EXACT)


def _check_goals(trial: Trial, store: Store) -> None:
    alone = Contexting(episodes=1, goals="published", every=1)
    for index in range(store.episodes):
        goals = _gathered(store, [index], alone).goals
        trial.compare(f"goal.traj{index}", goals[0], EXACT)


def _draw(store: Store, low: Int[ndarray, " low"], size: int, *, seed: int) -> list[int]:
    """The episodes the source draws, by ascending return.

    It draws from the best ones first and leaves those draws unused.
    """
    stream = np.random.RandomState(seed)
    best = np.setdiff1d(np.arange(store.episodes), low)
    for some in (best, low):
        lengths = store.lengths[some]
        drawn = stream.choice(np.arange(len(some)), size=size, p=lengths / lengths.sum())
    episodes: list[int] = low[np.sort(drawn)].tolist()
    return episodes


class _Official:
    """Lays our contexts out as the source does: whole chunks, padded and cut in front."""

    def __init__(self, store: Store, moments: Moments, every: int, chunks: int) -> None:
        self._store = store
        self._mean = torch.from_numpy(moments.mean).float()
        self._std = torch.from_numpy(moments.std).float()
        self._every, self._chunks = every, chunks

    def batch(self, episodes: list[int]) -> dict[str, Tensor]:
        """Cuts sorted draws into contexts as soon as one has all its chunks."""
        rows: list[list[int]] = [[]]
        for episode in episodes:
            if sum(-(-int(self._store.lengths[one]) // self._every) for one in rows[-1]) >= (
                self._chunks
            ):
                rows.append([])
            rows[-1].append(episode)
        laid = [self._high(row) | self._low(row) for row in rows]
        together = {name: [one[name] for one in laid] for name in laid[0]}
        return {
            name: torch.stack(parts) if name.startswith("h_") else torch.cat(parts)
            for name, parts in together.items()
        }

    def _told(self, row: list[int]) -> Context:
        settings = Contexting(
            episodes=len(row), returns="last", learned="last", goals="published",
            every=self._every,
        )  # fmt: skip
        return _gathered(self._store, row, settings)

    def _high(self, row: list[int]) -> dict[str, Tensor]:
        """The chunks' beginnings."""
        told = self._told(row)
        starts = _starts(told, self._every)
        kept = starts[-self._chunks :]
        ends = [*starts[1:].tolist(), told.mask.shape[1]]
        rewards = [told.rewards[0, a:b].sum() for a, b in zip(starts.tolist(), ends, strict=True)]

        def laid(values: Tensor) -> Tensor:
            return _padded(values[-self._chunks :], self._chunks)

        return {
            "h_states": (laid(told.observations[0, starts]) - self._mean) / self._std,
            "h_goals": (laid(told.goals[0, starts]) - self._mean) / self._std,
            "h_rtg": laid(told.returns_to_go[0, starts, None]) / _SCALE,
            "h_rewards": laid(torch.stack(rewards)[:, None]),
            "h_timesteps": laid(self._counted(told.timesteps[0, kept])),
            "h_mask": laid(torch.ones(len(kept))),
            "h_loss_mask": laid(told.weights[0, starts]),
        }

    def _counted(self, times: Tensor) -> Tensor:
        """The number of each chunk, counted on through episodes from that of the first."""
        return int(times[0]) // self._every + torch.arange(len(times))

    def _low(self, row: list[int]) -> dict[str, Tensor]:
        """The steps of every chunk; their returns-to-go are not relabelled."""
        plain = Contexting(episodes=len(row))
        steps = _gathered(self._store, row, plain)
        starts = _starts(steps, self._every).tolist()
        chunks = [
            slice(first, end) for first, end in itertools.pairwise([*starts, steps.mask.shape[1]])
        ][-self._chunks :]
        missing = self._chunks - len(chunks)

        def laid(values: Tensor, padding: float = 0.0) -> Tensor:
            cut = [_padded(values[0, chunk], self._every, padding) for chunk in chunks]
            empty = torch.full_like(cut[0], padding)
            return torch.stack([empty] * missing + cut)

        following = torch.where(
            torch.roll(steps.timesteps, -1, 1) == 0, 0, torch.roll(steps.returns_to_go, -1, 1)
        )
        returns = torch.cat([laid(steps.returns_to_go), laid(following)[:, -1:]], dim=1)
        return {
            "states": (laid(steps.observations) - self._mean) / self._std,
            "actions": laid(steps.actions, -10.0),
            "rewards": laid(steps.rewards)[..., None],
            "rtg": returns[..., None] / _SCALE,
            "timesteps": laid(steps.timesteps),
            "mask": laid(steps.mask.float()),
        }


def _padded(values: Tensor, length: int, padding: float = 0.0) -> Tensor:
    """These, with as much in front as is lacking."""
    front = torch.full((length - len(values), *values.shape[1:]), padding, dtype=values.dtype)
    return torch.cat([front, values])
