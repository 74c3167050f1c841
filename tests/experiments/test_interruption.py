"""Signals wait for a block that must be whole, and not for anything else."""

import os
import signal
import threading

import pytest

from decision_mamba.experiments.interruption import interruptible


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_for_a_deferring_block(number: signal.Signals) -> None:
    done = []

    def work() -> None:
        with interruptible() as interruption:
            with interruption.deferred():
                os.kill(os.getpid(), number)
                done.append("update")
            done.append("never")

    with pytest.raises(KeyboardInterrupt):
        work()

    assert done == ["update"]


def test_a_signal_elsewhere_interrupts_at_once() -> None:
    done = []

    def work() -> None:
        with interruptible():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("never")

    with pytest.raises(KeyboardInterrupt):
        work()

    assert done == []


def test_the_handlers_before_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)

    with interruptible():
        assert signal.getsignal(signal.SIGTERM) is not before

    assert signal.getsignal(signal.SIGTERM) is before


def test_other_threads_are_left_alone() -> None:
    seen = []

    def work() -> None:
        with interruptible() as interruption, interruption.deferred():
            seen.append("ran")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert seen == ["ran"]
