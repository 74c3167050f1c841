"""`decision-mamba info`: what bug reports should say."""

import dataclasses
import os
import platform

import torch

from decision_mamba.cli.parsing import parse
from decision_mamba.experiments.machine import versions
from decision_mamba.ops.backends import backend_for


@dataclasses.dataclass(frozen=True)
class Info:
    """Prints versions, devices, threads and the backends in use."""


def run(argv: list[str]) -> None:
    """Carries out `decision-mamba info`."""
    parse(Info, argv, command="info")
    for line in versions():
        print(line)
    print(f"system {platform.platform()}")
    print(f"processors {os.cpu_count()}, torch uses {torch.get_num_threads()} threads")
    print(f"device cpu, backend {backend_for(torch.device('cpu'))}")
    for index in range(torch.cuda.device_count()):
        card = torch.device("cuda", index)
        print(f"device {card} ({torch.cuda.get_device_name(card)}), backend {backend_for(card)}")
