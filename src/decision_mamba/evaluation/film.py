"""Episodes on film: an environment that takes pictures while it is played, and the file."""

from collections.abc import Sequence
from pathlib import Path

from jaxtyping import UInt8
from numpy import ndarray

from decision_mamba.envs import Environment, Image, Stepped
from decision_mamba.errors import BadInput, Failure, MissingExtra
from decision_mamba.files import replacing
from decision_mamba.shapes import PlayedActions, PlayedObservations, Rows

try:
    import imageio.v3 as imageio
    import imageio_ffmpeg  # imageio writes .mp4 through it
except ImportError as error:
    raise MissingExtra("Films", "imageio and imageio-ffmpeg", extra="report") from error

_PICTURES_PER_SECOND = 30
_REMEDY = "make room on the disk, or choose a name that ends in .gif, which needs no ffmpeg"
_Even = UInt8[ndarray, "even_height even_width 3"]


class Filmed(Environment):
    """An environment that films one of its copies, from each `reset` anew.

    Attributes:
        frames: the start and what follows, about 30 for a second of the task's own time.
        frames_per_second: at which they show the task at its own pace.
    """

    def __init__(self, environment: Environment, row: int = 0, seconds: float = 10.0) -> None:
        """Takes pictures of copy `row`, at most for `seconds` of the task's own time.

        Without a graphics card a picture takes 50 ms, and each holds 0.7 MB until it is saved.
        """
        self.task = environment.task
        self.spaces = environment.spaces
        self.horizon = environment.horizon
        self.copies = environment.copies
        self.steps_per_second = environment.steps_per_second
        self.frames: list[Image] = []
        self._environment = environment
        self._row = row
        self._every = max(1, round(self.steps_per_second / _PICTURES_PER_SECOND))
        self.frames_per_second = self.steps_per_second / self._every
        self._longest = seconds * self.steps_per_second
        self._steps = 0

    @property
    def is_whole(self) -> bool:
        """Whether all that was played since `reset` is filmed, and not its beginning alone."""
        return self._steps <= self._longest

    def reset(self, seeds: Sequence[int]) -> PlayedObservations:
        observations = self._environment.reset(seeds)
        self.frames = [self.render(self._row)]
        self._steps = 0
        return observations

    def restart(self, rows: Rows, seeds: Sequence[int]) -> PlayedObservations:
        observations = self._environment.restart(rows, seeds)
        if self._row in rows and self._steps <= self._longest:
            self.frames.append(self.render(self._row))
        return observations

    def step(self, rows: Rows, actions: PlayedActions) -> Stepped:
        stepped = self._environment.step(rows, actions)
        if self._row in rows:
            self._steps += 1
            if self._steps % self._every == 0 and self._steps <= self._longest:
                self.frames.append(self.render(self._row))
        return stepped

    def render(self, row: int) -> Image:
        return self._environment.render(row)

    def close(self) -> None:
        self._environment.close()


def save_film(frames: Sequence[Image], path: Path, frames_per_second: float) -> None:
    """Writes .mp4 (H.264, plays in every browser) or .gif; the file appears only when whole.

    An odd last line or column of the pictures is cut, because H.264 halves both sides.

    Raises:
        BadInput: there is no frame, the file's name ends otherwise, or its place is of no use.
        Failure: the machine could not write it: the disk is full, or ffmpeg is not there.
    """
    if not frames:
        raise BadInput(f"{path} would be a film without a frame; play at least one step")
    require_film_name(path)
    with replacing(path) as partial:
        partial.touch()  # What keeps a file from being made here, ffmpeg would not say.
        _write(_even(frames), partial, frames_per_second)


def require_film_name(path: Path) -> None:
    """Refuses a name that `save_film` cannot write to because of its ending."""
    if path.suffix not in (".mp4", ".gif"):
        raise BadInput(f"{path} is no film that can be written; let the name end in .mp4 or .gif")


def _even(frames: Sequence[Image]) -> list[_Even]:
    height, width, _ = frames[0].shape
    return [frame[: height // 2 * 2, : width // 2 * 2] for frame in frames]


def _write(frames: list[_Even], path: Path, frames_per_second: float) -> None:
    if path.suffix == ".gif":
        milliseconds = 1000 / frames_per_second
        imageio.imwrite(path, frames, plugin="pillow", duration=milliseconds, loop=0)
    else:
        _write_mp4(frames, path, frames_per_second)


def _write_mp4(frames: list[_Even], path: Path, frames_per_second: float) -> None:
    try:
        imageio.imwrite(path, frames, plugin="FFMPEG", fps=frames_per_second, macro_block_size=2)
        # imageio does not look at how ffmpeg ended, so the film is read again.
        written, _ = imageio_ffmpeg.count_frames_and_secs(path)
    except (OSError, RuntimeError) as problem:
        first_line = str(problem).partition("\n")[0]
        raise Failure(f"ffmpeg could not write the film: {first_line}; {_REMEDY}") from problem
    if written != len(frames):
        raise Failure(f"ffmpeg wrote {written} of the film's {len(frames)} frames; {_REMEDY}")
