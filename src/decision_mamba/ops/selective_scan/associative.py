"""The selective scan in plain torch, parallel over the length, on any device.

Two steps of the recurrence in a row are one step of the same form,

    h_t = (a_t a_{t-1}) h_{t-2} + (a_t x_{t-1} + x_t)

so the tokens are joined in pairs, the pairs in pairs, and so on: 2 log2(l) rounds over arrays of
shape b l e n. The decays a are only ever multiplied, so nothing overflows, and a product that
underflows stands for a past that is forgotten.

Source: Blelloch, "Prefix sums and their applications", CMU-CS-90-190, section 1.4.1.
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F


def selective_scan(
    u: Float[Tensor, "b l e"],
    delta: Float[Tensor, "b l e"],
    A: Float[Tensor, "e n"],
    B: Float[Tensor, "b l n"],
    C: Float[Tensor, "b l n"],
    D: Float[Tensor, " e"],
    state: Float[Tensor, "b e n"] | None = None,
    gate: Float[Tensor, "b l e"] | None = None,
    delta_bias: Float[Tensor, " e"] | None = None,
) -> tuple[Float[Tensor, "b l e"], Float[Tensor, "b e n"]]:
    """Does what the reference does, with memory for several arrays of shape b l e n."""
    if delta_bias is not None:
        delta = F.softplus(delta + delta_bias)
    decay = torch.exp(delta[..., None] * A)  # b l e n
    entry = (delta * u)[..., None] * B[:, :, None, :]  # b l e n
    start = u.new_zeros(u.shape[0], *A.shape) if state is None else state
    entry[:, 0] += decay[:, 0] * start
    h = _scan(decay, entry)
    y = (h * C[:, :, None, :]).sum(-1) + D * u
    return y if gate is None else y * F.silu(gate), h[:, -1]


def _scan(
    decay: Float[Tensor, "b l e n"], entry: Float[Tensor, "b l e n"]
) -> Float[Tensor, "b l e n"]:
    """Finds h after every token, from h = 0 before the first."""
    length = entry.shape[1]
    if length == 1:
        return entry
    pairs = length // 2
    decay_1, decay_2 = decay[:, : 2 * pairs : 2], decay[:, 1::2]
    entry_1, entry_2 = entry[:, : 2 * pairs : 2], entry[:, 1::2]
    after = _scan(decay_2 * decay_1, decay_2 * entry_1 + entry_2)  # h after each pair

    later = entry[:, 2::2] + decay[:, 2::2] * after[:, : (length - 1) // 2]
    within = torch.cat([entry[:, :1], later], dim=1)  # h after the first token of each pair
    h = torch.stack([within[:, :pairs], after], dim=2).flatten(1, 2)
    return torch.cat([h, within[:, pairs:]], dim=1)
