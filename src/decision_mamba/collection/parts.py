"""The finished parts of a collection on the disk, so that a stopped one can go on."""

import dataclasses
import io
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from decision_mamba.collection.trace import Trace
from decision_mamba.errors import BadInput
from decision_mamba.files import write_atomically


class Parts:
    """A hidden folder beside the file that is being collected; each part is there whole or not.

    Args:
        path: the file that is being collected.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder = path.with_name(f".parts.{path.name}")

    def begin(self, collection: dict[str, Any], *, resume: bool) -> None:
        """Makes the folder, or makes sure that it holds parts of this collection.

        Settings without a part are those of a collection that could not be played.

        Raises:
            BadInput: it holds parts and `resume` is not asked for, or those of other settings, or
                nothing can be written there.
        """
        settings = self._folder / "collection.json"
        text = json.dumps(collection, indent=1)
        if not any(self._folder.glob("[0-9]*")):
            write_atomically(settings, text.encode())
        elif not resume:
            raise BadInput(
                f"{self._path} is half collected already; add --resume to go on, or remove "
                f"{self._folder} to begin anew"
            )
        elif settings.read_text() != text:
            raise BadInput(
                f"{self._folder} holds parts that were collected with other settings; resume with "
                "those, or remove it to begin anew"
            )

    def __contains__(self, part: int) -> bool:
        return self._file(part).exists()

    def write(self, part: int, trace: Trace) -> None:
        """Stores a part.

        Raises:
            Failure: the disk does not take it.
        """
        content = io.BytesIO()
        columns = {field.name: getattr(trace, field.name) for field in dataclasses.fields(Trace)}
        np.savez(content, **columns)
        write_atomically(self._file(part), content.getvalue())

    def read(self, part: int) -> Trace:
        """What `write` stored."""
        with np.load(self._file(part)) as columns:
            return Trace(**{field.name: columns[field.name] for field in dataclasses.fields(Trace)})

    def store(self, part: int) -> Path:
        """Where the episodes of a part lie that is a store of its own."""
        return self._folder / f"{part:05d}"

    def remove(self) -> None:
        """Removes all parts, which are in the collected file by then."""
        shutil.rmtree(self._folder)

    def _file(self, part: int) -> Path:
        return self._folder / f"{part:05d}.npz"
