"""A picture is SVG that the page can colour, name and hold several times."""

import re

import pytest
from matplotlib.figure import Figure

from decision_mamba.report.figures.palette import INK
from decision_mamba.report.figures.svg import Words, is_narrow, picture, render


def draw(figure: Figure) -> None:
    axes = figure.subplots()
    axes.scatter([1, 2], [1, 2], color=INK.light)
    axes.set_title("<a> $x$ 模")


@pytest.fixture(scope="module")
def svg() -> str:
    return render(draw, 300, 200)


def test_it_is_one_element_as_wide_as_the_page_lets_it_be(svg: str) -> None:
    assert svg.startswith('<svg viewBox="0 0 300 200" version="1.1">')
    assert svg.rstrip().endswith("</svg>")
    assert "<style" not in svg


def test_text_stays_text_and_is_escaped(svg: str) -> None:
    assert ">&lt;a&gt; $x$ 模</text>" in svg


def test_colours_and_font_are_the_page_s(svg: str) -> None:
    assert "var(--ink)" in svg
    assert set(re.findall(r"#[0-9a-f]{6}\b", svg)) == set()
    assert "font-family" not in svg


def test_every_reference_has_its_id(svg: str) -> None:
    used = set(re.findall(r'(?:url\(|href=")#([\w-]+)', svg))
    given = re.findall(r' id="([^"]*)"', svg)

    assert used == set(given)
    assert len(given) == len(set(given)) > 0


def test_ids_of_two_pictures_do_not_meet(svg: str) -> None:
    other = render(draw, 301, 200)

    assert set(re.findall(r' id="([^"]*)"', svg)).isdisjoint(re.findall(r' id="([^"]*)"', other))


def test_the_same_picture_is_the_same_text(svg: str) -> None:
    assert render(draw, 300, 200) == svg


def test_a_picture_is_drawn_for_page_and_phone() -> None:
    narrow = []

    def note(figure: Figure) -> None:
        narrow.append(is_narrow(figure))

    drawn = picture(Words("Title", "", ""), note, wide_height=300, narrow_height=200)

    assert narrow == [False, True]
    assert 'viewBox="0 0 840 300"' in drawn.wide
    assert 'viewBox="0 0 340 200"' in drawn.narrow
