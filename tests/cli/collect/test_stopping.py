"""Whoever stops a collection is told how it goes on."""

import os
import signal

import pytest

from decision_mamba.cli.collect.stopping import resumable


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_names_the_command_that_goes_on(which: signal.Signals) -> None:
    def play() -> None:
        with resumable(["darkroom", "--resume", "--out", "my rooms.hdf5"]):
            os.kill(os.getpid(), which)
            raise AssertionError("the signal stopped nothing")

    with pytest.raises(KeyboardInterrupt) as stopped:
        play()

    assert str(stopped.value) == (
        "stopped; decision-mamba collect --resume darkroom --out 'my rooms.hdf5' goes on"
    )
