"""One episode of a policy as a video, or the sentence that says why there is none."""

import dataclasses
from pathlib import Path

from decision_mamba.envs import earnings
from decision_mamba.errors import BadInput, Failure
from decision_mamba.evaluation.evaluate import Evaluation, open_environment
from decision_mamba.evaluation.in_context import stage
from decision_mamba.experiments.filming_in_context import film_in_context
from decision_mamba.experiments.player import player
from decision_mamba.files import write_atomically
from decision_mamba.models import Policy
from decision_mamba.seeding import Seeds


@dataclasses.dataclass(frozen=True)
class Shown:
    """A filmed episode.

    Attributes:
        earned: its return.
        is_whole: whether the film shows it to its end, and not its beginning alone.
    """

    earned: float
    is_whole: bool


def film(policy: Policy, path: Path, settings: Evaluation, *, seed: int) -> Shown:
    """Plays one episode before a camera, at the first of the targets, and writes it.

    Raises:
        Failure: nothing on this machine can draw the task, or it could not write the video.
        BadInput: the video cannot be written as asked, or a package for it is missing.
    """
    # Imported here because it needs an extra that evaluation without a camera does not.
    from decision_mamba.evaluation.film import Filmed, save_film

    one = dataclasses.replace(settings, copies=1)
    environment = Filmed(open_environment(one, policy.spaces))
    target = settings.targets[0] if settings.targets else None
    try:
        agent = player(policy, settings, seed=seed)(target)
        [(_, rewards)] = earnings(environment, agent, seeds=[seed])
        save_film(environment.frames, path, environment.frames_per_second)
    finally:
        environment.close()
    return Shown(float(rewards.sum()), environment.is_whole)


def film_or_say_why_not(policy: Policy, path: Path, settings: Evaluation, *, seed: int) -> None:
    """Writes the video, or, beside it as .txt, one sentence on why it could not be made.

    Where episodes follow one another it is of all of one copy's.

    What an earlier call left there is removed first, so that it never passes for this policy's.
    """
    sentence = path.with_suffix(".txt")
    sentence.unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    try:
        if settings.consecutive:
            ready = stage(settings, policy.spaces, policy.acting, Seeds(seed))
            film_in_context(policy, path, ready)
        else:
            film(policy, path, settings, seed=seed)
    except (Failure, BadInput) as problem:
        write_atomically(sentence, f"{problem}\n".encode())
