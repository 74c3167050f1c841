"""Checks the library against a folder of golden vectors: python -m tests.parity DIR."""

import argparse
import collections
import sys
from collections.abc import Sequence
from pathlib import Path

from decision_mamba.errors import BadInput
from tests.parity.case import cases_in
from tests.parity.verdicts import MISMATCH, OK, SKIPPED, judge


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a verdict for each case; 0 if none disagrees, 1 if one does, 2 without a case."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.parity",
        description=__doc__,
        epilog="Of each case the error is printed that comes closest to its tolerance; what is "
        "wrong, left out or lacking stands below it.",
    )
    parser.add_argument("directory", type=Path, metavar="DIR", help="with *.json, *.safetensors")
    directory: Path = parser.parse_args(arguments).directory
    words: collections.Counter[str] = collections.Counter()
    try:
        for path in cases_in(directory):
            verdict = judge(path)
            words[verdict.word] += 1
            print(verdict, flush=True)
    except BadInput as problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"{words[OK]} passed, {words[MISMATCH]} failed, {words[SKIPPED]} skipped")
    return 1 if words[MISMATCH] else 0


if __name__ == "__main__":
    sys.exit(main())
