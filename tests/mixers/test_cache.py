"""A cache copies little, forgets nothing and changes nothing that was handed out."""

import pytest
import torch

from decision_mamba.mixers import cache
from decision_mamba.mixers.cache import Cache


def some(first: int, tokens: int) -> torch.Tensor:
    """Keys that count tokens, of two sequences and one head of three numbers."""
    return torch.arange(first, first + tokens)[:, None].expand(2, 1, tokens, 3).float()


def tokens_of(known: Cache) -> list[int]:
    keys = torch.cat([known.older_keys, known.recent_keys], dim=2)
    values = torch.cat([known.older_values, known.recent_values], dim=2)
    assert torch.equal(keys + 100, values)
    told: list[int] = keys[0, 0, :, 0].int().tolist()
    return told


def then(known: Cache, first: int, tokens: int, *, whole: bool = False) -> Cache:
    return known.then(some(first, tokens), some(first + 100, tokens), whole=whole)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Cache:
    """Of ten tokens, which are many."""
    monkeypatch.setattr(cache, "_MANY", 60)
    monkeypatch.setattr(cache, "_FEW", 3)
    return Cache.of(some(0, 10), some(100, 10))


def test_many_tokens_stay_where_they_are_while_a_few_join(begun: Cache) -> None:
    joined = then(then(begun, 10, 1), 11, 2)

    assert joined.older_keys is begun.older_keys
    assert tokens_of(joined) == list(range(13))
    assert (joined.older, joined.tokens, joined.is_whole) == (10, 13, False)
    assert tokens_of(begun) == list(range(10))


def test_when_no_more_may_stand_apart_all_are_laid_out_together(begun: Cache) -> None:
    joined = then(then(begun, 10, 3), 13, 1)

    assert joined.is_whole
    assert tokens_of(joined) == list(range(14))


def test_few_tokens_are_always_together(begun: Cache) -> None:
    few = Cache.of(begun.older_keys[:, :, :9], begun.older_values[:, :, :9])

    assert then(few, 9, 1).is_whole
    assert tokens_of(then(few, 9, 1)) == list(range(10))


def test_all_are_together_where_that_is_asked_for(begun: Cache) -> None:
    joined = then(then(begun, 10, 1), 11, 1, whole=True)

    assert joined.is_whole
    assert tokens_of(joined) == list(range(12))
