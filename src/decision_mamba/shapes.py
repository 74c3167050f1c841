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
    p  numbers predicted for one step: an action's own a, or a logit for each that can be chosen

A, B, C and D are left to the matrices of a state-space model, which every paper spells so;
that is why no axis has a capital letter. NumPy arrays hold what is logged or played, torch
tensors what is learned from.
"""

from jaxtyping import Bool, Float, Int, Integer, UInt8
from numpy import ndarray
from torch import Tensor

Tokens = Float[Tensor, "b l d"]
WantedTokens = Float[Tensor, "b _ d"]  # some of the l tokens
Token = Float[Tensor, "b d"]

# Raw units; or stacks of frames, uint8, the oldest frame first.
Observations = Float[Tensor, "b t o"] | UInt8[Tensor, "b t stack height width"]
Actions = Float[Tensor, "b t a"] | Int[Tensor, "b t"]  # raw units; which of several, from 0
Decided = Float[Tensor, "b a"] | Int[Tensor, " b"]  # actions of one step
Predictions = Float[Tensor, "b t p"]  # raw units; logits
Rewards = Float[Tensor, "b t"]  # raw units
Returns = Float[Tensor, "b t"]  # undiscounted sum of the rewards still to come, in reward units
Timesteps = Int[Tensor, "b t"]  # steps since the episode began, from 0
Weights = Float[Tensor, "b t"]  # share of a step in the loss, relative to the others
SubGoals = Float[Tensor, "b t _"]  # observations to arrive at; no numbers where none are wanted
Mask = Bool[Tensor, "b t"]  # True where the step is real, False where it only fills the window

# What b copies of an environment show at one time: numbers, or one frame each.
PlayedObservations = Float[ndarray, "b o"] | UInt8[ndarray, "b height width"]
PlayedActions = Float[ndarray, "b a"] | Integer[ndarray, " b"]
PlayedRewards = Float[ndarray, " b"]
Rows = Int[ndarray, " b"]  # which copies of an environment are meant
