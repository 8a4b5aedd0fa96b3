"""Every change of what learners have asked."""

from contextlib import suppress

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.utils.timezone import now

from course.ask.search import SearchResult
from course.models import LONGEST_QUESTION, LearnerQuestion, QuestionForAuthors, Rating

# Questions that one learner may ask in so many seconds; ASK_PER_ADDRESS says how many all at one address may.
EVERY, OF_LEARNER = 60, 10
# So many of a learner's questions are kept, the newest.
KEPT = 200


class BadQuestion(Exception):
    """The text is no question that can be answered; the message says what is allowed."""


class TooManyQuestions(Exception):
    """The learner, or everybody at their address, has asked too often."""


def clean(text: str) -> str:
    """Returns the question without needless space. Raises BadQuestion."""
    question = " ".join(text.split())
    if not question:
        raise BadQuestion("Write your question first.")
    if len(question) > LONGEST_QUESTION:
        raise BadQuestion(f"That is {len(question)} characters; a question has at most {LONGEST_QUESTION}.")
    return question


def count_question(learner: str, address: str) -> None:
    """Counts a question before it is answered. Raises TooManyQuestions."""
    _count("question", learner, address)


def count_model_answer(learner: str, address: str) -> None:
    """Counts an answer before a model is asked for it, however old the question is. Raises TooManyQuestions."""
    _count("model-answer", learner, address)


def _count(what: str, learner: str, address: str) -> None:
    limits = caches["limits"]
    for who, most in ((f"learner:{learner}", OF_LEARNER), (f"address:{address}", settings.ASK_PER_ADDRESS)):
        limits.add(f"{what}:{who}", 0, EVERY)
        with suppress(ValueError):  # its time was over between the two lines
            if limits.incr(f"{what}:{who}") > most:
                raise TooManyQuestions


@transaction.atomic
def keep(learner: str, lesson: str, question: str, result: SearchResult) -> LearnerQuestion:
    """Stores a question that was answered, or could not be; one that was asked before is the newest again."""
    asked = LearnerQuestion.objects.filter(learner=learner)
    kept = asked.filter(lesson=lesson, text__iexact=question).first() or LearnerQuestion(learner=learner, lesson=lesson)
    nearest = result.found[0].passage if result.found else None
    kept.text, kept.is_covered, kept.asked_at = question, result.is_covered, now()
    kept.section = nearest.section.anchor if nearest else ""
    kept.section_lesson = nearest.lesson if nearest else lesson
    kept.save()
    asked.filter(pk__in=list(asked.order_by("-asked_at").values_list("pk", flat=True)[KEPT:])).delete()
    return kept


def rate(question: LearnerQuestion, rating: Rating) -> None:
    LearnerQuestion.objects.filter(pk=question.pk).update(rating=rating)


@transaction.atomic
def pass_on(question: LearnerQuestion) -> None:
    """Gives the question to the lesson's authors, once, without its learner."""
    if LearnerQuestion.objects.filter(pk=question.pk, is_passed_on=False).update(is_passed_on=True):
        QuestionForAuthors.objects.create(
            lesson=question.lesson,
            section=question.section,
            section_lesson=question.section_lesson,
            text=question.text,
            is_covered=question.is_covered,
        )


def delete(question: LearnerQuestion) -> None:
    question.delete()


def delete_all(learner: str) -> None:
    LearnerQuestion.objects.filter(learner=learner).delete()
