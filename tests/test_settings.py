"""Settings survive the way to a dict and back, and misspelt ones are named."""

import dataclasses
from typing import ClassVar, Literal

import pytest

from decision_mamba.errors import BadInput
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.presets import presets
from decision_mamba.mixers import Attention, MixerSettings, Selective
from decision_mamba.settings import changed, flat, from_dict, to_dict


@dataclasses.dataclass(frozen=True)
class Model:
    """A settings class that holds another."""

    mixer: MixerSettings
    width: int = 128
    rate: float = 0.5
    side: Literal["end", "left"] = "end"
    targets: tuple[float, ...] = ()
    task: str | None = None


def test_there_and_back() -> None:
    model = Model(mixer=Selective(state=64), width=256, targets=(1.0, 2.5))

    plain = to_dict(model)

    assert plain["mixer"]["kind"] == "Selective"
    assert plain["targets"] == [1.0, 2.5]
    assert "task" not in plain
    assert from_dict(Model, plain) == model


def test_flat_settings_are_by_path() -> None:
    values = flat(Model(mixer=Attention(heads=2), targets=(1.0,)))

    assert values["width"] == 128
    assert values["mixer.kind"] == "Attention"
    assert values["mixer.heads"] == 2
    assert values["targets"] == [1.0]


def test_changed_settings_differ_at_their_paths_only() -> None:
    model = Model(mixer=Attention(heads=2, dropout=0.5))

    other = changed(model, {"mixer.heads": 4, "width": 256})

    assert other == Model(mixer=Attention(heads=4, dropout=0.5), width=256)
    assert model == Model(mixer=Attention(heads=2, dropout=0.5))


@pytest.mark.parametrize("name", presets())
def test_every_preset_comes_back(name: str) -> None:
    experiment = presets()[name].experiment

    assert from_dict(Experiment, to_dict(experiment)) == experiment


def test_whole_numbers_are_read_as_real_ones_where_those_are_meant() -> None:
    plain = to_dict(Model(mixer=Attention())) | {"rate": 2}

    read = from_dict(Model, plain)

    assert isinstance(read.rate, float)
    assert read.rate == 2.0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"widht": 3}, "Model has no widht; it has mixer, width"),
        ({"width": "wide"}, "Model.width is 'wide'; expected int"),
        ({"width": True}, "Model.width is True; expected int"),
        ({"side": "right"}, "Model.side is 'right'; expected 'end', 'left'"),
        ({"rate": [1.0]}, r"Model.rate is \[1.0\]; expected one value, not a list"),
        ({"kind": "Modell"}, "kind is 'Modell'; known here: Model"),
        ({"mixer": {"kind": "Attn"}}, "kind is 'Attn'; known here: Attention, .*Selective"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, object], sentence: str) -> None:
    plain = to_dict(Model(mixer=Attention())) | change

    with pytest.raises(BadInput, match=sentence):
        from_dict(Model, plain)


def test_a_missing_setting_without_default_is_named() -> None:
    with pytest.raises(BadInput, match="Model needs mixer and got only width"):
        from_dict(Model, {"kind": "Model", "width": 3})


@dataclasses.dataclass(frozen=True)
class Reading:
    """A class that says something of itself, with a field that must be given and may be None."""

    unit: ClassVar[str] = "reward"

    target: float | None
    mean: float


def test_a_none_that_was_left_out_comes_back() -> None:
    plain = to_dict(Reading(target=None, mean=2.0))

    assert plain == {"kind": "Reading", "mean": 2.0}
    assert from_dict(Reading, plain) == Reading(target=None, mean=2.0)


def test_what_a_class_says_of_itself_is_no_setting() -> None:
    with pytest.raises(BadInput, match="Reading has no unit; it has target, mean"):
        from_dict(Reading, {"kind": "Reading", "mean": 2.0, "unit": "metres"})
