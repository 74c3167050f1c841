"""Numbers as a reader wants them: digits that mean something, units in words."""

from collections.abc import Sequence


def number(value: float, scale: float | None = None) -> str:
    """Writes a return: about three digits, thousands apart, a real minus sign.

    `scale` is the size that decides on the decimals, the value's own if None.
    """
    text = f"{value:,.{_decimals(value if scale is None else scale)}f}"
    is_zero = not text.strip("-0.,")
    return text.lstrip("-") if is_zero else text.replace("-", "−")


def plus_minus(mean: float, interval: float | None, episodes: int) -> str:
    """A mean with its 95 % interval, which one episode does not have."""
    if interval is None or episodes < 2:
        return number(mean)
    scale = max(abs(mean), interval)
    return _joined(number(mean, scale), number(interval, scale))


def plus_minus_normalised(mean: float, interval: float | None, episodes: int) -> str:
    """A normalised score, with the one decimal that the papers print."""
    score = f"{mean:.1f}".replace("-", "−")
    if interval is None or episodes < 2:
        return score
    return _joined(score, f"{interval:.1f}")


def duration(seconds: float) -> str:
    """Seconds in the two largest units that are needed."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def listed(parts: Sequence[str]) -> str:
    """Parts of a sentence: "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _joined(mean: str, interval: str) -> str:
    return f"{mean}\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{interval}"


def _decimals(scale: float) -> int:
    size = abs(scale)
    return 0 if size >= 100 or size == 0 else 1 if size >= 10 else 2
