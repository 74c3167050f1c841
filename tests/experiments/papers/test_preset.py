"""A preset goes by the name of its experiment."""

from decision_mamba.experiments.own import DEMO
from decision_mamba.experiments.papers.preset import Preset


def test_the_name_is_the_experiments() -> None:
    assert Preset(DEMO, paper="", task="hopper", spaces=None, seeds=(0,)).name == "demo"
