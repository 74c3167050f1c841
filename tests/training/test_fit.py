"""Training makes the loss fall, draws by the update's number and refuses what is not finite."""

import dataclasses
import itertools

import pytest
import torch

from decision_mamba.data.contexts import Contexting, Contexts
from decision_mamba.data.windows import Windowing, Windows
from decision_mamba.errors import Failure
from decision_mamba.mixers import Attention, MixerSettings, Selective
from decision_mamba.models.policy import Model
from decision_mamba.seeding import Seeds
from decision_mamba.training.fit import fit, follow
from decision_mamba.training.learner import Learner
from decision_mamba.training.optimiser import Training
from tests.conftest import small_policy, small_store


def learner(mixer: MixerSettings, updates: int, rate: float = 3e-3) -> Learner:
    model = Model(mixer=mixer, width=16, blocks=1, timesteps=40)
    settings = Training(updates=updates, learning_rate=rate, warmup=5, batch_size=16)
    return Learner(small_policy(model), settings)


@pytest.fixture
def windows() -> Windows:
    return Windows(small_store(), Windowing(length=5))


def test_the_loss_falls(mixer: MixerSettings, windows: Windows) -> None:
    losses = [progress.loss for progress in fit(learner(mixer, 120), windows, Seeds(0))]

    assert sum(losses[-20:]) < 0.5 * sum(losses[:20])


def test_it_stops_after_its_updates_and_counts_them(windows: Windows) -> None:
    student = learner(Selective(), 3)

    updates = [progress.update for progress in fit(student, windows, Seeds(0))]

    assert updates == [1, 2, 3]
    assert list(fit(student, windows, Seeds(0))) == []


def test_the_same_seed_gives_the_same_weights(mixer: MixerSettings, windows: Windows) -> None:
    first, second = learner(mixer, 4), learner(mixer, 4)

    for student in (first, second):
        torch.manual_seed(id(student) % 1000)  # a generator that is not the run's
        list(fit(student, windows, Seeds(7)))

    assert equal(first, second)


def test_another_seed_gives_other_weights(windows: Windows) -> None:
    first, second = learner(Selective(), 2), learner(Selective(), 2)

    list(fit(first, windows, Seeds(7)))
    list(fit(second, windows, Seeds(8)))

    assert not equal(first, second)


def test_a_generator_that_is_put_away_does_not_go_on(windows: Windows) -> None:
    student = learner(Selective(), 100)

    list(itertools.islice(fit(student, windows, Seeds(0)), 2))

    assert student.update == 2


def test_a_loss_that_is_not_finite_is_refused_and_the_weights_stay(windows: Windows) -> None:
    student = learner(Attention(), 3)
    with torch.no_grad():
        student.policy.get_parameter("head.linear.bias").fill_(float("nan"))
    before = student.policy.get_parameter("tokens.embed_state.weight").clone()

    with pytest.raises(Failure, match=r"update 1 was refused: its loss is nan"):
        list(fit(student, windows, Seeds(0)))

    assert torch.equal(student.policy.get_parameter("tokens.embed_state.weight"), before)
    assert student.update == 0


@pytest.mark.parametrize(("share", "known"), [(0.5, [2, 4, 5]), (0.0, [])])
def test_the_last_steps_loss_is_known_where_somebody_reads_it(
    share: float, known: list[int]
) -> None:
    student = learner(Selective(), 5)
    student.settings = dataclasses.replace(student.settings, log_every=2)
    rows = Contexts(small_store(), None, Contexting(episodes=1, last_step=share))

    told = [progress for progress in fit(student, rows, Seeds(0)) if progress.last_step_loss]

    assert [progress.update for progress in told] == known


def test_looking_at_the_last_step_changes_no_update() -> None:
    rows = Contexts(small_store(), None, Contexting(episodes=1, last_step=0.5))
    often, never = learner(Selective(), 5), learner(Selective(), 5)
    often.settings = dataclasses.replace(often.settings, log_every=1)

    losses = [[one.loss for one in fit(student, rows, Seeds(0))] for student in (often, never)]

    assert losses[0] == losses[1]


class Far:
    """Makes updates in leaps, as a card does, and remembers where it was asked to look."""

    furthest = 100
    last_step_loss: float | None = 0.5

    def __init__(self, student: Learner) -> None:
        self._student = student
        self.stops: list[int] = []

    def until(self, stop: int) -> tuple[float, float]:
        self._student.update = stop
        self.stops.append(stop)
        return float(stop), 0.0


def test_a_card_is_looked_at_only_where_something_is_due() -> None:
    student = learner(Selective(), 250)
    student.settings = dataclasses.replace(student.settings, log_every=80, checkpoint_every=90)
    far = Far(student)

    progress = list(follow(student, far, pauses=(0, 125)))

    # 80 and 160 for the log, 90 and 180 for checkpoints, 100 and 200 because it is far, 125 and
    # 250 for the pause.
    assert far.stops == [80, 90, 100, 125, 160, 180, 200, 240, 250]
    assert [one.update for one in progress] == far.stops
    assert [one.loss for one in progress] == far.stops


def test_what_is_yielded_is_where_the_learner_stands() -> None:
    student = learner(Selective(), 30)

    for progress in follow(student, Far(student), pauses=()):
        assert progress.update == student.update
        assert progress.seconds == student.seconds


def test_bfloat16_learns_too(mixer: MixerSettings, windows: Windows) -> None:
    model = Model(mixer=mixer, width=16, blocks=1)
    settings = Training(updates=30, learning_rate=3e-3, warmup=5, precision="bfloat16")

    losses = [p.loss for p in fit(Learner(small_policy(model), settings), windows, Seeds(0))]

    assert sum(losses[-5:]) < sum(losses[:5])


@pytest.fixture
def episodes() -> Windows:
    return Windows(small_store(), Windowing(length=10, whole=True))


def test_the_loss_of_whole_episodes_falls(mixer: MixerSettings, episodes: Windows) -> None:
    student = learner(mixer, 15, rate=1e-2)
    student.chunk = 10

    losses = [progress.loss for progress in fit(student, episodes, Seeds(0))]

    assert sum(losses[-3:]) < 0.8 * sum(losses[:3])


def test_whole_episodes_are_resumed_as_if_nothing_had_been(episodes: Windows) -> None:
    through, parted = learner(Selective(), 4), learner(Selective(), 4)
    through.chunk = parted.chunk = 10

    list(fit(through, episodes, Seeds(7)))
    list(itertools.islice(fit(parted, episodes, Seeds(7)), 2))
    list(fit(parted, episodes, Seeds(7)))

    assert equal(through, parted)


def equal(first: Learner, second: Learner) -> bool:
    pairs = zip(first.policy.parameters(), second.policy.parameters(), strict=True)
    return all(torch.equal(one, other) for one, other in pairs)
