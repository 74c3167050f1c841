"""A policy of one grid world is refused where cells or actions differ."""

import pytest

from decision_mamba.envs.same_room import require_same_room
from decision_mamba.errors import BadInput


@pytest.mark.parametrize("asked", ["large-darkroom", "darkroom-10", "darkroom@size=10"])
def test_a_room_of_other_cells_or_actions_is_refused(asked: str) -> None:
    with pytest.raises(BadInput, match=rf"learned in darkroom, 9 x 9 .*{asked} has .* same cells"):
        require_same_room("darkroom", asked)


@pytest.mark.parametrize(
    ("learned", "asked"),
    [("darkroom", "darkroom-hard"), (None, "large-darkroom"), ("Hopper-v4", "Walker2d-v4")],
)
def test_what_is_alike_or_unknown_is_played(learned: str | None, asked: str) -> None:
    require_same_room(learned, asked)
