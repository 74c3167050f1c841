"""Tables begin as wide as they are asked to."""

import torch

from decision_mamba.models.hybrid.table import table_of


def test_a_table_begins_as_torchs_does_times_its_deviation() -> None:
    torch.manual_seed(0)
    torchs = torch.nn.Embedding(3, 4).weight
    torch.manual_seed(0)

    table = table_of(3, 4, 0.5)

    assert torch.equal(table.weight, torchs / 2)
    assert table.weight.requires_grad
