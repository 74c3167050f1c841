"""The ways to mix a sequence. To add one, write its file and put it in this union."""

from decision_mamba.mixers.attention import Attention
from decision_mamba.mixers.convolution import Convolution
from decision_mamba.mixers.mixer import EVERY, Mixer, State
from decision_mamba.mixers.selective import Selective
from decision_mamba.mixers.state_space import StateSpace

__all__ = [
    "EVERY",
    "Attention",
    "Convolution",
    "Mixer",
    "MixerSettings",
    "Selective",
    "State",
    "StateSpace",
]

MixerSettings = Attention | Convolution | Selective | StateSpace
