"""The formats in which a bank is exported."""

from collections.abc import Callable
from dataclasses import dataclass

from quiz.bank.model import Bank
from quiz.exchange.gift_writer import gift
from quiz.exchange.moodle_xml import moodle_xml


@dataclass(frozen=True)
class BankFormat:
    """A format: what a file in it is called, and what writes it, given the bank with its keys and the lesson's URL."""

    title: str
    suffix: str
    content_type: str
    write: Callable[[Bank, str], str]


BANK_FORMATS: dict[str, BankFormat] = {
    "gift": BankFormat("GIFT", "gift.txt", "text/plain", gift),
    "moodle-xml": BankFormat("Moodle XML", "moodle.xml", "application/xml", moodle_xml),
}
