"""What is wrong with a command line is one sentence."""

import dataclasses

import pytest

from decision_mamba.cli.parsing import _sentence, parse
from decision_mamba.errors import BadInput


@dataclasses.dataclass(frozen=True)
class Inner:
    """Settings inside."""

    updates: int = 3

    def __post_init__(self) -> None:
        if self.updates < 1:
            raise BadInput(f"updates is {self.updates}; give at least 1")


@dataclasses.dataclass(frozen=True)
class Outer:
    """Settings."""

    inner: Inner = Inner()
    targets: tuple[float, ...] = ()


def test_a_path_reaches_a_setting() -> None:
    asked = parse(
        Outer, ["--inner.updates", "7", "--targets", "1", "2.5"], command="x", default=Outer()
    )

    assert asked == Outer(Inner(7), (1.0, 2.5))


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (
            ["--inner.update", "7"],
            r"Unrecognized.*--inner\.update.*did you mean --inner\.updates\?",
        ),
        (["--inner.updates", "few"], r"^--inner\.updates: invalid literal .* 'few'"),
        (["--inner.updates", "0"], r"^updates is 0; give at least 1; decision-mamba train"),
        (["--targets", "much"], r"--targets.*'much'"),
    ],
)
def test_what_cannot_be_read_is_named(argv: list[str], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as problem:
        parse(Outer, argv, command="train", default=Outer())

    assert "\n" not in str(problem.value)
    assert str(problem.value).endswith("decision-mamba train --help tells more")


def test_a_frame_of_dashes_is_taken_off_as_well() -> None:
    lines = ["-- Parsing error ----", "| Unrecognized: --inner.update |", "---------------------"]

    assert _sentence("\n".join(lines)) == "Unrecognized: --inner.update;"
