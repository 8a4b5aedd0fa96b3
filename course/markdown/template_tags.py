"""Carries template tags through Markdown, and keeps code from being taken for them."""

import re
from html import escape

from markdown import Markdown
from markdown.preprocessors import Preprocessor

from content.code_blocks import without_braces
from course.markdown.line_markers import MARK, Line, with_numbers, without_numbers
from course.model import TemplateTag

TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")
# Markdown strips these two control characters from what authors write, so no text of theirs looks like a kept tag.
KEPT = "\u0002tag:{}\u0003"
KEPT_INLINE = re.compile("\u0002tag:(\\d+)\u0003")
KEPT_BLOCK = re.compile("<p>((?:\u0002tag:\\d+\u0003\\s*)+)</p>")
CODE = re.compile(r"<(pre|code|textarea)\b.*?</\1>", re.DOTALL)


class KeepTags(Preprocessor):
    """Sets template tags aside, so that Markdown neither quotes nor splits them.

    `used` are those that were put back, in their order; what looks like a tag in code is none.
    """

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.kept: list[TemplateTag] = []
        self.used: list[TemplateTag] = []

    def run(self, lines: list[str]) -> list[str]:
        return [self._without_tags(line) for line in with_numbers(lines)]

    def _without_tags(self, line: Line) -> str:
        def keep(found: re.Match[str]) -> str:
            self.kept.append(TemplateTag(found.group(), line.number))
            return KEPT.format(len(self.kept) - 1)

        return Line.at(line.number, TEMPLATE_TAG.sub(keep, line))

    def plain(self, text: str) -> str:
        """Returns the text as its author wrote it, without line numbers."""
        return KEPT_INLINE.sub(lambda found: self.kept[int(found[1])].text, without_numbers(text))

    def restore(self, html: str) -> str:
        """Puts the tags back, each after its line number; those on a line of their own lose their paragraph.

        In code they become text that no template reads.
        """

        def tag(found: re.Match[str]) -> str:
            kept = self.kept[int(found.group(1))]
            self.used.append(kept)
            return MARK.format(kept.line) + kept.text

        html = CODE.sub(lambda found: self._restored_code(found[0]), html)
        return KEPT_INLINE.sub(tag, KEPT_BLOCK.sub(r"\1", html))

    def _restored_code(self, html: str) -> str:
        return without_braces(KEPT_INLINE.sub(lambda found: escape(self.kept[int(found[1])].text), html))
