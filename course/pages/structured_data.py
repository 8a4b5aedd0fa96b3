"""Describes a lesson to search engines in the vocabulary of schema.org."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from course.model import Lesson, LessonInContext

NAME = "Coordinate"


def lesson_structured_data(context: LessonInContext, *, teaches: Sequence[str], site: str) -> dict[str, Any]:
    """Returns a lesson as a learning resource, with its breadcrumb. `site` is the site's URL, with a final slash."""
    return {"@context": "https://schema.org", "@graph": [_resource(context, teaches, site), _breadcrumb(context, site)]}


def _resource(context: LessonInContext, teaches: Sequence[str], site: str) -> dict[str, Any]:
    lesson, project = context.lesson, {"@type": "Organization", "name": NAME, "url": site}
    return {
        "@type": "LearningResource",
        "@id": _address(lesson, site),
        "url": _address(lesson, site),
        "name": lesson.title,
        "description": lesson.summary,
        "educationalLevel": lesson.level.label,
        "learningResourceType": "Lesson",
        "timeRequired": f"PT{lesson.minutes}M",
        "teaches": list(teaches) or [section.title for section in lesson.sections],
        "isPartOf": {
            "@type": "Course",
            "name": context.module.title,
            "url": f"{_index(site)}#module-{context.module.slug}",
            "provider": project,
        },
        "inLanguage": lesson.lang,
        "dateModified": lesson.updated.isoformat(),
        "author": project,
        "publisher": project,
        "isAccessibleForFree": True,
    }


def _breadcrumb(context: LessonInContext, site: str) -> dict[str, Any]:
    steps = (
        ("Course", _index(site)),
        (context.module.title, f"{_index(site)}#module-{context.module.slug}"),
        (context.lesson.title, _address(context.lesson, site)),
    )
    items = [
        {"@type": "ListItem", "position": at, "name": name, "item": address}
        for at, (name, address) in enumerate(steps, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _index(site: str) -> str:
    return site.rstrip("/") + reverse("course:index")


def _address(lesson: Lesson, site: str) -> str:
    return site.rstrip("/") + reverse("course:lesson", args=[lesson.slug])
