from quiz.exchange.formats import BANK_FORMATS
from quiz.management.export_command import ExportCommand


class Command(ExportCommand):
    help = "Prints a lesson's question bank in GIFT, the text format that Moodle and others import."
    bank_format = BANK_FORMATS["gift"]
