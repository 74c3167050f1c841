"""Questions are found by their word."""

import pytest

from decision_mamba.cli.main import main


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_without_a_question_all_are_listed(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyse", *words]) == 0

    said = capsys.readouterr().out
    assert all(
        f"\n  {word} " in said for word in ("attention", "influence", "efficiency", "learning")
    )


def test_an_unknown_question_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyse", "luck"]) == 2

    assert capsys.readouterr().err == (
        "decision-mamba: there is no analysis 'luck'; expected attention, influence, efficiency, "
        "learning\n"
    )
