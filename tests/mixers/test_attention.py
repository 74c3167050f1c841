"""Attention agrees with its formula written out, and refuses heads that do not fit."""

import itertools
import math

import pytest
import torch

from decision_mamba.errors import BadInput
from decision_mamba.mixers import cache
from decision_mamba.mixers.attention import Attention, AttentionMixer
from decision_mamba.ops.dropout import dropout


def test_it_is_softmax_attention_written_out() -> None:
    torch.manual_seed(0)
    mixer = AttentionMixer(6, Attention(heads=2)).eval()
    x = torch.randn(1, 4, 6)

    y, _ = mixer(x)

    query, key, value = mixer.c_attn(x)[0].split(6, dim=1)
    rows = []
    for i in range(4):
        heads = []
        for head in (slice(0, 3), slice(3, 6)):
            scores = key[: i + 1, head] @ query[i, head] / math.sqrt(3)
            heads.append(scores.softmax(0) @ value[: i + 1, head])
        rows.append(torch.cat(heads))
    torch.testing.assert_close(y[0], mixer.c_proj(torch.stack(rows)))


def test_dropout_acts_in_training_only() -> None:
    torch.manual_seed(0)
    mixer = AttentionMixer(8, Attention(dropout=0.5))
    x = torch.randn(1, 9, 8)

    assert not torch.equal(mixer.train()(x)[0], mixer(x)[0])
    assert torch.equal(mixer.eval()(x)[0], mixer(x)[0])


@pytest.mark.parametrize("wanted", [slice(None), slice(1, None, 3), slice(-1, None)])
@pytest.mark.parametrize("heads", [1, 2])
def test_dropped_weights_are_the_masked_ones_of_the_whole_way_written_out(
    heads: int, wanted: slice
) -> None:
    torch.manual_seed(0)
    mixer = AttentionMixer(8, Attention(heads=heads, dropout=0.5))
    past, x = torch.randn(3, 4, 8), torch.randn(3, 9, 8)
    _, state = mixer.eval()(past)

    torch.manual_seed(1)
    y, _ = mixer.train()(x, state, wanted)

    torch.manual_seed(1)
    parts = mixer.c_attn(torch.cat([past, x], dim=1)).unflatten(2, (3, heads, 8 // heads))
    query, key, value = parts.permute(2, 0, 3, 1, 4)  # b h l k
    scores = query[:, :, 4:][:, :, wanted] @ key.mT / math.sqrt(8 / heads)
    visible = torch.tensor([[j <= 4 + i for j in range(13)] for i in range(9)])[wanted]
    weights = dropout(scores.where(visible, -torch.inf).softmax(3), 0.5)
    joined = (weights @ value).transpose(1, 2).flatten(2)
    torch.testing.assert_close(y, dropout(mixer.c_proj(joined), 0.5))


def test_where_nothing_is_dropped_training_and_acting_agree() -> None:
    torch.manual_seed(0)
    mixer = AttentionMixer(8, Attention(heads=2, dropout=0.0))
    x = torch.randn(2, 9, 8)

    torch.testing.assert_close(mixer.train()(x)[0], mixer.eval()(x)[0])


@pytest.mark.parametrize("heads", [0, -1, 3])
def test_heads_that_do_not_divide_the_width_are_refused(heads: int) -> None:
    with pytest.raises(BadInput, match=f"width 128 cannot be shared by {heads} attention heads"):
        Attention(heads=heads).build(128)


@pytest.mark.parametrize("dropout", [-0.1, 1.0, 2.0])
def test_a_dropout_that_is_no_share_is_refused(dropout: float) -> None:
    with pytest.raises(BadInput, match="less than 1"):
        Attention(dropout=dropout).build(8)


SIZES = [1, 2, 3, 1, 4, 10, 1, 1, 1, 1, 1, 1, 1, 5]


@pytest.mark.parametrize("wanted", [slice(None), slice(-1, None)])
def test_a_step_beside_many_tokens_is_the_one_of_the_whole(
    wanted: slice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_MANY", 1)
    monkeypatch.setattr(cache, "_FEW", 5)
    torch.manual_seed(0)
    mixer = AttentionMixer(8, Attention(heads=2)).eval()
    x = torch.randn(3, 40, 8)
    whole, _ = mixer(x)

    mixed, state = mixer(x[:, :7])
    parts = [mixed]
    for piece in torch.split(x[:, 7:], SIZES, dim=1):
        _, again = mixer(piece, state)
        mixed, state = mixer(piece, state, wanted)
        parts.append(mixed)
        # The state before is as it was, for whoever goes on from it otherwise.
        torch.testing.assert_close(state, again)

    ends = itertools.accumulate(SIZES, initial=7)
    for end, part in zip(ends, parts, strict=True):
        torch.testing.assert_close(part, whole[:, end - part.shape[1] : end])
