"""How many multiply-adds a piece of a policy's work takes, by counting and not by timing."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from decision_mamba.errors import BadInput
from decision_mamba.mixers import Mixer
from decision_mamba.mixers.attention import AttentionMixer
from decision_mamba.mixers.convolution import ConvolutionMixer
from decision_mamba.mixers.selective import SelectiveMixer
from decision_mamba.mixers.state_space import StateSpaceMixer
from decision_mamba.models import Policy


def multiply_adds(policy: Policy, work: Callable[[], object]) -> int:
    """Counts the multiplications of `work`, each with the addition that follows it.

    Outside the mixers they are those of the matrix products, which torch counts. Those of the
    mixers follow from formulas, for torch sees into no kernel of ours: products, taps, scores and
    recurrences. A scan is counted as the recurrence needs it, one token after another, also where
    it is computed as a convolution. Functions of single numbers (norms, activations, softmax,
    exponentials, dropout) and sums without a product are not counted, here as in fvcore, by which
    DeMa counts (Dai et al. 2024, arXiv:2405.12094, official `cal_flops.py`).

    Raises:
        BadInput: a mixer has no formula.
    """
    counter = FlopCounterMode(display=False)
    # With gradients no block takes the kernel that calls none of its layers.
    with torch.enable_grad(), _Mixed(policy, counter) as mixed, counter:
        work()
    # torch counts two operations for one multiplication and its addition.
    return (counter.get_total_flops() - mixed.seen) // 2 + mixed.counted


class _Mixed:
    """Listens to the mixers of a policy as they are called.

    Attributes:
        counted: what they take by the formulas.
        seen: operations that torch's counter saw inside them.
    """

    def __init__(self, policy: Policy, counter: FlopCounterMode) -> None:
        self._mixers = [part for part in policy.modules() if isinstance(part, Mixer)]
        self._counter = counter
        self.counted = self.seen = 0

    def __enter__(self) -> "_Mixed":
        self._handles = [mixer.register_forward_pre_hook(self._enter) for mixer in self._mixers]
        self._handles += [mixer.register_forward_hook(self._leave) for mixer in self._mixers]
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._handles:
            handle.remove()

    def _enter(self, _mixer: nn.Module, _given: tuple[Any, ...]) -> None:
        self.seen -= self._counter.get_total_flops()

    def _leave(self, mixer: nn.Module, given: tuple[Any, ...], returned: tuple[Any, ...]) -> None:
        self.seen += self._counter.get_total_flops()
        assert isinstance(mixer, Mixer)
        x, state, _ = given
        batch, length, _ = x.shape
        past = state[0].shape[2] if state and isinstance(mixer, AttentionMixer) else 0
        self.counted += batch * of_mixer(mixer, length, returned[0].shape[1], past)


def of_mixer(mixer: Mixer, length: int, wanted: int, past: int = 0) -> int:
    """Multiply-adds of one call for one sequence.

    Args:
        mixer: what is called.
        length: tokens it is given.
        wanted: tokens it returns.
        past: tokens before them, for attention.
    """
    count = _FORMULAS.get(type(mixer))
    if count is None:
        raise BadInput(
            f"nobody has said how many multiply-adds a {type(mixer).__name__} takes; add its "
            "formula to analysis/multiply_adds.py"
        )
    return count(mixer, length, wanted, past)


def _attention(mixer: AttentionMixer, length: int, wanted: int, past: int) -> int:
    """Queries of the wanted, keys and values of all; scores and sums over all keys; the way out.

    Keys after a token are counted too, for their scores are computed before they are masked.
    """
    d = mixer.c_proj.in_features
    return (wanted + 2 * length) * d * d + 2 * wanted * (past + length) * d + wanted * d * d


def _convolution(mixer: ConvolutionMixer, _length: int, wanted: int, _past: int) -> int:
    """One per tap, channel and wanted token."""
    per_token = sum(weight.numel() for weight in mixer.filters[0].parameters() if weight.ndim > 1)
    return wanted * per_token


def _selective(mixer: SelectiveMixer, length: int, wanted: int, _past: int) -> int:
    """Per token, of e channels with n numbers of state:

        in d·e,  taps e·w,  Δ, B and C e·(r + 2n) and r·e
        Δ u and D u 2e;  Δ A, (Δ u) B, decay h + entry and C h 4e·n

    and per wanted token the gate's projection, the gate and the way out.
    """
    (e, n), r, w = mixer.A_log.shape, mixer.rank, mixer.conv1d.kernel_size[0]
    token = e * w + e * (r + 2 * n) + r * e + 2 * e + 4 * e * n
    if mixer.in_proj is None:
        return length * token
    d = mixer.in_proj.in_features
    return length * (d * e + token) + wanted * (d * e + e + e * d)


def _state_space(mixer: StateSpaceMixer, length: int, wanted: int, _past: int) -> int:
    """Per token and complex mode, in products of real numbers:

        A h 4,  B u 2,  2 Re(C h) 2;  for S4 also  P* h 2  and  P q 2

    and per wanted token the skip and the way out. What the weights become once per call, whatever
    its length, is not counted.
    """
    d, modes, _ = mixer.C.shape
    per_mode = 12 if mixer.settings.kernel == "s4" else 8
    return length * d * modes * per_mode + wanted * (d + d * d)


_FORMULAS: dict[type, Callable[[Any, int, int, int], int]] = {
    AttentionMixer: _attention,
    ConvolutionMixer: _convolution,
    SelectiveMixer: _selective,
    StateSpaceMixer: _state_space,
}
