"""A policy that plays: it remembers what happened and decides what to do next."""

import math
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from numpy import ndarray
from torch import Tensor

from decision_mamba.batch import Batch
from decision_mamba.errors import BadInput
from decision_mamba.models.choice import AS_PUBLISHED, Chooser, Sampling
from decision_mamba.models.frames import Frames
from decision_mamba.models.memory import Decider, Mode, RecurrentMemory, WindowMemory
from decision_mamba.shapes import Decided, PlayedActions, PlayedObservations, PlayedRewards
from decision_mamba.spaces import Continuous, Image, ObservationSpace

_MEMORIES: dict[str, type[WindowMemory | RecurrentMemory]] = {
    "window": WindowMemory,
    "recurrent": RecurrentMemory,
}


class Agent:
    """Plays one or several episodes at once, in raw units.

        agent = policy.agent(target_return=3600.0)
        action = agent.act(observation)
        agent.observe(reward)            # what was earned is no longer asked for
        agent.reset()                    # between episodes

    `act` takes one observation, (o,), or those of b copies of an environment, (b, o), and
    answers in kind: with the numbers of an action, (a,) or (b, a), or, where one of several
    actions is chosen, with a whole number or (b,) of them. All copies are at the same step; those
    whose episode is over leave by `keep`. In "window" mode the policy reads the last K steps anew
    at each step; in "recurrent" mode it carries a state, so that a step costs the same at any age
    of the episode. The two differ once an episode is older than K steps.

    A policy of images is shown the frame of each step once, as bytes, (height, width) or
    (b, height, width); those that it sees together with the frame are remembered here.

    Of several actions one is drawn as likely as the policy finds it, unless `sampling` says
    otherwise. The draws of the n-th episode since the agent was made follow from its seed and n.
    """

    def __init__(
        self,
        policy: Decider,
        target_return: float | None,
        mode: Mode = "window",
        *,
        keep_target: bool = False,
        sampling: Sampling = AS_PUBLISHED,
        seed: int = 0,
    ) -> None:
        if mode not in _MEMORIES:
            raise BadInput(f"the mode is {mode!r}; expected {' or '.join(_MEMORIES)}")
        _refuse_a_wrong_target(target_return, takes_target=policy.takes_target)
        chooses = not isinstance(policy.spaces.action, Continuous)
        if sampling != AS_PUBLISHED and not chooses:
            raise BadInput(
                f"this policy's actions are numbers and none is chosen, but got {sampling}; leave "
                "the temperature at 1 and top_k at 0"
            )
        self._policy = policy
        self._chooser = Chooser(sampling, seed) if chooses else None
        self._target = 0.0 if target_return is None else target_return  # nothing reads the former
        self._keeps_target = keep_target or policy.acting.rewards == "delayed"
        self._clips_rewards = policy.acting.rewards == "clipped"
        self._memory_of = _MEMORIES[mode]
        self.reset()

    def reset(self, copies: int | None = None) -> None:
        """Forgets everything; the next `act` is an episode's first.

        Args:
            copies: how many episodes begin; None takes as many as `act` is given.
        """
        choose = self._chooser or _as_predicted
        space = self._policy.spaces.observation
        self._frames = Frames(space.stack) if isinstance(space, Image) else None
        self._memory: WindowMemory | RecurrentMemory = self._memory_of(self._policy, choose)
        self._return_to_go = None if copies is None else self._asked(copies)
        self._timestep = 0
        self._owes_reward = False

    def act(self, observation: Float[ndarray, "*b o"] | UInt8[ndarray, "*b height width"]) -> Any:
        """Decides what to do, given what is seen.

        Typed Any, because a caller knows which of the answers will come and no type does.
        """
        if self._owes_reward:
            raise BadInput(
                "act was called twice without a reward in between; call observe(reward) after "
                "each step of the environment, or reset() before another episode"
            )
        seen, several = _read(observation, self._policy.spaces.observation)
        present = self._present(seen)
        with torch.inference_mode():
            decided = self._memory.decide(present)
        self._owes_reward = True
        # A copy here too: what was done is remembered, whatever the caller does to the answer.
        actions: PlayedActions = decided.cpu().numpy().copy()
        if several:
            return actions
        return actions[0] if self._chooser is None else int(actions[0])

    def observe(self, reward: float | Float[ndarray, " b"]) -> None:
        """Takes what the last action earned off what is still asked for.

        With a policy of delayed rewards nothing is taken off: in its data the whole return is
        still to come until an episode's last step (Chen et al. 2021, official Gym code). Nor is it
        from a target that shall be kept (Kim et al. 2024, official code, "no-reward-decay").

        With a policy of clipped rewards at most 1 is taken off, and added at most: so its data
        count. The published evaluation on Atari takes off what the game pays (Chen et al. 2021).
        """
        if not self._owes_reward or self._return_to_go is None:
            raise BadInput("observe was called without an action to reward; call act first")
        if not self._keeps_target:
            earned = np.asarray(reward, dtype=np.float32)
            told = earned.clip(-1, 1) if self._clips_rewards else earned
            self._return_to_go = self._return_to_go - told
        self._timestep += 1
        self._owes_reward = False

    def keep(self, rows: Bool[ndarray, " b"]) -> None:
        """Lets the episodes that are over leave.

        Args:
            rows: True for each episode of the last `act` that goes on.
        """
        self._memory.keep(torch.from_numpy(rows).to(self._policy.device))
        if self._return_to_go is not None:
            self._return_to_go = self._return_to_go[rows]
        if self._chooser is not None:
            self._chooser.keep(rows)
        if self._frames is not None:
            self._frames.keep(rows)

    def _present(self, seen: PlayedObservations) -> Batch:
        copies = len(seen)
        if self._return_to_go is None:
            self._return_to_go = self._asked(copies)
        if len(self._return_to_go) != copies:
            raise BadInput(
                f"act got {copies} observations while {len(self._return_to_go)} episodes are "
                "being played; call reset() before playing another number of episodes"
            )
        if self._frames is not None:
            seen = self._frames.then(seen)
        # Made by NumPy, to which a small array costs a third of what it costs torch.
        step = Batch(
            observations=torch.from_numpy(seen[:, None]),
            actions=torch.from_numpy(self._policy.spaces.action.zeros(copies, 1)),
            returns_to_go=torch.from_numpy(self._return_to_go[:, None]),
            timesteps=torch.from_numpy(np.full((copies, 1), self._timestep)),
            mask=torch.from_numpy(np.ones((copies, 1), np.bool_)),
        )
        device = self._policy.device
        return step if device.type == "cpu" else step.to(device)

    def _asked(self, copies: int) -> PlayedRewards:
        """Begins episodes; returns what is asked of each."""
        if self._chooser is not None:
            self._chooser.begin(copies)
        return np.full(copies, self._target, np.float32)


def _read(given: Any, space: ObservationSpace) -> tuple[PlayedObservations, bool]:
    """What b copies show, b = 1 where one shows it, and whether several do."""
    is_image = isinstance(space, Image)
    # A copy, for what is seen is remembered and the caller may write the next one over it.
    seen = np.array(given, dtype=None if is_image else np.float32)
    shape = space.shape
    several = seen.ndim > len(shape)
    if seen.shape[several:] != shape or (is_image and seen.dtype != space.dtype):
        got = f"a frame of shape {seen.shape} and type {seen.dtype}"
        sizes = ", ".join(map(str, shape))
        wanted = f"({sizes}) and type uint8" if is_image else f"({sizes},)"
        raise BadInput(
            f"act got {got if is_image else f'an observation of shape {seen.shape}'}; expected "
            f"{wanted}, or (b, {sizes}) from b copies of an environment"
        )
    return (seen if several else seen[None]), several


def _as_predicted(actions: Float[Tensor, "b a"]) -> Decided:
    return actions


def _refuse_a_wrong_target(target: float | None, *, takes_target: bool) -> None:
    if target is None and takes_target:
        raise BadInput(
            "this policy acts towards a return; say which, such as agent(target_return=3600)"
        )
    if target is not None and not takes_target:
        raise BadInput(f"this policy takes no target, but got {target}; leave target_return out")
    if target is not None and not math.isfinite(target):
        raise BadInput(f"the target is {target}; give a return to aim at, such as 3600")
