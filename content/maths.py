"""Draws formulas in TeX as MathML on the server, which browsers show without a script."""

import re
from collections.abc import Callable

from latex2mathml import exceptions
from latex2mathml.converter import convert
from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor

from content.code_blocks import without_braces

# A line number, as `course.markdown.line_markers` puts it before each dollar sign of a lesson.
LINE = "(?:\u0002line:(?P<{}>\\d+)\u0003)?"
TEX = r"(?:[^$\\]|\\.)+?"
# Prices and names of variables are no formulas: a sign in a word opens none, and one before a word closes none.
FORMULA = (
    rf"(?<![\w\\$\u0003]){LINE.format('line')}(?:"
    rf"\$\$(?P<block>{TEX}){LINE.format('end')}\$\$"
    rf"|\$(?![\s$])(?P<inline>{TEX})(?<!\s){LINE.format('close')}\$(?![\w$])"
    ")"
)
# As LaTeX writes them. In Markdown \[ and \] are brackets that make no link, unless what they hold looks like TeX.
LIKE_TEX = r"(?=[A-Za-z]\\\]|[^\]\\]*[\^_={+]|[^\]]*\\[A-Za-z])"
OTHER_FORMULA = (
    rf"(?<!\\){LINE.format('line')}\\(?:\((?P<inline>[^\n]+?)\\\)"
    rf"|\[\s*{LIKE_TEX}(?P<block>[^\]]+?)\\\])"
)
WRONG_TEX = tuple(
    value for value in vars(exceptions).values() if isinstance(value, type) and issubclass(value, Exception)
)
FRAME = '<span class="formula" tabindex="0" role="group" aria-label="Formula" lang="en">{}</span>'
UNKNOWN = re.compile(r"\\[A-Za-z]+")


def mathml(tex: str, *, is_block: bool) -> str:
    """Returns the formula as MathML without braces. Raises ValueError for TeX that cannot be drawn."""
    if tex.count("{") - tex.count(r"\{") != tex.count("}") - tex.count(r"\}"):
        raise ValueError("its braces are not in pairs")
    try:
        drawn = convert(tex.strip(), display="block" if is_block else "inline")
    except WRONG_TEX as error:
        raise ValueError(type(error).__name__.removesuffix("Error")) from None
    if unknown := UNKNOWN.search(drawn):
        raise ValueError(f"{unknown[0]} is unknown")
    return without_braces(FRAME.format(drawn) if is_block else drawn)


class DrawFormulas(InlineProcessor):
    """Draws `$a_1$` within a line, and `$$ ... $$` as a block.

    `plain` gives back what others replaced in the text. `wrong` collects what cannot be drawn, with its line.
    """

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, md: Markdown, plain: Callable[[str], str] = str) -> None:
        super().__init__(FORMULA, md)
        self.plain = plain
        self.wrong: list[tuple[int, str]] = []

    def handleMatch(  # type: ignore[override]  # noqa: N802  (Python-Markdown's name)
        self, m: re.Match[str], data: str
    ) -> tuple[str | None, int | None, int | None]:
        tex = self.plain(m["block"] or m["inline"])
        try:
            drawn = mathml(tex, is_block=bool(m["block"]))
        except ValueError as error:
            self.wrong.append((int(m["line"] or 0), f"formula {tex.strip()!r} cannot be drawn: {error}; write TeX"))
            return None, None, None
        return self.md.htmlStash.store(drawn), m.start(0), m.end(0)


class NoteOtherFormulas(InlineProcessor):
    """Collects formulas between signs that open none here, with their lines. They stay as they are written."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(OTHER_FORMULA, md)
        self.wrong: list[tuple[int, str]] = []

    def handleMatch(  # type: ignore[override]  # noqa: N802  (Python-Markdown's name)
        self, m: re.Match[str], data: str
    ) -> tuple[None, None, None]:
        tex = (m["block"] or m["inline"]).strip()
        instead = f"$${tex}$$" if m["block"] else f"${tex}$"
        self.wrong.append((int(m["line"] or 0), f"formula {tex!r} is not drawn; write {instead}"))
        return None, None, None
