"""Tokens stand in the order return, state, action."""

import torch

from decision_mamba.batch import Batch
from decision_mamba.models.policy import Model
from decision_mamba.models.tokens import TokenEmbedding
from tests.conftest import SPACES, small_policy

BATCH = Batch(
    observations=torch.zeros(1, 2, 3),
    actions=torch.zeros(1, 2, 2),
    returns_to_go=torch.zeros(1, 2),
    timesteps=torch.tensor([[0, 1]]),
    mask=torch.ones(1, 2, dtype=torch.bool),
)


def embedding(action_tokens: bool) -> TokenEmbedding:
    return TokenEmbedding(4, SPACES, action_tokens=action_tokens, timesteps=0, dropout=0.0)


def test_the_order_is_return_state_action() -> None:
    tokens = embedding(action_tokens=True)
    scaling = small_policy(Model(width=4, blocks=1)).scaling
    assert tokens.embed_action is not None
    with torch.no_grad():
        for kind, layer in enumerate(
            (tokens.embed_return, tokens.embed_state, tokens.embed_action)
        ):
            layer.weight.zero_()
            layer.bias.copy_(torch.eye(4)[kind])

    kinds = tokens.window(BATCH, scaling).argmax(dim=-1)

    assert kinds.tolist() == [[0, 1, 2, 0, 1, 2]]


def test_states_are_picked_out() -> None:
    six, four = torch.arange(6.0)[None, :, None], torch.arange(4.0)[None, :, None]

    assert six[:, embedding(action_tokens=True).of_states].flatten().tolist() == [1.0, 4.0]
    assert four[:, embedding(action_tokens=False).of_states].flatten().tolist() == [1.0, 3.0]
