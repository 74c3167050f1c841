"""What can be checked, and how a case fared."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from decision_mamba.errors import BadInput
from decision_mamba.ops.backends import BACKENDS, use_backend
from tests.parity import (
    atari,
    atari_scores,
    block,
    decay,
    dema,
    dema_atari,
    dema_post,
    dmh,
    dmh_data,
    hidden_attention,
    perceptron,
    policies,
    protocol,
    rooms,
    scan,
    schedule,
    scores,
    shards,
    tmazes,
    updates,
)
from tests.parity.case import Case
from tests.parity.trial import Trial

OK, MISMATCH, SKIPPED = "ok", "MISMATCH", "not supported yet"

Check: TypeAlias = Callable[[Trial], None]

# Triton's kernels run on cards; tests/ops and tests/gpu compare them with the reference.
_ON_CPU = tuple(backend for backend in BACKENDS if backend != "triton")


def on_every_backend(check: Check) -> Check:
    """The same check by each backend of the ops in turn."""

    def check_all(trial: Trial) -> None:
        for backend in _ON_CPU:
            part = Trial(trial.case)
            with use_backend(backend):
                check(part)
            trial.adopt(part, by=backend)

    return check_all


# By the beginning of a case's name.
CHECKS: dict[str, Check] = {
    "01_selective_scan": on_every_backend(scan.check),
    "02_mamba_block_": on_every_backend(block.check),
    "03_dt_gym_": policies.check,
    "03_mlp_bc": perceptron.check,
    "04_dmamba_gym": policies.check,
    "04_dmamba_min_gym": policies.check,
    "04_dt_gym": policies.check,
    "05_dc_gym": policies.check,
    "06_": atari.check,
    "07_dema_atari_": dema_atari.check,
    "07_dema_mujoco_": dema.check,
    "07_dema_post_s6": dema_post.check,
    "08_dmh_data": dmh_data.check,
    "08_dmh_high_level": dmh.check_high_level,
    "08_dmh_low_level": dmh.check_low_level,
    "09_hidden_attention_": hidden_attention.check,
    "10_adamw_": updates.check,
    "10_atari_lr_": schedule.check,
    "10_data_protocol_": protocol.check,
    "10_decay_groups_": decay.check,
    "12_darkroom_dpt": rooms.check_dpt,
    "12_darkroom_": rooms.check,
    "12_key_to_door_": rooms.check,
    "12_tmaze_": tmazes.check,
    "11_": shards.check,
    "13_atari_reference_scores": atari_scores.check,
    "13_d4rl_reference_scores": scores.check,
}

NOT_YET: dict[str, str] = {}


@dataclasses.dataclass(frozen=True)
class Verdict:
    """How a case fared.

    Attributes:
        word: OK, MISMATCH or SKIPPED.
        largest: the error that came closest to its tolerance, and that tolerance.
        remarks: what is wrong, what was left out, or why nothing was checked.
    """

    case: str
    word: str
    largest: str
    remarks: tuple[str, ...]

    def __str__(self) -> str:
        head = f"{self.case:<41} {self.largest:<76} {self.word}"
        return "\n    ".join((head, *self.remarks))


def judge(path: Path) -> Verdict:
    """Puts the case of a JSON file to the test, if its kind is known.

    Raises:
        BadInput: its files are broken.
    """
    name = path.stem
    check = next((check for start, check in CHECKS.items() if name.startswith(start)), None)
    if check is None:
        lacking = (what for start, what in NOT_YET.items() if name.startswith(start))
        return Verdict(name, SKIPPED, "-", (f"lacking: {next(lacking, 'a check of this kind')}",))
    trial = Trial(Case.read(path))
    wrong: list[str] = []
    try:
        check(trial)
    except BadInput as problem:
        wrong.append(f"cannot be checked: {problem}")
    else:
        wrong += [f"{name} belongs to nothing known here" for name in trial.unaccounted]
        wrong += [str(one) for one in trial.comparisons if not one.agrees]
        wrong += [] if trial.comparisons else ["nothing was compared"]
    return Verdict(
        name,
        MISMATCH if wrong else OK,
        "-" if trial.worst is None else str(trial.worst),
        (*wrong, *trial.remarks),
    )
