"""One experiment, whole: what is learned from, by what, how, and how it is judged."""

import dataclasses

from decision_mamba.data.contexts import Contexting
from decision_mamba.data.returns import Curation
from decision_mamba.data.windows import Windowing
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.models import Model, PolicySettings
from decision_mamba.models.memory import Acting
from decision_mamba.training.optimiser import Training


@dataclasses.dataclass(frozen=True)
class Experiment:
    """Settings of a run; a preset is one of these.

    Attributes:
        preset: the name it goes by.
        data: sources, read one after the other: paths, or names of data sets that are looked up
            in the folder DECISION_MAMBA_DATA.
        contexts: of several episodes, from which is learned instead of from windows. K is then how
            many steps a policy in window mode looks back, over the ends of episodes.
        seed: of weights, windows, dropout and environments.
        init_from: folder of a run, or file of a policy, by whose weights is begun instead of by
            drawn ones (`warm_start`); the optimiser begins afresh. None for drawn ones.
    """

    preset: str
    data: tuple[str, ...]
    model: PolicySettings = Model()
    windows: Windowing = Windowing()
    curation: Curation = Curation()
    training: Training = Training()
    evaluation: Evaluation = Evaluation()
    contexts: Contexting | None = None
    seed: int = 0
    init_from: str | None = None

    @property
    def chunk(self) -> int | None:
        """Steps after which gradients stop; None where windows are learned from at once."""
        return self.windows.length if self.windows.whole else None

    @property
    def acting(self) -> Acting:
        """How the policy that comes out is meant to be used."""
        return Acting(
            window=self.windows.length,
            pad=self.windows.pad,
            rewards=self.curation.rewards,
            mode=self.evaluation.mode,
            task=self.evaluation.task,
            targets=self.evaluation.targets,
            lasting=self.contexts is not None,
        )
