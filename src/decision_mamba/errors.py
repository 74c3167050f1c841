"""The errors that a user can mend, each one sentence: what was wanted, what was got, what to do."""


class BadInput(ValueError):
    """Something the user gave cannot be used; the command line ends with exit code 2."""


class MissingExtra(BadInput):
    """A package that only some uses need is not installed."""

    def __init__(self, wanted_by: str, package: str, extra: str) -> None:
        super().__init__(f"{wanted_by} need {package}: pip install 'decision-mamba[{extra}]'")


class Failure(RuntimeError):
    """The input was fine and the work failed all the same; the command line ends with code 1."""
