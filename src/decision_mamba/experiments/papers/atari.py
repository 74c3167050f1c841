"""The Atari games that the papers share: environments, data, sizes."""

import dataclasses
from collections.abc import Mapping

from decision_mamba.data.returns import Curation
from decision_mamba.data.windows import Windowing
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers.preset import Preset
from decision_mamba.games import ACTIONS
from decision_mamba.models.policy import Model
from decision_mamba.spaces import Discrete, Image, Spaces
from decision_mamba.training.optimiser import Training
from decision_mamba.training.schedule import Cosine

STEPS = 500_000  # 1 % of the DQN-replay data of a game, of all its 50 shards

# Official code of Chen et al. 2021, arXiv:2106.01345, and after it all others'.
SEEDS = (123, 231, 312)

# Agarwal et al., arXiv:1907.04543: rewards are logged between -1 and 1.
CURATION = Curation(rewards="clipped")

# The global time table of Chen et al. has as many rows as the longest episode of the data has
# steps, from 2,000 to 6,000 for the games of the papers. With this many, an older episode keeps
# the last row.
TIMESTEPS = 2000


@dataclasses.dataclass(frozen=True)
class Game:
    """A game of the Atari 2600.

    Attributes:
        name: as in the names of its presets.
        rom: as in the names of its tasks and data.
    """

    name: str
    rom: str

    @property
    def environment(self) -> str:
        """Its task without sticky actions, which is what the papers' evaluation plays."""
        return f"{self.rom}NoFrameskip-v4"

    @property
    def spaces(self) -> Spaces:
        return Spaces(Image(), Discrete(ACTIONS[self.rom]))

    @property
    def data(self) -> tuple[str, ...]:
        """The part of its data that the papers learn from."""
        return (f"atari-{self.name}@steps={STEPS}",)


# Kim et al. 2024, arXiv:2310.03022, official Atari code; the first four are Chen et al.'s.
GAMES = tuple(
    Game(name.lower(), name)
    for name in (
        "Breakout", "Qbert", "Pong", "Seaquest", "Asterix", "Frostbite", "Assault", "Gopher",
    )
)  # fmt: skip

# Chen et al. 2021, official Atari code; its table 8 has 2,500 for Qbert and 1,450 for Seaquest. The
# last four: Kim et al. 2024, official Atari code.
TARGETS = {
    "breakout": (90.0,),
    "qbert": (14000.0,),
    "pong": (20.0,),
    "seaquest": (1150.0,),
    "asterix": (520.0,),
    "frostbite": (950.0,),
    "assault": (780.0,),
    "gopher": (2750.0,),
}


# What all but DeMa and Decision S4 share: minGPT with the encoder of DQN in front, positions per
# token, everything that is embedded bent by tanh, and a head without bias.
MODEL = Model(
    width=128,
    blocks=6,
    positions="token",
    timesteps=TIMESTEPS,
    embedding_bend="tanh",
    embedding_norm=False,
    head_bias=False,
    return_scale=1.0,
)


def preset(
    paper: str,
    name: str,
    game: Game,
    *,
    model: Model,
    windows: Windowing,
    training: Training,
    evaluation: Evaluation,
) -> Preset:
    """A paper's experiment with a game; learned from rewards as the data of the papers have them.

    A policy of clipped rewards takes off what it asks for what its data would have told it was
    earned. The published evaluation takes off the game's own reward (`--curation.rewards dense`,
    which is the same of rewards that are clipped in the data).
    """
    experiment = Experiment(
        preset=name,
        data=game.data,
        model=model,
        windows=windows,
        curation=CURATION,
        training=training,
        evaluation=evaluation,
        seed=SEEDS[0],
    )
    return Preset(experiment, paper=paper, task=game.name, spaces=game.spaces, seeds=SEEDS)


def training(batch_size: int, epochs: int) -> Training:
    """What the papers share: so many passes through the windows, one for each step of the data.

    The learning rate falls to a tenth with the last update. The published one comes to its end
    after six epochs and rises again, so that a run of ten ends at three quarters of it:
    `--training.cosine.counting published --training.cosine.final-tokens` with six times K times
    500,000.
    """
    return Training(
        updates=epochs * (STEPS // batch_size),
        batch_size=batch_size,
        learning_rate=6e-4,
        warmup=0,
        cosine=Cosine(warmup_tokens=512 * 20, floor=0.1),
        betas=(0.9, 0.95),
        weight_decay=0.1,
        decayed="matrices",
        clip=1.0,
    )


def evaluation(
    game: Game, every: int, targets: Mapping[str, tuple[float, ...]] = TARGETS
) -> Evaluation:
    """Ten episodes for each target, of which every action is drawn at temperature 1."""
    return Evaluation(
        task=game.environment, every=every, episodes=10, copies=10, targets=targets[game.name]
    )
