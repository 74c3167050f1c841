"""The assembly: scaling, long memory, sub-goals, actor."""

import dataclasses
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from decision_mamba.batch import Batch, Context, as_context
from decision_mamba.errors import BadInput
from decision_mamba.mixers import Attention, MixerSettings, Selective, State
from decision_mamba.models.blocks import Activation
from decision_mamba.models.hybrid.actor import Actor, ActorTokens, Playing
from decision_mamba.models.hybrid.chunks import Chunks, chunks_of
from decision_mamba.models.hybrid.encoding import ChunkReward, Encoding
from decision_mamba.models.hybrid.memory import LongMemory, MemoryTokens, Remembering, Summaries
from decision_mamba.models.hybrid.past import Past
from decision_mamba.models.hybrid.play import Moment, Play
from decision_mamba.models.hybrid.sub_goal import GoalProjection, Noise, Projection, SubGoal
from decision_mamba.models.memory import Acting
from decision_mamba.models.promise import Lesson, Policy
from decision_mamba.models.scaling import Scaling
from decision_mamba.moments import Moments
from decision_mamba.shapes import Predictions
from decision_mamba.spaces import Spaces, Vector

_LEAST = {
    **dict.fromkeys(("width", "blocks", "memory_blocks", "chunk"), 1),
    **dict.fromkeys(("memory_width", "sub_goal", "timesteps", "levels", "chunks_per_update"), 0),
    **dict.fromkeys(("goal_weight", "deviation", "table_deviation"), 0),
}


@dataclasses.dataclass(frozen=True)
class Hybrid:
    """Settings of Decision Mamba-Hybrid; the defaults are those of its official D4RL code.

    Where the paper (Huang et al. 2024, arXiv:2406.00079) says otherwise than that code, or we do,
    the attribute says so.

    Attributes:
        memory: mixer of the long memory.
        memory_width: numbers per token of it; 0 for as many as the actor's.
        memory_blocks: its layers.
        memory_tokens: "four" for (return, state, chunk reward, end) per chunk; "three" without the
            return, as the paper's equation 2 has it; "joint" for one token of all four.
        sub_goal: numbers in z; 0 for as many as an observation has.
        squashed: whether mean and log-variance of z go through tanh, each between -1 and 1.
        deviation: 0 predicts the log-variance beside the mean; above 0 each number of z has a
            standard deviation of its own, the same in all chunks, which is learned from here on.
        noise: of z while learning: "chunk" draws once per chunk, as the paper has it; "step" anew
            at each step, as the code.
        noise_when_acting: whether z is drawn when acting too, as in the code. Ours acts by its
            mean: what is played then follows from the seed of the choices alone, and steps in a
            row are the same as `forward`. Drawn, z of a chunk stays what it was in mode
            "recurrent", and is drawn anew whenever the chunk is read again: at each decision by
            "window", at each hop by "hopping".
        actor: its mixer. The paper's three heads do not divide its width; the code has one.
        width: numbers per token of the actor.
        blocks: its layers.
        actor_tokens: "separate" for (z, state, action, reward) per step; "joint" for one token.
        activation: of the actor's channel mixing.
        dropout: at the end of that.
        embedding_dropout: of the actor's tokens.
        timesteps: rows of the table of the episode's age, which is added to the actor's tokens;
            0 for a table of the position within the chunk.
        table_deviation: standard deviation with which rows of tables, of times and of ends, begin;
            torch's 1, as in the code, is far above what else a joint token is the sum of.
        chunk: c, steps that are played towards one sub-goal.
        levels: where observations are whole numbers from 0 to levels - 1, each has weights of its
            own, as in grid worlds; 0 for numbers that are scaled by the data's moments.
        goal_weight: of the error that the actor makes when z is replaced by f(s_g), with s_g a
            valuable sub-goal of the data; the paper gives both errors a half, which is a weight
            of 1 here. 0 learns without them.
        goal_projection: f is "frozen", as in paper and code, or "trained".
        chunks_per_update: of a batch's chunks, how many the actor learns from, drawn evenly from
            those with anything to learn; 0 for all. The memory reads all of them either way.
        chunk_reward: what the memory is told of a chunk's rewards, their "sum" or their "mean"
            over c steps.
        reward_scale: rewards are divided by it. The code leaves them as they are.
        return_scale: returns are divided by it.
    """

    takes_target: ClassVar[bool] = True
    reads_rewards: ClassVar[bool] = True

    memory: MixerSettings = Selective()
    memory_width: int = 0
    memory_blocks: int = 2
    memory_tokens: MemoryTokens = "four"
    sub_goal: int = 0
    squashed: bool = True
    deviation: float = 0.0
    noise: Noise = "chunk"
    noise_when_acting: bool = False
    actor: MixerSettings = Attention()
    width: int = 128
    blocks: int = 3
    actor_tokens: ActorTokens = "separate"
    activation: Activation = "relu"
    dropout: float = 0.1
    embedding_dropout: float = 0.1
    timesteps: int = 1000
    table_deviation: float = 1.0
    chunk: int = 20
    levels: int = 0
    goal_weight: float = 0.5
    goal_projection: Projection = "frozen"
    chunks_per_update: int = 0
    chunk_reward: ChunkReward = "sum"
    reward_scale: float = 1.0
    return_scale: float = 1000.0

    def build(self, spaces: Spaces, moments: Moments, acting: Acting) -> "HybridPolicy":
        """Makes a policy that draws its weights from torch's generator."""
        return HybridPolicy(self, spaces, moments, acting)


class HybridPolicy(Policy):
    """Sets a sub-goal at every c-th step of an episode and plays towards it until the next.

    The long memory goes on from episode to episode; the actor knows nothing but the sub-goal and
    the steps since it was set. A chunk ends where its episode does, so rows of one batch may be
    at different steps of different chunks.

    Batches are contexts: whoever acts fills in what the step before has earned.

    Source: Huang et al. 2024, arXiv:2406.00079, section 4, and official D4RL code. There, when
    acting, z of a window's earlier steps is replaced by the present one; ours keeps what was
    played towards, as in training.
    """

    def __init__(self, model: Hybrid, spaces: Spaces, moments: Moments, acting: Acting) -> None:
        super().__init__()
        _refuse(model, spaces)
        self.model = model
        self.spaces = spaces
        self.acting = acting
        self.scaling = Scaling(moments, spaces, model.return_scale)
        self._encoding = _encoding(model)
        features = self._encoding.size(spaces.observation.size)
        size = model.sub_goal or spaces.observation.size
        self.memory = LongMemory(features, _remembering(model, size))
        self.actor = Actor(features, size, spaces.action, _playing(model, self._encoding.times))
        self.goals = (
            GoalProjection(features, size, trained=model.goal_projection == "trained")
            if model.goal_weight
            else None
        )

    def forward(self, batch: Batch) -> Predictions:
        """Predicts the action of each step by the sub-goal in force; zeros on padding."""
        context = as_context(batch)
        chunks = self._chunks(context)
        predicted = self._played(self._sub_goals(chunks, context), chunks.played(context))
        everywhere = predicted.new_zeros(*context.mask.shape, predicted.shape[2])
        rows = chunks.rows[:, None].expand_as(chunks.steps)
        everywhere[rows[chunks.real], chunks.steps[chunks.real]] = predicted[chunks.real]
        return everywhere

    def lessons(self, batch: Batch) -> list[Lesson]:
        """What the actor does with the memory's sub-goals, and with valuable ones of the data.

        Raises:
            BadInput: it shall learn from valuable sub-goals and the context has none.
        """
        context = as_context(batch)
        chunks = self._chunks(context)
        goal = self._sub_goals(chunks, context)
        chosen = self._chosen(chunks, context)
        steps = chunks.only(chosen).played(context)
        predicted = self._played(goal.rows(chosen), steps)
        lessons = [Lesson(1.0, predicted, steps)]
        if self.goals is not None:
            lessons.append(Lesson(self.model.goal_weight, self._guided(self.goals, steps), steps))
        return lessons

    @property
    def draws_when_acting(self) -> bool:
        draws: bool = self.model.noise_when_acting
        return draws

    def perceived(self, steps: Batch) -> Batch:
        return steps

    def predictable(self, batch: Batch) -> tuple[Batch, Batch | None]:
        return batch, None

    def continued(
        self, steps: Batch, before: Batch | None, state: State | None
    ) -> tuple[Predictions, State]:
        """Predicts step by step, because chunks may begin and end anywhere between."""
        predicted = []
        for present in steps.chunks(1):
            decided, state = self.step(present, before, state)
            predicted.append(decided)
            before = present
        assert state is not None
        return torch.stack(predicted, dim=1), state

    def decide(self, window: Batch) -> Float[Tensor, "b p"]:
        context = as_context(window)
        chunks = self._chunks(context)
        goal = self._sub_goals(chunks, context)
        is_last = chunks.real & (chunks.steps == context.mask.shape[1] - 1)
        last = is_last.any(dim=1)
        predicted = self._played(goal.rows(last), chunks.only(last).played(context))
        return predicted[is_last[last]]

    def step(
        self, present: Batch, previous: Batch | None, state: State | None
    ) -> tuple[Float[Tensor, "b p"], State]:
        now = self._moment(as_context(present))
        play = Play(self.memory, self.actor, self.model.chunk, self._settled, self._aimed)
        if previous is None or state is None:
            decided, past = play.first(now)
        else:
            past = Past.of(state, self.memory.stack.state_parts)
            decided, past = play.next(now, self._moment(as_context(previous)), past)
        return self.scaling.predictions(decided[:, None])[:, 0], past.state

    def read(self, window: Batch) -> tuple[Float[Tensor, "b p"], State]:
        """Takes all steps at once where rows are at the same step of the same chunk throughout."""
        context = as_context(window)
        chunks = self._chunks(context)
        if not chunks.are_alike(len(context.mask)):
            return super().read(window)
        told = self._encoding.summaries(chunks, context, self.scaling)
        everything = Summaries(*(chunks.row_by_row(part[:, 0], len(context.mask)) for part in told))
        goal, memory = self.memory.begin(everything)
        goal = self._settled(goal)
        latest = chunks.only(chunks.numbers == chunks.numbers.max())
        steps = latest.played(context).first(int(latest.real[0].sum()))
        z = self._aimed(goal, steps.mask.shape[1])
        decided, actor = self.actor.begin(z, self._encoding.known(steps, self.scaling))
        earned = self._encoding.earned(steps.rewards[:, :-1].sum(dim=1))
        predicted = self.scaling.predictions(decided[:, None])[:, 0]
        return predicted, Past(earned, goal, memory, actor).state

    def _chunks(self, context: Context) -> Chunks:
        return chunks_of(context.mask, context.timesteps, self.model.chunk)

    def _sub_goals(self, chunks: Chunks, context: Context) -> SubGoal:
        """Those of all chunks."""
        told = self._encoding.summaries(chunks, context, self.scaling)
        batch = len(context.mask)
        row_by_row = Summaries(*(chunks.row_by_row(part[:, 0], batch) for part in told))
        mean, deviation = (part[chunks.rows, chunks.numbers] for part in self.memory(row_by_row))
        return self._settled(SubGoal(mean, deviation))

    def _chosen(self, chunks: Chunks, context: Context) -> Int[Tensor, " m"]:
        """The chunks that the actor learns from in this update."""
        weights = context.weights[chunks.rows[:, None], chunks.steps]
        worth = ((weights > 0) & chunks.real).any(dim=1).nonzero()[:, 0]
        most = self.model.chunks_per_update or len(worth)
        return worth[torch.randperm(len(worth), device=worth.device)[:most]]

    def _settled(self, goal: SubGoal) -> SubGoal:
        return goal.settled() if self._draws and self.model.noise == "chunk" else goal

    def _aimed(self, goal: SubGoal, steps: int) -> Float[Tensor, "n c z"]:
        count, size = goal.mean.shape
        if self._draws and self.model.noise == "step":
            return goal.drawn(torch.randn(count, steps, size, device=goal.mean.device))
        return goal.mean[:, None].expand(count, steps, size)

    @property
    def _draws(self) -> bool:
        return self.training or self.draws_when_acting

    def _played(self, goal: SubGoal, steps: Context) -> Predictions:
        z = self._aimed(goal, steps.mask.shape[1])
        return self._predictions(z, steps)

    def _guided(self, project: GoalProjection, steps: Context) -> Predictions:
        """What the actor does towards the valuable sub-goals of the data."""
        if steps.goals.shape[-1] == 0:
            raise BadInput(
                f"goal_weight is {self.model.goal_weight}, but the contexts have no valuable "
                "sub-goals; have them found in the data, or set --model.goal-weight 0"
            )
        return self._predictions(project(self._encoding.features(steps.goals, self.scaling)), steps)

    def _predictions(self, z: Float[Tensor, "n c z"], steps: Context) -> Predictions:
        known = self._encoding.known(steps, self.scaling)
        return self.scaling.predictions(self.actor(z, known))

    def _moment(self, step: Context) -> Moment:
        return Moment(
            known=self._encoding.known(step, self.scaling),
            returns=self.scaling.returns(step.returns_to_go),
            rewards=self._encoding.earned(step.rewards[:, 0]),
            age=step.timesteps[:, 0],
        )


def _refuse(model: Hybrid, spaces: Spaces) -> None:
    for name, least in _LEAST.items():
        if not getattr(model, name) >= least:
            raise BadInput(
                f"{name} of the hybrid is {getattr(model, name)}; expected at least {least}"
            )
    for name in ("reward_scale", "return_scale"):
        if not getattr(model, name) > 0:
            raise BadInput(f"{name} of the hybrid is {getattr(model, name)}; expected above 0")
    if not isinstance(spaces.observation, Vector):
        raise BadInput(f"the hybrid sees numbers, and here are {spaces.observation}")


def _encoding(model: Hybrid) -> Encoding:
    return Encoding(
        levels=model.levels,
        chunk=model.chunk,
        timesteps=model.timesteps,
        reward_scale=model.reward_scale,
        chunk_reward=model.chunk_reward,
    )


def _remembering(model: Hybrid, size: int) -> Remembering:
    return Remembering(
        mixer=model.memory,
        width=model.memory_width or model.width,
        blocks=model.memory_blocks,
        tokens=model.memory_tokens,
        size=size,
        squashed=model.squashed,
        deviation=model.deviation,
        table_deviation=model.table_deviation,
    )


def _playing(model: Hybrid, times: int) -> Playing:
    return Playing(
        mixer=model.actor,
        width=model.width,
        blocks=model.blocks,
        tokens=model.actor_tokens,
        activation=model.activation,
        dropout=model.dropout,
        embedding_dropout=model.embedding_dropout,
        times=times,
        table_deviation=model.table_deviation,
    )
