"""What the settings of an experiment may be where it learns from contexts, or from none."""

from decision_mamba.data.returns import Curation
from decision_mamba.errors import BadInput
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.models import Hybrid


def refuse_contexts_that_do_not_fit(experiment: Experiment) -> None:
    """Raises BadInput for contexts that rows, rewards or policy do not fit, and for their lack."""
    if experiment.contexts is None:
        _refuse_what_windows_do_not_tell(experiment)
        return
    if experiment.windows.whole or experiment.windows.pad == "left":
        raise BadInput(
            "contexts are rows of their own, padded at the end; leave windows.whole and "
            "windows.pad as they are"
        )
    if experiment.curation != Curation():
        raise BadInput(
            f"contexts are made of all episodes with the rewards they have, but got "
            f"{experiment.curation}; leave the curation as it is"
        )
    if isinstance(experiment.model, Hybrid):
        _refuse_sub_goals_that_do_not_fit(experiment, experiment.model)
    elif experiment.contexts.goals != "none":
        raise BadInput(
            f"contexts.goals is {experiment.contexts.goals}, and the policy plays towards no "
            "sub-goals; leave it at none, or begin with a preset of dmh"
        )


def _refuse_what_windows_do_not_tell(experiment: Experiment) -> None:
    if isinstance(experiment.model, Hybrid):
        raise BadInput(
            "the hybrid learns from contexts of several episodes, and none are set; begin with "
            "a preset of dmh"
        )
    if experiment.model.reads_rewards:
        raise BadInput(
            f"model.tokens is {getattr(experiment.model, 'tokens', None)}, which reads what was "
            "earned, and windows do not tell it; begin with a preset of contexts, such as one of "
            "ad, or choose tokens without rewards"
        )


def _refuse_sub_goals_that_do_not_fit(experiment: Experiment, model: Hybrid) -> None:
    assert experiment.contexts is not None
    goals, every = experiment.contexts.goals, experiment.contexts.every
    if goals == "none" and model.goal_weight > 0:
        raise BadInput(
            f"model.goal_weight is {model.goal_weight}, but contexts.goals is none and no valuable "
            "sub-goals are looked for; give --contexts.goals value, or --model.goal-weight 0"
        )
    if goals != "none" and model.goal_weight == 0:
        raise BadInput(
            f"contexts.goals is {goals}, but model.goal_weight is 0, so that none of them is "
            "learned from; give --contexts.goals none, or a weight above 0"
        )
    if goals != "none" and every != model.chunk:
        raise BadInput(
            f"contexts.every is {every} and model.chunk {model.chunk}, but a sub-goal is played "
            "towards for as long as one is looked for in the data; give both the same"
        )
