"""`decision-mamba collect`: plays tasks for episodes, and mazes for learning histories."""

import importlib
import itertools
import re

_ID = re.compile(r"([\w-]+/)?[\w-]+-v\d+")  # of Gymnasium, with its version; no maze has one


def run(argv: list[str]) -> None:
    """Carries out `decision-mamba collect` by the file for what shall be played.

    Raises:
        BadInput: what that file raises.
    """
    pairs = itertools.pairwise(["", *argv])
    has_id = any(_ID.fullmatch(word) and before != "--out" for before, word in pairs)
    has_policy = any(word.partition("=")[0] == "--policy" for word in argv)
    kind = "episodes" if has_id or has_policy else "histories"
    # Imported when asked for: a policy needs what mazes do not.
    importlib.import_module(f"decision_mamba.cli.collect.{kind}").run(argv)
