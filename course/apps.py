from django.apps import AppConfig
from django.core.checks import register

from course.lint.checks import lessons_can_be_shown, lessons_lead_somewhere


class CourseConfig(AppConfig):
    name = "course"

    def ready(self) -> None:
        register(lessons_can_be_shown, "content")
        # Requests every page that a lesson links to, so only `checkcourse` and `check --deploy` run it.
        register(lessons_lead_somewhere, "content", deploy=True)
