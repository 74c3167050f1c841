"""Whether a policy that learned one Atari game may play another."""

import sys

from decision_mamba.errors import BadInput
from decision_mamba.games import ACTIONS, game_of


def tell_apart_games(learned: str | None, played: str | None) -> None:
    """A game's actions are numbered in its own way, and 3 is another move in another game.

    One that has as many actions is played, with a word on stderr.

    Args:
        learned: id of the task that a policy was trained for, if any.
        played: id of the task that it shall play.

    Raises:
        BadInput: the policy was trained for another game, which has not as many actions.
    """
    own, other = game_of(learned or ""), game_of(played or "")
    if own is None or other is None or own == other:
        return
    if ACTIONS[own] != ACTIONS[other]:
        raise BadInput(
            f"the policy learned {own}, which has {ACTIONS[own]} actions, but {other} has "
            f"{ACTIONS[other]}; give a policy of {other}, or play ALE/{own}-v5"
        )
    print(
        f"the policy learned {own} and plays {other}, whose actions may mean something else",
        file=sys.stderr,
    )
