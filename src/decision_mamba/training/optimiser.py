"""AdamW, its learning rate and its clipping, by default as the papers' Gym runs have them."""

import dataclasses

import torch
from torch import Tensor, nn
from torch.optim.adamw import adamw

from decision_mamba.training.decay import Decayed, split
from decision_mamba.training.precision import Precision
from decision_mamba.training.schedule import LEVEL, Cosine, share


@dataclasses.dataclass(frozen=True)
class Training:
    """Settings of a training run; the defaults are Decision Transformer's for Gym.

    Attributes:
        updates: of the weights, in all.
        batch_size: windows, or whole episodes, per update.
        learning_rate: between warm-up and cool-down.
        warmup: updates over which the learning rate rises linearly at the start.
        cooldown: updates over which it falls linearly to zero at the end; the papers have none,
            and their scores swing from one evaluation to the next.
        cosine: by which it rises and falls besides, as in the papers' Atari runs; with a floor of 1
            and without warm-up tokens, which is the default, it does not.
        betas: what is kept of the running mean of the gradient, and of its square, at an update.
        weight_decay: of every weight that decays.
        decayed: which do: "all", norms and biases included, as in the papers' Gym runs;
            "matrices", the weights of linear maps and convolutions, as in their Atari runs; "all
            but norms", biases and embeddings, as in DeMa's (`decay.split`).
        clip: largest norm of the gradient; longer ones are shortened to it.
        precision: "bfloat16" computes matrix products in it, the weights stay float32.
        checkpoint_every: updates between two checkpoints.
        log_every: updates between two lines of metrics.jsonl.
    """

    updates: int = 100_000
    batch_size: int = 64
    learning_rate: float = 1e-4
    warmup: int = 10_000
    cooldown: int = 0
    cosine: Cosine = LEVEL
    betas: tuple[float, float] = (0.9, 0.999)
    weight_decay: float = 1e-4
    decayed: Decayed = "all"
    clip: float = 0.25
    precision: Precision = "float32"
    checkpoint_every: int = 1_000
    log_every: int = 10

    @property
    def falls_to_the_end(self) -> bool:
        """Whether the learning rate depends on how many updates are made in all."""
        return bool(self.cooldown) or (self.cosine.floor < 1 and self.cosine.final_tokens is None)


class AdamW:
    """AdamW as one call of torch's own kernel, or two where some of the weights do not decay.

    Not `torch.optim.AdamW`, whose first use imports torch's compiler: two seconds of every start.
    Its state has the names and shapes of that one's.

    Source: Loshchilov and Hutter, arXiv:1711.05101; settings of Chen et al. 2021, official Gym
    code (`experiment.py`), and Ota 2024 the same.

    Attributes:
        state: of each weight the number of its updates (`step`) and the running means of its
            gradient (`exp_avg`) and of the square of that (`exp_avg_sq`).
    """

    EPSILON = 1e-8
    SLOTS = ("exp_avg", "exp_avg_sq", "step")

    def __init__(self, policy: nn.Module, settings: Training) -> None:
        self.weights = list(policy.parameters())
        self.settings = settings
        decaying, others = split(policy, settings.decayed)
        self._groups = [(decaying, settings.weight_decay), (others, 0.0)]
        # Begun at a weight's first update, because until then it may move to another device.
        self.state: dict[Tensor, dict[str, Tensor]] = {}

    def zero_grad(self) -> None:
        """Forgets the gradients."""
        for weight in self.weights:
            weight.grad = None

    def step(self, rate: float | Tensor, refused: Tensor | None = None) -> None:
        """Changes every weight that has a gradient.

        Args:
            rate: learning rate; a tensor lies where the weights lie, and is read there.
            refused: where it is 1, nothing changes.
        """
        for weights, decay in self._groups:
            if learning := [weight for weight in weights if weight.grad is not None]:
                self._step(learning, decay, rate, refused)

    def _step(
        self, weights: list[Tensor], decay: float, rate: float | Tensor, refused: Tensor | None
    ) -> None:
        for weight in weights:
            if weight not in self.state:
                self.state[weight] = _beginning(weight)
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        means, squares, steps = ([self.state[w][slot] for w in weights] for slot in self.SLOTS)
        beta1, beta2 = self.settings.betas
        adamw(
            weights, gradients, means, squares, [], steps,
            fused=True, foreach=False, capturable=isinstance(rate, Tensor), found_inf=refused,
            amsgrad=False, beta1=beta1, beta2=beta2, lr=rate,
            weight_decay=decay, eps=self.EPSILON, maximize=False,
        )  # fmt: skip


def _beginning(weight: Tensor) -> dict[str, Tensor]:
    return {
        "step": torch.zeros((), device=weight.device),
        "exp_avg": torch.zeros_like(weight),
        "exp_avg_sq": torch.zeros_like(weight),
    }


def learning_rate(settings: Training, update: int, *, tokens: int) -> float:
    """The learning rate of an update, counted from 0.

    It is the full one times min((update + 1) / warmup, (updates - update) / cooldown, 1), times
    what the cosine leaves of it.

    Args:
        settings: the run's.
        update: its number.
        tokens: that every update learns from, as the cosine counts them.
    """
    rise = (update + 1) / max(settings.warmup, 1)
    fall = (settings.updates - update) / max(settings.cooldown, 1)
    left = share(settings.cosine, update, updates=settings.updates, tokens=tokens)
    return settings.learning_rate * min(rise, fall, 1.0) * left
