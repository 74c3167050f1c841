"""What a run leaves on the disk."""

import json
from pathlib import Path

from benchmarks.record import write
from benchmarks.row import Measured, Row, at_most


def test_a_row_is_written_with_its_quartiles(tmp_path: Path) -> None:
    row = Row("start", "help", Measured((3.0, 1.0, 2.0), "s"), at_most(2))

    write([row], tmp_path / "results" / "cpu.json")

    content = json.loads((tmp_path / "results" / "cpu.json").read_text())
    assert content["rows"][0]["measured"]["quartiles"] == [1.5, 2.0, 2.5]
    assert content["rows"][0]["pass"] is True
    assert any(version.startswith("mambapy ") for version in content["versions"])
    assert content["machine"]["cores"] >= 1
