"""Trials of two learners, with returns small enough to check by hand."""

from decision_mamba.analysis.acting import ActingCost
from decision_mamba.analysis.learning import reached
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.learning import Row, Terms, Trial, rows
from decision_mamba.experiments.sitting import Sitting
from decision_mamba.experiments.trained import Trained
from decision_mamba.result import Played

TERMS = Terms(copies=1, consecutive=2, read=2, temperatures=(0.5, 1.0))


def sitting(instance: int, *returns: float) -> Sitting:
    played = tuple(
        Played(
            update=0, task="darkroom", mode="recurrent", target=None, seed=0, episode=0,
            total_reward=earned, length=20, number=number, instance=instance,
        )
        for number, earned in enumerate(returns, start=1)
    )  # fmt: skip
    settings = Evaluation(task="darkroom", episodes=1, consecutive=len(returns))
    return Sitting(settings, 0, played, ActingCost(10, 1.0, 1, 5, 6))


def trial_of(run: Trained, last: float, temperature: float = 0.5, instance: int = 40) -> Trial:
    lasting, control = sitting(instance, 1.0, last), sitting(instance, 1.0, 0.5)
    sums = reached(lasting.played, control.played, read=2)
    return Trial(run, temperature, {temperature: sums.lasting}, lasting, control, sums)


def two_learners(run: Trained) -> list[Row]:
    low = [trial_of(run, last) for last in (4.0, 5.0, 6.0)]
    high = [trial_of(run, last, temperature) for last, temperature in ((14.0, 1.0), (16.0, 0.5))]
    high.append(trial_of(run, 15.0))
    return rows({"low": low, "high": high}, read=2)
