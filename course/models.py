"""Tables of what learners ask about lessons, and of the mock interviews that they took."""

import uuid

from django.db import models
from django.utils.timezone import now

LONGEST_QUESTION = 300
LONGEST_INTERVIEW_ANSWER = 5000


class Rating(models.TextChoices):
    """What a learner says of an answer."""

    HELPED = "helped", "It helped"
    DID_NOT_HELP = "did-not-help", "It did not help"


class LearnerQuestion(models.Model):
    """A question that a learner asked about a lesson; they can read it again, and delete it.

    `section` is the anchor of the section that is nearest to it, and `section_lesson` the lesson of that, "" for the
    glossary. `is_covered` says whether the lesson answered it when it was asked. The answer itself is not kept: it is
    found again in the lesson as it is now.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.UUIDField()
    lesson = models.SlugField(max_length=200)
    text = models.CharField(max_length=LONGEST_QUESTION)
    section = models.CharField(max_length=200)
    section_lesson = models.SlugField(max_length=200, blank=True)
    is_covered = models.BooleanField()
    rating = models.CharField(max_length=20, choices=Rating, blank=True)
    is_passed_on = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["learner", "asked_at"], name="question_of_learner")]

    def __str__(self) -> str:
        return self.text


class QuestionForAuthors(models.Model):
    """A question that a learner passed on to the lesson's authors, without a trace of who asked it.

    `section_lesson` is the lesson of the nearest section, "" for the glossary.
    """

    lesson = models.SlugField(max_length=200)
    section = models.CharField("nearest section", max_length=200)
    section_lesson = models.SlugField(max_length=200, blank=True)
    text = models.CharField("question", max_length=LONGEST_QUESTION)
    is_covered = models.BooleanField("was answered")
    passed_on = models.DateField(auto_now_add=True)
    is_settled = models.BooleanField("settled", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "questions about lessons"
        ordering = ["lesson", "section", "-passed_on"]

    def __str__(self) -> str:
        return self.text


class InterviewAttempt(models.Model):
    """A mock interview that a learner took, or is taking; they can go on with it, take another one, and delete it.

    `answers` holds for each question that was answered, by its id, the `text`, which is "" for an answer given aloud,
    and the `points`: the keys of those that the learner ticked, null until they have compared.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.UUIDField()
    lesson = models.SlugField(max_length=200)
    answers = models.JSONField(default=dict)
    begun_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["learner", "lesson", "begun_at"], name="interview_of_learner")]

    def __str__(self) -> str:
        return f"{self.lesson}, {self.begun_at:%Y-%m-%d}"
