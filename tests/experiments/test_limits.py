"""Settings outside their range are named with their path."""

import dataclasses

import pytest

from decision_mamba.data.windows import Windowing
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.limits import refuse_what_cannot_be
from decision_mamba.experiments.own import DEMO
from decision_mamba.experiments.presets import presets
from decision_mamba.mixers import Attention, Convolution
from decision_mamba.models import Model, Perceptron
from decision_mamba.training.optimiser import Training
from decision_mamba.training.schedule import Cosine


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_allowed(name: str) -> None:
    refuse_what_cannot_be(presets()[name].experiment)


@pytest.mark.parametrize(
    ("training", "sentence"),
    [
        (Training(updates=-1), r"training.updates is -1; expected at least 0"),
        (Training(learning_rate=0.0), r"training.learning_rate is 0.0; expected a number above 0"),
        (Training(learning_rate=float("nan")), r"training.learning_rate is nan"),
        (Training(checkpoint_every=0), r"training.checkpoint_every is 0; expected at least 1"),
        (Training(betas=(0.9, 1.0)), r"training.betas is \(0.9, 1.0\); expected two numbers, each"),
        (Training(cosine=Cosine(floor=-0.1)), r"training.cosine.floor is -0.1; expected at least"),
        (Training(cosine=Cosine(floor=1.5)), r"training.cosine.floor is 1.5; expected at most 1"),
        (
            Training(cosine=Cosine(warmup_tokens=5, final_tokens=5)),
            r"final_tokens is 5; expected more than the 5 of training.cosine.warmup_tokens",
        ),
    ],
)
def test_training_is_bounded(training: Training, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        refuse_what_cannot_be(dataclasses.replace(DEMO, training=training))


def test_dropout_is_a_share() -> None:
    with pytest.raises(BadInput, match=r"model.dropout is 1.0; expected .* less than 1"):
        refuse_what_cannot_be(dataclasses.replace(DEMO, model=Model(dropout=1.0)))


@pytest.mark.parametrize("model", [Model(mixer=Attention()), Model(last_mixer=Attention())])
def test_attention_is_not_shown_padding(model: Model) -> None:
    attentive = dataclasses.replace(DEMO, model=model, windows=Windowing(pad="left"))

    with pytest.raises(BadInput, match="leave it at end"):
        refuse_what_cannot_be(attentive)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (Model(mixer=Convolution(), action_tokens=False), "model.mixer.modalities is 3; give 2"),
        (Model(last_mixer=Convolution(6, 2)), "model.last_mixer.modalities is 2; give 3"),
        (Model(mixer=Convolution(), tokens="return-once"), "model.mixer.modalities is 3; give 1"),
    ],
)
def test_taps_take_turns_as_tokens_do(model: Model, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        refuse_what_cannot_be(dataclasses.replace(DEMO, model=model))


def test_all_tokens_may_share_their_taps() -> None:
    shared = Model(mixer=Convolution(modalities=1), action_tokens=False)

    refuse_what_cannot_be(dataclasses.replace(DEMO, model=shared))


def test_a_window_is_not_longer_than_the_table_of_times() -> None:
    short = dataclasses.replace(DEMO, model=Model(timesteps=10), windows=Windowing(length=11))

    with pytest.raises(BadInput, match=r"windows.length is 11, .* 10 rows; .* 11 or more"):
        refuse_what_cannot_be(short)
    refuse_what_cannot_be(dataclasses.replace(short, windows=Windowing(length=10)))
    refuse_what_cannot_be(dataclasses.replace(short, model=Model(timesteps=0)))


def test_the_published_alignment_is_of_layouts_with_the_action_before() -> None:
    aligned = Model(alignment="published")

    with pytest.raises(BadInput, match="these hold return, state, action; leave the alignment"):
        refuse_what_cannot_be(dataclasses.replace(DEMO, model=aligned))
    once = dataclasses.replace(aligned, tokens="return-once")
    refuse_what_cannot_be(dataclasses.replace(DEMO, model=once))
    context = dataclasses.replace(aligned, tokens="history")
    with pytest.raises(BadInput, match="these hold arrived, action before, reward before, begins"):
        refuse_what_cannot_be(dataclasses.replace(DEMO, model=context))
    blind = dataclasses.replace(once, action_tokens=False)
    with pytest.raises(BadInput, match="these hold state; leave the alignment at exact"):
        refuse_what_cannot_be(dataclasses.replace(DEMO, model=blind))


def test_a_width_of_embeddings_is_not_negative() -> None:
    with pytest.raises(BadInput, match=r"model.embedding is -1; expected at least 0"):
        refuse_what_cannot_be(dataclasses.replace(DEMO, model=Model(embedding=-1)))


def test_a_task_is_not_played_without_a_target() -> None:
    aimless = dataclasses.replace(DEMO, evaluation=Evaluation(task="Hopper-v4", targets=()))

    with pytest.raises(BadInput, match=r"return to ask for; .* --evaluation.targets"):
        refuse_what_cannot_be(aimless)


def test_whole_episodes_are_not_padded_in_front() -> None:
    padded = dataclasses.replace(DEMO, windows=Windowing(whole=True, pad="left"))

    with pytest.raises(
        BadInput,
        match=r"^windows.pad is left, but windows.whole is True and a state is carried from an "
        r"episode's first step on, which no padding may precede; leave pad at end$",
    ):
        refuse_what_cannot_be(padded)
    refuse_what_cannot_be(dataclasses.replace(DEMO, windows=Windowing(whole=True)))


def test_places_are_not_counted_from_padding() -> None:
    windows = Windowing(pad="left")
    placed = dataclasses.replace(DEMO, model=Model(positions="token"), windows=windows)

    with pytest.raises(
        BadInput,
        match=r"^windows.pad is left, but model.positions is token and places are counted from a "
        r"window's first step on, which no padding may precede; leave pad at end$",
    ):
        refuse_what_cannot_be(placed)
    refuse_what_cannot_be(dataclasses.replace(placed, windows=Windowing()))
    refuse_what_cannot_be(dataclasses.replace(placed, model=Model()))


def test_a_window_may_outlast_the_times_at_which_windows_begin() -> None:
    model = Model(positions="token", timesteps=10)

    refuse_what_cannot_be(dataclasses.replace(DEMO, model=model, windows=Windowing(length=11)))


def test_the_naive_are_played_without_a_target() -> None:
    naive = dataclasses.replace(DEMO, model=Model(tokens="state-action"))

    with pytest.raises(BadInput, match=r"targets is \(3600.0, .*takes no target return; leave"):
        refuse_what_cannot_be(naive)
    refuse_what_cannot_be(dataclasses.replace(naive, evaluation=Evaluation(task="Hopper-v4")))


def test_behaviour_cloning_is_played_without_a_target() -> None:
    cloning = dataclasses.replace(DEMO, model=Perceptron())

    with pytest.raises(BadInput, match=r"targets is \(3600.0, .*takes no target return; leave"):
        refuse_what_cannot_be(cloning)
    kept = dataclasses.replace(cloning, evaluation=Evaluation(keep_target=True))
    with pytest.raises(BadInput, match="keep_target is True, but the policy takes no"):
        refuse_what_cannot_be(kept)
    refuse_what_cannot_be(dataclasses.replace(cloning, evaluation=Evaluation(task="Hopper-v4")))


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (Perceptron(width=0), "model.width is 0; expected at least 1"),
        (Perceptron(blocks=0), "model.blocks is 0; expected at least 1"),
        (Perceptron(dropout=1.0), "model.dropout is 1.0; expected .* less than 1"),
    ],
)
def test_a_perceptron_is_bounded(model: Perceptron, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        refuse_what_cannot_be(dataclasses.replace(DEMO, model=model, evaluation=Evaluation()))


def test_noise_is_not_negative() -> None:
    noisy = dataclasses.replace(DEMO.evaluation, noise=-0.1)

    with pytest.raises(BadInput, match=r"evaluation.noise is -0.1; expected at least 0"):
        refuse_what_cannot_be(dataclasses.replace(DEMO, evaluation=noisy))


def test_frames_are_not_padded_on_the_left() -> None:
    one = presets()["dema/pong"].experiment
    padded = dataclasses.replace(one, windows=dataclasses.replace(one.windows, pad="left"))

    with pytest.raises(BadInput, match="PongNoFrameskip-v4 shows frames"):
        refuse_what_cannot_be(padded)
