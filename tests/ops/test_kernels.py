"""How tasks are cut and shared out, with kernels that only take notes."""

import threading
from typing import Any

import pytest
import torch

from decision_mamba.ops import kernels
from decision_mamba.ops.kernels import Tasks, compiled, compiled_part, total

MUCH = 1 << 30


class Notebook:
    """A kernel that notes which tasks it was given, and by which threads."""

    def __init__(self) -> None:
        self.tasks: list[int] = []
        self.threads: set[int] = set()

    def __call__(self, first: int, last: int, *_: Any) -> None:
        self.tasks.extend(range(first, last))
        if first < last:
            self.threads.add(threading.get_ident())


@pytest.fixture(params=["torch's threads", "own threads"])
def threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    if request.param == "own threads":
        monkeypatch.setattr(kernels, "_OPENMP", None)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("batch", "inner", "groups", "width"),
    [(64, 256, 16, 256), (64, 100, 16, 256), (4, 256, 4, 128), (1, 256, 1, 64), (1, 8, 1, 64)],
)
def test_few_sequences_are_cut_into_narrower_blocks(
    batch: int, inner: int, groups: int, width: int
) -> None:
    tasks = Tasks(batch, inner)

    assert (tasks.groups, tasks.width, tasks.blocks) == (groups, width, -(-inner // width))


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize(("batch", "inner"), [(64, 256), (5, 100), (1, 256)])
def test_every_task_is_done_once(batch: int, inner: int) -> None:
    notebook, tasks = Notebook(), Tasks(batch, inner)

    tasks.run(notebook, MUCH)

    assert sorted(notebook.tasks) == list(range(tasks.groups * tasks.blocks))


@pytest.mark.usefixtures("threads")
def test_as_many_tasks_are_done_at_once_as_torch_has_threads() -> None:
    meeting = threading.Barrier(3, timeout=20.0)

    def wait_for_two_others(task: int, last: int, *_: Any) -> None:
        if task < last and task < 3:
            meeting.wait()

    Tasks(64, 256).run(wait_for_two_others, MUCH)

    assert not meeting.broken


@pytest.mark.usefixtures("threads")
def test_little_work_stays_on_the_calling_thread() -> None:
    notebook = Notebook()

    Tasks(64, 256).run(notebook, 4096)

    assert notebook.threads == {threading.get_ident()}
    assert notebook.tasks == list(range(16))


@pytest.mark.usefixtures("threads")
def test_an_error_on_any_thread_reaches_the_caller() -> None:
    def fail(_: int, last: int, *__: Any) -> None:
        if last == 16:
            raise MemoryError("no room for the last task")

    with pytest.raises(MemoryError, match="no room for the last task"):
        Tasks(64, 256).run(fail, MUCH)


def test_partial_sums_are_added_in_their_order() -> None:
    # In float32, 1 + 1e8 is 1e8: the other way round, the first sum would be 1.5.
    parts = torch.tensor([[1.0, 1.0], [1e8, 2.0], [-1e8, 3.0], [0.5, 4.0]])

    assert total(parts).tolist() == [0.5, 10.0]


def test_the_kernels_run_on_the_openmp_that_torch_brought() -> None:
    with open("/proc/self/maps") as maps:
        torch_has_it = any("libgomp.so" in line for line in maps)

    assert (kernels._OPENMP is not None) == torch_has_it


def test_a_kernel_compiles_where_nothing_can_be_kept() -> None:
    # Numba finds no folder for a function without a file, nor where all folders are read-only.
    made: dict[str, Any] = {}
    exec("def double(x):\n    return 2 * x\n", made)

    kernel = compiled(made["double"])

    assert kernel(21) == 42


def test_a_part_of_a_kernel_can_be_called_by_itself_too() -> None:
    part = compiled_part(lambda x: x + 1)
    kernel = compiled(lambda x: 2 * part(x))

    assert (kernel(20), part(20)) == (42, 21)
