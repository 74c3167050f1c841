"""The bar says what is counted and how far it has come."""

import io

from rich.console import Console

from decision_mamba.cli.collect.bar import playing_bar


def test_what_is_counted_stands_before_how_it_goes() -> None:
    told = []
    for counted in ("tasks", ""):
        bar = playing_bar(counted)
        bar.add_task("playing", total=3, state="· 5 steps")
        console = Console(file=io.StringIO(), width=100)
        console.print(bar.make_tasks_table(bar.tasks))
        assert isinstance(console.file, io.StringIO)
        told.append(" ".join(console.file.getvalue().split()))

    assert told[0].startswith("playing")
    assert "0/3 tasks · 5 steps" in told[0]
    assert "0/3 · 5 steps" in told[1]


def test_no_bar_is_drawn_where_there_is_no_terminal() -> None:
    assert playing_bar().disable
