"""Prints the settings of the product's Celery application as JSON, so that a bare one can be given the same."""

import json

from config.celery import app

OWN_BOOKKEEPING = "deprecated_settings"

names = app.conf.table(with_defaults=False).keys() - {OWN_BOOKKEEPING}
print(json.dumps({name: app.conf[name] for name in sorted(names)}))
