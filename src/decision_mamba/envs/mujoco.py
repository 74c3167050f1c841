"""MuJoCo kept quiet while it loads a model, and able to draw without a screen."""

import contextlib
import functools
import os
import warnings
from collections.abc import Iterator

from decision_mamba.errors import BadInput, MissingExtra

try:
    import mujoco
except ImportError as error:
    raise MissingExtra("MuJoCo environments", "mujoco", extra="mujoco") from error
except (AttributeError, RuntimeError) as error:
    # mujoco loads the graphics library that MUJOCO_GL names, and fails where there is none.
    chosen = os.environ.get("MUJOCO_GL")
    raise BadInput(
        f"MuJoCo cannot be loaded with MUJOCO_GL={chosen} ({error}); "
        "install that graphics library or unset the variable"
    ) from error

# HalfCheetah's model file, part of gymnasium, uses an attribute that MuJoCo 4 calls deprecated.
# Nobody who plays the task can mend that, and left alone MuJoCo says so on stderr for every copy,
# through the progress bar, and leaves a MUJOCO_LOG.TXT in the working directory.
_KNOWN = "compiler attribute 'settotalmass' is deprecated"


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Inside, MuJoCo's one known warning is dropped; others come out as Python warnings."""
    heard: list[str] = []
    before = mujoco.get_mju_user_warning()
    # An exception inside this callback ends the process, so it only takes notes.
    mujoco.set_mju_user_warning(heard.append)
    try:
        yield
    finally:
        mujoco.set_mju_user_warning(before)
    for message in heard:
        if not message.startswith(_KNOWN):
            warnings.warn(f"MuJoCo: {message}", RuntimeWarning, stacklevel=3)


@contextlib.contextmanager
def drawing() -> Iterator[None]:
    """Inside, MuJoCo draws through EGL where there is no screen and no MUJOCO_GL says otherwise.

    The variable is set for the moment of drawing only: with it, a machine without EGL could not
    even import mujoco, nor could the processes that inherit it.
    """
    if any(os.environ.get(name) for name in ("MUJOCO_GL", "DISPLAY", "WAYLAND_DISPLAY")):
        yield
        return
    _try_egl()
    os.environ["MUJOCO_GL"] = "egl"
    try:
        yield
    finally:
        del os.environ["MUJOCO_GL"]


@functools.cache
def _try_egl() -> None:
    # Where EGL fails inside gymnasium's viewer, the half-built viewer also complains on stderr.
    from mujoco.egl import GLContext

    GLContext(1, 1).free()
