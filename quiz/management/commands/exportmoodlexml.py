from quiz.exchange.formats import BANK_FORMATS
from quiz.management.export_command import ExportCommand


class Command(ExportCommand):
    help = "Prints a lesson's question bank as Moodle XML, which keeps orders, units and ids."
    bank_format = BANK_FORMATS["moodle-xml"]
