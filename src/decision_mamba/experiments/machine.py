"""What a run runs on: the device, and the versions that can change a number."""

import importlib.metadata
import platform

import torch

from decision_mamba.errors import BadInput

_PACKAGES = (
    "decision-mamba", "torch", "triton", "numpy", "numba", "gymnasium", "mujoco", "h5py",
    "safetensors", "ale-py", "opencv-python-headless", "opencv-python",
)  # fmt: skip


def choose_device(name: str) -> torch.device:
    """The device of this name; "auto" takes the NVIDIA card if there is one.

    Raises:
        BadInput: it is not known, or not there.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise BadInput(f"the device is {name!r}; expected auto, cpu or cuda")
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise BadInput(
            "--device cuda needs an NVIDIA card and its driver; none was found, "
            "so choose --device cpu"
        )
    return torch.device("cuda" if name != "cpu" and there else "cpu")


def versions() -> tuple[str, ...]:
    """Python and each package as "name version", "name -" where one is not installed."""
    return (f"python {platform.python_version()}", *(f"{n} {_version(n)}" for n in _PACKAGES))


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "-"
