"""The one-page summary of a lesson, to print."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponseBase
from django.template import Template
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from course.library import compile_body, current_course, find_lesson
from course.markdown.renderer import TAG_LIBRARIES
from course.pages.page_cache import cached_response
from course.summary.blocks import Block, BlockKind, blocks_of
from course.summary.reader import SummarySection, summaries
from learners.request import LearnerRequest


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section of the summary as it is shown. `anchor` is where the lesson has it."""

    title: str
    anchor: str
    blocks: tuple[Block, ...]

    @property
    def is_wide(self) -> bool:
        """True for what needs the whole width: figures, and tables with more than two columns."""
        tables = (one.source for one in self.blocks if one.kind is BlockKind.TABLE)
        return bool(self.figures) or any(table.count('scope="col"') > 2 for table in tables)

    @property
    def figures(self) -> list[Template]:
        tags = (one.source for one in self.blocks if one.kind is BlockKind.FIGURE)
        return [compile_body(f"{{% load {TAG_LIBRARIES} %}}{tag}") for tag in tags]

    @property
    def text(self) -> SafeString:
        """The other blocks, as HTML."""
        sources = (one.source for one in self.blocks if one.kind is not BlockKind.FIGURE)
        return mark_safe("".join(sources))  # noqa: S308  the lesson's own text


@require_safe
def summary(request: LearnerRequest, slug: str) -> HttpResponseBase:
    course, found, chosen = current_course(), find_lesson(slug), summaries().get(slug)
    if not (found and chosen):
        raise Http404(f"The course has no summary of “{slug}”. The course outline lists every lesson there is.")
    blocks = blocks_of(found.lesson)
    sections = [_shown(section, blocks) for section in chosen.sections]
    context = {"lesson": found.lesson, "sections": sections}
    return cached_response(request, "course/summary.html", context, version=course.version)


def _shown(section: SummarySection, blocks: Sequence[Block]) -> ShownSection:
    """Returns the section with what the lesson has of it."""
    found = (part.find(blocks) for part in section.parts)
    return ShownSection(section.title, section.parts[0].anchor, tuple(filter(None, found)))
