from django.apps import AppConfig

from content.lazy_checks import register_content_check


class QuizConfig(AppConfig):
    name = "quiz"

    def ready(self) -> None:
        register_content_check("quiz.bank.checks.banks_are_sound")
        register_content_check("quiz.bank.checks.banks_lead_somewhere", deploy=True)
