"""A run that begins with another one's weights, and is judged by none of the other's tasks."""

from pathlib import Path

from decision_mamba.envs import settings_of
from decision_mamba.envs.mazes import maze
from decision_mamba.errors import BadInput
from decision_mamba.experiments.run_folder import RunFolder
from decision_mamba.models import Policy
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy_file import load_policy, policy_path
from decision_mamba.models.warm_start import warm_start
from decision_mamba.result import Result


def begin_elsewhere(policy: Policy, path: str) -> None:
    """Gives a policy the weights of another one (`warm_start`).

    Raises:
        BadInput: there is no policy, it is that of a run still to be finished, it has learned from
            other tasks, so that those to be judged by might not be unseen, or it does not fit.
    """
    if not policy_path(path).is_file():
        raise BadInput(
            f"there is no policy in {path} to begin with; train it first, name another run with "
            "--init-from, or give None for drawn weights"
        )
    _refuse_unfinished(RunFolder(Path(path)))
    _refuse_other_tasks(policy.acting, load_policy(path).acting, path)
    warm_start(policy, path)


def _refuse_unfinished(folder: RunFolder) -> None:
    """Whoever names the file of a policy wants it as it stands."""
    if not folder.result.is_file():
        return
    result = Result.read(folder.result)
    if result.status != "finished":
        raise BadInput(
            f"{folder.path} is unfinished, at update {result.update:,} of {result.updates:,}; "
            "finish it with 'decision-mamba train' and --resume, or name "
            f"{folder.policy} to begin with what it has learned so far"
        )


def _refuse_other_tasks(mine: Acting, theirs: Acting, path: str) -> None:
    if _can_leak(mine) and mine.held_out != theirs.held_out:
        raise BadInput(
            f"{path} has learned from other tasks than the data hold, so that those of "
            f"{mine.task or 'its maze'} that are held out may not be unseen; begin from a run on "
            "the same histories"
        )


def _can_leak(acting: Acting) -> bool:
    """Whether some tasks are to stay unseen; where nothing is to be played, the data say so."""
    if acting.task is None:
        return acting.held_out is not None
    return settings_of(acting.task) is not None and maze(acting.task).holds_out
