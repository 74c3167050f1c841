"""Parts come back as they went, and only to the collection they belong to."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from decision_mamba.collection.parts import Parts
from decision_mamba.collection.trace import Trace
from decision_mamba.errors import BadInput

PART = Trace(
    np.array([[1, 2]]), np.array([[3]]), np.array([[0.5]]), np.array([1]), np.array([True])
)


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    begun = Parts(tmp_path / "x.hdf5")
    begun.begin({"task": "darkroom"}, resume=False)
    return begun


def test_a_part_comes_back_whole(parts: Parts) -> None:
    parts.write(4, PART)

    assert 4 in parts
    assert 3 not in parts
    for field in dataclasses.fields(Trace):
        assert np.array_equal(getattr(parts.read(4), field.name), getattr(PART, field.name))


def test_parts_are_gone_on_with_only_if_asked(parts: Parts, tmp_path: Path) -> None:
    parts.write(0, PART)
    again = Parts(tmp_path / "x.hdf5")

    again.begin({"task": "darkroom"}, resume=True)
    with pytest.raises(BadInput, match="half collected already; add --resume"):
        again.begin({"task": "darkroom"}, resume=False)


def test_parts_of_other_settings_are_refused(parts: Parts, tmp_path: Path) -> None:
    parts.write(0, PART)

    with pytest.raises(BadInput, match="collected with other settings"):
        Parts(tmp_path / "x.hdf5").begin({"task": "key-to-door"}, resume=True)


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("resume", [False, True])
def test_settings_without_a_part_are_in_nobodys_way(tmp_path: Path, *, resume: bool) -> None:
    Parts(tmp_path / "x.hdf5").begin({"task": "key-to-door"}, resume=resume)

    Parts(tmp_path / "x.hdf5").write(0, PART)
    with pytest.raises(BadInput, match="collected with other settings"):
        Parts(tmp_path / "x.hdf5").begin({"task": "darkroom"}, resume=True)


def test_nothing_stays_once_removed(parts: Parts, tmp_path: Path) -> None:
    parts.remove()

    assert list(tmp_path.iterdir()) == []
