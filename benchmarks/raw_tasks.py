"""Five tasks that only send the next one: the least that a saga on Celery costs. No Django, no database."""

import json
import os
from pathlib import Path

import redis
from celery import Celery, Task

STEPS = tuple(f"step-{number}" for number in range(1, 6))
DONE = "bench:done"
SETTINGS_FILE = "celery.json"

settings = json.loads((Path(os.environ["VAR_DIR"]) / SETTINGS_FILE).read_text())
app = Celery("raw", fixups=())
app.conf.update(settings)
broker = redis.Redis.from_url(settings["broker_url"])


def send(step: str, saga: int) -> None:
    app.send_task(step, args=[saga], queue=step, ignore_result=True)


def _task(step: str, following: str | None) -> Task:
    def work(saga: int) -> None:
        if following:
            send(following, saga)
        else:
            broker.rpush(DONE, saga)

    return app.task(work, name=step)


for _step, _following in zip(STEPS, (*STEPS[1:], None), strict=True):
    _task(_step, _following)
