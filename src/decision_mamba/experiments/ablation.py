"""The neighbours of an experiment: those that differ from it in one thing.

A neighbour goes by the name of the experiment and a word, with a colon between them, such as
dmamba/hopper-medium:no-channel-mixing. It has neighbours too: dmamba/hopper-medium with
:no-channel-mixing:blocks-6 behind it is the last row of Ota's table 3.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from decision_mamba.errors import BadInput
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.limits import refuse_what_cannot_be
from decision_mamba.mixers import Attention, Convolution, StateSpace
from decision_mamba.models import Hybrid
from decision_mamba.models.policy import Model
from decision_mamba.models.tokens import Arrangement, arrangement
from decision_mamba.settings import changed, flat

Values: TypeAlias = Mapping[str, Any]

# What a word sets. The first setting is what it is about, the others go with it: a word means
# nothing to an experiment that has no such setting, or has that value already.
_WORDS: dict[str, Values] = {
    # Ota 2024, arXiv:2403.19925, table 3 (1).
    "no-channel-mixing": {"model.channel_mixing": False},
    "channel-mixing": {"model.channel_mixing": True},
    # A layer of Decision S4 has no residual path (`papers/decision_s4.py`).
    "no-residual": {"model.residual": False},
    "residual": {"model.residual": True},
    # Dai et al. 2024, arXiv:2405.12094, figure 1 and table 4: the widening moves from the mixer
    # to the block, or back.
    "post-up-projection": {"model.mixer.up_projection": "post", "model.channel_mixing": True},
    "pre-up-projection": {"model.mixer.up_projection": "pre", "model.channel_mixing": False},
    "return-state-action": {"model.tokens": "return-state-action"},
    # There table 2 compares these two as "B3LD" and "BL3D"; its official code has the third as
    # reward type "K".
    "return-action-state": {"model.tokens": "return-action-state"},
    "concatenated": {"model.tokens": "concatenated"},
    "return-once": {"model.tokens": "return-once"},
    # Ota 2024, official code, `remove_act_embs`.
    "no-action-tokens": {"model.action_tokens": False},
    "action-tokens": {"model.action_tokens": True},
    # Dai et al. 2024, table 17.
    "no-time-embedding": {"model.timesteps": 0},
    "time-embedding": {"model.timesteps": 1000},
    "no-embedding-norm": {"model.embedding_norm": False},
    "embedding-norm": {"model.embedding_norm": True},
    "left-padding": {"windows.pad": "left"},
    "end-padding": {"windows.pad": "end"},
    "published-initialisation": {"model.mixer.initialisation": "published"},
    "mamba-initialisation": {"model.mixer.initialisation": "mamba"},
    "published-alignment": {"model.alignment": "published"},
    "exact-alignment": {"model.alignment": "exact"},
    # Huang et al. 2024, arXiv:2406.00079: learning with and without valuable sub-goals; the weight
    # of one is the paper's.
    "no-sub-goals": {"model.goal_weight": 0.0, "contexts.goals": "none"},
    "sub-goals": {"model.goal_weight": 1.0, "contexts.goals": "value"},
    # What takes a valuable place for a sub-goal.
    "trained-projection": {"model.goal_projection": "trained"},
    "frozen-projection": {"model.goal_projection": "frozen"},
    # What mixes the long memory.
    "attention-memory": {"model.memory": Attention(dropout=0.0)},
    "convolution-memory": {"model.memory": Convolution(modalities=1)},
    "s4-memory": {"model.memory": StateSpace()},
}

# Words that any number follows, such as k-30, and the settings that it is given to.
_NUMBERED = {
    "k": ("windows.length",),
    "blocks": ("model.blocks",),
    "embedding": ("model.embedding",),
    # A sub-goal is played towards for as long as one is looked for in the data.
    "c": ("model.chunk", "contexts.every"),
}

# Settings that mean nothing where another is 0.
_NEEDED = {"model.goal_projection": "model.goal_weight"}

LENGTHS = (10, 30, 40, 60)  # Ota 2024, table 4, where they are of Atari
CHUNKS = (1, 5, 10, 15, 20)  # c of Huang et al. 2024


def neighbours(experiment: Experiment, lengths: Sequence[int] = LENGTHS) -> dict[str, Experiment]:
    """The neighbours that mean something for an experiment, by their words.

    Of the words with numbers those for twice the blocks, embeddings half and twice as wide,
    windows of the given lengths, and chunks.
    """
    found = {word: _changed(experiment, word) for word in (*_WORDS, *_numbers(experiment, lengths))}
    return {
        word: one
        for word, one in found.items()
        if one is not None and _can_be(one) and not _is_alike(one, experiment)
    }


def neighbour(experiment: Experiment, words: str) -> Experiment:
    """The neighbour of a word, or what several, with colons between them, lead to in their order.

    Raises:
        BadInput: there is none; the sentence names those there are, or says why there cannot be
            this one.
    """
    for word in words.split(":"):
        found = _changed(experiment, word)
        if found is None:
            raise BadInput(f"{experiment.preset} has no neighbour {word!r}{_why(experiment, word)}")
        refuse_what_cannot_be(found)
        experiment = found
    return experiment


def _changed(experiment: Experiment, word: str) -> Experiment | None:
    """The experiment with what the word sets; None where the word means nothing to it."""
    values, present = _values(word), _present(experiment)
    about = next(iter(values), None)
    if about not in present or present[about] == values[about] or _idle(about, present):
        return None
    if word in _WORDS and _is_number(present[about]) and present[about] and values[about]:
        return None  # turns on what is on already
    found: Experiment = changed(experiment, {"preset": f"{experiment.preset}:{word}", **values})
    fitting: Experiment = changed(found, {**_turns(found), **_as_many_steps(experiment, found)})
    return fitting


def _present(experiment: Experiment) -> dict[str, Any]:
    """What each setting is, and the mixer of a long memory as a whole."""
    model = experiment.model
    return flat(experiment) | ({"model.memory": model.memory} if isinstance(model, Hybrid) else {})


def _idle(about: str, present: Values) -> str | None:
    """The setting that is 0 here, so that the one a word is about means nothing."""
    needed = _NEEDED.get(about)
    return needed if needed and not present.get(needed) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _why(experiment: Experiment, word: str) -> str:
    """Why a word names no neighbour, and which words do."""
    known, present = neighbours(experiment), _present(experiment)
    numbered = ", ".join(f"{name}-N" for name, (path, *_) in _NUMBERED.items() if path in present)
    there_are = f"there are {', '.join(known)}, and {numbered} with other numbers"
    about = next(iter(_values(word)), None)
    if about is not None:
        told = _idle(about, present) or about
        has = f"its {told} is {present[told]}" if told in present else f"it has no {told}"
        return f", for {has}; {there_are}"
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]}? {there_are}" if near else f"; {there_are}"


def _values(word: str) -> Values:
    numbered = re.fullmatch(r"([a-z]+)-([0-9]+)", word)
    if numbered and numbered[1] in _NUMBERED:
        return dict.fromkeys(_NUMBERED[numbered[1]], int(numbered[2]))
    return _WORDS.get(word, {})


def _numbers(experiment: Experiment, lengths: Sequence[int]) -> list[str]:
    """The words with numbers that are worth a look."""
    values = flat(experiment)
    blocks, width = values["model.blocks"], values.get("model.embedding") or values["model.width"]
    embeddings = (f"embedding-{width // 2}", f"embedding-{2 * width}")
    # Contexts are not cut into windows: K is how far back a policy looks when it acts.
    windows = [f"k-{length}" for length in lengths if experiment.contexts is None]
    return [f"blocks-{2 * blocks}", *embeddings, *windows, *(f"c-{steps}" for steps in CHUNKS)]


def _turns(experiment: Experiment) -> Values:
    """What convolutions need for their taps to take turns as the tokens do, or be shared still."""
    order = _arranged(experiment)
    mixers = {name: getattr(experiment.model, name, None) for name in ("mixer", "last_mixer")}
    return {
        f"model.{name}.modalities": order.turns
        for name, mixer in mixers.items()
        if order and isinstance(mixer, Convolution) and mixer.modalities != 1
    }


def _as_many_steps(before: Experiment, found: Experiment) -> Values:
    """How many chunks of another length hold the steps that an update was learned from before."""
    was, has = before.model, found.model
    if not (isinstance(was, Hybrid) and isinstance(has, Hybrid)) or was.chunk == has.chunk:
        return {}
    steps = was.chunks_per_update * was.chunk
    return {"model.chunks_per_update": steps and max(round(steps / max(has.chunk, 1)), 1)}


def _arranged(experiment: Experiment) -> Arrangement | None:
    """How tokens are laid out; None where the policy has no tokens."""
    model = experiment.model
    if not isinstance(model, Model):
        return None
    return arrangement(model.tokens, action_tokens=model.action_tokens)


def _is_alike(one: Experiment, other: Experiment) -> bool:
    """Whether their layouts differ in name only: without actions two of them are one."""
    layouts = {getattr(each.model, "tokens", None) for each in (one, other)}
    return len(layouts) == 2 and _arranged(one) == _arranged(other)


def _can_be(experiment: Experiment) -> bool:
    try:
        refuse_what_cannot_be(experiment)
    except BadInput:
        return False
    return True
