"""What `dropout` promises, whichever backend keeps the promise."""

import pytest
import torch
from torch import Tensor

from decision_mamba.errors import BadInput
from decision_mamba.ops.backends import use_backend
from decision_mamba.ops.dropout import Dropout, dropout

SEEDED = ["reference", "cpu"]
EVERY = [*SEEDED, "associative"]


def run(backend: str, x: Tensor, p: float = 0.3, seed: int = 0) -> tuple[Tensor, Tensor]:
    """The output, and the gradient of its sum weighted by the places."""
    leaf = x.clone().requires_grad_()
    torch.manual_seed(seed)
    with use_backend(backend):
        y = dropout(leaf, p)
    weights = torch.arange(x.numel(), dtype=x.dtype).view(x.shape)
    [dx] = torch.autograd.grad(y, leaf, weights)
    return y.detach(), dx


@pytest.mark.usefixtures("poisoned")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("shape", [(1,), (0, 3), (1023,), (1024,), (5, 205), (3, 40, 171)])
def test_the_cpus_bits_are_the_references(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    x = torch.randn(shape).to(dtype)

    for got, wanted in zip(run("cpu", x), run("reference", x), strict=True):
        assert got.dtype == dtype
        assert torch.equal(got, wanted)


@pytest.mark.parametrize("backend", EVERY)
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_each_number_is_zero_or_divided_by_the_share_that_is_kept(backend: str, p: float) -> None:
    x = torch.randn(40_000).double()

    y, _ = run(backend, x, p)

    kept = y != 0
    torch.testing.assert_close(y[kept], x[kept] / (1 - p))
    # Five standard deviations of a share of 40,000 draws.
    assert abs(kept.double().mean().item() - (1 - p)) < 5 * (p * (1 - p) / 40_000) ** 0.5


@pytest.mark.parametrize("backend", EVERY)
def test_the_gradient_passes_where_the_number_passed(backend: str) -> None:
    x = torch.randn(5000).double()

    y, dx = run(backend, x)

    torch.testing.assert_close(dx, torch.where(y != 0, torch.arange(5000).double() / 0.7, 0.0))


@pytest.mark.parametrize("backend", EVERY)
def test_torchs_generator_decides(backend: str) -> None:
    x = torch.ones(5000)

    first, same, other = (run(backend, x, seed=seed)[0] for seed in (1, 1, 2))

    assert torch.equal(first, same)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("backend", SEEDED)
def test_one_call_draws_as_much_as_another(backend: str) -> None:
    after = []

    for size in (1, 100_000):
        run(backend, torch.ones(size))
        after.append(torch.rand(()).item())

    assert after[0] == after[1]


@pytest.mark.parametrize("backend", EVERY)
def test_gradients_are_those_of_finite_differences(backend: str) -> None:
    x = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)

    def seeded(x: Tensor) -> Tensor:
        torch.manual_seed(0)
        return dropout(x, 0.5)

    with use_backend(backend):
        assert torch.autograd.gradcheck(seeded, x)
        assert torch.autograd.gradgradcheck(seeded, x)


@pytest.mark.parametrize("backend", SEEDED)
def test_the_mask_follows_the_places_and_not_the_memory(backend: str) -> None:
    x = torch.randn(70, 50)

    lying, _ = run(backend, x.T.contiguous().T)

    assert torch.equal(lying, run(backend, x)[0])


@pytest.mark.parametrize("backend", EVERY)
def test_nothing_happens_outside_training_or_without_a_share(backend: str) -> None:
    x = torch.randn(100)
    before = torch.get_rng_state()

    with use_backend(backend):
        assert dropout(x, 0.5, training=False) is x
        assert dropout(x, 0.0) is x
    assert torch.equal(torch.get_rng_state(), before)


def test_the_module_drops_in_training_only() -> None:
    module, x = Dropout(0.5), torch.ones(1000)

    assert 0 < (module.train()(x) == 0).sum() < 1000
    assert torch.equal(module.eval()(x), x)


@pytest.mark.parametrize("p", [-0.1, 1.0, float("nan")])
def test_a_share_that_is_none_is_refused(p: float) -> None:
    with pytest.raises(BadInput, match="expected at least 0 and less than 1"):
        dropout(torch.ones(3), p)
    with pytest.raises(BadInput, match="expected at least 0 and less than 1"):
        Dropout(p)


def test_not_a_number_stays_or_is_dropped() -> None:
    y, _ = run("cpu", torch.full((1000,), float("nan")).bfloat16())

    assert 600 < y.isnan().sum() < 800
    assert bool((y[~y.isnan()] == 0).all())
