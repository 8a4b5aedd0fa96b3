"""Chooses the words of a passage that are quoted: all of them, or a run of sentences that can stand alone."""

import re
from collections.abc import Callable, Iterator, Sequence

# The longest passage that is quoted as a whole, in characters; of others a run of so many sentences is.
WHOLE = 480
FEWEST, MOST = 2, 3
# A sentence that leans on the one before, or says what others believe or what is to come.
LEANS = re.compile(r"(?:It|They|This|That|These|Those|But|So|And|Or|Then|There|Here|No|Yes|Neither|Each|Both)\b")
ANNOUNCES = re.compile(r"You will hear\b|What (?:\w+ ){1,3}is\b")
OPEN_ENDS = ("?", ":")


def quote(text: str, sentences: Sequence[str], rated: Callable[[Sequence[str]], Sequence[float]]) -> str:
    """Returns the text, or where it is long, the run of its sentences that is rated best.

    Of equals it is the shortest of those that begin last: what explains a sentence follows it.
    """
    runs = [" ".join(run) for run in _runs(sentences)] if len(text) > WHOLE else []
    runs = [run for run in runs if run in text]
    if not runs:
        return text
    return max(zip(runs, rated(runs), strict=True), key=lambda pair: (pair[1], text.index(pair[0]), -len(pair[0])))[0]


def _runs(sentences: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yields runs that begin with no word that leans on what is left out, and do not stop before what they announce."""
    for start in range(len(sentences)):
        for end in range(start + FEWEST, min(start + MOST, len(sentences)) + 1):
            first, last = sentences[start], sentences[end - 1]
            is_whole = not last.endswith(OPEN_ENDS) and not ANNOUNCES.match(last)
            if is_whole and not (start and LEANS.match(first)):
                yield sentences[start:end]
