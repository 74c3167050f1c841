"""The mazes of the in-context papers (Huang et al. 2024, arXiv:2406.00079): tasks and sizes."""

import dataclasses

from decision_mamba.data.contexts import Contexting
from decision_mamba.data.windows import Windowing
from decision_mamba.envs.gridworld import GridWorld
from decision_mamba.envs.mazes import maze, settings_of
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers.preset import Preset
from decision_mamba.mixers import Selective
from decision_mamba.models import Model, PolicySettings
from decision_mamba.models.memory import Mode
from decision_mamba.spaces import Discrete, Spaces, Vector
from decision_mamba.training.optimiser import Training
from decision_mamba.training.schedule import Cosine

# No seeds are named; these are ours.
SEEDS = (0, 1, 2)


@dataclasses.dataclass(frozen=True)
class Room:
    """A grid world of appendix A and B.

    Attributes:
        name: of the task.
        episodes: n, in a context; 4 in Key-to-Door, 10 elsewhere.
        chunk: c, steps that DM-H plays towards one sub-goal; 20 in large rooms, 5 else.
        target: return that DM-H asks for, and is told all its episodes aim at.
        best: return that is asked for of who has learned from episodes' own: what the best policy
            earns there, on average over tasks where they differ much.
        updates: of the small presets, few contexts each; ours.
    """

    name: str
    episodes: int
    chunk: int
    target: float
    best: float
    updates: int = 3000

    @property
    def size(self) -> int:
        """Cells along a side."""
        return len(maze(self.name).plan())

    @property
    def horizon(self) -> int:
        """Steps of an episode."""
        return maze(self.name).horizon

    @property
    def goes_on_paying(self) -> bool:
        """Whether each step on the goal is rewarded, and not the first alone."""
        there = settings_of(self.name)
        return isinstance(there, GridWorld) and there.rule == "goal"

    @property
    def spaces(self) -> Spaces:
        there = maze(self.name)
        return Spaces(Vector(there.observation), Discrete(there.actions))

    @property
    def data(self) -> tuple[str, ...]:
        """The name of its learning histories."""
        return (f"histories-{self.name}",)


# The paper gives no target for the permuted rooms; theirs is that of the same room unpermuted. Its
# 15 for large rooms is a twelfth of what an episode earns there: who reads it off a return-to-go
# would take the goal for reached after 15 steps.
ROOMS = (
    Room("darkroom", 10, 5, 20.0, 20.0, updates=2000),
    Room("darkroom-hard", 10, 5, 1.0, 1.0),
    Room("darkroom-dynamic", 10, 5, 20.0, 13.0),
    Room("key-to-door", 4, 5, 2.0, 2.0),
    Room("large-darkroom", 10, 20, 15.0, 180.0),
    Room("large-darkroom-hard", 10, 20, 1.0, 1.0),
    Room("large-darkroom-dynamic", 10, 20, 15.0, 163.0),
    Room("large-key-to-door", 4, 20, 2.0, 2.0),
)

# Appendix A; how many updates is not said, and its warm-up alone has as many as its D4RL code runs.
TRAINING = Training(
    updates=100_000,
    batch_size=128,
    learning_rate=1e-4,
    warmup=100_000,
    weight_decay=1e-4,
    clip=0.25,
)


# Of the small presets: ten episodes show all of how a learner improves where they are taken from
# anywhere in its history, and what to do while it does not where that is known up to anywhere.
SMALL_CONTEXTS = Contexting(episodes=10, chosen="anywhere", beginnings=1.0)
_LONGEST = 2000  # steps of a small context; where episodes are longer, fewer have room


def preset(
    paper: str,
    name: str,
    room: Room,
    *,
    model: PolicySettings,
    contexts: Contexting,
    training: Training,
    temperature: float = 1.0,
) -> Preset:
    """A paper's experiment with a room, played over twenty consecutive episodes of unseen tasks.

    Asked for is what the contexts aim at, or where they tell returns that were earned, the best.
    """
    experiment = Experiment(
        preset=name,
        data=room.data,
        model=model,
        windows=Windowing(length=contexts.episodes * room.horizon),
        training=training,
        contexts=contexts,
        evaluation=Evaluation(
            task=room.name,
            every=training.updates // 10 if training is TRAINING else training.updates,
            episodes=128,
            copies=128,
            consecutive=20,
            targets=(_asked(room, contexts),) if model.takes_target else (),
            mode=_mode(model),
            temperature=temperature,
        ),
        seed=SEEDS[0],
    )
    return Preset(experiment, paper=paper, task=room.name, spaces=room.spaces, seeds=SEEDS)


def _mode(model: PolicySettings) -> Mode:
    """Mamba goes on beyond what a context holds, all others no further (docs/decisions/0013)."""
    is_mamba = isinstance(model, Model) and isinstance(model.mixer, Selective)
    return "recurrent" if is_mamba else "hopping"


def _asked(room: Room, contexts: Contexting) -> float:
    return contexts.target if contexts.returns == "target" else room.best


def small(
    paper: str,
    name: str,
    room: Room,
    *,
    model: PolicySettings,
    rate: float,
    contexts: Contexting = SMALL_CONTEXTS,
    temperature: float = 0.7,
) -> Preset:
    """The same experiment at a size that a core trains in minutes.

    Darkroom and Hard converge in them; Large Darkroom does not (docs/results/memory.md).

    Args:
        paper: whose.
        name: of the preset.
        room: of its tasks.
        model: what learns.
        rate: of learning, between the warm-up over a hundred updates and its fall.
        contexts: from what.
        temperature: of the draws when acting.
    """
    episodes = min(contexts.episodes, _LONGEST // room.horizon)
    contexts = dataclasses.replace(contexts, episodes=episodes)
    batch = 32 if room.horizon <= 20 else 16 if room.horizon <= 50 else 4
    warmup_tokens = 100 * batch * contexts.episodes * room.horizon
    training = Training(
        updates=room.updates,
        batch_size=batch,
        learning_rate=rate,
        warmup=0,
        cosine=Cosine(warmup_tokens=warmup_tokens, floor=0.05),
        weight_decay=0.01,
        clip=1.0,
        checkpoint_every=200,
    )
    return preset(
        paper,
        name,
        room,
        model=model,
        contexts=contexts,
        training=training,
        temperature=temperature,
    )
