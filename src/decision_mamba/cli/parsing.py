"""Command lines to settings, and what is wrong with one in a single sentence."""

import contextlib
import io
import re
from typing import Any

import tyro

from decision_mamba.errors import BadInput

_FRAME = re.compile(r"[─│╭╮╰╯━┃]+|-{3,}|^\||\|$")  # dashes and bars where there is no Unicode


def parse(wanted: Any, argv: list[str], *, command: str, default: Any = None) -> Any:
    """Reads an instance of `wanted`, a dataclass or a union of them, off a command line.

    Typed Any for the reason that `settings.from_dict` is. `--help` prints and ends with 0.

    Raises:
        BadInput: tyro could not read it; tyro's message, which is a box of several lines, is
            drawn together into one sentence.
    """
    said = io.StringIO()
    given = {} if default is None else {"default": default}
    try:
        with contextlib.redirect_stderr(said):
            return tyro.cli(
                wanted,
                args=argv,
                prog=f"decision-mamba {command}",
                config=(tyro.conf.AvoidSubcommands,)
                if default is not None
                else (tyro.conf.FlagCreatePairsOff,),
                **given,
            )
    except SystemExit as stop:
        if not stop.code:
            raise
        raise BadInput(
            f"{_sentence(said.getvalue())} decision-mamba {command} --help tells more"
        ) from None


def _sentence(box: str) -> str:
    # The first line is the box's title; after the fault itself come other flags and their help.
    text = " ".join(_FRAME.sub("", line).strip() for line in box.splitlines()[1:])
    fault, *_ = re.split(r"Argument helptext:|Perhaps you meant:|For full helptext", text)
    # Settings that refuse a value say themselves which; of an option that cannot be read the name
    # is all that is.
    fault = re.sub(r"^\s*Error parsing ((?!-)\S+: )?", "", fault)
    near = re.search(r"Perhaps you meant:\s*(--[\w.-]+)", text)
    hint = f"; did you mean {near[1]}?" if near else ";"
    return f"{' '.join(fault.split()).rstrip('.')}{hint}"
