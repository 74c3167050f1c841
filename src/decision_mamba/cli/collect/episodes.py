"""`decision-mamba collect TASK`: records episodes of random play, or of a policy's."""

import contextlib
import dataclasses
import sys
from pathlib import Path
from typing import Annotated, Any

import tyro

from decision_mamba.cli.analyse.place import screen_of
from decision_mamba.cli.collect.bar import playing_bar
from decision_mamba.cli.collect.stopping import resumable
from decision_mamba.cli.games import tell_apart_games
from decision_mamba.cli.parsing import parse
from decision_mamba.collection.random_play import RandomPlay
from decision_mamba.collection.record import Amount, Progress, record_play
from decision_mamba.envs import Actor, Environment, Preprocessing, make
from decision_mamba.envs.preprocessing import AS_DQN
from decision_mamba.envs.same_room import require_same_room
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.evaluate import Evaluation, require_fit
from decision_mamba.experiments.machine import choose_device
from decision_mamba.experiments.run_folder import evaluation_of
from decision_mamba.models import Policy
from decision_mamba.models.choice import Sampling
from decision_mamba.models.encoders import SMALLEST
from decision_mamba.models.memory import Mode
from decision_mamba.models.policy_file import load_policy
from decision_mamba.settings import to_dict

_STEPS = 10_000  # where no number is asked for: minutes of any task, and enough to look at
_OF_POLICIES = ("target", "mode", "temperature", "top_k")


@dataclasses.dataclass(frozen=True)
class Collect:
    """Plays a task and writes the episodes into one file, to be looked at and learned from.

    TASK is an id of Gymnasium with vectors to observe, such as Hopper-v4 or CartPole-v1, or an
    Atari game: ALE/Pong-v5, whose actions stick with a chance of 0.25, or PongNoFrameskip-v4,
    whose actions do not. Rewards are recorded as they are paid. Each episode is played by itself:
    also a policy whose memory lasts over episodes begins each with none. Mazes are played for
    learning histories: decision-mamba collect darkroom --help.
    """

    task: Annotated[tyro.conf.Positional[str], tyro.conf.arg(metavar="TASK")]
    """What to play."""
    out: Path
    """The .hdf5 file to write; one that is there is replaced."""
    policy: Annotated[Path | None, tyro.conf.arg(metavar="RUN|POLICY")] = None
    """Who plays: a run's folder or a policy.safetensors. If none is named, every action has the
    same chance."""
    target: float | None = None
    """Return to ask the policy for; by default the first that it was trained for."""
    mode: Mode | None = None
    """window: the policy reads its last steps anew at every step; recurrent: it carries a state;
    hopping: a state of its last steps only, some of which are forgotten together; by default as it
    was meant to."""
    temperature: float | None = None
    """Of the policy's draw where one of several actions is chosen; 0 takes the likeliest. By
    default its run's, where it lies in its folder, and otherwise 1, as the papers draw it."""
    top_k: int | None = None
    """Of how many of the likeliest actions the policy draws one; 0 for all. By default its run's,
    and otherwise 0."""
    steps: int | None = None
    """Environment steps at least, in whole episodes; 10,000 if neither number is given."""
    episodes: int | None = None
    """Episodes instead."""
    copies: int = 8
    """Episodes played side by side; changes nothing in the file that a policy's rounding does
    not."""
    preprocessing: Preprocessing = AS_DQN
    """Of the screen of an Atari game; by default that of the policy's run, where it lies in its
    folder. With life-loss-ends an episode is a game's first life."""
    seed: int = 0
    """Of the starts and of all draws."""
    device: str = "auto"
    """Where the policy computes: auto, cpu or cuda."""
    resume: bool = False
    """Go on with a collection that was stopped."""


def run(argv: list[str]) -> None:
    """Carries out `decision-mamba collect` for a task that is no maze.

    Raises:
        BadInput: a task, a number, a policy or a place that cannot be.
    """
    asked = _asked(argv)
    _refuse_what_cannot_be(asked)
    amount = _amount(asked)
    policy = None
    if asked.policy is not None:
        policy = load_policy(asked.policy, choose_device(asked.device))
        tell_apart_games(policy.acting.task, asked.task)
    copies = min(asked.copies, asked.episodes or asked.copies)
    with contextlib.closing(make(asked.task, copies, preprocessing=asked.preprocessing)) as played:
        actor, told = _player(asked, policy, played)
        with resumable(argv):
            last = _shown(asked, amount, played, actor, told)
    sys.stdout.write(
        f"{asked.out}: {last.episodes:,} episodes of {asked.task}, {last.steps:,} steps, "
        f"mean return {last.mean_return:,.2f}\n"
    )


def _asked(argv: list[str]) -> Collect:
    """What the command line says, and where it is silent of the screen, the policy's run."""
    asked: Collect = parse(Collect, argv, command="collect")
    if asked.policy is None:
        return asked
    silent = dataclasses.replace(asked, preprocessing=screen_of(asked.policy, asked.task))
    again: Collect = parse(Collect, argv, command="collect", default=silent)
    return again


def _amount(asked: Collect) -> Amount:
    if asked.steps is not None and asked.episodes is not None:
        raise BadInput("--steps and --episodes both say how long to play; give one of them")
    nothing_said = asked.steps is None and asked.episodes is None
    return Amount(_STEPS if nothing_said else asked.steps, asked.episodes)


def _refuse_what_cannot_be(asked: Collect) -> None:
    if asked.seed < 0:
        raise BadInput(f"the seed is {asked.seed}; give 0 or more")
    if asked.preprocessing.size < SMALLEST:
        raise BadInput(
            f"--preprocessing.size {asked.preprocessing.size} is too small for a policy to learn "
            f"from; give at least {SMALLEST}"
        )
    given = [name for name in _OF_POLICIES if getattr(asked, name) is not None]
    if asked.policy is None and given:
        option = given[0].replace("_", "-")
        raise BadInput(f"--{option} is for a policy, and none is named; name one with --policy")


def _player(
    asked: Collect, policy: Policy | None, environment: Environment
) -> tuple[Actor, dict[str, Any]]:
    """Who plays, and what a file shall say of how its episodes were made."""
    told: dict[str, Any] = {"preprocessing": to_dict(asked.preprocessing)}
    if policy is None:
        return RandomPlay(environment.spaces.action, asked.seed), told | {"player": "random"}
    require_fit(policy.spaces, environment)
    require_same_room(policy.acting.task, asked.task)
    assert asked.policy is not None
    of_run = evaluation_of(asked.policy) or Evaluation()
    sampling = Sampling(
        of_run.temperature if asked.temperature is None else asked.temperature,
        of_run.top_k if asked.top_k is None else asked.top_k,
    )
    mode, target = asked.mode or policy.acting.mode, _target(asked, policy)
    agent = policy.agent(target, mode, sampling=sampling, seed=asked.seed)
    told |= {"player": str(asked.policy), "target": target, "mode": mode}
    return agent, told | {"sampling": to_dict(sampling)}


def _target(asked: Collect, policy: Policy) -> float | None:
    if not policy.takes_target or asked.target is not None:
        return asked.target
    if not policy.acting.targets:
        raise BadInput("the policy was trained for no target return; ask for one with --target")
    return policy.acting.targets[0]


def _shown(
    asked: Collect, amount: Amount, environment: Environment, actor: Actor, told: dict[str, Any]
) -> Progress:
    """Plays with a bar on the terminal, none where there is none."""
    bar = playing_bar()
    unit = "steps" if amount.episodes is None else "episodes"
    with bar:
        row = bar.add_task("playing", total=getattr(amount, unit), state=unit)
        for progress in record_play(
            environment, actor, asked.out, amount, seed=asked.seed, told=told, resume=asked.resume
        ):
            state = f"{unit} · mean return {progress.mean_return:,.2f}"
            done = min(getattr(progress, unit), getattr(amount, unit))
            bar.update(row, completed=done, state=state)
    return progress
