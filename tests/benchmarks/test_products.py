"""The floor does the products that were seen, and nothing else."""

import torch
from torch.nn import functional as F

from benchmarks.products import _Watch, products_of


def shapes(watch: _Watch) -> list[list[tuple[int, ...]]]:
    return [[one.shape for one in given if hasattr(one, "shape")] for _, given in watch.seen]


def test_the_products_of_a_linear_map_are_three() -> None:
    x = torch.randn(5, 2, requires_grad=True)
    weight = torch.randn(3, 2, requires_grad=True)
    replayed = products_of(
        lambda: torch.autograd.grad(F.linear(x, weight).relu().sum(), [x, weight])
    )

    with _Watch() as watch:
        replayed()

    assert shapes(watch) == [[(5, 2), (2, 3)], [(3, 5), (5, 2)], [(5, 3), (3, 2)]]


def test_fused_attention_counts_as_its_two_products() -> None:
    query = torch.randn(2, 1, 7, 4)
    replayed = products_of(lambda: F.scaled_dot_product_attention(query, query, query))

    with _Watch() as watch:
        replayed()

    assert shapes(watch) == [[(2, 7, 4), (2, 4, 7)], [(2, 7, 7), (2, 7, 4)]]


def test_convolutions_of_frames_count_and_those_of_tokens_do_not() -> None:
    frames, filters = torch.randn(2, 3, 8, 8), torch.randn(4, 3, 3, 3, requires_grad=True)
    tokens, taps = torch.randn(2, 3, 8), torch.randn(3, 1, 2)
    replayed = products_of(
        lambda: (
            torch.autograd.grad(F.conv2d(frames, filters, stride=2).relu().sum(), filters),
            F.conv1d(tokens, taps, groups=3),
        )
    )

    with _Watch() as watch:
        replayed()

    assert shapes(watch) == [
        [(2, 3, 8, 8), (4, 3, 3, 3)],
        [(2, 4, 3, 3), (2, 3, 8, 8), (4, 3, 3, 3)],
    ]
