"""The rows of runs and loads. Times are in seconds since the epoch; rows of facts and entries are only ever added.

Closed sets of values are enums in `definitions.terms`. They are no `choices` here, so that a new value needs no
migration. Where a constraint begins with the run, there is no index of the run alone.
"""

import secrets
import time
import uuid

from django.db import models
from django.db.models import Q

from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import DeliveryState, Pace, SagaStatus

# What the `start_key` of a recorded run begins with.
RECORDING = "recording-"


def new_id() -> uuid.UUID:
    """Returns an id that sorts by time (version 7, RFC 9562), so that the rows of new runs are adjacent in indexes."""
    moment = time.time_ns() // 1_000_000
    return uuid.UUID(int=moment << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62))


class Load(models.Model):
    """Many orders: `count` sagas in each of `styles`, one style after the other, for one learner.

    `rate` orders arrive a second, or all at once with 0. The actor that is `slow` works `work_ms` milliseconds more on
    each message. `helped` names the actor whose worker uses two processes meanwhile, if there is one. `then` are the
    actors with a second process in the loads that follow when this one has ended, "" for one without.

    `began_at` is when the worker was ready and the first orders could be placed. `arrives_from` is when the first order
    of the style at hand arrived, later by the time in which no clock ran. A `stopped` load places no more, and none
    follows it. `problem` says why it failed. `machine` describes the machine in words; `ticks` are, for each
    style, the readings of its processor time when the first saga began and when the last had ended.
    """

    # What is the same in two loads that can be compared; they differ in who has a second process.
    CONDITIONS = ("saga", "count", "rate", "slow", "work_ms", "machine")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    learner = models.UUIDField(db_index=True)
    saga = models.CharField(max_length=40)
    styles = models.JSONField()
    count = models.PositiveIntegerField()
    rate = models.PositiveIntegerField(default=0)
    slow = models.CharField(max_length=40, blank=True)
    work_ms = models.PositiveIntegerField(default=0)
    helped = models.CharField(max_length=40, blank=True)
    then = models.JSONField(default=list)
    machine = models.CharField(max_length=300)
    asked_at = models.FloatField()
    began_at = models.FloatField(null=True)
    arrives_from = models.FloatField(null=True)
    ended_at = models.FloatField(null=True)
    is_running = models.BooleanField(default=True)
    stopped = models.BooleanField(default=False)
    problem = models.CharField(max_length=200, blank=True)
    ticks = models.JSONField(default=dict)

    class Meta:
        constraints = [
            # Two at once would distort each other's measurements.
            models.UniqueConstraint(fields=["is_running"], condition=Q(is_running=True), name="one_load_at_a_time")
        ]

    @property
    def conditions(self) -> tuple[str | int, ...]:
        """Returns the values of its CONDITIONS."""
        return tuple(getattr(self, name) for name in self.CONDITIONS)

    def __str__(self) -> str:
        return f"{self.count} x {self.saga}, {' and '.join(self.styles)} ({self.id})"


class Run(models.Model):
    """One order's saga. A run without a learner was started from the command line; all with its link may operate it.

    `saga`, `style` and `settings` are its settings (see `run_settings`); `pace` and `faults` (see `Fault.dump`) are
    those of now. `last_seq` is the number of the newest fact; `open_deliveries` counts the messages that are still to
    be handled. A run that was forked from fact `forked_at` of another has that as its `origin`; one that was started
    side by side with another is `compared_with` that one. Everybody with the link of a `shared` run may look at it.
    `prediction` has the learner's answer to each question; `reflection` explains the run in the learner's words. A run
    of a load has that as its `load`. `start_key` identifies the form that started it, so that a form that is sent twice
    starts one run. `verdict` (see `Verdict.dump`) is for lists: the clock stores it once the run has ended, except for
    an order of a load.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    learner = models.UUIDField(null=True, db_index=True)
    saga = models.CharField(max_length=40)
    style = models.CharField(max_length=20)
    settings = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    origin = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="forks")
    forked_at = models.PositiveIntegerField(null=True)
    compared_with = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="comparisons")
    load = models.ForeignKey(Load, null=True, on_delete=models.CASCADE, related_name="runs")
    name = models.CharField(max_length=80, blank=True)
    shared = models.BooleanField(default=False)
    prediction = models.JSONField(default=dict)
    reflection = models.CharField(max_length=400, blank=True)
    start_key = models.CharField(max_length=64, null=True, unique=True)
    pace = models.CharField(max_length=10, default=Pace.FOLLOW)
    status = models.CharField(max_length=20, default=SagaStatus.RUNNING)
    last_seq = models.PositiveIntegerField(default=0)
    open_deliveries = models.PositiveIntegerField(default=0)
    started_at = models.FloatField()
    ended_at = models.FloatField(null=True)
    verdict = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["learner", "-started_at"], name="run_of_learner"),
            models.Index(
                fields=["load", "-ended_at"],
                name="run_to_judge",
                condition=Q(ended_at__isnull=False, load__isnull=True, verdict__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.saga}, {self.style} ({self.id})"

    @property
    def is_recording(self) -> bool:
        """Returns whether it was brought back from a recording of a lab, so that it has no messages to operate."""
        return (self.start_key or "").startswith(RECORDING)

    @property
    def run_settings(self) -> RunSettings:
        """Returns the settings of the run, with its present pace."""
        columns = {"saga": self.saga, "style": self.style, "pace": self.pace}
        return RunSettings.from_json({**self.settings, **columns})

    def apply_settings(self, settings: RunSettings) -> "Run":
        """Sets the settings of the run; saves nothing."""
        self.saga, self.style, self.pace = settings.saga, settings.style, settings.pace
        self.settings = settings.as_json()
        return self


class ActorMemory(models.Model):
    """All that one actor knows of one run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="memories", db_index=False)
    actor = models.CharField(max_length=40)
    data = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "actor"], name="one_memory_per_actor")]

    def __str__(self) -> str:
        return f"{self.actor} of {self.run_id}"


class DeliveryRow(models.Model):
    """A message at one receiver: the sender's outbox and the receiver's inbox in one row.

    `release_at` is when it may be published; NULL holds it until the learner releases it. `sends` counts how often it
    was published, `attempts` its failed attempts, `redeliveries` how often it was sent again because it was not
    acknowledged. `after` is its shortest wait in seconds; one that is `overtaken` waits until the next message to the
    same receiver is handled; with `early_ack` it is acknowledged before it is handled. One with an `alone` is
    handled alone; the others with whatever else waits for their receiver.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    message = models.PositiveIntegerField()
    receiver = models.CharField(max_length=40)
    copy = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    sender = models.CharField(max_length=40)
    caused_by = models.PositiveIntegerField(null=True)
    because = models.CharField(max_length=40, null=True)
    state = models.CharField(max_length=10, default=DeliveryState.PENDING)
    release_at = models.FloatField(null=True)
    sent_at = models.FloatField(null=True)
    sends = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    redeliveries = models.PositiveIntegerField(default=0)
    after = models.FloatField(default=0.0)
    overtaken = models.BooleanField(default=False)
    early_ack = models.BooleanField(default=False)
    alone = models.BooleanField(default=False)

    class Meta:
        db_table = "sandbox_delivery"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "message", "receiver", "copy"], name="one_delivery_per_receiver_and_copy"
            )
        ]
        indexes = [
            models.Index(fields=["release_at"], name="delivery_due", condition=Q(state=DeliveryState.PENDING)),
            models.Index(fields=["sent_at"], name="delivery_on_its_way", condition=Q(state=DeliveryState.SENT)),
            models.Index(
                fields=["receiver", "id"],
                name="delivery_in_mailbox",
                condition=Q(state=DeliveryState.SENT, alone=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} to {self.receiver}"


class FactRow(models.Model):
    """One fact of a run's journal."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="facts", db_index=False)
    seq = models.PositiveIntegerField()
    at = models.FloatField()
    kind = models.CharField(max_length=30)
    actor = models.CharField(max_length=40)
    details = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "seq"], name="one_fact_per_seq")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class EntryRow(models.Model):
    """One line of a service's ledger in a run; `amount` in the account's unit."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="entries")
    seq = models.PositiveIntegerField()
    service = models.CharField(max_length=40)
    account = models.CharField(max_length=40)
    amount = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.service}/{self.account} {self.amount:+}"


class LabAttempt(models.Model):
    """A learner's attempt at a lab: what they predicted, what they ran, and their explanation of it.

    `prediction` has the chosen option of each question by its place, from "0"; it is empty where nothing was predicted.
    `run`, and `other` beside it, or `load` is what the lab runs; NULL once that is deleted. With
    `shown`, the learner only wanted to see the lab; that never counts as done.

    `explained_at` is when the learner wrote the `explanation`, or skipped it. What came of the runs is stored then:
    whether the goal was `reached`, and whether the prediction `is_right`, NULL without one. `judgement` compares the
    explanation with the model sentence.
    """

    class Judgement(models.TextChoices):
        SAME = "same", "It says the same"
        PARTLY = "partly", "It says a part of it"
        OTHER = "other", "It says something else"
        SKIPPED = "skipped", "I wrote none"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    learner = models.UUIDField()
    lab = models.CharField(max_length=100)
    prediction = models.JSONField(default=dict)
    run = models.OneToOneField(Run, null=True, on_delete=models.SET_NULL, related_name="lab_attempt")
    other = models.OneToOneField(Run, null=True, on_delete=models.SET_NULL, related_name="lab_attempt_beside")
    load = models.OneToOneField(Load, null=True, on_delete=models.SET_NULL, related_name="lab_attempt")
    shown = models.BooleanField(default=False)
    begun_at = models.FloatField()
    reached = models.BooleanField(default=False)
    is_right = models.BooleanField(null=True)
    explained_at = models.FloatField(null=True)
    explanation = models.CharField(max_length=400, blank=True)
    judgement = models.CharField(max_length=10, choices=Judgement, blank=True)

    class Meta:
        indexes = [models.Index(fields=["learner", "lab", "-begun_at"], name="lab_attempt_of_learner")]

    def __str__(self) -> str:
        return f"{self.lab} ({self.id})"
