"""Published names are translated one by one, and none is guessed."""

import pytest
import torch

from decision_mamba.errors import BadInput
from tests.parity.names import DECISION_MAMBA, DECISION_TRANSFORMER, DEMA, DEMA_POST, fill


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("transformer.h.11.mamba.dt_proj.bias", "blocks.11.mixer.dt_proj.bias"),
        ("transformer.h.0.mlp_channels.2.weight", "blocks.0.channels.2.weight"),
        ("transformer.ln_f.weight", "norm.weight"),
        ("predict_action.0.bias", "head.linear.bias"),
    ],
)
def test_decision_mambas_weights_have_a_name_here(theirs: str, ours: str) -> None:
    assert DECISION_MAMBA.ours(theirs) == ours


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("backbone.layers.11.mixer.A_log", "blocks.11.mixer.A_log"),
        ("backbone.layers.0.norm.weight", "blocks.0.norm.weight"),
        ("backbone.embedding.bias", "tokens.project.bias"),
        ("state_encoder.weight", "tokens.embed_state.weight"),
        ("predict_state.weight", None),
    ],
)
def test_demas_weights_have_a_name_here(theirs: str, ours: str | None) -> None:
    assert DEMA.ours(theirs) == ours


def test_of_demas_post_up_projection_only_the_channels_are_turned() -> None:
    stored = torch.arange(6.0).reshape(2, 3)

    translated = DEMA_POST.translate(
        {
            "transformer.h.0.attn.x_proj.weight": stored,
            "transformer.h.0.mlp.c_proj.weight": stored,
        }
    )

    assert translated["blocks.0.mixer.x_proj.weight"].shape == (2, 3)
    assert translated["blocks.0.channels.2.weight"].shape == (3, 2)


def test_matrices_stored_in_out_are_turned() -> None:
    stored = torch.arange(6.0).reshape(2, 3)

    translated = DECISION_TRANSFORMER.translate(
        {"transformer.h.0.mlp.c_fc.weight": stored, "transformer.h.0.mlp.c_fc.bias": stored[0]}
    )

    assert translated["blocks.0.channels.0.weight"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert translated["blocks.0.channels.0.bias"].tolist() == [0, 1, 2]


def test_weights_that_the_source_never_uses_are_dropped() -> None:
    unused = {"transformer.wte.weight": torch.ones(1), "predict_return.bias": torch.ones(1)}

    assert DECISION_TRANSFORMER.translate(unused) == {}


def test_without_action_tokens_their_embedding_is_dropped() -> None:
    assert DECISION_MAMBA.ours("embed_action.bias") == "tokens.embed_action.bias"
    assert DECISION_MAMBA.without_actions().ours("embed_action.bias") is None


@pytest.mark.parametrize("name", ["transformer.h.0.rotary.weight", "embed_states.weight", "wte"])
def test_an_unknown_weight_is_an_error(name: str) -> None:
    with pytest.raises(BadInput, match=f"weight '{name}' is unknown"):
        DECISION_MAMBA.ours(name)


def test_a_module_takes_all_its_weights_and_no_others() -> None:
    linear = torch.nn.Linear(2, 1)

    with pytest.raises(BadInput, match="'bias' exists only here"):
        fill(linear, {"weight": torch.ones(1, 2)})
    with pytest.raises(BadInput, match="'scale' exists only in the source"):
        fill(linear, {"weight": torch.ones(1, 2), "bias": torch.ones(1), "scale": torch.ones(1)})
    with pytest.raises(BadInput, match=r"'weight' is \(1, 2\) here, \(2, 1\) in the source"):
        fill(linear, {"weight": torch.ones(2, 1), "bias": torch.ones(1)})
