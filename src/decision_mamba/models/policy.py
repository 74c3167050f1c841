"""The assembly: scaling, tokens, blocks, head."""

import dataclasses

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from decision_mamba.batch import Batch
from decision_mamba.errors import BadInput
from decision_mamba.mixers import EVERY, MixerSettings, Selective, State
from decision_mamba.mixers.selective import SelectiveMixer
from decision_mamba.models.alignment import Alignment, officially_aligned
from decision_mamba.models.blocks import Activation, Block, Norm, norm_of
from decision_mamba.models.heads import head_of
from decision_mamba.models.memory import Acting
from decision_mamba.models.promise import Policy
from decision_mamba.models.scaling import Scaling
from decision_mamba.models.stepping import SteppingBlock, suits
from decision_mamba.models.tokens import (
    Bend,
    Embedding,
    Layout,
    Positions,
    Projection,
    TokenEmbedding,
    arrangement,
)
from decision_mamba.moments import Moments
from decision_mamba.shapes import Predictions, Tokens, WantedTokens
from decision_mamba.spaces import Image, Spaces, Vector

_LAST = slice(-1, None)


@dataclasses.dataclass(frozen=True)
class Model:
    """Settings of a policy; the defaults are Decision Mamba's (Ota 2024, table 5).

    Attributes:
        mixer: of every block.
        last_mixer: of the last block instead; with attention above convolutions it is the hybrid
            of Decision ConvFormer. None for the same as the others.
        width: d, numbers per token.
        blocks: layers, one above the other.
        channel_mixing: whether each block mixes channels after tokens.
        activation: of the channel mixing.
        dropout: at the end of the channel mixing.
        embedding_dropout: of the tokens; the published runs have 0.1 whatever `dropout` is, by
            a default of the configuration they borrow.
        tokens: how steps are laid out; DeMa's "B3LD" is return-action-state, and in Atari
            action-return-state; its "BL3D" is concatenated, and its reward type "K" is
            return-once. Decision Transformer's "naive" is state-action, which takes no target.
            Those with rewards or a history read contexts: state-action-reward as published and
            history are Algorithm Distillation's, and with a return Agentic Transformer's.
        action_tokens: whether past actions are read.
        positions: what tells tokens where they stand: "step" a row of the table of times for all
            tokens of a step; "token" a row for each token of a window, and one of the table of
            times for all of them, as the Atari policies of Chen et al. 2021 (official code) and
            those after it have, but for DeMa's and Decision S4's. That row is of the window's first
            step, in training and when acting alike; the published evaluation takes the present
            one's (`TokenPositions`).
        timesteps: rows of the table of times, less one in which any later time stands where
            positions are those of tokens; 0 for none.
        embedding: E, the width at which returns, states and actions are embedded, before a linear
            map to `width`; 0 embeds them at `width`.
        embedding_bend: what each embedding goes through first, that of images included; Decision
            S4 and all published Atari policies have "tanh".
        embedding_norm: whether the embeddings go through a LayerNorm.
        projection: from what is embedded to tokens: "linear" one map, where there is need of one;
            "two-layer" a second one of `width` above it, with a GELU between them, as Decision
            S4 has it.
        alignment: which return a layout with previous actions gives each observation to learn
            from: "exact" its own, as when acting; "published" that of the step before
            it, as the code of DeMa (`officially_aligned`).
        residual: whether what enters a mixer is added to what leaves it.
        mixer_norm: norm before the mixer, or "none".
        final_norm: norm above the last block, or "none".
        head_bias: whether the head adds one.
        depth_scaled: whether a projection out of a selective mixer starts divided by √blocks, as
            Mamba's authors (official `_init_weights`) and DeMa have it.
        return_scale: returns are divided by it; Gym's papers take 1000.
        reward_scale: rewards are divided by it.
        levels: where observations are whole numbers from 0 to levels - 1, each has weights of its
            own, as in grid worlds; 0 for numbers that are scaled by the data's moments.
    """

    mixer: MixerSettings = Selective()
    last_mixer: MixerSettings | None = None
    width: int = 128
    blocks: int = 3
    channel_mixing: bool = True
    activation: Activation = "gelu"
    dropout: float = 0.1
    embedding_dropout: float = 0.1
    tokens: Layout = "return-state-action"
    action_tokens: bool = True
    positions: Positions = "step"
    timesteps: int = 1000
    embedding: int = 0
    embedding_bend: Bend = "none"
    embedding_norm: bool = True
    projection: Projection = "linear"
    alignment: Alignment = "exact"
    residual: bool = True
    mixer_norm: Norm = "layer"
    final_norm: Norm = "layer"
    head_bias: bool = True
    depth_scaled: bool = False
    return_scale: float = 1000.0
    reward_scale: float = 1.0
    levels: int = 0

    @property
    def takes_target(self) -> bool:
        """Whether returns are read."""
        return arrangement(self.tokens, action_tokens=self.action_tokens).has_returns

    @property
    def reads_rewards(self) -> bool:
        """Whether it reads contexts, in which rewards are told."""
        return arrangement(self.tokens, action_tokens=self.action_tokens).has_rewards

    def build(self, spaces: Spaces, moments: Moments, acting: Acting) -> "SequencePolicy":
        """Makes a policy that draws its weights from torch's generator."""
        return SequencePolicy(self, spaces, moments, acting)


class SequencePolicy(Policy):
    """Predicts every action of a window from what was known when it was taken.

    Source: Chen et al. 2021, arXiv:2106.01345 (with attention), Ota 2024, arXiv:2403.19925
    (with the selective state space). Two heads that Decision Transformer's code builds and never
    trains, and its word embedding, are left out. So is the embedding of Atari's actions that
    minGPT brings (`tok_emb`) and nothing reads.
    """

    def __init__(self, model: Model, spaces: Spaces, moments: Moments, acting: Acting) -> None:
        super().__init__()
        _refuse(model, spaces, acting)
        self.model = model
        self.spaces = spaces
        self.acting = acting
        self.scaling = Scaling(
            moments,
            spaces,
            model.return_scale,
            reward_scale=model.reward_scale,
            levels=model.levels,
        )
        self.tokens = TokenEmbedding(
            model.width,
            spaces,
            arrangement(model.tokens, action_tokens=model.action_tokens),
            _embedding(model, acting),
        )
        blocks = [_block(model, index) for index in range(model.blocks)]
        self.blocks = nn.ModuleList(blocks)
        self._stepping = [SteppingBlock(block) for block in blocks]
        self._state_parts = [block.mixer.state_parts for block in blocks]
        self.norm = norm_of(model.width, model.final_norm)
        self.head = head_of(model.width, spaces.action, bias=model.head_bias)

    def forward(self, batch: Batch) -> Predictions:
        """Predicts the action of each step from what came before it; padded steps get some too.

        With the published alignment the first of several steps gets none.
        """
        return self.continued(*self.predictable(self._padded(batch)), None)[0]

    def perceived(self, steps: Batch) -> Batch:
        if isinstance(self.spaces.observation, Vector):
            return steps
        seen = self.tokens.seen(steps.observations, self.scaling)
        return dataclasses.replace(steps, observations=seen)

    def predictable(self, batch: Batch) -> tuple[Batch, Batch | None]:
        return (batch, None) if self.model.alignment == "exact" else officially_aligned(batch)

    def continued(
        self, steps: Batch, before: Batch | None, state: State | None
    ) -> tuple[Predictions, State]:
        steps = self.perceived(steps)
        past = self._past_of_tokens(state)
        tokens = self.tokens.window(steps, self.scaling, before, past)
        of_states = self.tokens.of_states(tokens.shape[1], steps.mask.shape[1])
        mixed, state = self._mix(tokens, state, of_states)
        return self._predictions(mixed), (*state, *self.tokens.after(steps, past))

    def decide(self, window: Batch) -> Float[Tensor, "b p"]:
        """Predicts the action of each window's last step, which is not looked at itself."""
        return self.read(self._padded(window))[0]

    def read(self, window: Batch) -> tuple[Float[Tensor, "b p"], State]:
        tokens = self.tokens.window(window, self.scaling)
        known = tokens[:, : self.tokens.known_at_last_step(tokens.shape[1])]
        mixed, state = self._mix(known, None, _LAST)
        return self._predictions(mixed)[:, 0], (*state, *self.tokens.after(window, None))

    def step(
        self, present: Batch, previous: Batch | None, state: State | None
    ) -> tuple[Float[Tensor, "b p"], State]:
        """Predicts the present step's action, t = 1; the state knows all before the last."""
        past = self._past_of_tokens(state)
        tokens = self.tokens.step(present, previous, self.scaling, past)
        mixed, state = self._mix(tokens, state, _LAST)
        return self._predictions(mixed)[:, 0], (*state, *self.tokens.after(present, past))

    def _past_of_tokens(self, state: State | None) -> State | None:
        """The part of a state that is not its blocks'."""
        return None if state is None else state[sum(self._state_parts) :]

    def _mix(self, x: Tokens, state: State | None, wanted: slice) -> tuple[WantedTokens, State]:
        parts: list[Tensor] = []
        last = len(self.blocks) - 1
        few = suits(x)
        for index, block in enumerate(self.blocks):
            # Above the last block nothing looks at other tokens, so it need not compute them.
            returned = wanted if index == last else EVERY
            first = len(parts)
            before = state and state[first : first + self._state_parts[index]]
            stepping = self._stepping[index : index + 1]
            known = few and [each.block for each in stepping] == [block]
            x, after = (stepping[0] if known else block)(x, before, returned)
            parts.extend(after)
        return x, tuple(parts)

    def _predictions(self, tokens: Tokens) -> Predictions:
        predicted: Predictions = self.scaling.predictions(self.head(self.norm(tokens)))
        return predicted

    def _padded(self, batch: Batch) -> Batch:
        missing = self.acting.window - batch.mask.shape[1]
        if self.acting.pad == "end" or missing <= 0:
            return batch
        # Ota 2024, official `get_action`: zeros after scaling, which is the mean before it.
        blank = (len(batch.mask), missing, *batch.actions.shape[2:])
        mean = self.scaling.observation_mean.expand(len(batch.mask), missing, -1)
        return Batch(
            observations=torch.cat([mean, batch.observations], dim=1),
            actions=torch.cat([batch.actions.new_zeros(blank), batch.actions], dim=1),
            returns_to_go=F.pad(batch.returns_to_go, (missing, 0)),
            timesteps=F.pad(batch.timesteps, (missing, 0)),
            mask=F.pad(batch.mask, (missing, 0)),
        )


def _refuse(model: Model, spaces: Spaces, acting: Acting) -> None:
    is_image = isinstance(spaces.observation, Image)
    if acting.pad == "left" and is_image:
        raise BadInput(
            "windows.pad is left, but images are seen, and no published policy of images is "
            "shown padding; leave it at end"
        )
    if acting.pad == "left" and model.reads_rewards:
        raise BadInput(
            f"windows.pad is left, but tokens of {model.tokens} are read in contexts, which are "
            "padded at the end; leave it at end"
        )
    if is_image and (model.levels or model.reads_rewards):
        raise BadInput(
            f"levels of {model.levels} and tokens of {model.tokens} are of observed numbers, but "
            "images are seen; leave levels at 0 and take tokens without rewards"
        )
    if model.levels < 0:
        raise BadInput(f"levels of the model is {model.levels}; expected at least 0")
    if not model.reward_scale > 0:
        raise BadInput(f"reward_scale of the model is {model.reward_scale}; expected above 0")


def _embedding(model: Model, acting: Acting) -> Embedding:
    return Embedding(
        size=model.embedding,
        bend=model.embedding_bend,
        positions=model.positions,
        window=acting.window,
        timesteps=model.timesteps,
        norm=model.embedding_norm,
        dropout=model.embedding_dropout,
        projection=model.projection,
        levels=model.levels,
    )


def _block(model: Model, index: int) -> Block:
    is_last = index == model.blocks - 1
    block = Block(
        model.width,
        model.last_mixer if is_last and model.last_mixer else model.mixer,
        mixer_norm=model.mixer_norm,
        channel_mixing=model.channel_mixing,
        activation=model.activation,
        dropout=model.dropout,
        residual=model.residual,
    )
    if model.depth_scaled and isinstance(block.mixer, SelectiveMixer):
        block.mixer.shrink_output(model.blocks)
    return block
