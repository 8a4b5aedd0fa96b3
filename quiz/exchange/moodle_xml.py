"""Writes a bank as Moodle XML, which keeps what GIFT has no place for. Format: https://docs.moodle.org/en/Moodle_XML_format."""

from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from quiz.bank.model import Bank, Kind, Option, Question
from quiz.exchange.gift_writer import feedback_html, html_of, in_order, questions_of, tags_of

ALL, NONE, PENALTY = "100", "0", "-100"
TYPES = {
    Kind.SINGLE: "multichoice",
    Kind.MULTIPLE: "multichoice",
    Kind.ORDERING: "ordering",
    Kind.TRUE_FALSE: "truefalse",
    Kind.TEXT: "shortanswer",
    Kind.NUMBER: "numerical",
}


def _put(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _put_html(parent: Element, name: str, html: str) -> None:
    _put(SubElement(parent, name, {"format": "html"}), "text", html)


def _answer(parent: Element, option: Option, fraction: str, text: str, *, text_format: str = "plain_text") -> Element:
    """Adds an answer with its reason. `text_format` is the format of its text, as Moodle calls it."""
    answer = SubElement(parent, "answer", {"fraction": fraction, "format": text_format})
    _put(answer, "text", text)
    _put_html(answer, "feedback", html_of(option.why))
    return answer


def _option(parent: Element, option: Option, fraction: str) -> None:
    _answer(parent, option, fraction, html_of(option.text), text_format="html")


def _choices(element: Element, question: Question) -> None:
    is_single = question.kind is Kind.SINGLE
    _put(element, "single", str(is_single).lower())
    _put(element, "shuffleanswers", "true")
    _put(element, "answernumbering", "abc")
    share = ALL if is_single else f"{100 / len(question.key):.7g}"
    for option in question.options:
        _option(element, option, share if option.right else NONE if is_single else PENALTY)


def _statement(element: Element, question: Question) -> None:
    for option in question.options:
        _answer(element, option, ALL if option.right else NONE, option.id)


def _texts(element: Element, question: Question) -> None:
    _put(element, "usecase", "0")
    for option in question.options:
        star = option.text.replace("*", "\\*")  # alone, it would stand for any text
        _answer(element, option, ALL if option.right else NONE, star)


def _numbers(element: Element, question: Question) -> None:
    for option in question.options:
        answer = _answer(element, option, ALL if option.right else NONE, f"{option.number:f}")
        _put(answer, "tolerance", f"{option.tolerance:f}")
    if question.unit:
        unit = SubElement(SubElement(element, "units"), "unit")
        _put(unit, "multiplier", "1")
        _put(unit, "unit_name", question.unit)
    _put(element, "unitgradingtype", "0")
    _put(element, "showunits", "0" if question.unit else "3")
    _put(element, "unitsleft", "0")


def _order(element: Element, question: Question) -> None:
    """Adds the items in their order. All have to be in their places for a point, as here."""
    _put(element, "layouttype", "VERTICAL")
    _put(element, "selecttype", "ALL")
    _put(element, "gradingtype", "ALL_OR_NOTHING")
    for place, option in enumerate(in_order(question), start=1):
        _option(element, option, str(place))


ANSWERS: dict[Kind, Callable[[Element, Question], None]] = {
    Kind.SINGLE: _choices,
    Kind.MULTIPLE: _choices,
    Kind.ORDERING: _order,
    Kind.TRUE_FALSE: _statement,
    Kind.TEXT: _texts,
    Kind.NUMBER: _numbers,
}


def _question(quiz: Element, question: Question, address: str) -> None:
    element = SubElement(quiz, "question", {"type": TYPES[question.kind]})
    _put(SubElement(element, "name"), "text", f"{question.id} v{question.version}")
    _put_html(element, "questiontext", html_of(question.prompt))
    _put_html(element, "generalfeedback", feedback_html(question, address))
    _put(element, "defaultgrade", "1")
    _put(element, "idnumber", question.id)
    ANSWERS[question.kind](element, question)
    tags = SubElement(element, "tags")
    for tag in tags_of(question):
        _put(SubElement(tags, "tag"), "text", tag)


def _category(quiz: Element, bank: Bank, objective: int) -> None:
    parts = (bank.title, f"{objective} {bank.objectives[objective]}")
    path = "/".join(" ".join(part.split()).replace("/", "//") for part in parts)
    category = SubElement(SubElement(quiz, "question", {"type": "category"}), "category")
    _put(category, "text", f"$course$/top/{path}")


def moodle_xml(bank: Bank, address: str) -> str:
    """Returns the bank for import into Moodle, with a category for each objective. `address` is the lesson's URL.

    The keys must be known (see quiz.bank.answer_keys).
    """
    quiz = Element("quiz")
    for objective in sorted(bank.objectives):
        _category(quiz, bank, objective)
        for question in questions_of(bank, objective):
            _question(quiz, question, address)
    indent(quiz)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(quiz, encoding="unicode")}\n'
