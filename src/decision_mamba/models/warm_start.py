"""A policy that begins where another one has come to."""

from pathlib import Path

from decision_mamba.errors import BadInput
from decision_mamba.models.policy_file import load_policy
from decision_mamba.models.promise import Policy
from decision_mamba.settings import flat

# These say how weights are drawn or learned, not what is computed with them.
_FREE = (
    "dropout", "embedding_dropout", "chunks_per_update", "decay", "initialisation", "depth_scaled",
    "table_deviation",
)  # fmt: skip


def warm_start(policy: Policy, path: str | Path) -> None:
    """Gives a policy the weights of another one, which must be of the same kind.

    Observations stay in the scale in which the other has learned: their mean and deviation come
    with its weights, whatever data the policy goes on with. Before its first update it therefore
    predicts what the other does.

    A table with a row for each place of a window, or weights for each step of one, are not
    stretched: they fit windows of the same length only.

    Args:
        policy: as it was built; its weights are written over.
        path: a policy's file, or the folder of a run.

    Raises:
        BadInput: there is no policy, or it sees or does something else, is of other settings, or
            looks back otherwise than its weights allow for.
    """
    other = load_policy(path)
    _refuse_other_spaces(policy, other, path)
    _refuse_other_settings(policy, other, path)
    _refuse_other_windows(policy, other, path)
    policy.load_state_dict(other.state_dict())


def _refuse_other_spaces(policy: Policy, other: Policy, path: str | Path) -> None:
    if other.spaces != policy.spaces:
        raise BadInput(
            f"{path} has weights for {other.spaces}, and the data are of {policy.spaces}; begin "
            "from a policy of the same kind of task"
        )


def _refuse_other_settings(policy: Policy, other: Policy, path: str | Path) -> None:
    wanted, there = flat(policy.model), flat(other.model)
    names = [name for name in wanted.keys() | there.keys() if name.split(".")[-1] not in _FREE]
    # What kind it is comes first, for it decides which other settings there are.
    for name in sorted(names, key=lambda name: (not name.endswith("kind"), name.count("."), name)):
        if wanted.get(name) != there.get(name):
            raise BadInput(
                f"{path} is a policy with model.{name} = {there.get(name)}, not "
                f"{wanted.get(name)}; begin from one with the same settings of the model"
            )


def _refuse_other_windows(policy: Policy, other: Policy, path: str | Path) -> None:
    got = other.state_dict()
    for name, weight in policy.state_dict().items():
        if weight.shape != got[name].shape:
            raise BadInput(
                f"{path} has {name} of shape {tuple(got[name].shape)} for windows of "
                f"{other.acting.window} steps, and windows of {policy.acting.window} need "
                f"{tuple(weight.shape)}; give --windows.length {other.acting.window}"
            )
