from django.apps import AppConfig
from django.core.checks import register

from course.lint.checks import lessons_can_be_shown, lessons_lead_somewhere


class CourseConfig(AppConfig):
    name = "course"

    def ready(self) -> None:
        register(lessons_can_be_shown, "content")
        # Asks every page that a lesson links to, so it waits until it is wanted: `checkcourse`, or `check --deploy`.
        register(lessons_lead_somewhere, "content", deploy=True)
