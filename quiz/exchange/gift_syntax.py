"""The signs of GIFT: how a text is escaped, and how its escapes and its format are resolved."""

import re

from quiz.exchange.gift_model import GiftText, TextFormat

# In this order: the escaping character first.
SPECIAL = ("\\", "~", "=", "#", "{", "}", ":")
# Characters that a reader takes for the start of a text's format, or of an answer's weight.
FORMAT_STARTS = ("[", "%")
ESCAPED = re.compile(r"\\(\\|[~=#{}:n])")
# Escaped characters stand in a private plane while a file is split at its signs.
HIDDEN = 0xF0000
HIDDEN_CHARACTER = re.compile("[\U000f0000-\U000f007f]")
FORMAT = re.compile(rf"\[({'|'.join(TextFormat)})\]")


def escape(text: str) -> str:
    """Escapes the text on one line. It can be read back unchanged, but for outer white space."""
    escaped = text.strip()
    for character in SPECIAL:
        escaped = escaped.replace(character, "\\" + character)
    return "\\n".join(escaped.splitlines())


def escape_plain(text: str) -> str:
    """Escapes a text whose beginning could be taken for a format or a weight."""
    return ("[plain]" if text.strip().startswith(FORMAT_STARTS) else "") + escape(text)


def hide_escapes(text: str) -> str:
    """Replaces each escape by one hidden character, so that what is left of the signs is meant as a sign."""
    return ESCAPED.sub(lambda found: chr(HIDDEN + (10 if found[1] == "n" else ord(found[1]))), text)


def show_escapes(text: str) -> str:
    """Replaces each hidden character by the one that was escaped."""
    return HIDDEN_CHARACTER.sub(lambda found: chr(ord(found[0]) - HIDDEN), text).strip()


def gift_text(hidden: str, default: TextFormat = TextFormat.MOODLE) -> GiftText:
    """Returns the text, in the format that it names or else the default."""
    stripped = hidden.strip()
    found = FORMAT.match(stripped)
    if found is None:
        return GiftText(show_escapes(stripped), default)
    return GiftText(show_escapes(stripped[found.end() :]), TextFormat(found[1]))
