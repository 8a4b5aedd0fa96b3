"""What search engines and those who share a link are told of a lesson, in the words of schema.org."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from course.model import Lesson, LessonInContext

NAME = "Coordinate"


def lesson_metadata(place: LessonInContext, *, teaches: Sequence[str], site: str) -> dict[str, Any]:
    """A lesson as a learning resource, and the way to it. `site` is the site's address, with a slash at its end."""
    return {"@context": "https://schema.org", "@graph": [_resource(place, teaches, site), _breadcrumb(place, site)]}


def _resource(place: LessonInContext, teaches: Sequence[str], site: str) -> dict[str, Any]:
    lesson, project = place.lesson, {"@type": "Organization", "name": NAME, "url": site}
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
            "name": place.module.title,
            "url": f"{_index(site)}#module-{place.module.slug}",
            "provider": project,
        },
        "inLanguage": "en",
        "dateModified": lesson.updated.isoformat(),
        "author": project,
        "publisher": project,
        "isAccessibleForFree": True,
    }


def _breadcrumb(place: LessonInContext, site: str) -> dict[str, Any]:
    steps = (
        ("Course", _index(site)),
        (place.module.title, f"{_index(site)}#module-{place.module.slug}"),
        (place.lesson.title, _address(place.lesson, site)),
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
