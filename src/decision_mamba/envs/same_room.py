"""Whether what a policy knows of one grid world is true of another."""

from decision_mamba.envs.gridworld import GridWorld
from decision_mamba.envs.mazes import settings_of
from decision_mamba.errors import BadInput


def require_same_room(learned: str | None, asked: str) -> None:
    """Refuses a room in which a policy of another one would be lost.

    What it knows are the cells and what its actions do. Of tasks that are no grid worlds nothing
    is said.

    Args:
        learned: the task that the policy has learned; None where nobody knows.
        asked: the task that it shall play.

    Raises:
        BadInput: the rooms differ in cells or actions.
    """
    known, there = None if learned is None else settings_of(learned), settings_of(asked)
    if not (isinstance(known, GridWorld) and isinstance(there, GridWorld)):
        return
    if (known.size, known.actions) != (there.size, there.actions):
        raise BadInput(
            f"the policy has learned in {learned}, {known.size} x {known.size} cells and the "
            f"actions {', '.join(known.actions)}; {asked} has {there.size} x {there.size} and "
            f"{', '.join(there.actions)}; give a room of the same cells and actions"
        )
