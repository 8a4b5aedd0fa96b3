"""What sentences are made of."""

from collections.abc import Iterable


def seconds(value: float, *, digits: int = 3) -> str:
    """A duration in words, to that many digits."""
    for size, unit in ((86_400.0, "day"), (3_600.0, "hour"), (60.0, "min")):
        if value >= size:
            whole = value / size
            return f"{whole:.{digits}g} {unit}{'s' if unit != 'min' and whole >= 2 else ''}"
    return f"{value:.{digits}g} s"


def listed(parts: Iterable[str]) -> str:
    """These one after the other, with an "and" before the last."""
    words = list(parts)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def brief(value: float) -> str:
    """A short time, in milliseconds as long as it is less than a second."""
    if value >= 1.0:
        return seconds(value)
    return f"{value * 1000:.{0 if value >= 0.01 else 1}f} ms"
