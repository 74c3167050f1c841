"""A missing extra is told with the command that installs it."""

from decision_mamba.errors import BadInput, MissingExtra


def test_the_command_is_named() -> None:
    problem = MissingExtra("Parquet logs", "pyarrow", extra="parquet")

    assert str(problem) == "Parquet logs need pyarrow: pip install 'decision-mamba[parquet]'"
    assert isinstance(problem, BadInput)
