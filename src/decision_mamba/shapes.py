"""The letters of our tensor shapes, and the shapes that have a name.

    b  episodes or windows in a batch
    t  environment steps in a window or an episode
    l  tokens in a sequence; l = t * (tokens per step)
    d  width of a token inside the model
    e  width inside a state-space mixer; e = expand * d
    n  size of one channel's recurrent state
    h  attention heads
    w  taps of a causal convolution
    o  numbers in one observation
    a  numbers in one continuous action

A, B, C and D are left to the matrices of a state-space model, which every paper spells so;
that is why no axis has a capital letter. NumPy arrays hold what is logged or played, torch
tensors what is learned from.
"""

from jaxtyping import Bool, Float, Int
from numpy import ndarray
from torch import Tensor

Tokens = Float[Tensor, "b l d"]
WantedTokens = Float[Tensor, "b _ d"]  # some of the l tokens
Token = Float[Tensor, "b d"]

Observations = Float[Tensor, "b t o"]  # raw units
Actions = Float[Tensor, "b t a"]  # raw units
Rewards = Float[Tensor, "b t"]  # raw units
Returns = Float[Tensor, "b t"]  # undiscounted sum of the rewards still to come, in reward units
Timesteps = Int[Tensor, "b t"]  # steps since the episode began, from 0
Mask = Bool[Tensor, "b t"]  # True where the step is real, False where it only fills the window

PlayedObservations = Float[ndarray, "b o"]  # what b copies of an environment show at one time
PlayedActions = Float[ndarray, "b a"]
PlayedRewards = Float[ndarray, " b"]
Rows = Int[ndarray, " b"]  # which copies of an environment are meant
