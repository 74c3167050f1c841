"""How far two sets of tensors are apart."""

from collections.abc import Iterable

from torch import Tensor


def relative_error(found: Iterable[Tensor], wanted: Iterable[Tensor]) -> float:
    """The largest difference within a tensor over its largest number; of the worst tensor."""
    pairs = zip(found, wanted, strict=True)
    return max(float((a - b).abs().max() / b.abs().max()) for a, b in pairs)
