"""The consecutive episodes of one copy, as a film or as a picture of the ways they went."""

from pathlib import Path

from decision_mamba.evaluation.in_context import Stage, in_turn
from decision_mamba.experiments.player import player
from decision_mamba.files import write_atomically
from decision_mamba.models import Policy

_FRAMES = 600  # at most, in a film of up to 30 pictures a second


def film_in_context(policy: Policy, path: Path, stage: Stage) -> list[float]:
    """Plays the first copy's episodes before a camera and writes the film, or its beginning.

    Returns:
        The return of each episode.

    Raises:
        Failure: nothing on this machine can draw the task, or it could not write the film.
        BadInput: the film cannot be written as asked, or a package for it is missing.
    """
    # Imported here because it needs an extra that evaluation without a camera does not.
    from decision_mamba.evaluation.film import Filmed, save_film

    one = stage.of_one(0)
    inner = one.open()
    environment = Filmed(inner, seconds=_FRAMES / min(inner.steps_per_second, 30))
    actor = player(policy, one.settings, seed=one.seed)(one.target)
    try:
        earned = [
            episode.total_reward
            for _, _, episode in in_turn(environment, actor, one.starts, one.settings)
        ]
        save_film(environment.frames, path, environment.frames_per_second)
    finally:
        environment.close()
    return earned


def picture_in_context(policy: Policy, path: Path, stage: Stage) -> list[float]:
    """Plays the first copy's episodes and writes a PNG file with the way of each.

    Returns:
        The return of each episode.

    Raises:
        BadInput: a package for it is missing.
    """
    # Imported here because it needs an extra that evaluation without a picture does not.
    from decision_mamba.report.figures.ways import draw_ways

    one = stage.of_one(0)
    environment = one.open()
    actor = player(policy, one.settings, seed=one.seed)(one.target)
    ways, earned = [], []
    try:
        for row, _, episode in in_turn(environment, actor, one.starts, one.settings):
            ways.append(environment.render(row))
            earned.append(episode.total_reward)
    finally:
        environment.close()
    title = f"{one.settings.task}, one task: the way and the return of each episode"
    write_atomically(path, draw_ways(ways, earned, title))
    return earned
