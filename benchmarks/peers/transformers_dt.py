"""Decision Transformer of transformers, trained as the official Gym code trains its own."""

import torch
from transformers import DecisionTransformerConfig, DecisionTransformerModel

from decision_mamba.batch import Batch
from decision_mamba.models.policy import SequencePolicy
from decision_mamba.training.optimiser import Training, learning_rate


class TransformersLearner:
    """The model at the papers' sizes, and its updates: same loss, same clipping, same AdamW.

    AdamW is the fused one, which is what transformers' own `Trainer` takes by default.
    """

    def __init__(self, ours: SequencePolicy, settings: Training) -> None:
        spaces = ours.spaces
        config = DecisionTransformerConfig(
            state_dim=spaces.observation.size,
            act_dim=spaces.action.size,
            hidden_size=ours.model.width,
            max_ep_len=ours.model.timesteps,
            n_layer=ours.model.blocks,
            n_head=1,
            activation_function=ours.model.activation,
            resid_pdrop=0.1,
            embd_pdrop=0.1,
            attn_pdrop=0.1,
            bos_token_id=None,
            eos_token_id=None,
        )
        self.model = DecisionTransformerModel(config).train()
        self.scaling = ours.scaling
        self.settings = settings
        self.made = 0
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(),
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
            fused=True,
        )

    @torch.no_grad()
    def take_weights(self, ours: SequencePolicy) -> None:
        """Copies our weights over its own; the position it adds, which ours lacks, becomes zero."""
        theirs = self.model.state_dict()
        weights = ours.state_dict()
        for name, place in theirs.items():
            source = _source(name)
            if source in weights:
                value = weights[source]
                # GPT-2 stores its matrices (in, out).
                turned = place.ndim == 2 and name.startswith("encoder.h")
                place.copy_(value.T if turned else value)
        theirs["encoder.wpe.weight"].zero_()

    def learn(self, batch: Batch) -> float:
        """Makes one update and returns its loss."""
        predicted = self.predict(batch)
        loss = (predicted - batch.actions)[batch.mask].square().mean()
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.settings, self.made, tokens=batch.mask.numel())
        self.optimiser.step()
        self.made += 1
        return loss.item()

    def predict(self, batch: Batch) -> torch.Tensor:
        """The action of each step, from raw units: b t a."""
        answer = self.model(
            states=self.scaling.observations(batch.observations),
            actions=batch.actions,
            rewards=None,
            returns_to_go=self.scaling.returns(batch.returns_to_go)[:, :, None],
            timesteps=batch.timesteps.clamp(max=self.model.config.max_ep_len - 1),
            attention_mask=batch.mask.long(),
        )
        actions: torch.Tensor = answer.action_preds
        return actions


_OURS = {
    "embed_": "tokens.embed_",
    "encoder.h.": "blocks.",
    "encoder.ln_f.": "norm.",
    ".ln_1.": ".norm.",
    ".attn.": ".mixer.",
    ".ln_2.": ".channel_norm.",
    ".mlp.c_fc.": ".channels.0.",
    ".mlp.c_proj.": ".channels.2.",
    "predict_action.0.": "head.linear.",
}


def _source(name: str) -> str:
    """The name of ours under which the weight of theirs is found."""
    for theirs, ours in _OURS.items():
        name = name.replace(theirs, ours)
    return name
