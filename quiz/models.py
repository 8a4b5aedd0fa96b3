"""Attempts at a knowledge check, kept for ever."""

import uuid

from django.db import models

from quiz.grading import needed, passes
from quiz.records import Question
from quiz.snapshot import from_json


class Attempt(models.Model):
    """One sitting. `questions` is what was drawn, as it then stood, in the order shown; marks are written once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.UUIDField()
    lesson = models.SlugField(max_length=200)
    title = models.CharField(max_length=200)
    questions = models.JSONField()
    question_count = models.PositiveSmallIntegerField()
    right_count = models.PositiveSmallIntegerField(null=True)
    started_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["learner", "lesson"], name="attempt_of_learner")]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "lesson"], condition=models.Q(committed_at=None), name="one_open_attempt"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lesson}, {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_committed(self) -> bool:
        return self.committed_at is not None

    @property
    def needed(self) -> int:
        return needed(self.question_count)

    @property
    def has_passed(self) -> bool:
        return self.right_count is not None and passes(right=self.right_count, of=self.question_count)

    def asked(self) -> tuple[Question, ...]:
        """The questions as they were drawn, keys included: for the server only until the answers are committed."""
        return tuple(from_json(row) for row in self.questions)


class Answer(models.Model):
    """What was picked for one question, and its mark under the version that was asked."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=200)
    version = models.PositiveIntegerField()
    picks = models.JSONField()
    is_right = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "question"], name="one_answer_per_question")]

    def __str__(self) -> str:
        return f"{self.question} v{self.version}: {'right' if self.is_right else 'wrong'}"
