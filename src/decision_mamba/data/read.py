"""From the names of sources to a store."""

from collections.abc import Sequence
from pathlib import Path

from decision_mamba.data.sources import open_source
from decision_mamba.data.store import Store


def read(names: Sequence[str], directory: Path | None = None) -> Store:
    """Reads sources one behind the other: medium-expert is medium and then expert.

    Args:
        names: as `open_source` takes them.
        directory: where the store shall lie; None for files that vanish with the process.

    Raises:
        BadInput: a source that is not there, is damaged, or holds what cannot be learned from.
    """
    sources = [open_source(name) for name in names]
    return Store.of_parts([(source.name, source.episodes()) for source in sources], directory)
