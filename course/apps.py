from django.apps import AppConfig
from django.core.checks import register

from course.checks import lessons_can_be_shown


class CourseConfig(AppConfig):
    name = "course"

    def ready(self) -> None:
        register(lessons_can_be_shown)
