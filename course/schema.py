"""Models of the YAML that authors write: a module, a lesson's front matter, and the glossary."""

import re
from typing import Annotated

from pydantic import AfterValidator

from content.schema import AuthoredEntry, Day, Table, Text, WholeNumber
from course.model import Direction, Level, Weight

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
# Languages whose script runs from right to left.
RIGHT_TO_LEFT = frozenset(["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"])


def _language(text: str) -> str:
    if not LANGUAGE.fullmatch(text):
        raise ValueError("use a language's code, such as en, de, pt-BR or zh-Hans")
    return text


class ModuleMetadata(AuthoredEntry):
    """A `module.yaml`."""

    title: Text
    order: WholeNumber


class LessonMetadata(AuthoredEntry):
    """The front matter of a lesson."""

    title: Text
    summary: Text
    weight: Weight
    order: WholeNumber
    sandbox_minutes: WholeNumber
    check_minutes: WholeNumber
    level: Level = Level.INTERMEDIATE
    updated: Day | None = None
    lang: Annotated[Text, AfterValidator(_language)] = "en"
    dir: Direction | None = None

    @property
    def direction(self) -> Direction:
        """The direction of its text: as given, or else as its language is written."""
        is_leftwards = self.lang.split("-")[0] in RIGHT_TO_LEFT
        return self.dir or (Direction.RIGHT_TO_LEFT if is_leftwards else Direction.LEFT_TO_RIGHT)


class Definitions(Table[Text]):
    """The glossary: names of terms, each with its definition."""

    entry = "term"
