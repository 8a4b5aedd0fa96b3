"""Formats durations and lists for sentences."""

from collections.abc import Iterable


def seconds(value: float, *, digits: int = 3) -> str:
    """Returns a duration in words, to that many digits."""
    for size, unit in ((86_400.0, "day"), (3_600.0, "hour"), (60.0, "min")):
        if value >= size:
            whole = value / size
            return f"{whole:.{digits}g} {unit}{'s' if unit != 'min' and whole >= 2 else ''}"
    return f"{value:.{digits}g} s"


def listed(parts: Iterable[str]) -> str:
    """Returns the parts as a list in words: "a, b and c"."""
    words = list(parts)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def uncapitalised(text: str) -> str:
    """Returns a title as it stands inside a sentence."""
    return text[:1].lower() + text[1:]


def brief(value: float) -> str:
    """Returns a duration in words, in milliseconds below one second."""
    if value >= 1.0:
        return seconds(value)
    return f"{value * 1000:.{0 if value >= 0.01 else 1}f} ms"


def ordinal(number: int) -> str:
    """Returns a number's place in a row: "1st", "2nd", "11th"."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0, "th")
    return f"{number}{ending}"


# The units of a clock, largest first, in seconds.
CLOCK = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def clock(value: float) -> str:
    """Returns a time since the start: "0.29 s" or, from a minute on, in whole units: "3 d 15 s"."""
    if value < 60.0:
        return f"{value:.2f} s"
    found, rest = [], round(value)
    for size, unit in CLOCK:
        count, rest = divmod(rest, size)
        found += [f"{count} {unit}"] if count else []
    return " ".join(found)
