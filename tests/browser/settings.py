"""The product's settings, with the lessons that the browser tests add to its own."""

from config.settings import *  # noqa: F403
from config.settings import VAR_DIR

LESSONS_DIR = VAR_DIR / "lessons"
