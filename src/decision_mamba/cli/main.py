"""`decision-mamba`: finds the command, runs it, and puts what went wrong into one sentence."""

import importlib
import os
import sys
from types import ModuleType

import decision_mamba
from decision_mamba.errors import BadInput

# Each with its module in this folder.
_COMMANDS = {
    "presets": "presets",
    "data": "data",
    "import": "importing",
    "collect": "collect",
    "train": "train",
    "evaluate": "evaluate",
    "table": "table",
    "analyse": "analyse",
    "report": "report",
    "info": "info",
}
_USAGE = """\
usage: decision-mamba COMMAND [...]

Offline reinforcement learning with sequence models.

  presets     list every PAPER/TASK experiment, or show one whole
  data        show, check and convert recorded episodes
  import      make a policy of published weights
  collect     play tasks for episodes, and mazes for learning histories
  train       learn a policy from recorded episodes
  evaluate    play a policy and score it
  table       carry out every run of a table and write its scores
  analyse     ask what policies look at, rest on and cost
  report      put runs into one HTML page
  info        versions, devices and backends: for bug reports

decision-mamba COMMAND --help tells more; --debug shows where an error arose; --version.
First try: decision-mamba train demo
"""


def entry() -> None:
    """The program; ends with 0 if all went well, 1 if the work failed, 2 if asked wrongly."""
    # GNU's OpenMP, torch's on Linux, lets a thread spin for milliseconds before it sleeps. On cores
    # that others use too the spinning keeps the thread that has work from running: updates were
    # four times slower. 10,000 turns bridge the gaps between two operations and are as fast alone.
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    sys.exit(main(sys.argv[1:]))


def main(argv: list[str]) -> int:
    """Runs one command line and returns its exit code."""
    debug = "--debug" in argv
    given = [word for word in argv if word != "--debug"]
    try:
        _run(given)
    except BadInput as problem:
        return _said(problem, debug, code=2)
    except SystemExit as end:  # tyro's, after --help
        return int(end.code or 0)
    except KeyboardInterrupt as problem:
        return _said(str(problem) or "stopped", debug, code=1)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nobody is left to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as problem:
        return _said(problem, debug, code=1)
    return 0


def _run(argv: list[str]) -> None:
    match argv:
        case [] | ["-h" | "--help", *_]:
            sys.stdout.write(_USAGE)
        case ["--version", *_]:
            sys.stdout.write(f"decision-mamba {decision_mamba.__version__}\n")
        case [word, *rest]:
            _command(word).run(rest)


def _command(word: str) -> ModuleType:
    if word not in _COMMANDS:
        raise BadInput(f"there is no command {word!r}; expected {', '.join(_COMMANDS)}")
    # Imported when asked for: most commands need torch, which takes its time.
    return importlib.import_module(f"decision_mamba.cli.{_COMMANDS[word]}")


def _said(problem: object, debug: bool, *, code: int) -> int:
    if debug and isinstance(problem, BaseException):
        raise problem
    text = " ".join(str(problem).split()) or type(problem).__name__
    if code == 1 and not isinstance(problem, str | OSError | RuntimeError):
        text = f"{type(problem).__name__}: {text}; --debug shows where it arose"
    sys.stderr.write(f"decision-mamba: {text}\n")
    return code


if __name__ == "__main__":
    entry()
