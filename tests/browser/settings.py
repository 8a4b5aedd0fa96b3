"""The product's settings, with the lessons that the tests of a browser have put beside those of the product."""

from config.settings import *  # noqa: F403
from config.settings import VAR_DIR

LESSONS_DIR = VAR_DIR / "lessons"
