"""Times one update of Decision Mamba and of Decision Transformer at the papers' standard size.

    python benchmarks/training.py [--threads N] [--updates U]

Hopper's spaces, 3 blocks, width 128, batch 64, K = 20, float32, on the bundled episodes; the
median over the updates, windows and optimiser included, and the share of drawing the windows. As
a floor measured in the same run, the matrix products of the Mamba model alone, forward and
backward.
"""

import argparse
import dataclasses
import itertools
import statistics
import sys
import time
from collections.abc import Callable

import torch

from decision_mamba.data.read import read
from decision_mamba.data.windows import Windows
from decision_mamba.experiments.presets import preset
from decision_mamba.models.policy import SequencePolicy
from decision_mamba.seeding import Seeds
from decision_mamba.training.fit import fit
from decision_mamba.training.learner import Learner

PRESETS = ("dmamba/hopper-medium-expert", "dt/hopper-medium-expert")
WARM = 5  # updates that compile, allocate and fill caches


def main() -> None:
    """Times and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--updates", type=int, default=30)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    print(f"torch {torch.__version__}, {asked.threads} threads, median of {asked.updates}")
    for name in PRESETS:
        update, draw = _times(name, asked.updates)
        print(
            f"{name:<30}{1000 * update:>8.1f} ms per update{1 / update:>8.2f} updates/s"
            f"{100 * draw / update:>8.2f} % of it drawing windows"
        )
    floor = _median(_matrix_products(), asked.updates)
    print(f"{'matrix products of dmamba alone':<30}{1000 * floor:>7.1f} ms")


def _times(name: str, updates: int) -> tuple[float, float]:
    experiment = preset(name).experiment
    store = read(("demo",))
    windows = Windows(store, experiment.windows)
    policy = SequencePolicy(experiment.model, store.spaces, store.moments(), experiment.acting)
    settings = dataclasses.replace(experiment.training, updates=sys.maxsize)
    going = fit(Learner(policy, settings), windows, Seeds(0))
    draw = _median(lambda: windows.draw(settings.batch_size, Seeds(0).windows(0)), 200)
    return _median(lambda: next(going), updates), draw


def _matrix_products() -> Callable[[], None]:
    """Every linear map of a block over b * l tokens: in, x, Δ, out and the two of the channels."""
    tokens, width, inner = 64 * 60, 128, 256
    sizes = [
        (width, 2 * inner), (inner, 8 + 32), (8, inner), (inner, width),
        (width, 4 * width), (4 * width, width),
    ]  # fmt: skip
    pairs = [(torch.randn(tokens, i), torch.randn(o, i), torch.randn(tokens, o)) for i, o in sizes]

    def products() -> None:
        for (x, weight, dy), _ in itertools.product(pairs, range(3)):  # three blocks
            torch.mm(x, weight.T)
            torch.mm(dy, weight)
            torch.mm(dy.T, x)

    return products


def _median(work: Callable[[], object], repeats: int) -> float:
    for _ in range(WARM):
        work()
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
