"""Describes a course as frozen data, read from the files under `course/lessons/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db.models.enums import TextChoices
from django.utils.text import slugify

from content.source_location import SourceLocation

# Of silent reading. Characters a minute are means of the International Reading Speed Texts.
WORDS_A_MINUTE = 238
CHINESE_A_MINUTE, KANA_A_MINUTE = 255, 357


class Weight(TextChoices):
    """How often a topic comes up in system-design interviews."""

    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"

    @property
    def meaning(self) -> str:
        """Advice on the weight for a reader who plans their time."""
        return MEANINGS[self]


MEANINGS = {
    Weight.HIGH: "Expect it. It decides the design in most interviews that reach services or messages.",
    Weight.MEDIUM: "A common follow-up. Know the idea and one trade-off well enough to say them aloud.",
    Weight.LOW: "Seldom asked for itself. Good background for the topics with more weight.",
}


class Level(TextChoices):
    """The experience that a lesson expects of its reader."""

    BEGINNER = "beginner", "Beginner"
    INTERMEDIATE = "intermediate", "Intermediate"
    ADVANCED = "advanced", "Advanced"


class Direction(TextChoices):
    """In which direction a lesson's script is written."""

    LEFT_TO_RIGHT = "ltr", "left to right"
    RIGHT_TO_LEFT = "rtl", "right to left"


@dataclass(frozen=True, slots=True)
class ReadingLength:
    """How much there is to read: words, and the characters of scripts that put no spaces between words."""

    words: int
    chinese: int = 0
    kana: int = 0

    @property
    def minutes(self) -> int:
        """Whole minutes of reading, at least one."""
        exact = self.words / WORDS_A_MINUTE + self.chinese / CHINESE_A_MINUTE + self.kana / KANA_A_MINUTE
        return max(1, round(exact))


@dataclass(frozen=True, slots=True)
class TemplateTag:
    """A template tag as its author wrote it, and its line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture beside a lesson. `name` is its path in the lesson's folder; `digest` changes with its content.

    Width and height are in pixels, 0 where the file does not say.
    """

    file: Path
    name: str
    digest: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the second level: its anchor on the page and its words."""

    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson: its Markdown `file`, whose `body` is the source of a Django template.

    Minutes are whole minutes of the learner's time. `terms` are the names, in lower case, of the glossary's terms that
    it defines or links to; `updated` is the day on which its content was last reviewed. `lang` is the language of its
    text, such as "en"; `tags` are its template tags, `pictures` those beside it that it shows or links to.
    """

    file: Path
    slug: str
    title: str
    summary: str
    weight: Weight
    order: int
    sandbox_minutes: int
    check_minutes: int
    level: Level
    updated: date
    lang: str
    dir: Direction
    body: str
    sections: tuple[Section, ...]
    length: ReadingLength
    terms: frozenset[str]
    tags: tuple[TemplateTag, ...]
    pictures: tuple[Picture, ...]

    def location(self, line: int) -> SourceLocation:
        """Returns the location of a line of the lesson's file."""
        return SourceLocation(self.file, line)

    @property
    def read_minutes(self) -> int:
        """Minutes of reading, at least one."""
        return self.length.minutes

    @property
    def minutes(self) -> int:
        """Minutes of reading, sandbox and check together."""
        return self.read_minutes + self.sandbox_minutes + self.check_minutes


@dataclass(frozen=True, slots=True)
class Module:
    """A folder of lessons, in their order."""

    slug: str
    title: str
    order: int
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the field, what it means, and where that is written."""

    name: str
    definition: str
    location: SourceLocation

    @property
    def anchor(self) -> str:
        """Its anchor on the glossary's page."""
        return slugify(self.name)


@dataclass(frozen=True, slots=True)
class Course:
    """Every module, in order, and every term of the glossary, by its name in lower case.

    `version` changes with every file that is added, removed or edited.
    """

    modules: tuple[Module, ...]
    glossary: Mapping[str, Term]
    version: str = ""

    @property
    def lessons(self) -> list[Lesson]:
        return [lesson for module in self.modules for lesson in module.lessons]


@dataclass(frozen=True, slots=True)
class LessonInContext:
    """A lesson with its module, and the lessons before and after it over all modules."""

    lesson: Lesson
    module: Module
    previous: Lesson | None
    next: Lesson | None
