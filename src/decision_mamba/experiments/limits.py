"""What the settings of an experiment may be; said before anything is read or written."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

from decision_mamba.errors import BadInput
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.limits_of_contexts import refuse_contexts_that_do_not_fit
from decision_mamba.games import game_of
from decision_mamba.mixers import Attention, Convolution
from decision_mamba.models import Model
from decision_mamba.models.tokens import arrangement

_AT_LEAST = {
    "seed": 0,
    "model.width": 1,
    "model.blocks": 1,
    "model.timesteps": 0,
    "model.embedding": 0,
    "windows.length": 1,
    "training.updates": 0,
    "training.batch_size": 1,
    "training.warmup": 0,
    "training.cooldown": 0,
    "training.weight_decay": 0,
    "training.cosine.warmup_tokens": 0,
    "training.cosine.floor": 0,
    "training.checkpoint_every": 1,
    "training.log_every": 1,
    "evaluation.every": 0,
    "evaluation.episodes": 1,
    "evaluation.copies": 1,
    "evaluation.consecutive": 0,
    "evaluation.noise": 0,
    "evaluation.temperature": 0,
    "evaluation.top_k": 0,
}
_ABOVE_ZERO = (
    "model.return_scale", "training.learning_rate", "training.clip", "curation.best_share",
)  # fmt: skip
_SHARES = ("model.dropout", "model.embedding_dropout")
_OF_SEQUENCES = (
    "model.timesteps", "model.embedding", "model.return_scale", "model.embedding_dropout",
)  # fmt: skip


def refuse_what_cannot_be(experiment: Experiment) -> None:
    """Raises BadInput for the first setting that lies outside its range."""
    if isinstance(experiment.model, Model):
        _refuse_what_no_sequence_can_be(experiment, experiment.model)
    _refuse_padding_before_whole_episodes(experiment)
    refuse_contexts_that_do_not_fit(experiment)
    _refuse_padding_before_frames(experiment)
    _refuse_targets_that_do_not_fit(experiment)
    _refuse_a_learning_rate_that_cannot_be(experiment)
    for path, value in _given(experiment, _AT_LEAST):
        least = _AT_LEAST[path]
        if not (math.isfinite(value) and value >= least):
            raise BadInput(f"{path} is {value}; expected at least {least}")
    for path, value in _given(experiment, _ABOVE_ZERO):
        if not (math.isfinite(value) and value > 0):
            raise BadInput(f"{path} is {value}; expected a number above 0")
    for path, value in _given(experiment, _SHARES):
        if not 0 <= value < 1:
            raise BadInput(f"{path} is {value}; expected at least 0 and less than 1")


def _refuse_what_no_sequence_can_be(experiment: Experiment, model: Model) -> None:
    _refuse_padding_that_attention_would_see(experiment, model)
    _refuse_taps_out_of_turn(model)
    _refuse_padding_in_front_of_places(experiment, model)
    _refuse_windows_beyond_the_table_of_times(experiment, model)
    _refuse_an_alignment_of_other_tokens(model)


def _refuse_padding_that_attention_would_see(experiment: Experiment, model: Model) -> None:
    # The published code masks padding for attention, which gives the same as padding at the end,
    # and does not for Mamba, whose runs the setting reproduces.
    mixers = (model.mixer, model.last_mixer)
    attends = any(isinstance(mixer, Attention) for mixer in mixers)
    if experiment.windows.pad == "left" and attends:
        raise BadInput(
            "windows.pad is left, but attention would see that padding, which the published code "
            "hides from it; leave it at end, which computes the same as the published code"
        )


def _refuse_padding_in_front_of_places(experiment: Experiment, model: Model) -> None:
    if experiment.windows.pad == "left" and model.positions == "token":
        raise BadInput(
            "windows.pad is left, but model.positions is token and places are counted from a "
            "window's first step on, which no padding may precede; leave pad at end"
        )


def _refuse_padding_before_whole_episodes(experiment: Experiment) -> None:
    if experiment.windows.whole and experiment.windows.pad == "left":
        raise BadInput(
            "windows.pad is left, but windows.whole is True and a state is carried from an "
            "episode's first step on, which no padding may precede; leave pad at end"
        )


def _refuse_padding_before_frames(experiment: Experiment) -> None:
    task = experiment.evaluation.task
    if experiment.windows.pad == "left" and task is not None and game_of(task) is not None:
        raise BadInput(
            f"windows.pad is left, but {task} shows frames, and no published policy of frames is "
            "shown padding; leave it at end"
        )


def _refuse_taps_out_of_turn(model: Model) -> None:
    tokens = arrangement(model.tokens, action_tokens=model.action_tokens).turns
    for name, mixer in (("mixer", model.mixer), ("last_mixer", model.last_mixer)):
        if isinstance(mixer, Convolution) and mixer.modalities not in (1, tokens):
            raise BadInput(
                f"model.{name}.modalities is {mixer.modalities}; give {tokens}, which fits the "
                "tokens of a step here, or 1 for the same taps everywhere"
            )


def _refuse_windows_beyond_the_table_of_times(experiment: Experiment, model: Model) -> None:
    rows, length = model.timesteps, experiment.windows.length
    if model.positions == "step" and 0 < rows < length:
        raise BadInput(
            f"windows.length is {length}, but the table of time embeddings has {rows} rows; give "
            f"model.timesteps of {length} or more, or 0 for no time embedding"
        )


def _refuse_an_alignment_of_other_tokens(model: Model) -> None:
    kinds = arrangement(model.tokens, action_tokens=model.action_tokens).step
    if model.alignment == "published" and ("action before" not in kinds or model.reads_rewards):
        raise BadInput(
            "model.alignment is published, which concerns tokens that hold the action before a "
            f"step and no reward, but these hold {', '.join(kinds)}; leave the alignment at exact"
        )


def _refuse_targets_that_do_not_fit(experiment: Experiment) -> None:
    evaluation, takes_target = experiment.evaluation, experiment.model.takes_target
    is_played = evaluation.task is not None and evaluation.every
    if is_played and takes_target and not evaluation.targets:
        raise BadInput(
            f"{evaluation.task} cannot be played without a return to ask for; give one or several "
            "with --evaluation.targets"
        )
    if evaluation.keep_target and not takes_target:
        raise BadInput(
            "evaluation.keep_target is True, but the policy takes no target return; leave it out"
        )
    if evaluation.targets and not takes_target:
        raise BadInput(
            f"evaluation.targets is {evaluation.targets}, but the policy takes no target return; "
            "leave it out"
        )


def _refuse_a_learning_rate_that_cannot_be(experiment: Experiment) -> None:
    betas, cosine = experiment.training.betas, experiment.training.cosine
    if len(betas) != 2 or not all(0 <= beta < 1 for beta in betas):
        raise BadInput(
            f"training.betas is {betas}; expected two numbers, each at least 0 and less than 1"
        )
    if cosine.floor > 1:
        raise BadInput(f"training.cosine.floor is {cosine.floor}; expected at most 1")
    if cosine.final_tokens is not None and cosine.final_tokens <= cosine.warmup_tokens:
        raise BadInput(
            f"training.cosine.final_tokens is {cosine.final_tokens}; expected more than the "
            f"{cosine.warmup_tokens} of training.cosine.warmup_tokens"
        )


def _given(experiment: Experiment, paths: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Those of the settings that the experiment's kind of policy has."""
    is_sequence = isinstance(experiment.model, Model)
    for path in paths:
        if is_sequence or path not in _OF_SEQUENCES:
            yield path, _at(experiment, path)


def _at(experiment: Experiment, path: str) -> Any:
    value: Any = experiment
    for name in path.split("."):
        value = getattr(value, name)
    return value
