"""The report as one HTML file."""

from collections.abc import Sequence
from pathlib import Path

from decision_mamba.errors import BadInput, MissingExtra
from decision_mamba.files import write_atomically
from decision_mamba.report.comparison import compare
from decision_mamba.report.figures.palette import ALL
from decision_mamba.report.record import Record, read_record
from decision_mamba.report.section import section_of

try:
    import jinja2
except ModuleNotFoundError as missing:
    raise MissingExtra("Reports", "jinja2", extra="report") from missing


def write_report(runs: Sequence[Path], out: Path) -> None:
    """Writes the report of one run, or of several side by side.

    The file appears whole or not at all; missing folders are made.

    Raises:
        BadInput: no run, a folder that is none of a run, or a place for the report that cannot
            be written, such as a directory.
        Failure: the machine could not write it.
    """
    if not runs:
        raise BadInput("a report needs at least one run folder; name those it should tell about")
    if out.is_dir():
        raise BadInput(
            f"{out} is a directory; give the report a file name such as {out}/report.html"
        )
    page = render_page([read_record(run) for run in runs])
    write_atomically(out, page.encode())


def render_page(records: Sequence[Record]) -> str:
    """The whole page as text."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("decision_mamba", "report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja").render(
        sections=[section_of(record) for record in records],
        comparison=compare(records) if len(records) > 1 else None,
        colours=ALL,
    )
