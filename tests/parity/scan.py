"""01: the selective scan against mamba_ssm's `selective_scan_ref`."""

import re

import torch
from torch import Tensor
from torch.nn import functional as F

from decision_mamba.ops.selective_scan import selective_scan
from tests.parity.trial import Tolerance, Trial

TOLERANCE = Tolerance(1e-5, relative=True)

_Parts = dict[str, Tensor]


def check(trial: Trial) -> None:
    """Runs every length and variant forward, backward and with a cotangent of the last state.

    The source's op holds the softplus and the bias of Δ and the gate, which ours leaves to the
    mixer, and takes (b, e, l); all of that is done around ours.
    """
    trial.config("batch", "dim", "d_state", "lengths", "seed")
    found = (re.match(r"L\d+\.(bare|z\d\.sp\d)", name) for name in trial.expected)
    variants = sorted({match[0] for match in found if match})
    for variant in variants:
        _check_variant(trial, variant)


def _check_variant(trial: Trial, variant: str) -> None:
    length = variant.split(".")[0]
    parts = _parts(trial, length, positive=variant.endswith("sp0"))
    y, last_state = _scan(parts, variant)
    trial.compare(f"{variant}.y", y.mT, TOLERANCE)
    trial.compare(f"{variant}.last_state", last_state, TOLERANCE)
    cotangent = trial.input(f"{length}.grad_out").mT
    of_state = trial.input(f"{length}.grad_last_state")
    objectives = {
        "grad": (y * cotangent).sum(),
        "grad_with_state": (y * cotangent).sum() + (last_state * of_state).sum(),
    }
    for kind, objective in objectives.items():
        wanted = _wanted(trial, f"{variant}.{kind}.")
        gradients = _gradients(objective, [parts[name] for name in wanted])
        for name, gradient in zip(wanted, gradients, strict=True):
            got = gradient.mT if gradient.ndim == 3 else gradient
            trial.compare(f"{variant}.{kind}.{name}", got, TOLERANCE)


def _parts(trial: Trial, length: str, *, positive: bool) -> _Parts:
    suffix = "_pos" if positive else ""
    parts = {name: trial.input(f"{length}.{name}").mT for name in ("u", "B", "C", "z")}
    parts["delta"] = trial.input(f"{length}.delta{suffix}").mT
    parts["delta_bias"] = trial.input(f"delta_bias{suffix}")
    parts |= {name: trial.input(name) for name in ("A", "D")}
    return {name: part.clone().requires_grad_() for name, part in parts.items()}


def _scan(parts: _Parts, variant: str) -> tuple[Tensor, Tensor]:
    is_bare = variant.endswith("bare")
    delta = parts["delta"] if is_bare else parts["delta"] + parts["delta_bias"]
    delta = delta if variant.endswith("sp0") else F.softplus(delta)
    skip = torch.zeros_like(parts["D"]) if is_bare else parts["D"]
    y, last_state = selective_scan(parts["u"], delta, parts["A"], parts["B"], parts["C"], skip)
    return (y * F.silu(parts["z"]) if ".z1." in variant else y), last_state


def _wanted(trial: Trial, prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in trial.expected if name.startswith(prefix)]


def _gradients(objective: Tensor, leaves: list[Tensor]) -> tuple[Tensor, ...]:
    return torch.autograd.grad(objective, leaves, retain_graph=True) if leaves else ()
