"""Prints the settings of the product's Celery application as JSON, so that the raw one can use the same."""

import json

from config.celery import app

CELERY_INTERNAL = "deprecated_settings"

names = app.conf.table(with_defaults=False).keys() - {CELERY_INTERNAL}
print(json.dumps({name: app.conf[name] for name in sorted(names)}))
