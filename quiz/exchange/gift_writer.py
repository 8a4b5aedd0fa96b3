"""Writes a bank in Moodle's GIFT format. An ordering question becomes a matching question."""

from collections.abc import Callable, Iterator, Sequence
from html import escape as as_html

from content.inline_markdown import CODE_LINES, inline, is_plain, plain
from quiz.bank.model import Bank, Kind, Option, Question
from quiz.exchange.gift_syntax import escape, escape_plain

# Any wrong pick makes an answer wrong here, so it takes all points there.
PENALTY = "-100"
ARROW = "->"


def _weight(question: Question, option: Option) -> str:
    if question.kind is Kind.SINGLE:
        return "=" if option.right else "~"
    points = f"{100 / len(question.key):.5f}".rstrip("0").rstrip(".")
    return f"~%{points if option.right else PENALTY}%"


def html_of(text: str) -> str:
    """Returns an author's text as HTML that shows blocks of code without our styles, too."""
    return CODE_LINES.sub(r"<pre><code>\1</code></pre>", inline(text, sets_quotes=False))


def _text(question: Question, text: str) -> str:
    """Escapes an option or a reason. One without a format has that of its question's prompt."""
    if not is_plain(text):
        return f"[markdown]{escape(text)}"
    return escape_plain(text) if is_plain(question.prompt) else f"[plain]{escape(text)}"


def _choices(question: Question) -> Iterator[str]:
    for option in question.options:
        yield f"\t{_weight(question, option)}{_text(question, option.text)}#{_text(question, option.why)}"


def in_order(question: Question) -> list[Option]:
    """Returns the options of an ordering question in their right order."""
    options = {option.id: option for option in question.options}
    return [options[name] for name in question.key]


def _places(question: Question) -> Iterator[str]:
    """Yields what belongs in each place, without markup, for which there is no place in a pair."""
    yield "// GIFT has no ordering question: each place is matched with what belongs there."
    for place, option in enumerate(in_order(question), start=1):
        yield f"\t={place} -> {escape(plain(option.text))}"


def _statement(question: Question) -> Iterator[str]:
    """Yields the answer, with the reason against the wrong one first."""
    right = next(option for option in question.options if option.right)
    wrong = next(option for option in question.options if not option.right)
    yield f"\t{right.id.upper()}#{_text(question, wrong.why)}#{_text(question, right.why)}"


def _texts(question: Question) -> Iterator[str]:
    """Yields the texts. Among these, GIFT takes an arrow for the sign of a pair, and a star for any text."""
    for option in question.options:
        text = option.text.replace(ARROW, "- >").replace("*", "\\*")
        why = f"[html]{escape(html_of(option.why))}" if ARROW in option.why else _text(question, option.why)
        yield f"\t={'' if option.right else '%0%'}{escape_plain(text)}#{why}"


def _numbers(question: Question) -> Iterator[str]:
    yield "\t#"
    for option in question.options:
        weight = "" if option.right else "%0%"
        yield f"\t={weight}{option.number:f}:{option.tolerance:f}#{_text(question, option.why)}"


ANSWERS: dict[Kind, Callable[[Question], Iterator[str]]] = {
    Kind.SINGLE: _choices,
    Kind.MULTIPLE: _choices,
    Kind.ORDERING: _places,
    Kind.TRUE_FALSE: _statement,
    Kind.TEXT: _texts,
    Kind.NUMBER: _numbers,
}


def feedback_html(question: Question, address: str) -> str:
    """Returns what belongs to no answer as HTML: a link to the paragraph, and the reasons of an order."""
    reasons = in_order(question) if question.kind is Kind.ORDERING else ()
    listed = "".join(f"<li>{as_html(plain(option.text))}: {html_of(option.why)}</li>" for option in reasons)
    anchor = f"#{as_html(question.paragraph)}" if question.paragraph else ""
    link = f'<p><a href="{as_html(address)}{anchor}">Read the {"paragraph" if anchor else "lesson"}</a></p>'
    return (f"<ol>{listed}</ol>" if listed else "") + link


def prompt_with_unit(question: Question) -> str:
    """Returns the prompt, with the unit of a number, for which other formats have no simple place."""
    return f"{question.prompt} (in {question.unit})" if question.unit else question.prompt


def tags_of(question: Question) -> tuple[str, ...]:
    """Returns what an import takes back: the version, and what the question asks for."""
    return (f"version:{question.version}", str(question.asks))


def _question(question: Question, address: str) -> Iterator[str]:
    tags = " ".join(f"[tag:{tag}]" for tag in tags_of(question))
    yield f"// {question.kind} [id:{question.id}] {tags}"
    title = escape(f"{question.id} v{question.version}")
    prompt_format = "plain" if is_plain(question.prompt) else "markdown"
    yield f"::{title}::[{prompt_format}]{escape(prompt_with_unit(question))}{{"
    yield from ANSWERS[question.kind](question)
    yield "\t####[html]" + escape(feedback_html(question, address))
    yield "}\n"


def _category(bank: Bank, objective: int) -> str:
    parts = (bank.title, f"{objective} {bank.objectives[objective]}")
    return "$CATEGORY: " + "/".join(" ".join(part.split()).replace("/", "//") for part in parts) + "\n"


def questions_of(bank: Bank, objective: int) -> Sequence[Question]:
    return [question for question in bank.questions if question.objective == objective]


def gift(bank: Bank, address: str) -> str:
    """Returns the bank for import into Moodle, with a category for each objective. `address` is the lesson's URL.

    The keys must be known (see quiz.bank.answer_keys). Format: https://docs.moodle.org/en/GIFT_format.
    """
    count = len(bank.questions)
    lines = [f"// {bank.title}: {count} question{'' if count == 1 else 's'}, {address}\n"]
    for objective in sorted(bank.objectives):
        lines.append(_category(bank, objective))
        for question in questions_of(bank, objective):
            lines += _question(question, address)
    return "\n".join(lines)
