"""How fast the engine is beside a raw Celery chain, DBOS and Temporal, in one run on one machine."""
