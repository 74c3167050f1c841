"""What a policy's layers look back at when it decides: in one window, and along an episode."""

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import Any

import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor, nn

from decision_mamba.analysis.hidden_attention import attention
from decision_mamba.batch import Batch
from decision_mamba.errors import BadInput
from decision_mamba.mixers import Mixer
from decision_mamba.models.policy import SequencePolicy
from decision_mamba.shapes import Tokens

_SHOWN = 6  # channels of a layer
_FIRST_SHOWN = 30  # Dai et al. 2024, official code, branch `attention`: six channels from here
_AT_ONCE = 2**12  # tokens looked at together
_ROWS_AT_ONCE = 2**16  # numbers of a channel's matrix held together
_LAST = slice(-1, None)


@dataclasses.dataclass(frozen=True)
class LayerWeights:
    """The weights of one layer in one window.

    Attributes:
        mean: magnitudes, averaged over all channels or heads.
        shown: a few channels or heads, with their signs.
        first: which of them is the first shown.
    """

    mean: Float[ndarray, "l l"]
    shown: Float[ndarray, "c l l"]
    first: int


def require_mixers(policy: nn.Module) -> list[Mixer]:
    """The mixers of a policy, from the first layer to the last.

    Raises:
        BadInput: it has none.
    """
    mixers = [part for part in policy.modules() if isinstance(part, Mixer)]
    if not mixers:
        raise BadInput(
            "no layer of the policy mixes a sequence, so there is no attention to analyse; choose "
            "another, such as one of dt, dc, dmamba or dema"
        )
    return mixers


def weights_in_window(policy: SequencePolicy, window: Batch) -> list[LayerWeights]:
    """The matrices of every layer while the last step of one window is decided.

    Args:
        policy: in evaluation mode.
        window: b = 1, perceived.
    """
    entering = _entering(policy, window)
    return [_in_layer(mixer, x) for mixer, x in entering]


def weights_along(
    policy: SequencePolicy, episode: Batch, steps: range
) -> Iterator[Float[ndarray, "layers l"]]:
    """What each decision of an episode looks back at: how much the token decided by takes of each.

    Args:
        policy: in evaluation mode; every decision looks at its last `acting.window` steps.
        episode: b = 1, as it was played or logged, perceived.
        steps: the decisions wanted, each with a whole window behind it.

    Yields:
        For each of them the magnitudes of every layer, averaged over its channels or heads; oldest
        token first, as `window_tokens` names them.
    """
    reach = torch.arange(1 - policy.acting.window, 1)
    tokens = policy.acting.window * policy.tokens.per_step
    at_once = max(_AT_ONCE // tokens, 1)
    for start in range(0, len(steps), at_once):
        rows = torch.tensor(steps[start : start + at_once])[:, None] + reach  # b t
        windows = Batch(*(part[0, rows] for part in vars(episode).values()))
        layers = [_last_row(mixer, x) for mixer, x in _entering(policy, windows)]
        yield from torch.stack(layers, dim=1).cpu().numpy()


@torch.no_grad()
def _last_row(mixer: Mixer, x: Tokens) -> Float[Tensor, "b l"]:
    return attention(mixer, x, _LAST)[:, :, 0].abs().mean(dim=1)


@torch.no_grad()
def _in_layer(mixer: Mixer, x: Tokens) -> LayerWeights:
    length = x.shape[1]
    rows_at_once = max(_ROWS_AT_ONCE // length, 1)
    means, shown, first = [], [], 0
    for start in range(0, length, rows_at_once):
        weights = attention(mixer, x, slice(start, start + rows_at_once))[0]  # c l' l
        first = max(min(_FIRST_SHOWN, len(weights) - _SHOWN), 0)
        means.append(weights.abs().mean(dim=0))
        shown.append(weights[first : first + _SHOWN])
    return LayerWeights(
        torch.cat(means).cpu().numpy(), torch.cat(shown, dim=1).cpu().numpy(), first
    )


@torch.no_grad()
def _entering(policy: SequencePolicy, windows: Batch) -> list[tuple[Mixer, Tokens]]:
    """Each layer's mixer, and the tokens that enter it while the last steps are decided."""
    mixers = require_mixers(policy)
    with _recording(mixers) as entered:
        policy.decide(windows)
    return list(zip(mixers, entered, strict=True))


@contextlib.contextmanager
def _recording(mixers: list[Mixer]) -> Iterator[list[Tokens]]:
    entered: list[Tokens] = []

    def note(_mixer: nn.Module, given: tuple[Any, ...]) -> None:
        entered.append(given[0])

    with contextlib.ExitStack() as hooks:
        for mixer in mixers:
            hooks.callback(mixer.register_forward_pre_hook(note).remove)
        yield entered
