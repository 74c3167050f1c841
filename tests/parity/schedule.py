"""10: the learning rate of the Atari runs, update by update, against the authors' trainers."""

import torch

from decision_mamba.training.optimiser import Training, learning_rate
from decision_mamba.training.schedule import Cosine
from tests.parity.trial import EXACT, Trial

_FLOOR = 0.1  # fixed in the sources


def check(trial: Trial) -> None:
    """Compares what is left of the full rate at each update, and the tokens counted by then."""
    config = trial.config(
        "epochs", "batch_size", "K", "n_samples", "warmup_tokens", "learning_rate"
    )
    tokens = config["batch_size"] * config["K"]
    cosine = Cosine(
        warmup_tokens=config["warmup_tokens"],
        floor=_FLOOR,
        final_tokens=2 * config["n_samples"] * config["K"] * 3,
        counting="published",
    )
    updates = config["epochs"] * config["n_samples"] // config["batch_size"]
    full = config["learning_rate"]
    settings = Training(updates=updates, learning_rate=full, warmup=0, cosine=cosine)
    # Divided again, because the trace was: of some rates that changes the last bit.
    shares = [learning_rate(settings, update, tokens=tokens) / full for update in range(updates)]
    trial.compare("multiplier_used", torch.tensor(shares, dtype=torch.float64), EXACT)
    trial.compare("tokens_after", tokens * (1 + torch.arange(updates)), EXACT)
