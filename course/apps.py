from django.apps import AppConfig

from content.lazy_checks import register_content_check


class CourseConfig(AppConfig):
    name = "course"

    def ready(self) -> None:
        register_content_check("course.lint.checks.lessons_can_be_shown")
        # Requests every page that a lesson links to, so only `checkcourse` and `check --deploy` run it.
        register_content_check("course.lint.checks.lessons_lead_somewhere", deploy=True)
