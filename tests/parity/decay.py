"""10: which weights of the Atari policies decay, against the authors' optimisers."""

import dataclasses

import numpy as np
import torch

from decision_mamba.errors import BadInput
from decision_mamba.mixers import Attention, Convolution, MixerSettings, Selective
from decision_mamba.models import Model
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy import SequencePolicy
from decision_mamba.moments import Moments
from decision_mamba.spaces import Discrete, Image, Spaces
from decision_mamba.training.decay import Decayed, split
from tests.parity.atari_names import NEVER_USED, ours
from tests.parity.trial import Trial

# Neither sizes nor numbers matter here, only what there is.
_CHEN = Model(width=8, blocks=2, positions="token", embedding_norm=False, head_bias=False)
_DEMA = Model(
    width=8, blocks=2, tokens="action-return-state", embedding=4, timesteps=0,
    embedding_norm=False, channel_mixing=False, mixer_norm="rms", final_norm="rms", head_bias=False,
)  # fmt: skip

# By the names that the cases give to token mixers; "None" is Decision Transformer's only one.
_MIXERS: dict[str, tuple[MixerSettings, MixerSettings | None]] = {
    "None": (Attention(), None),
    "attn": (Attention(), None),
    "conv": (Convolution(projected=True), None),
    "conv-attn": (Convolution(projected=True), Attention()),
    "mamba": (Selective(state=4), None),
    "mamba-min": (Selective(state=4), None),
}


def check(trial: Trial) -> None:
    """Compares, weight by weight, for every token mixer of the source."""
    is_dema = trial.case.name.endswith("_dema")
    for kind, groups in trial.case.card["data"].items():
        if kind.endswith(".optimizer"):
            continue
        mixer, last = _MIXERS[kind]
        model = _model(_DEMA if is_dema else _CHEN, mixer, last, kind)
        here = _decaying(model, "all but norms" if is_dema else "matrices")
        theirs = {
            ours(name): group["weight_decay"] > 0
            for group in groups
            for name in group["names"]
            if name not in NEVER_USED
        }
        if odd := sorted(here.keys() ^ theirs.keys()):
            raise BadInput(f"{kind}: {', '.join(odd)} have no counterpart")
        for name, decays in theirs.items():
            label = f"{kind}: {name}"
            trial.compare_stated(label, torch.tensor(here[name]), torch.tensor(decays))


def _model(
    model: Model, mixer: MixerSettings, last: MixerSettings | None, kind: str
) -> SequencePolicy:
    settings = dataclasses.replace(model, mixer=mixer, last_mixer=last)
    if kind == "mamba-min":
        settings = dataclasses.replace(settings, mixer_norm="rms")
    nothing = Moments(np.zeros(0), np.ones(0))
    return SequencePolicy(settings, Spaces(Image(), Discrete(4)), nothing, Acting(window=5))


def _decaying(policy: SequencePolicy, decayed: Decayed) -> dict[str, bool]:
    taken = {id(weight) for weight in split(policy, decayed)[0]}
    return {name: id(weight) in taken for name, weight in policy.named_parameters()}
