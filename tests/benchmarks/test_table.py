"""The table says what was promised, what was measured, and whether that will do."""

from benchmarks.row import Measured, Row, at_least, at_most
from benchmarks.table import number, rendered


def test_a_line_holds_target_number_peer_and_verdict() -> None:
    row = Row(
        "scan",
        "scan",
        Measured((38.0, 42.0, 40.0), "×"),
        at_least(40),
        ours=Measured((16.0,), "ms"),
        peer=Measured((640.0,), "ms", "mambapy"),
    )

    assert rendered([row]) == (
        "what  target  measured (quartiles)  ours   peer            floor\n"
        "----------------------------------------------------------------------\n"
        "scan  ≥ 40 ×  40 × (39 to 41)       16 ms  mambapy 640 ms         pass\n"
    )


def test_a_miss_brings_its_profile() -> None:
    row = Row("start", "help", Measured((0.5,), "s"), at_most(0.3)).explained_by(("90 %  torch",))

    shown = rendered([row]).splitlines()

    assert shown[2].endswith("MISS")
    assert shown[-2:] == ["help", "    90 %  torch"]


def test_a_row_that_passes_has_no_profile() -> None:
    row = Row("start", "help", Measured((0.2,), "s"), at_most(0.3))

    assert row.explained_by(("90 %  torch",)).profile == ()


def test_a_wrong_number_is_no_mere_miss() -> None:
    row = Row("scan", "error", Measured((float("nan"),), ""), at_most(1e-5), guards=True)

    assert "WRONG" in rendered([row])


def test_what_has_no_target_has_no_verdict() -> None:
    assert Row("length", "crossing", Measured((500.0,), "tokens")).passes is None


def test_numbers_have_three_digits_that_count() -> None:
    assert [number(n) for n in (1234.5, 99.94, 0.01234, 6e-7, 0)] == [
        "1,234",
        "99.9",
        "0.0123",
        "6.0e-07",
        "0",
    ]
