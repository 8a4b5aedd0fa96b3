"""Tables of attempts, answers, reviews and reports. Attempts are never deleted."""

import uuid

from django.db import models

from quiz.bank.grading import needed, passes
from quiz.bank.model import Confidence, Question
from quiz.bank.question_snapshot import from_json
from quiz.bank.typed_answers import MAX_LENGTH

MAX_REPORT_LENGTH = 1000
CONFIDENCE = [
    (Confidence.GUESS.value, "Guess"),
    (Confidence.THINK.value, "Think so"),
    (Confidence.SURE.value, "Sure"),
]


class Purpose(models.TextChoices):
    """The purpose of an attempt. Only checks count towards completion; the others are practice."""

    CHECK = "check", "Knowledge check"
    RETRY = "retry", "Practice"
    REVIEW = "review", "Review"


class AttemptPace(models.TextChoices):
    """How questions are answered: all together, or one by one, with the reasons right after each."""

    TOGETHER = "together", "All at once"
    SINGLY = "singly", "One at a time"


class Attempt(models.Model):
    """One attempt. `questions` holds the questions as they were drawn, in the order shown; marks are written once.

    `question_count` and `right_count` count those that are part of the mark; `asked_count` counts all.
    `committed_at` is when its last question was answered.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.UUIDField()
    lesson = models.SlugField(max_length=200)
    title = models.CharField(max_length=200)
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.CHECK)
    pace = models.CharField(max_length=10, choices=AttemptPace, default=AttemptPace.TOGETHER)
    questions = models.JSONField()
    question_count = models.PositiveSmallIntegerField()
    right_count = models.PositiveSmallIntegerField(null=True)
    started_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["learner", "lesson"], name="attempt_of_learner")]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "lesson", "purpose"], condition=models.Q(committed_at=None), name="one_open_attempt"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lesson}, {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_committed(self) -> bool:
        return self.committed_at is not None

    @property
    def asked_count(self) -> int:
        return len(self.questions)

    @property
    def needed(self) -> int:
        return needed(self.question_count)

    @property
    def is_practice(self) -> bool:
        """True when it does not count towards completion."""
        return self.purpose != Purpose.CHECK

    @property
    def is_singly(self) -> bool:
        return self.pace == AttemptPace.SINGLY

    @property
    def has_passed(self) -> bool:
        """True when it completes the lesson: practice never does."""
        return (
            not self.is_practice
            and self.right_count is not None
            and passes(right=self.right_count, of=self.question_count)
        )

    def asks(self, question: str) -> bool:
        """Returns whether the question of that id was drawn."""
        return any(row["id"] == question for row in self.questions)

    def asked(self) -> tuple[Question, ...]:
        """Returns the questions as drawn. Their keys must not leave the server before the answers are graded."""
        return tuple(from_json(row) for row in self.questions)


class Answer(models.Model):
    """An answer to one question, and its mark under the version that was asked.

    `given` is a typed answer as it was written; `picks` then hold the expected answer that it matched, if any.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=200)
    version = models.PositiveIntegerField()
    picks = models.JSONField()
    given = models.CharField(max_length=MAX_LENGTH, blank=True, default="")
    is_right = models.BooleanField()
    confidence = models.CharField(max_length=10, choices=CONFIDENCE, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "question"], name="one_answer_per_question")]

    @property
    def needs_review(self) -> bool:
        """True when it was wrong, or right only by a guess."""
        return not self.is_right or self.confidence == Confidence.GUESS

    def __str__(self) -> str:
        return f"{self.question} v{self.version}: {'right' if self.is_right else 'wrong'}"


class Review(models.Model):
    """A question that a learner is to review. `stage` counts the good reviews since it was last missed."""

    learner = models.UUIDField()
    lesson = models.SlugField(max_length=200)
    question = models.CharField(max_length=200)
    stage = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "lesson", "question"], name="one_review_per_question")
        ]

    def __str__(self) -> str:
        return f"{self.question}, due {self.due_at:%Y-%m-%d}"


class Report(models.Model):
    """A learner's report of a problem with a question. Its answer holds what was asked, picked, and in which order.

    Each answer has at most one open report.
    """

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="reports")
    text = models.CharField(max_length=MAX_REPORT_LENGTH)
    made_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer"], condition=models.Q(settled_at=None), name="one_open_report")
        ]

    def __str__(self) -> str:
        return f"{self.answer.question} v{self.answer.version}: {self.text[:60]}"


class AskedQuestion(Answer):
    """Names the page of question statistics in the admin. It has no table of its own."""

    class Meta:
        proxy = True
        verbose_name = "question"
        default_permissions = ("view",)
