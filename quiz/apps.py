from django.apps import AppConfig
from django.core.checks import register

from quiz.bank.checks import banks_are_sound, banks_lead_somewhere


class QuizConfig(AppConfig):
    name = "quiz"

    def ready(self) -> None:
        register(banks_are_sound, "content")
        register(banks_lead_somewhere, "content", deploy=True)
