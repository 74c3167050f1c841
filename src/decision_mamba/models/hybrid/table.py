"""Tables of weights, a row for each of a few numbers."""

import torch
from torch import nn


def table_of(rows: int, width: int, deviation: float) -> nn.Embedding:
    """Makes a table whose rows begin normally distributed around 0, as torch's but for their width.

    Args:
        rows: in it.
        width: numbers in a row.
        deviation: of each; 1 is torch's own.
    """
    table = nn.Embedding(rows, width)
    with torch.no_grad():
        table.weight.mul_(deviation)
    return table
