import signal
from typing import Any

from django.core.management.base import BaseCommand

from sandbox.runtime.clock import Clock


class Command(BaseCommand):
    help = "Releases messages when they are due, and sends lost ones again. Runs until it is stopped."
    requires_system_checks: list[str] = []  # `make run` has checked; a lesson that is half written stops no run

    def handle(self, *args: Any, **options: Any) -> None:
        clock = Clock()
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(name, lambda *_: clock.stop())
        clock.run()
