from string import ascii_lowercase

from django.test import Client

from quiz.models import Attempt

LESSON = "choreography-vs-orchestration"


class CheckTaker:
    """A learner who takes a check: opens it, picks, sends."""

    def __init__(self, client=None, url=None):
        self.client = client or Client()
        self.intro = f"/check/{LESSON}/"
        self.url = url

    def start(self, **form):
        self.url = self.client.post(self.intro, form)["Location"]
        return self

    def start_practice(self, verb):
        """Returns the attempt that a POST to `retry/` or `review/` starts."""
        where = self.url if verb == "retry/" else self.intro
        return CheckTaker(self.client, self.client.post(where + verb)["Location"])

    @property
    def attempt(self):
        return Attempt.objects.get(pk=self.url.strip("/").split("/")[-1])

    @property
    def learner(self):
        return str(self.attempt.learner)

    def question(self, number):
        return self.attempt.asked()[number - 1]

    def number_of(self, kind):
        """Returns the number of the first question of that kind."""
        return next(n for n, each in enumerate(self.attempt.asked(), start=1) if each.kind == kind)

    def fields(self, number, *, right=True):
        """Returns the form fields that answer that question."""
        question, field = self.question(number), f"question-{number}"
        letters = dict(zip((option.id for option in question.options), ascii_lowercase, strict=False))
        if question.kind == "ordering":
            order = question.key if right else question.key[::-1]
            return {f"{field}-{letters[name]}": place for place, name in enumerate(order, start=1)}
        if question.kind in {"text", "number"}:
            expected = [option for option in question.options if bool(option.right) is right]
            given = expected[0].text if expected else "987654"
            return {field: given if question.kind == "text" else str(expected[0].number if expected else given)}
        if right:
            return {field: [letters[name] for name in question.key]}
        return {field: [next(letters[option.id] for option in question.options if not option.right)]}

    def form_data(self, *, right):
        """Returns the form fields of all answers, of which the first `right` ones are right."""
        numbers = range(1, self.attempt.asked_count + 1)
        return {name: value for n in numbers for name, value in self.fields(n, right=n <= right).items()}

    def send(self, form_data, **extra):
        return self.client.post(self.url, form_data, **extra)

    def answer(self, number, *, right=True, sure="sure", **extra):
        """Answers one question of an attempt that asks them singly."""
        form = {**self.fields(number, right=right), f"confidence-{number}": sure}
        return self.client.post(f"{self.url}{number}/", form, **extra)

    def answer_all(self, *, right=99, sure="sure"):
        for number in range(1, self.attempt.asked_count + 1):
            self.answer(number, right=number <= right, sure=sure)
        return self

    def page(self, number):
        return self.client.get(f"{self.url}{number}/").content.decode()

    def result(self):
        """Returns the page at the attempt's address: its questions, its first open one, or its result."""
        return self.client.get(self.url, follow=True).content.decode()
