"""Measures the engine against a raw Celery chain, DBOS and Temporal, in one run on one machine."""
