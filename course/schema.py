"""What authors say of a module, of a lesson, and of the terms of the course."""

from content.schema import Day, Entry, Table, Text, WholeNumber
from course.model import Level, Weight


class ModuleFacts(Entry):
    """A `module.yaml`."""

    title: Text
    order: WholeNumber


class LessonFacts(Entry):
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
