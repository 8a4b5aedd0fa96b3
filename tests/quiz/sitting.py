from string import ascii_lowercase

from django.test import Client

from quiz.models import Attempt

LESSON = "choreography-vs-orchestration"


class Sitting:
    """A learner at the check: opens it, picks, sends."""

    def __init__(self, client=None):
        self.client = client or Client()
        self.intro = f"/check/{LESSON}/"

    def start(self):
        self.url = self.client.post(self.intro)["Location"]
        return self

    @property
    def attempt(self):
        return Attempt.objects.get(pk=self.url.strip("/").split("/")[-1])

    def letters(self, number, *, right=True):
        options = self.attempt.asked()[number - 1].options
        key = [letter for letter, option in zip(ascii_lowercase, options, strict=False) if option.right]
        return key if right else [next(letter for letter in ascii_lowercase if letter not in key)]

    def sheet(self, *, right):
        return {f"question-{n}": self.letters(n, right=n <= right) for n in range(1, 6)}

    def send(self, sheet, **extra):
        return self.client.post(self.url, sheet, **extra)

    def result(self):
        return self.client.get(self.url).content.decode()
