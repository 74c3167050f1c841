"""10: three updates of a policy on one batch against the authors' trainers."""

from collections.abc import Callable

import torch
from torch import Tensor

from decision_mamba.training.learner import Learner
from decision_mamba.training.optimiser import Training
from tests.parity.sources import Source, batch_of, read_source
from tests.parity.trial import EXACT, Tolerance, Trial

WEIGHTS = Tolerance(2e-5)
LOSSES = Tolerance(1e-5)

# Ten times Adam's ε: a rounding error of 1e-9 in a gradient above it moves a weight by less than
# 1e-3 of the learning rate.
_NOISE = 1e-7


def check(trial: Trial) -> None:
    """Learns, and compares losses, gradient norms, learning rates and weights."""
    source = read_source(
        trial,
        *("state_dim", "act_dim", "hidden_size", "K", "batch", "n_layer", "max_ep_len"),
        *("lr", "weight_decay", "warmup_steps", "model_type", "seed"),
    )
    config = trial.case.card["config"]
    settings = Training(
        updates=len(trial.expected["losses"]),
        batch_size=config["batch"],
        learning_rate=config["lr"],
        warmup=config["warmup_steps"],
        weight_decay=config["weight_decay"],
    )
    _check_learning(trial, source, settings)


def _check_learning(trial: Trial, source: Source, settings: Training) -> None:
    batch = source.layout(batch_of(trial))
    learner = Learner(source.policy, settings)
    named = dict(source.policy.named_parameters())
    noise = {name: torch.zeros_like(weight, dtype=torch.bool) for name, weight in named.items()}
    losses, norms, rates = [], [], []
    for update in range(settings.updates):
        loss, norm = learner.learn(batch)
        losses.append(loss)
        norms.append(norm)
        rates.append(learner.learning_rate(update))
        for name, weight in named.items():
            noise[name] |= _is_noise(weight)
        _check_weights(trial, source, noise, prefix=f"after{update + 1}.", moved=sum(rates))
    trial.compare("losses", torch.tensor(losses), LOSSES)
    trial.compare("grad_norms", torch.tensor(norms), LOSSES)
    trial.compare("lrs", torch.tensor(rates, dtype=torch.float64), EXACT)
    entries = sum(int(mask.sum()) for mask in noise.values())
    trial.remark(f"{entries} weights whose gradient is rounding error are held to the rates only")


def _is_noise(weight: Tensor) -> Tensor:
    """Where Adam divides rounding errors by their size, and what comes out is anybody's guess.

    Attention's answer does not depend on the bias of its keys, for one, whose gradient therefore
    is nought but for rounding, and nought itself where the errors happen to cancel. Where all of
    a gradient is nought, the weight only decays.
    """
    assert weight.grad is not None
    size = weight.grad.abs()
    small = size < _NOISE
    return small & (small & (size > 0)).any()


def _check_weights(
    trial: Trial, source: Source, noise: dict[str, Tensor], *, prefix: str, moved: float
) -> None:
    policy = source.policy.state_dict()
    names = {
        name: source.family.ours(name.removeprefix(prefix))
        for name in trial.expected
        if name.startswith(prefix)
    }
    for name, ours in names.items():
        if ours is not None:
            got = source.family.in_source_layout(ours, policy[ours])
            chance = source.family.in_source_layout(ours, noise[ours])
            trial.compare(name, got[~chance], WEIGHTS, part=_at(~chance))
            trial.compare(name, got[chance], Tolerance(moved), part=_at(chance), by="noise")
    unused = [name for name, ours in names.items() if ours is None]
    trial.leave_out("weights that the source never uses", *unused)


def _at(mask: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda whole: whole[mask]
