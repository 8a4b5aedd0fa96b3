from django.apps import AppConfig
from django.core.checks import register

from sandbox.labs.checks import experiments_are_sound, experiments_can_be_set_up


class SandboxConfig(AppConfig):
    name = "sandbox"
    verbose_name = "Sandbox"

    def ready(self) -> None:
        register(experiments_are_sound, "content")
        register(experiments_can_be_set_up, "content", deploy=True)
