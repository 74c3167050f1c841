"""`decision-mamba analyse`: puts a question to policies; one file per question."""

import importlib
import sys

from decision_mamba.errors import BadInput

_QUESTIONS = {
    "attention": "how much a decision takes of each earlier token",
    "influence": "what a policy earns with other weights inside its mixers",
    "efficiency": "what a decision and an update cost as sequences grow",
    "learning": "what runs reach in unseen tasks by remembering, beside one another",
}


def run(argv: list[str]) -> None:
    """Carries out what stands behind `decision-mamba analyse`.

    Raises:
        BadInput: there is no such question, or what its file raises.
    """
    match argv:
        case [] | ["-h" | "--help", *_]:
            sys.stdout.write(_usage())
        case [word, *rest] if word in _QUESTIONS:
            # Imported when asked for: each question needs other packages.
            importlib.import_module(f"decision_mamba.cli.analyse.{word}").run(rest)
        case [word, *_]:
            raise BadInput(f"there is no analysis {word!r}; expected {', '.join(_QUESTIONS)}")


def _usage() -> str:
    lines = [f"  {word:<12}{question}" for word, question in _QUESTIONS.items()]
    return "\n".join(
        [
            "usage: decision-mamba analyse QUESTION [...]",
            "",
            *lines,
            "",
            "decision-mamba analyse QUESTION --help tells more.",
            "",
        ]
    )
