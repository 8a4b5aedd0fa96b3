"""Adds one URL to the product's settings."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.lesson_urls"
