"""`decision-mamba train`: learns a policy from recorded episodes."""

import dataclasses
import shlex
from pathlib import Path
from typing import Annotated

import tyro

from decision_mamba.cli.parsing import parse
from decision_mamba.data.contexts import Contexting
from decision_mamba.data.returns import Curation
from decision_mamba.data.windows import Windowing
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments import run as experiments
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.presets import preset
from decision_mamba.experiments.run_folder import RunFolder, default_folder
from decision_mamba.models import PolicySettings
from decision_mamba.training.optimiser import Training


@dataclasses.dataclass(frozen=True)
class Train:
    """Learns a policy from recorded episodes.

    PRESET is one of `decision-mamba presets`; every setting of it can be given another value.
    """

    preset: Annotated[tyro.conf.Positional[str], tyro.conf.arg(metavar="PRESET")]
    """Experiment to start from, such as demo or dmamba/hopper-medium."""
    data: Annotated[tuple[str, ...], tyro.conf.arg(metavar="SOURCE [SOURCE ...]")]
    """Episodes to learn from, read one behind the other: files, folders of shards in the layout of
    the DQN-replay data or of Minari, minari:ID, "demo", or names of data sets in the folder
    DECISION_MAMBA_DATA. Behind an @ stands a part in whole episodes, such as pong.hdf5@steps=2000
    or @episodes=5."""
    model: PolicySettings
    windows: Windowing
    curation: Curation
    training: Training
    evaluation: Evaluation
    contexts: Contexting | None
    """Of several episodes, which in-context policies learn from instead of windows."""
    seed: int
    """Of weights, windows, dropout and environments."""
    init_from: Annotated[str | None, tyro.conf.arg(metavar="RUN|POLICY")]
    """A run, or a policy.safetensors, by whose weights to begin instead of by drawn ones: a shorter
    corridor's, for example. It must have the same model; the optimiser begins afresh."""
    out: Path
    """Folder of the run."""
    device: str = "auto"
    """auto, cpu or cuda."""
    resume: bool = False
    """Continue the run in --out from its last checkpoint."""

    def experiment(self) -> Experiment:
        """What is left when the place and the manner of the run are taken off."""
        names = [field.name for field in dataclasses.fields(Experiment)]
        return Experiment(**{name: getattr(self, name) for name in names})


def run(argv: list[str]) -> None:
    """Carries out `decision-mamba train`."""
    name = _preset_in(argv)
    start = preset(name).experiment
    parts = {field.name: getattr(start, field.name) for field in dataclasses.fields(Experiment)}
    default = Train(**parts, out=default_folder(start))
    asked: Train = parse(Train, argv, command="train", default=default)
    folder = RunFolder(asked.out)
    try:
        experiments.run(asked.experiment(), asked.out, device=asked.device, resume=asked.resume)
    except KeyboardInterrupt as stop:
        words = shlex.join(word for word in argv if word != "--resume")
        raise KeyboardInterrupt(f"stopped; decision-mamba train {words} --resume goes on") from stop
    print(f"{folder.path}: look at it with decision-mamba report {folder.path}")


def _preset_in(argv: list[str]) -> str:
    """The preset must be known before the rest can be read, for it gives the defaults."""
    if argv and not argv[0].startswith("-"):
        return argv[0]
    if "--help" in argv or "-h" in argv:
        return "demo"
    raise BadInput(
        "train needs a preset as its first word, such as demo or dmamba/hopper-medium; "
        "'decision-mamba presets' lists them"
    )
