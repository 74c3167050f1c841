"""A training run, as `train` carries it out, and how busy it keeps the card."""

import dataclasses
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import torch

from benchmarks import standard
from benchmarks.row import Measured, Row, at_least, at_most
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.run import events
from decision_mamba.seeding import Seeds
from decision_mamba.training.ahead import Ahead
from decision_mamba.training.feed import feed_for
from decision_mamba.training.fit import OneByOne, Progress
from decision_mamba.training.learner import Learner

PRESET = "dmamba/hopper-medium"
UPDATES = 5_000
WARM = 1_000  # updates before the clock is started; a checkpoint is written after each thousand
ALL = 100_000
PROFILED = 100
CARD = torch.device("cuda")


def measure() -> Iterator[Row]:
    """The run, the share of its time in which the card computes, and what capturing gains."""
    begun, update = _run(_experiment())
    yield _whole("float32", begun, update)
    yield _whole("bfloat16", *_run(_experiment("bfloat16")))
    computing, kernels = _kernels()
    yield Row(
        "training",
        "of that time in float32 the card computes",
        Measured((100 * computing / update,), "%"),
        at_least(80),
        ours=Measured((1000 * computing,), "ms per update"),
        note="the profiler's time in kernels and copies, over the time of an update above",
        profile=kernels,
    )
    slow = _uncaptured()
    yield Row(
        "training",
        "a captured update, faster than one by one",
        Measured((slow / update,), "×"),
        ours=Measured((1000 * update,), "ms"),
        peer=Measured((1000 * slow,), "ms", "one by one"),
    )


def _whole(precision: str, begun: float, update: float) -> Row:
    return Row(
        "training",
        f"{PRESET}, {ALL:,} updates without evaluation, {precision}",
        Measured((begun + (ALL - WARM) * update,), "s"),
        at_most(90),
        ours=Measured((1000 * update,), "ms per update"),
        note=f"scaled up from {UPDATES:,} updates on the bundled episodes, checkpoints and logs "
        f"included; the first {WARM:,} took {begun:.1f} s, data and capture included",
    )


def _run(experiment: Experiment) -> tuple[float, float]:
    """Seconds to the end of the warm updates, and per update from there on."""
    began = time.perf_counter()
    warm = began
    with tempfile.TemporaryDirectory() as folder:
        for event in events(experiment, Path(folder) / "run", device="cuda"):
            if isinstance(event, Progress) and event.update == WARM:
                warm = time.perf_counter()
    return warm - began, (time.perf_counter() - warm) / (UPDATES - WARM)


def _kernels() -> tuple[float, tuple[str, ...]]:
    """Seconds per update in which the card computes, and in what most of them go."""
    learner, seeds = _learner(), Seeds(0)
    settings = learner.settings
    windows = standard.windows(_experiment())
    going = Ahead(learner, feed_for(windows, settings.batch_size, CARD), seeds)
    going.until(PROFILED)
    activities = [torch.profiler.ProfilerActivity.CUDA]
    with torch.profiler.profile(activities=activities) as profile:
        going.until(2 * PROFILED)
        torch.cuda.synchronize()
    # Kernels and copies; calls of the driver, on the host, take no time of the card.
    found = [one for one in profile.key_averages() if one.self_device_time_total > 0]
    found.sort(key=lambda one: -one.self_device_time_total)  # microseconds
    microseconds = sum(one.self_device_time_total for one in found)
    lines = tuple(
        f"{100 * one.self_device_time_total / microseconds:4.1f} %  {one.count / PROFILED:5.1f} "
        f"per update  {one.key[:90]}"
        for one in found[:12]
    )
    return microseconds / 1e6 / PROFILED, lines


def _uncaptured() -> float:
    """Seconds of an update that Python launches kernel by kernel, and whose loss it reads."""
    learner = _learner()
    going = OneByOne(learner, standard.windows(_experiment()), Seeds(0))
    going.until(PROFILED)
    began = time.perf_counter()
    going.until(2 * PROFILED)
    return (time.perf_counter() - began) / PROFILED


def _experiment(precision: Literal["float32", "bfloat16"] = "float32") -> Experiment:
    settings = standard.experiment(PRESET, precision)
    return dataclasses.replace(
        settings,
        training=dataclasses.replace(settings.training, updates=UPDATES),
        evaluation=dataclasses.replace(settings.evaluation, every=0, film=False),
    )


def _learner() -> Learner:
    settings = _experiment()
    return Learner(standard.policy(settings).to(CARD), settings.training)
