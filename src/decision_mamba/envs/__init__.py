"""The tasks a policy is played in, and what scores are measured against."""

from decision_mamba.envs.environment import Environment, Image, Stepped
from decision_mamba.envs.mazes import settings_of
from decision_mamba.envs.references import Reference, reference
from decision_mamba.envs.rollout import Actor, LastingActor, consecutive, rollout

__all__ = [
    "Actor",
    "Environment",
    "Image",
    "LastingActor",
    "Reference",
    "Stepped",
    "consecutive",
    "make",
    "reference",
    "rollout",
    "settings_of",
]


def make(task: str, copies: int) -> Environment:
    """Opens `copies` copies of a task, named by its id with version, or of a maze by its name.

    Raises:
        BadInput: if no such task can be made, or its observations or actions are not vectors.
        MissingExtra: it is an Atari game, and what plays those is not installed.
    """
    if task.startswith("ALE/") or "NoFrameskip-v" in task:
        # The emulator is optional.
        from decision_mamba.envs.atari import Atari

        return Atari(task, copies)
    if settings_of(task) is not None:
        from decision_mamba.envs.maze_copies import MazeCopies

        return MazeCopies(task, copies)
    # Imported by whoever plays, not by whoever only reads settings: gymnasium takes a moment.
    from decision_mamba.envs.gym import Gym

    return Gym(task, copies)
