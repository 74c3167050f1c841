"""The tasks a policy is played in, and what scores are measured against."""

from decision_mamba.envs.environment import Environment, Image, Stepped
from decision_mamba.envs.mazes import settings_of
from decision_mamba.envs.preprocessing import AS_DQN, Preprocessing
from decision_mamba.envs.references import Reference, reference
from decision_mamba.envs.rollout import Actor, LastingActor, consecutive, earnings, rollout
from decision_mamba.errors import BadInput

__all__ = [
    "Actor",
    "Environment",
    "Image",
    "LastingActor",
    "Preprocessing",
    "Reference",
    "Stepped",
    "consecutive",
    "earnings",
    "make",
    "reference",
    "rollout",
    "settings_of",
]


def make(task: str, copies: int, *, preprocessing: Preprocessing = AS_DQN) -> Environment:
    """Opens `copies` copies of a task, named by its id with version, or of a maze by its name.

    Args:
        task: the name.
        copies: how many.
        preprocessing: of the screen of an Atari game.

    Raises:
        BadInput: if no such task can be made, its observations are neither vectors nor an Atari
            game's, or a preprocessing is given for a task that has no screen.
        MissingExtra: it is an Atari game, and what plays those is not installed.
    """
    if task.startswith("ALE/") or "NoFrameskip-v" in task:
        # The emulator is optional.
        from decision_mamba.envs.atari import Atari

        return Atari(task, copies, preprocessing)
    if preprocessing != AS_DQN:
        raise BadInput(
            f"{task} is no Atari game, whose screens alone are preprocessed, but got "
            f"{preprocessing}; leave it out"
        )
    if settings_of(task) is not None:
        from decision_mamba.envs.maze_copies import MazeCopies

        return MazeCopies(task, copies)
    # Imported by whoever plays, not by whoever only reads settings: gymnasium takes a moment.
    from decision_mamba.envs.gym import Gym

    return Gym(task, copies)
