"""Exports a bank in Moodle's GIFT format. An ordering question becomes a matching question."""

from collections.abc import Iterator, Sequence
from html import escape as as_html

from quiz.bank.model import Bank, Kind, Option, Question

# In this order: the escaping character first.
SPECIAL = ("\\", "~", "=", "#", "{", "}", ":")
# Characters that Moodle would read as the start of a text's format, or of an answer's weight.
FORMAT_STARTS = ("[", "%")
# Any wrong pick makes an answer wrong here, so it takes all points there.
PENALTY = "-100"


def escape(text: str) -> str:
    """Escapes the text on one line. It can be read back unchanged, but for outer white space."""
    escaped = text.strip()
    for character in SPECIAL:
        escaped = escaped.replace(character, "\\" + character)
    return "\\n".join(escaped.splitlines())


def _escape_plain(text: str) -> str:
    """Escapes a text whose beginning Moodle could take for a format or a weight."""
    return ("[plain]" if text.strip().startswith(FORMAT_STARTS) else "") + escape(text)


def _weight(question: Question, option: Option) -> str:
    if question.kind is Kind.SINGLE:
        return "=" if option.right else "~"
    points = f"{100 / len(question.key):.5f}".rstrip("0").rstrip(".")
    return f"~%{points if option.right else PENALTY}%"


def _choices(question: Question) -> Iterator[str]:
    for option in question.options:
        yield f"\t{_weight(question, option)}{_escape_plain(option.text)}#{_escape_plain(option.why)}"


def _in_order(question: Question) -> list[Option]:
    options = {option.id: option for option in question.options}
    return [options[name] for name in question.key]


def _places(question: Question) -> Iterator[str]:
    for place, option in enumerate(_in_order(question), start=1):
        yield f"\t={place} -> {escape(option.text)}"


def _feedback(question: Question, address: str) -> str:
    """Returns the feedback as HTML: a link to the paragraph, and the reasons of matching answers, which GIFT lacks."""
    reasons = _in_order(question) if question.kind is Kind.ORDERING else ()
    listed = "".join(f"<li>{as_html(option.text)}: {as_html(option.why)}</li>" for option in reasons)
    link = f'<p><a href="{as_html(address)}#{as_html(question.paragraph)}">Read the paragraph</a></p>'
    return "\t####[html]" + escape((f"<ol>{listed}</ol>" if listed else "") + link)


def _question(question: Question, address: str) -> Iterator[str]:
    is_ordering = question.kind is Kind.ORDERING
    yield f"// {question.id}, version {question.version}, {question.kind}, {question.asks}"
    if is_ordering:
        yield "// GIFT has no ordering question: each place is matched with what belongs there."
    yield f"::{escape(f'{question.id} v{question.version}')}::[plain]{escape(question.prompt)}{{"
    yield from _places(question) if is_ordering else _choices(question)
    yield _feedback(question, address)
    yield "}\n"


def _category(bank: Bank, objective: int) -> str:
    parts = (bank.title, f"{objective} {bank.objectives[objective]}")
    return "$CATEGORY: " + "/".join(" ".join(part.split()).replace("/", "//") for part in parts) + "\n"


def _questions_of(bank: Bank, objective: int) -> Sequence[Question]:
    return [question for question in bank.questions if question.objective == objective]


def gift(bank: Bank, address: str) -> str:
    """Returns the bank for import into Moodle, with a category for each objective. `address` is the lesson's URL.

    The keys must be known (see quiz.bank.answer_keys). Format: https://docs.moodle.org/en/GIFT_format.
    """
    count = len(bank.questions)
    lines = [f"// {bank.title}: {count} question{'' if count == 1 else 's'}, {address}\n"]
    for objective in sorted(bank.objectives):
        lines.append(_category(bank, objective))
        for question in _questions_of(bank, objective):
            lines += _question(question, address)
    return "\n".join(lines)
