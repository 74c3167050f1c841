"""What the settings of a learner may be, said in one sentence where one is not."""

import math
from collections.abc import Mapping
from typing import Any

from decision_mamba.errors import BadInput

SHARE = (0.0, 1.0)
AT_LEAST_0 = (0.0, math.inf)
AT_LEAST_1 = (1.0, math.inf)


def require_within(settings: Any, bounds: Mapping[str, tuple[float, float]]) -> None:
    """Makes sure that each named setting lies within its bounds, both of them allowed.

    Raises:
        BadInput: one does not, or is no number.
    """
    for name, (low, high) in bounds.items():
        value = getattr(settings, name)
        if not (low <= value <= high and math.isfinite(value)):
            wanted = f"at least {low:g}" if high == math.inf else f"{low:g} to {high:g}"
            raise BadInput(f"{type(settings).__name__}'s {name} is {value:g}; give {wanted}")
