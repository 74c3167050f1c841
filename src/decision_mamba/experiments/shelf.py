"""Where sittings are kept, so that none is played twice."""

import hashlib
import json
from pathlib import Path

import torch

from decision_mamba.errors import BadInput
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.machine import versions
from decision_mamba.experiments.run_folder import RunFolder
from decision_mamba.experiments.sitting import Sitting
from decision_mamba.experiments.trained import Trained
from decision_mamba.files import require_writable, write_atomically
from decision_mamba.settings import to_dict


class Shelf:
    """A folder with a file for each sitting, named for all that decides what is played.

    That is the run's settings, its policy's file, the evaluation and the seed, and by what they
    are played; the way to the run's folder is not among it.

    Args:
        folder: of the files.
        device: that plays.
    """

    def __init__(self, folder: Path, device: torch.device) -> None:
        self.folder = folder
        self._player = [device.type, torch.get_num_threads(), *versions()]

    def require_writable(self) -> None:
        """Raises what `files.require_writable` does."""
        require_writable(self.folder / "sitting.json")

    def place(self, run: Trained, settings: Evaluation, seed: int) -> Path:
        """Where that sitting is kept, or will be."""
        decides = {
            "settings": to_dict(run.experiment),
            "policy": hashlib.sha256(RunFolder(run.path).policy.read_bytes()).hexdigest(),
            "evaluation": to_dict(settings),
            "seed": seed,
            "player": self._player,
        }
        digest = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
        preset = run.experiment.preset.replace("/", "-").replace(":", "-")
        words = (preset, str(run.experiment.seed), _manner(settings).replace(" ", "-"), digest[:16])
        return self.folder / f"{'-'.join(words)}.json"

    def find(self, run: Trained, settings: Evaluation, seed: int) -> Sitting | None:
        """The sitting, if it was kept.

        Raises:
            BadInput: its file is damaged.
        """
        path = self.place(run, settings, seed)
        if not path.exists():
            return None
        try:
            return Sitting.of_dict(settings, json.loads(path.read_text()))
        except (KeyError, TypeError, ValueError) as problem:
            raise BadInput(
                f"{path} is not what was written there; remove it to have it played again"
            ) from problem

    def keep(self, run: Trained, sitting: Sitting) -> None:
        """Keeps a sitting that was played to its end."""
        path = self.place(run, sitting.settings, sitting.seed)
        write_atomically(path, (json.dumps(sitting.to_dict()) + "\n").encode())


def _manner(settings: Evaluation) -> str:
    forgetting = " forgetting" if settings.memory == "episode" else ""
    return f"{settings.tasks} at {settings.temperature:g}{forgetting}"
