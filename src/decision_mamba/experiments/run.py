"""An experiment from its data to its result. Read this first."""

import contextlib
import dataclasses
import itertools
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np

from decision_mamba.data.contexts import Contexts
from decision_mamba.data.store import Store
from decision_mamba.data.windows import Windows
from decision_mamba.envs import Environment
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.aggregate import readings
from decision_mamba.evaluation.evaluate import evaluate, open_environment, scale
from decision_mamba.evaluation.in_context import Stage, play, stage
from decision_mamba.evaluation.in_context_readings import readings_in_context
from decision_mamba.experiments.begin_elsewhere import begin_elsewhere
from decision_mamba.experiments.display import Display
from decision_mamba.experiments.events import Event, Judging
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.filming import film_or_say_why_not
from decision_mamba.experiments.interruption import Interruption, interruptible
from decision_mamba.experiments.limits import refuse_what_cannot_be
from decision_mamba.experiments.machine import choose_device, versions
from decision_mamba.experiments.material import material
from decision_mamba.experiments.player import player
from decision_mamba.experiments.presets import preset
from decision_mamba.experiments.run_folder import RunFolder, default_folder
from decision_mamba.models import Policy
from decision_mamba.models.policy_file import save_policy
from decision_mamba.result import DataSummary, Played, Reading, Result
from decision_mamba.seeding import Seeds
from decision_mamba.training.checkpoint import has_checkpoint, load_checkpoint, save_checkpoint
from decision_mamba.training.fit import Progress, fit
from decision_mamba.training.learner import Learner

_QUANTILES = 2_000  # returns that a result keeps of a data set with more episodes than that


def run(
    experiment: Experiment | str,
    out: str | Path | None = None,
    *,
    device: str = "auto",
    resume: bool = False,
) -> Result:
    """Carries out an experiment, showing how it goes, and returns its result.

    `events` is the same without the showing.

    Args:
        experiment: itself, or the name of a preset.
        out: the run's folder; by default one below `runs`, named for the preset.
        device: "auto", "cpu" or "cuda".
        resume: continue the run in `out` from its last checkpoint; if it has none yet, begin.
    """
    if isinstance(experiment, str):
        experiment = preset(experiment).experiment
    folder = default_folder(experiment) if out is None else Path(out)
    display = Display(experiment)
    result: Result | None = None
    # Closed by name: an interruption while something is shown must reach the run at once.
    told = contextlib.closing(events(experiment, folder, device=device, resume=resume))
    with display.shown(), told as going:
        for event in going:
            display.show(event)
            result = event if isinstance(event, Result) else result
    assert result is not None  # the first event is one
    return result


def events(
    experiment: Experiment, out: Path, *, device: str = "auto", resume: bool = False
) -> Generator[Event, None, None]:
    """Carries out an experiment and tells of each update, each episode played and each result.

    Args:
        experiment: what to learn, by what, and how to judge it.
        out: the run's folder.
        device: "auto", "cpu" or "cuda".
        resume: continue the run in `out` from its last checkpoint; if it has none yet, begin.

    Raises:
        BadInput: the experiment cannot be carried out as given.
        Failure: it was begun and could not be ended; the last checkpoint is good.
    """
    folder = RunFolder(out)
    folder.admit(experiment, resume=resume)
    refuse_what_cannot_be(experiment)
    where = choose_device(device)
    learned = material(experiment)
    store = learned.store
    acting = dataclasses.replace(experiment.acting, held_out=learned.held_out)
    seeds = Seeds(experiment.seed)
    with seeds.weights():
        policy = experiment.model.build(store.spaces, store.moments(), acting)
    is_warm = _begun_elsewhere(experiment, policy, folder)
    ground = _ground(experiment, policy)
    folder.begin(experiment, resume=resume)
    learner = Learner(policy.to(where), experiment.training, chunk=experiment.chunk)
    load_checkpoint(learner, folder.checkpoint)
    if is_warm:  # a resumed run then has no need of the other one
        save_checkpoint(learner, folder.checkpoint)
    _refuse_to_unlearn(learner, folder)
    folder.rewind(learner.update)
    run = _Run(experiment, folder, learner, ground, seeds, _summary(experiment, store))
    try:
        with interruptible() as interruption:
            yield from run.to_the_end(learned.rows, interruption)
    except (KeyboardInterrupt, GeneratorExit):
        run.save()
        run.conclude("stopped")
        raise
    finally:
        if isinstance(ground, Environment):
            ground.close()


@dataclasses.dataclass(frozen=True)
class _Run:
    """The parts of a run that is under way."""

    experiment: Experiment
    folder: RunFolder
    learner: Learner
    ground: Environment | Stage | None
    seeds: Seeds
    data: DataSummary

    def to_the_end(self, rows: Windows | Contexts, interruption: Interruption) -> Iterator[Event]:
        first = self.learner.update
        yield self.conclude("running")
        yield from self._judge_if_due()
        pauses = (self.experiment.evaluation.every,)
        updates = fit(self.learner, rows, self.seeds, pauses)
        while True:
            with interruption.deferred():
                progress = next(updates, None)
                if progress is None:
                    break
                self._log(progress)
            yield progress
            yield from self._judge_if_due()
        self.save()
        result = self.conclude("finished")
        if self.learner.update > first or not self.folder.video.exists():
            self._film_if_asked()
        yield result

    def save(self) -> None:
        """Writes what is needed to go on, and what is needed to act."""
        save_checkpoint(self.learner, self.folder.checkpoint)
        save_policy(self.learner.policy, self.folder.policy)

    def conclude(self, status: str) -> Result:
        """Writes down how far the run has come."""
        settings, learner = self.experiment, self.learner
        result = Result(
            preset=settings.preset,
            task=settings.evaluation.task or "",
            status=status,
            seed=settings.seed,
            device=str(learner.policy.device),
            update=learner.update,
            updates=settings.training.updates,
            parameters=learner.policy.parameters_count,
            seconds=learner.seconds,
            data=self.data,
            readings=self._readings(),
            versions=versions(),
        )
        self.folder.conclude(result)
        return result

    def _log(self, progress: Progress) -> None:
        settings = self.experiment.training
        if progress.update % settings.log_every == 0 or progress.update == settings.updates:
            self.folder.log(progress)
        if progress.update % settings.checkpoint_every == 0:
            save_checkpoint(self.learner, self.folder.checkpoint)

    def _judge_if_due(self) -> Iterator[Event]:
        if self.ground is None or not self._is_due():
            return
        # Saved first, so that an evaluation that is interrupted costs nothing.
        self.save()
        yield Judging(self.learner.update)
        played: list[Played] = []
        for one in self._play(self.ground):
            played.append(one)
            yield one
        self.folder.record(played)
        yield self.conclude("running")

    def _play(self, ground: Environment | Stage) -> Iterator[Played]:
        settings, update = self.experiment.evaluation, self.learner.update
        actor_for = player(self.learner.policy, settings, seed=self.seeds.seed)
        if isinstance(ground, Stage):
            return play(ground, actor_for(ground.target), update=update)
        return evaluate(ground, actor_for, settings, seeds=self.seeds, update=update)

    def _is_due(self) -> bool:
        settings, update = self.experiment.evaluation, self.learner.update
        if update == 0 or (update % settings.every and update != self.experiment.training.updates):
            return False
        following = range(1, settings.consecutive + 1) if settings.consecutive else (0,)
        targets, copies = settings.targets or (None,), range(settings.episodes)
        wanted = itertools.product(targets, copies, following)
        played = [one for one in self._played() if one.update == update]
        there = {(one.target, one.episode, one.number) for one in played}
        return not there.issuperset(wanted)

    def _film_if_asked(self) -> None:
        settings = self.experiment.evaluation
        policy = self.learner.policy
        has_aim = bool(settings.targets) or not policy.takes_target
        if settings.film and settings.task is not None and has_aim:
            seed = self.seeds.environments(1)[0]
            film_or_say_why_not(policy, self.folder.video, settings, seed=seed)

    def _readings(self) -> tuple[Reading, ...]:
        settings = self.experiment.evaluation
        if settings.task is None:
            return ()
        played = self._played()
        if settings.consecutive:
            return readings_in_context(played, scale(settings))
        # A resumed run may ask for another return first that it has not been judged by yet.
        asked = {one.target for one in played}
        primary = next((target for target in settings.targets if target in asked), None)
        return readings(played, primary, scale(settings))

    def _played(self) -> list[Played]:
        # A resumed run may be judged otherwise than before; what was played then stays on file.
        settings = self.experiment.evaluation
        return [
            one
            for one in self.folder.played()
            if one.task == settings.task
            and one.mode == settings.mode
            and (one.target in settings.targets or one.target is None)
        ]


def _begun_elsewhere(experiment: Experiment, policy: Policy, folder: RunFolder) -> bool:
    """Whether the policy was given another one's weights, as it is at the very beginning only."""
    if experiment.init_from is None or has_checkpoint(folder.checkpoint):
        return False
    begin_elsewhere(policy, experiment.init_from)
    return True


def _ground(experiment: Experiment, policy: Policy) -> Environment | Stage | None:
    """What is played, before the first update, so that what cannot be is known before training."""
    settings = experiment.evaluation
    if not (settings.every and settings.task):
        return None
    if settings.consecutive:
        return stage(settings, policy.spaces, policy.acting, Seeds(experiment.seed))
    return open_environment(settings, policy.spaces)


def _refuse_to_unlearn(learner: Learner, folder: RunFolder) -> None:
    if learner.update > learner.settings.updates:
        raise BadInput(
            f"{folder.path} has made {learner.update} updates already; ask for as many or more "
            f"with --training.updates, not {learner.settings.updates}"
        )


def _summary(experiment: Experiment, store: Store) -> DataSummary:
    returns = np.sort(store.returns)
    if len(returns) > _QUANTILES:
        returns = np.quantile(returns, np.linspace(0, 1, _QUANTILES))
    return DataSummary(
        sources=experiment.data,
        episodes=store.episodes,
        steps=store.steps,
        returns=tuple(float(one) for one in returns),
    )
