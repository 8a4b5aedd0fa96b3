"""Tells a question in another language, which words alone cannot find in an English lesson."""

import re
import unicodedata

from course.ask.words import COMMON, spelt_words

LATIN = "LATIN"
# Common words of languages that are written in Latin letters; those that are English, too, are left out.
OTHER_WORDS = (
    frozenset(
        """ist sind ein eine einen und oder nicht wie warum wann wer welche der das den dem des mit von zu bei für ich
    est sont un une le la les et ou pas comment pourquoi quand qui quel quelle que quoi du des dans avec pour sur ce je
    es una el los las y o cómo como qué por cuándo quién cuál con para en del se lo al si yo mi
    é são um uma os e não quando quem qual com na da dos das eu il gli di che perché chi
    cosa sono nel della het een wat waarom hoe wanneer wie zijn van met voor niet jest czym jak dlaczego kiedy nie och
    att är vad varför hur när inte med och ve bir ne neden nedir""".split()  # noqa: SIM905  (a list of words reads better as text)
    )
    - COMMON
)


def is_other_language(question: str) -> bool:
    """Returns whether most of the question's letters are not Latin, or more of its words foreign than English."""
    letters = [sign for sign in question if sign.isalpha()]
    strange = sum(not unicodedata.name(sign, "").startswith(LATIN) for sign in letters)
    words = spelt_words(re.sub(r"['\u2019]", " ", question))
    foreign, english = (sum(word in known for word in words) for known in (OTHER_WORDS, COMMON))
    return 2 * strange > len(letters) or foreign > english
