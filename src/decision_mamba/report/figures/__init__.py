"""The pictures of a report, one file each; drawn by matplotlib, coloured by the page."""

import importlib.util

from decision_mamba.errors import MissingExtra

if importlib.util.find_spec("matplotlib") is None:
    raise MissingExtra("Reports", "matplotlib", extra="report")
