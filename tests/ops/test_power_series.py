"""Reciprocals and products of power series, against those everybody knows."""

import pytest
import torch

from decision_mamba.ops.power_series import product, reciprocal


@pytest.mark.parametrize("length", [1, 2, 3, 7, 8])
def test_one_over_one_minus_z_is_the_geometric_series(length: int) -> None:
    series = torch.zeros(1, length)
    series[0, 0] = 1.0
    series[0, 1:2] = -1.0

    torch.testing.assert_close(reciprocal(series), torch.ones(1, length))


def test_one_over_two_plus_z_by_hand() -> None:
    series = torch.tensor([[2.0, 1.0, 0.0, 0.0]])

    expected = torch.tensor([[1 / 2, -1 / 4, 1 / 8, -1 / 16]])
    torch.testing.assert_close(reciprocal(series), expected)


def test_the_square_of_one_plus_z_ends_where_its_factors_do() -> None:
    one_plus_z = torch.tensor([[1.0, 1.0]])

    torch.testing.assert_close(product(one_plus_z, one_plus_z), torch.tensor([[1.0, 2.0]]))


def test_gradients_are_the_slopes() -> None:
    torch.manual_seed(0)
    series = torch.rand(2, 6, dtype=torch.float64) + 1.0

    assert torch.autograd.gradcheck(reciprocal, (series.requires_grad_(),))
