from django.apps import AppConfig

from content.lazy_checks import register_content_check


class SandboxConfig(AppConfig):
    name = "sandbox"
    verbose_name = "Sandbox"

    def ready(self) -> None:
        register_content_check("sandbox.labs.checks.experiments_are_sound")
        register_content_check("sandbox.labs.checks.experiments_can_be_set_up", deploy=True)
