"""Times the backends of the selective scan, after checking that they agree.

    python benchmarks/scan.py [--threads N] [--batch B] [--length L] [--inner E] [--state N]

For each backend: milliseconds of a forward pass without gradients, of a forward and a backward
pass, medians of several; how many times faster than the reference the latter is; and the largest
difference from the reference, of any output or gradient, relative to its largest number. By
default the size is that of one layer of the papers' MuJoCo models.
"""

import argparse
import platform
import statistics
import sys
import time
from collections.abc import Callable

import numba
import torch
from torch import Tensor

from decision_mamba.ops.backends import use_backend
from decision_mamba.ops.selective_scan import selective_scan

REPEATS = {"reference": 3, "associative": 5, "cpu": 25}
LARGEST_ERROR = 1e-5


def main() -> int:
    """Checks, times, and says so; 1 if a backend is wrong."""
    asked = _arguments()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(0)
    inputs = _inputs(asked.batch, asked.length, asked.inner, asked.state)
    dy = torch.randn(asked.batch, asked.length, asked.inner)

    print(f"{_processor()}, {asked.threads} threads, Python {platform.python_version()}, ", end="")
    print(f"torch {torch.__version__}, numba {numba.__version__}")
    print(f"b={asked.batch} l={asked.length} e={asked.inner} n={asked.state}, float32")
    print(f"{'backend':<12}{'forward':>12}{'and backward':>16}{'faster':>10}{'error':>10}")
    wanted, slowest, worst = None, 0.0, 0.0
    for backend, repeats in REPEATS.items():
        with use_backend(backend):
            found = _outputs_and_gradients(inputs, dy)
            forward = _milliseconds(lambda: _forward(inputs), repeats)
            both = _milliseconds(lambda: _outputs_and_gradients(inputs, dy), repeats)
        wanted, slowest = wanted or found, slowest or both
        error = max(_difference(*pair) for pair in zip(found, wanted, strict=True))
        worst = max(worst, error)
        print(
            f"{backend:<12}{forward:>9.2f} ms{both:>13.2f} ms{slowest / both:>9.1f}x{error:>10.0e}"
        )
    return int(worst > LARGEST_ERROR)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--length", type=int, default=60)
    parser.add_argument("--inner", type=int, default=256)
    parser.add_argument("--state", type=int, default=16)
    return parser.parse_args()


def _inputs(batch: int, length: int, inner: int, state: int) -> list[Tensor]:
    inputs = [
        torch.randn(batch, length, inner),
        torch.rand(batch, length, inner) / 10,
        -torch.arange(1.0, state + 1).repeat(inner, 1),
        torch.randn(batch, length, state),
        torch.randn(batch, length, state),
        torch.ones(inner),
    ]
    return [part.requires_grad_() for part in inputs]


def _forward(inputs: list[Tensor]) -> None:
    with torch.no_grad():
        selective_scan(*inputs)


def _outputs_and_gradients(inputs: list[Tensor], dy: Tensor) -> list[Tensor]:
    y, last_state = selective_scan(*inputs)
    return [y.detach(), last_state.detach(), *torch.autograd.grad(y, inputs, dy)]


def _milliseconds(run: Callable[[], object], repeats: int) -> float:
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return 1000 * statistics.median(seconds)


def _difference(found: Tensor, wanted: Tensor) -> float:
    return float((found - wanted).abs().max() / wanted.abs().max())


def _processor() -> str:
    with open("/proc/cpuinfo") as lines:
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    sys.exit(main())
