"""The house rules that a machine can hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "decision_mamba"
FILES = sorted(path for path in SOURCE.rglob("*.py"))
CHECKED = [*FILES, *sorted((ROOT / "tests").rglob("*.py"))]

FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager"}
LONGEST_FILE, LONGEST_KERNEL_FILE, LONGEST_FUNCTION = 400, 500, 60


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CHECKED, ids=relative)
def test_no_file_is_too_long(path: Path) -> None:
    allowed = LONGEST_KERNEL_FILE if "ops" in path.parts else LONGEST_FILE

    assert len(path.read_text().splitlines()) <= allowed


@pytest.mark.parametrize("path", CHECKED, ids=relative)
def test_no_function_is_too_long(path: Path) -> None:
    long = [
        f"{function.name}: {length} lines"
        for function, length in functions(path)
        if length > LONGEST_FUNCTION and "ops" not in path.parts
    ]

    assert long == []


@pytest.mark.parametrize("path", CHECKED, ids=relative)
def test_no_file_is_named_for_nothing(path: Path) -> None:
    assert path.stem not in FORBIDDEN


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_every_file_begins_with_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", [path for path in FILES if path.stem != "__init__"], ids=relative)
def test_every_file_has_its_test(path: Path) -> None:
    folder = ROOT / "tests" / path.parent.relative_to(SOURCE)
    places = [folder, ROOT / "tests" / "contracts"]

    assert any(list(place.glob(f"test_{path.stem}*.py")) for place in places)


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in (SOURCE / "experiments" / "papers").glob("*.py")
        if "def presets" in path.read_text()
    ],
    ids=relative,
)
def test_every_paper_names_its_number(path: Path) -> None:
    assert re.search(r"arXiv:\d{4}\.\d{5}", path.read_text())


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_no_function_takes_whatever_it_is_given(path: Path) -> None:
    assert [f.name for f, _ in functions(path) if f.args.kwarg] == []


def test_contributing_is_one_page() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text().splitlines()) <= 60


def functions(path: Path) -> Iterator[tuple[ast.FunctionDef, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            yield node, node.end_lineno - node.lineno + 1
