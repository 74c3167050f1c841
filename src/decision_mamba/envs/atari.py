"""Atari games on the Arcade Learning Environment, with the preprocessing of DQN."""

import contextlib
import dataclasses
import io
import math
import re
from collections.abc import Sequence

import numpy as np
from gymnasium.utils import seeding
from jaxtyping import UInt8
from numpy import ndarray

from decision_mamba.envs.environment import Environment, Stepped
from decision_mamba.envs.environment import Image as Picture
from decision_mamba.envs.preprocessing import AS_DQN, Preprocessing
from decision_mamba.errors import BadInput, MissingExtra
from decision_mamba.shapes import PlayedActions, PlayedObservations, Rows
from decision_mamba.spaces import Discrete, Image, Spaces

try:
    import ale_py
    import cv2
except ImportError as error:
    raise MissingExtra("Atari games", "ale-py and opencv-python-headless", "atari") from error

_FRAMES = 108_000  # per episode, half an hour of play; no-ops count as well
_FRAMES_PER_SECOND = 60
_TASK = re.compile(r"ALE/(\w+)-v5|(\w+)NoFrameskip-v4")

Frame = UInt8[ndarray, "height width"]


class Atari(Environment):
    """Copies of one game that show single grey frames, and pay what the game pays, unclipped.

    Source: Mnih et al. 2015, "Human-level control through deep reinforcement learning", in the
    order of Gymnasium's `AtariPreprocessing`, whose frames these are, bit for bit, by the same
    seeds. The evaluation of Chen et al. 2021 (official code) draws 0 to 29 no-ops and resizes
    linearly, each of the two frames before the brighter pixel is taken.
    """

    def __init__(self, task: str, copies: int, preprocessing: Preprocessing = AS_DQN) -> None:
        if copies < 1:
            raise BadInput(f"{copies} copies of {task} were asked for; at least 1 is needed")
        self._preprocessing = _filled_in(preprocessing, task)
        self._rom = _rom(task)
        self._copies = [_Copy(self._rom, self._preprocessing)]
        self.task = task
        self.copies = copies
        self.horizon = math.ceil(_FRAMES / preprocessing.frame_skip)  # the last one may be cut
        self.steps_per_second = _FRAMES_PER_SECOND / preprocessing.frame_skip
        size = preprocessing.size
        self.spaces = Spaces(Image(size, size), Discrete(self._copies[0].actions))

    def reset(self, seeds: Sequence[int]) -> PlayedObservations:
        if not 1 <= len(seeds) <= self.copies:
            raise ValueError(f"{len(seeds)} seeds for {self.copies} copies of {self.task}")
        while len(self._copies) < len(seeds):
            self._copies.append(_Copy(self._rom, self._preprocessing))
        return self.restart(np.arange(len(seeds)), seeds)

    def restart(self, rows: Rows, seeds: Sequence[int]) -> PlayedObservations:
        pairs = zip(rows, seeds, strict=True)
        return np.stack([self._copies[row].reset(seed) for row, seed in pairs])

    def step(self, rows: Rows, actions: PlayedActions) -> Stepped:
        pairs = zip(rows, actions, strict=True)
        steps = [self._copies[row].step(int(action)) for row, action in pairs]
        frames, rewards, terminated, truncated = zip(*steps, strict=True)
        return Stepped(
            observations=np.stack(frames),
            rewards=np.array(rewards, dtype=np.float64),
            terminated=np.array(terminated, dtype=bool),
            truncated=np.array(truncated, dtype=bool),
        )

    def render(self, row: int) -> Picture:
        return self._copies[row].picture()

    def close(self) -> None:
        self._copies.clear()


class _Copy:
    """One emulator and the two frames it showed last."""

    def __init__(self, rom: str, preprocessing: Preprocessing) -> None:
        ale_py.ALEInterface.setLoggerMode(ale_py.LoggerMode.Error)
        self._ale = ale_py.ALEInterface()
        chance = preprocessing.repeat_action_probability
        assert chance is not None  # filled in by the task
        self._ale.setFloat("repeat_action_probability", chance)
        self._ale.setInt("max_num_frames_per_episode", _FRAMES)
        self._ale.setBool("sound_obs", False)
        self._rom = rom
        self._load()
        self._actions = self._ale.getMinimalActionSet()
        self._settings = preprocessing
        height, width = self._ale.getScreenDims()
        self._last_two = np.zeros((2, height, width), np.uint8)
        self._lives = 0

    @property
    def actions(self) -> int:
        return len(self._actions)

    def reset(self, seed: int) -> Frame:
        # As gymnasium and ale-py split a seed: no-ops from the first part, sticking from the other.
        for_noops, for_game = np.random.SeedSequence(seed).generate_state(2)
        self._ale.setInt("random_seed", int(for_game.astype(np.int32)))
        self._load()  # a seed counts from the next loading on
        self._ale.reset_game()
        generator, _ = seeding.np_random(int(for_noops))
        settings = self._settings
        for _ in range(generator.integers(settings.fewest_noops, settings.most_noops + 1)):
            self._ale.act(self._actions[0])
            if self._ale.game_over():
                self._ale.reset_game()
        self._lives = self._ale.lives()
        self._last_two[:] = 0
        self._ale.getScreenGrayscale(self._last_two[0])
        return self._frame()

    def step(self, action: int) -> tuple[Frame, float, bool, bool]:
        """Holds an action; returns the frame, the reward and whether task or clock ended it."""
        reward, terminated, truncated = 0.0, False, False
        skip = self._settings.frame_skip
        for left in reversed(range(skip)):
            reward += self._ale.act(self._actions[action])
            terminated = self._ale.game_over(with_truncation=False) or self._lost_a_life()
            truncated = self._ale.game_truncated()
            if terminated or truncated:
                break
            if left < 2:
                self._ale.getScreenGrayscale(self._last_two[left])
        return self._frame(), reward, terminated, truncated and not terminated

    def picture(self) -> Picture:
        drawn: Picture = self._ale.getScreenRGB()
        return drawn

    def _load(self) -> None:
        self._ale.loadROM(self._rom)

    def _lost_a_life(self) -> bool:
        before, self._lives = self._lives, self._ale.lives()
        return self._settings.life_loss_ends and self._lives < before

    def _frame(self) -> Frame:
        settings = self._settings
        shown = self._last_two[0]
        if settings.frame_skip > 1:
            np.maximum(shown, self._last_two[1], out=shown)
        way = cv2.INTER_AREA if settings.resize == "area" else cv2.INTER_LINEAR
        resized: Frame = cv2.resize(shown, (settings.size, settings.size), interpolation=way)
        return resized


def _filled_in(preprocessing: Preprocessing, task: str) -> Preprocessing:
    chance = preprocessing.chance_in(task)
    if not 0 <= chance < 1:
        raise BadInput(f"the chance to repeat an action is {chance}; expected 0 to less than 1")
    least, most = preprocessing.fewest_noops, preprocessing.most_noops
    if not 0 <= least <= most:
        raise BadInput(f"{least} to {most} no-ops were asked for; expected 0 or more, ascending")
    if preprocessing.frame_skip < 1 or preprocessing.size < 1:
        raise BadInput("frame_skip and size are whole numbers from 1; give such")
    return dataclasses.replace(preprocessing, repeat_action_probability=chance)


def _rom(task: str) -> str:
    """The file of a task's game.

    Raises:
        BadInput: there is no such game, or its file is not there or another one.
    """
    named = _TASK.fullmatch(task)
    game = (named[1] or named[2]) if named else ""
    # As ale-py makes the names of tasks.
    roms = {rom.title().replace("_", ""): rom for rom in ale_py.roms.get_all_rom_ids()}
    near = next((name for name in roms if name.lower() == game.lower()), None)
    if near is None:
        raise BadInput(
            f"{task!r} is no Atari task; give one such as ALE/Pong-v5, whose actions stick with a "
            "chance of 0.25, or PongNoFrameskip-v4, whose actions do not"
        )
    if near != game:
        raise BadInput(f"{task!r} is no Atari task; did you mean {task.replace(game, near)}?")
    rom = roms[game]
    try:
        # With ALE_ROMS_DIR set it prints, where results are printed as well.
        with contextlib.redirect_stdout(io.StringIO()):
            return str(ale_py.roms.get_rom_path(rom))
    except OSError as error:
        reason = str(error).split("\n")[0].rstrip(". !")
        raise BadInput(
            f"the ROM of {game} cannot be read ({reason}): install ale-py anew, which brings it, "
            f"or let ALE_ROMS_DIR name a folder that holds the right {rom}.bin"
        ) from error
