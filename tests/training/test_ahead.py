"""Updates that nobody waits for are the updates of the slow way, without a card as with one."""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from decision_mamba.batch import Batch
from decision_mamba.data.windows import Windowing, Windows
from decision_mamba.errors import Failure
from decision_mamba.mixers import Attention, MixerSettings, Selective
from decision_mamba.models.policy import Model
from decision_mamba.seeding import Seeds
from decision_mamba.training.ahead import Ahead, recorded
from decision_mamba.training.checkpoint import load_checkpoint, save_checkpoint
from decision_mamba.training.feed import Feed, HostFeed, ResidentFeed
from decision_mamba.training.fit import fit
from decision_mamba.training.learner import Learner
from decision_mamba.training.optimiser import Training
from decision_mamba.training.schedule import Cosine
from tests.conftest import small_policy, small_store

# Powers of two, so that rates are the same numbers in a float32 tensor as in Python.
SETTINGS = Training(updates=8, learning_rate=2.0**-8, warmup=4, batch_size=4, weight_decay=0.125)
CPU = torch.device("cpu")


@pytest.fixture
def windows() -> Windows:
    return Windows(small_store(), Windowing(length=5))


def learner(mixer: MixerSettings, settings: Training = SETTINGS) -> Learner:
    return Learner(small_policy(Model(mixer=mixer, width=8, blocks=1)), settings)


def ahead(student: Learner, windows: Windows) -> Ahead:
    return Ahead(student, ResidentFeed(windows, SETTINGS.batch_size, CPU), Seeds(3))


def contents(student: Learner) -> list[torch.Tensor]:
    """Everything an update changes."""
    states = [student.optimiser.state[weight] for weight in student.policy.parameters()]
    parts = [state[slot] for state in states for slot in sorted(state)]
    return [part.clone() for part in (*student.policy.state_dict().values(), *parts)]


def equal(first: list[torch.Tensor], second: list[torch.Tensor]) -> bool:
    return all(torch.equal(*pair) for pair in zip(first, second, strict=True))


def test_they_are_the_updates_of_the_slow_way(mixer: MixerSettings, windows: Windows) -> None:
    slow, far = learner(mixer), learner(mixer)
    slowly = list(fit(slow, windows, Seeds(3)))

    values = ahead(far, windows).until(8)

    assert values == (slowly[-1].loss, slowly[-1].gradient_norm)
    assert equal(contents(slow), contents(far))
    assert far.update == 8


def test_two_groups_of_weights_and_a_cosine_are_those_of_the_slow_way(windows: Windows) -> None:
    cosine = Cosine(warmup_tokens=80, floor=0.5)
    settings = dataclasses.replace(SETTINGS, decayed="matrices", betas=(0.5, 0.75), cosine=cosine)
    slow, far = (learner(Selective(), settings) for _ in range(2))
    slowly = list(fit(slow, windows, Seeds(3)))

    values = ahead(far, windows).until(8)

    assert slowly[0].learning_rate == 2.0**-12  # a quarter by the updates, a quarter by tokens
    # Rates that are no powers of two are rounded on their way into a tensor.
    assert values == pytest.approx((slowly[-1].loss, slowly[-1].gradient_norm), rel=1e-5)
    torch.testing.assert_close(contents(slow), contents(far), rtol=1e-6, atol=1e-7)


def test_it_does_not_matter_how_often_one_looks(windows: Windows) -> None:
    once, often = learner(Selective()), learner(Selective())

    ahead(once, windows).until(8)
    looking = ahead(often, windows)
    for stop in (1, 3, 8):
        looking.until(stop)

    assert equal(contents(once), contents(often))


def test_a_rehearsal_changes_nothing(windows: Windows) -> None:
    student = learner(Selective())
    ahead(student, windows).until(2)
    before = contents(student)
    generator = torch.get_rng_state()

    ahead(student, windows)

    assert equal(contents(student), before)
    assert torch.equal(torch.get_rng_state(), generator)


def test_a_resumed_run_ends_as_one_that_never_stopped(
    mixer: MixerSettings, windows: Windows, tmp_path: Path
) -> None:
    through, stopped, resumed = learner(mixer), learner(mixer), learner(mixer)
    ahead(through, windows).until(8)
    ahead(stopped, windows).until(3)
    save_checkpoint(stopped, tmp_path)

    load_checkpoint(resumed, tmp_path)
    ahead(resumed, windows).until(8)

    assert equal(contents(through), contents(resumed))


class Card:
    """What of torch.cuda a capture calls, writing down in which order and on which stream."""

    def __init__(self) -> None:
        self.happened: list[str] = []
        self.where = "default"
        self.CUDAGraph = lambda: SimpleNamespace(replay=lambda: self.happened.append("replay"))

    def Stream(self) -> SimpleNamespace:  # noqa: N802
        return SimpleNamespace(name="side", wait_stream=lambda _: None)

    def current_stream(self) -> SimpleNamespace:
        return SimpleNamespace(wait_stream=lambda other: self.happened.append(f"wait {other.name}"))

    @contextlib.contextmanager
    def stream(self, stream: SimpleNamespace) -> Iterator[None]:
        self.where = stream.name
        yield
        self.where = "default"

    @contextlib.contextmanager
    def graph(self, _: SimpleNamespace, stream: SimpleNamespace) -> Iterator[None]:
        self.where = f"captured on {stream.name}"
        yield
        self.where = "default"


def test_work_is_rehearsed_and_recorded_on_one_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    card = Card()
    monkeypatch.setattr(torch, "cuda", card)

    replay = recorded(lambda: card.happened.append(card.where), torch.device("cuda"))
    replay()

    assert card.happened == ["side"] * 3 + ["wait side", "captured on side", "replay"]


class Spoilt(Feed):
    """Brings one return-to-go that is not a number, to the update of a given number."""

    def __init__(self, feed: Feed, update: int) -> None:
        self._feed, self._left = feed, update

    def send(self, generator: np.random.Generator) -> None:
        self._left -= 1
        self._feed.send(generator)

    def batch(self) -> Batch:
        batch = self._feed.batch()
        wrong = torch.full_like(batch.returns_to_go, float("nan"))
        return batch if self._left else dataclasses.replace(batch, returns_to_go=wrong)


def test_the_learner_is_left_as_it_was_before_an_update_that_is_not_finite(
    mixer: MixerSettings, windows: Windows
) -> None:
    good, spoilt = learner(mixer), learner(mixer)
    ahead(good, windows).until(2)

    with pytest.raises(Failure, match=r"update 3 was refused: its loss is nan"):
        Ahead(spoilt, Spoilt(HostFeed(windows, 4, CPU), 3), Seeds(3)).until(8)

    assert spoilt.update == 2
    assert equal(contents(good), contents(spoilt))


def test_after_a_refusal_one_can_go_on(windows: Windows) -> None:
    good, spoilt = learner(Selective()), learner(Selective())
    ahead(good, windows).until(8)
    looking = Ahead(spoilt, Spoilt(HostFeed(windows, 4, CPU), 3), Seeds(3))
    with pytest.raises(Failure, match="update 3"):
        looking.until(8)

    looking.until(8)

    assert equal(contents(good), contents(spoilt))


@pytest.mark.parametrize("make", [HostFeed, ResidentFeed])
def test_whole_episodes_of_one_shape_teach_what_those_cut_to_the_longest_drawn_do(
    mixer: MixerSettings, make: Callable[[Windows, int, torch.device], Feed]
) -> None:
    # In rows of another length dropout would draw otherwise, so there is none.
    if isinstance(mixer, Attention):
        mixer = Attention(dropout=0.0)
    model = Model(mixer=mixer, width=8, blocks=1, dropout=0.0, embedding_dropout=0.0)
    slow, far = (Learner(small_policy(model), SETTINGS, chunk=4) for _ in range(2))
    windows = Windows(small_store((7, 12, 13, 30)), Windowing(length=4, whole=True))
    slowly = list(fit(slow, windows, Seeds(3)))

    values = Ahead(far, make(windows, SETTINGS.batch_size, CPU), Seeds(3)).until(8)

    assert values == pytest.approx((slowly[-1].loss, slowly[-1].gradient_norm), rel=1e-4)
    torch.testing.assert_close(contents(slow), contents(far), rtol=1e-3, atol=1e-5)
