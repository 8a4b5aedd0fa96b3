from django.apps import AppConfig
from django.core.checks import register

from quiz.checks import banks_are_sound


class QuizConfig(AppConfig):
    name = "quiz"

    def ready(self) -> None:
        register(banks_are_sound)
