"""A policy of one Atari game plays another only where it may."""

import pytest

from decision_mamba.cli.games import tell_apart_games
from decision_mamba.errors import BadInput


def test_a_game_with_another_number_of_actions_is_refused() -> None:
    with pytest.raises(BadInput, match="learned Breakout, which has 4 actions, but Pong has 6"):
        tell_apart_games("BreakoutNoFrameskip-v4", "ALE/Pong-v5")


def test_a_game_with_as_many_is_played_with_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    tell_apart_games("ALE/Pong-v5", "QbertNoFrameskip-v4")

    assert capsys.readouterr().err == (
        "the policy learned Pong and plays Qbert, whose actions may mean something else\n"
    )


@pytest.mark.parametrize(
    ("learned", "played"),
    [("ALE/Pong-v5", "PongNoFrameskip-v4"), ("Hopper-v4", "ALE/Pong-v5"), (None, None)],
)
def test_of_one_game_and_of_other_tasks_nothing_is_said(
    learned: str | None, played: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    tell_apart_games(learned, played)

    assert capsys.readouterr().err == ""
