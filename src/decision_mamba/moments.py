"""Mean and spread of the observations in a data set, by which a policy scales what it sees."""

import dataclasses

from jaxtyping import Float
from numpy import ndarray


@dataclasses.dataclass(frozen=True)
class Moments:
    """One number per observation number, in raw units.

    Attributes:
        mean: over every step of every episode.
        std: the population's standard deviation plus 1e-6 (Chen et al. 2021, official code), so
            that a number that never moves divides by something.
    """

    mean: Float[ndarray, " o"]
    std: Float[ndarray, " o"]
