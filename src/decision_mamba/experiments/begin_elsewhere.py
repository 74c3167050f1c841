"""A run that begins with another one's weights, and is judged by none of the other's tasks."""

from decision_mamba.envs import settings_of
from decision_mamba.envs.mazes import maze
from decision_mamba.errors import BadInput
from decision_mamba.models import Policy
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy_file import load_policy, policy_path
from decision_mamba.models.warm_start import warm_start


def begin_elsewhere(policy: Policy, path: str) -> None:
    """Gives a policy the weights of another one (`warm_start`).

    Raises:
        BadInput: there is no policy, it has learned from other tasks, so that those to be judged
            by might not be unseen, or it does not fit.
    """
    if not policy_path(path).is_file():
        raise BadInput(
            f"there is no policy in {path} to begin with; train it first, name another run with "
            "--init-from, or give None for drawn weights"
        )
    _refuse_other_tasks(policy.acting, load_policy(path).acting, path)
    warm_start(policy, path)


def _refuse_other_tasks(mine: Acting, theirs: Acting, path: str) -> None:
    is_maze = mine.task is not None and settings_of(mine.task) is not None
    if is_maze and maze(mine.task or "").holds_out and mine.held_out != theirs.held_out:
        raise BadInput(
            f"{path} has learned from other tasks than the data hold, so that those of {mine.task} "
            "that are held out may not be unseen; begin from a run on the same histories"
        )
