"""Where a policy lies: the name it goes by, and where what is found out about it goes."""

from pathlib import Path

from decision_mamba.envs.preprocessing import AS_DQN, Preprocessing
from decision_mamba.experiments.run_folder import evaluation_of
from decision_mamba.games import game_of


def folder_of(policy: Path) -> Path:
    """The run's folder, or the one that holds the policy's file."""
    return policy if policy.is_dir() else policy.parent


def name_of(policy: Path) -> str:
    """What that folder is called."""
    return folder_of(policy.resolve()).name


def screen_of(policy: Path, task: str) -> Preprocessing:
    """How the run of a policy prepared the screen of its Atari games; DQN's way without a run."""
    of_run = evaluation_of(policy)
    return AS_DQN if of_run is None or game_of(task) is None else of_run.preprocessing
