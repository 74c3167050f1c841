"""The bar that `decision-mamba collect` shows while it plays."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


def playing_bar(counted: str = "") -> Progress:
    """A bar on the terminal, none where there is none; its tasks have a field "state".

    Args:
        counted: what the numbers count, if that is to be said.
    """
    console = Console(stderr=True)
    return Progress(
        TextColumn("playing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(f"{counted} {{task.fields[state]}}".strip()),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
