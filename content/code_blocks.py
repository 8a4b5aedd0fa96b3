"""Highlights code on the server: classes and no inline styles, as the content policy demands."""

import re
from collections.abc import Collection
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import TextLexer, get_all_lexers, get_lexer_by_name
from pygments.util import ClassNotFound

# The attribute that names the language of a block whose language is unknown.
UNKNOWN_LANGUAGE = "data-unknown-language"
LINES = re.compile(r"\d+(-\d+)?([ ,]+\d+(-\d+)?)*")


def highlighted(source: str, language: str, lines: Collection[int] = ()) -> str:
    """Returns the code as HTML of `<span>` elements. Marks `lines`, counted from 1.

    No brace is left in it: a template takes none of it for a tag.
    """
    formatter = HtmlFormatter(nowrap=True, hl_lines=list(lines))
    return without_braces(highlight(source, _lexer(language), formatter).rstrip("\n"))


def without_braces(html: str) -> str:
    """Writes braces as character references, which a browser shows and no template reads."""
    return html.replace("{", "&#123;").replace("}", "&#125;")


def code_block(source: str, language: str, title: str = "", lines: Collection[int] = ()) -> str:
    """Returns a block of code in a frame that scrolls by keyboard, too, below its title or else its language.

    A script adds a button that copies it.
    """
    name = language_name(language)
    label = escape(", ".join(filter(None, (title, f"{name} code".strip()))))
    lang = "" if title else ' lang="en"'
    head = f'<p class="code-title"{lang}>{escape(title or name or "Code")}</p>'
    unknown = f' {UNKNOWN_LANGUAGE}="{escape(language)}"' if language and not is_known(language) else ""
    frame = f'<div class="code" data-copy="code"{unknown}>{head}<pre tabindex="0" role="group" aria-label="{label}">'
    return f"{without_braces(frame)}<code>{highlighted(source, language, lines)}</code></pre></div>"


def numbers_in(lines: str) -> list[int]:
    """Returns the numbers that `1 3-5` or `1,3-5` names. Raises ValueError for anything else."""
    if not LINES.fullmatch(lines):
        raise ValueError("use numbers of lines, such as 1 3-5")
    ranges = ([int(end) for end in part.split("-")] for part in re.split("[ ,]+", lines))
    return [number for ends in ranges for number in range(ends[0], ends[-1] + 1)]


def language_name(language: str) -> str:
    """Returns the language's own name, such as JavaScript for js; "" for plain text and for an unknown one."""
    lexer = _lexer(language)
    return "" if isinstance(lexer, TextLexer) else str(lexer.name)


def languages() -> list[str]:
    """Returns the names under which languages are known."""
    return [name for _, names, _, _ in get_all_lexers() for name in names]


def is_known(language: str) -> bool:
    """Returns whether code in this language can be coloured, or is plain text."""
    return language.casefold() in ("text", "plain") or not isinstance(_lexer(language), TextLexer)


def _lexer(language: str) -> Lexer:
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return TextLexer(stripnl=False)
