"""A policy that plays: it remembers what happened and decides what to do next."""

import contextlib
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
from decision_mamba.models.memory import (
    Decider,
    HoppingMemory,
    Mode,
    RecurrentMemory,
    WindowMemory,
)
from decision_mamba.models.standing import Standing
from decision_mamba.seeding import Seeds
from decision_mamba.shapes import Decided, PlayedActions, PlayedObservations
from decision_mamba.spaces import Continuous, Image, ObservationSpace

_MEMORIES: dict[str, type[WindowMemory | RecurrentMemory]] = {
    "window": WindowMemory,
    "recurrent": RecurrentMemory,
    "hopping": HoppingMemory,
}


class Agent:
    """Plays one or several episodes at once, in raw units.

        agent = policy.agent(target_return=3600.0)
        action = agent.act(observation)
        agent.observe(reward)            # what was earned is no longer asked for
        agent.reset()                    # between episodes

    `act` takes one observation, (o,), or those of b copies of an environment, (b, o), and
    answers in kind: with the numbers of an action, (a,) or (b, a), or, where one of several
    actions is chosen, with a whole number or (b,) of them. Copies whose episode is over leave by
    `keep`. In "window" mode the policy reads the last K steps anew at each step; in "recurrent"
    mode it carries a state, so that a step costs the same at any age of the episode. The two differ
    once more than K steps are to be remembered. In "hopping" mode it carries a state of the last K
    steps at most, and of nine tenths of them at least.

    A policy whose memory lasts over the episodes of one task (`Acting.lasting`) is told by `again`
    where another of them begins, and forgets all of them by `reset`. Without `again` it takes the
    next episode for more of the one before, which nobody can notice.

    A policy of images is shown one frame at each step, the newest, as bytes (uint8), of shape
    (height, width) or (b, height, width); those that it sees together with the frame are
    remembered here. As many frames as it sees together look like a stack, so so many copies are
    told of by `reset(copies)` first.

    Of several actions one is drawn as likely as the policy finds it, unless `sampling` says
    otherwise. The draws of the n-th row since the agent was made follow from its seed and n, those
    of an episode that follows in that row from its number there, too. What a policy draws itself
    (`Hybrid.noise_when_acting`) follows from the seed and how often the agent has decided.
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
            raise BadInput(f"the mode is {mode!r}; expected {', '.join(_MEMORIES)}")
        _refuse_a_wrong_target(target_return, takes_target=policy.takes_target)
        chooses = not isinstance(policy.spaces.action, Continuous)
        if sampling != AS_PUBLISHED and not chooses:
            raise BadInput(
                f"this policy's actions are numbers and none is chosen, but got {sampling}; leave "
                "the temperature at 1 and top_k at 0"
            )
        self._policy = policy
        self._chooser = Chooser(sampling, seed) if chooses else None
        self._seeds, self._decisions = Seeds(seed), 0
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
        self._standing = None if copies is None else self._begun(copies)
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
        with torch.inference_mode(), self._draws():
            decided = self._memory.decide(present)
        self._owes_reward = True
        # A copy here too: what was done is remembered, whatever the caller does to the answer.
        actions: PlayedActions = decided.cpu().numpy().copy()
        if several:
            return actions
        return actions[0] if self._chooser is None else int(actions[0])

    def observe(self, reward: float | Float[ndarray, " b"]) -> None:
        """Takes what the last action earned off what is still asked for.

        A policy that reads rewards remembers it, too.

        With a policy of delayed rewards nothing is taken off: in its data the whole return is
        still to come until an episode's last step (Chen et al. 2021, official Gym code). Nor is it
        from a target that shall be kept (Kim et al. 2024, official code, "no-reward-decay").

        With a policy of clipped rewards at most 1 is taken off, and added at most: so its data
        count. The published evaluation on Atari takes off what the game pays (Chen et al. 2021).

        Raises:
            BadInput: no action was asked for, or a reward is not finite.
        """
        if not self._owes_reward or self._standing is None:
            raise BadInput("observe was called without an action to reward; call act first")
        earned = np.full(self._standing.copies, reward, np.float32)
        if not np.isfinite(earned).all():
            raise BadInput(
                f"observe got a reward of {reward}; give what the environment paid, a finite number"
            )
        if self._clips_rewards:
            earned = earned.clip(-1, 1)
        if self._policy.reads_rewards:
            with torch.inference_mode():
                self._memory.earned(torch.from_numpy(earned).to(self._policy.device))
        self._standing.passed(np.zeros_like(earned) if self._keeps_target else earned)
        self._owes_reward = False

    def again(self, rows: Bool[ndarray, " b"], arrived: PlayedObservations) -> None:
        """Begins another episode of the same task, which continues what is remembered.

        Called after `observe`, and before `keep` if that is called. The return asked for is the
        whole target again.

        Args:
            rows: True for each episode of the last `act` that has ended and is followed by another.
            arrived: what each of them showed last, (b, o) of all that were played; of those that
                go on it is not looked at.
        """
        if not self._policy.acting.lasting:
            raise BadInput(
                "this policy remembers one episode only, which again would continue; call reset() "
                "between episodes, or play a policy of contexts"
            )
        if self._owes_reward or self._standing is None:
            raise BadInput(
                "again was called before an episode's last observe(reward); call it first"
            )
        shown, _ = _read(arrived, self._policy.spaces.observation)
        if not len(rows) == len(shown) == self._standing.copies:
            raise BadInput(
                f"again got {len(rows)} rows and {len(shown)} observations while "
                f"{self._standing.copies} episodes are being played; give one of each for each"
            )
        self._standing.again(rows, shown)
        if self._chooser is not None:
            self._chooser.again(rows)
        if self._frames is not None:
            self._frames.again(rows)

    def keep(self, rows: Bool[ndarray, " b"]) -> None:
        """Lets the episodes that are over leave.

        Args:
            rows: True for each episode of the last `act` that goes on.
        """
        self._memory.keep(torch.from_numpy(rows).to(self._policy.device))
        if self._standing is not None:
            self._standing.keep(rows)
        if self._chooser is not None:
            self._chooser.keep(rows)
        if self._frames is not None:
            self._frames.keep(rows)

    def _draws(self) -> contextlib.AbstractContextManager[None]:
        if not self._policy.draws_when_acting:
            return contextlib.nullcontext()
        self._decisions += 1
        return self._seeds.decision(self._decisions)

    def _present(self, seen: PlayedObservations) -> Batch:
        copies = len(seen)
        if self._standing is None:
            _refuse_a_stack(copies, self._policy.spaces.observation)
            self._standing = self._begun(copies)
        if self._standing.copies != copies:
            raise BadInput(
                f"act got {copies} observations while {self._standing.copies} episodes are "
                "being played; call reset() before playing another number of episodes"
            )
        if self._frames is not None:
            seen = self._frames.then(seen)
        space, told = self._policy.spaces.action, self._policy.reads_rewards
        step = self._standing.step(seen, space, told_rewards=told)
        device = self._policy.device
        return step if device.type == "cpu" else step.to(device)

    def _begun(self, copies: int) -> Standing:
        if self._chooser is not None:
            self._chooser.begin(copies)
        return Standing(self._target, copies)


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


def _refuse_a_stack(copies: int, space: ObservationSpace) -> None:
    """Refuses copies that nobody told of where their frames may be those of one episode."""
    if isinstance(space, Image) and copies == space.stack > 1:
        raise BadInput(
            f"act got {copies} frames, as many as the policy sees together; give the newest frame "
            f"alone, for the agent stacks them itself, or call reset({copies}) first for {copies} "
            "copies"
        )


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
