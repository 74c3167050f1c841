"""`decision-mamba report`: run folders as one HTML file."""

import dataclasses
from pathlib import Path

import tyro

from decision_mamba.cli.parsing import parse
from decision_mamba.errors import BadInput


@dataclasses.dataclass(frozen=True)
class Arguments:
    """Writes what one or several runs did into one HTML file that needs no other.

    Attributes:
        runs: run folders, as `train` leaves them.
        out: the file to write; report.html in the folder if one run is given.
    """

    runs: tyro.conf.Positional[tuple[Path, ...]] = ()
    out: Path | None = None


def run(argv: list[str]) -> None:
    """Carries out the command with the words after "report"."""
    arguments: Arguments = parse(Arguments, argv, command="report")
    out = _out(arguments)
    # Only here, because matplotlib takes a second to import and --help should not.
    from decision_mamba.report.page import write_report

    write_report(arguments.runs, out)
    print(f"report written to {out}")


def _out(arguments: Arguments) -> Path:
    if not arguments.runs:
        raise BadInput("report needs at least one run folder: decision-mamba report RUN [RUN ...]")
    if arguments.out is not None:
        return arguments.out
    if len(arguments.runs) > 1:
        raise BadInput(
            f"a report of {len(arguments.runs)} runs needs a file to go to; add --out FILE.html"
        )
    return arguments.runs[0] / "report.html"
