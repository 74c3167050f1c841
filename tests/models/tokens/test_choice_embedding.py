"""Each action that can be chosen has a row, and no choice has none."""

import torch

from decision_mamba.models.tokens.choice_embedding import ChoiceEmbedding


def test_each_choice_has_its_row_and_none_is_zero() -> None:
    rows = ChoiceEmbedding(3, 2)

    embedded = rows(torch.tensor([[2, -1, 0]], dtype=torch.int16))

    assert torch.equal(embedded[0, 0], rows.weight[2])
    assert embedded[0, 1].tolist() == [0.0, 0.0]
    assert torch.equal(embedded[0, 2], rows.weight[0])


def test_rows_of_choices_begin_small() -> None:
    torch.manual_seed(0)

    rows = ChoiceEmbedding(100, 100).weight

    assert 0.019 < float(rows.detach().std()) < 0.021
