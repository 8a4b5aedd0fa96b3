"""Models of the YAML that authors write: a module, a lesson's front matter, and the glossary."""

from content.schema import AuthoredEntry, Day, Table, Text, WholeNumber
from course.model import Level, Weight


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


class Definitions(Table[Text]):
    """The glossary: names of terms, each with its definition."""

    entry = "term"
