"""The settings of someone who writes: DEBUG, and a course, banks and style sheets in the folder that WRITING names."""

import os
from pathlib import Path

os.environ["DEBUG"] = "true"

from config.settings import *  # noqa: F403
from config.settings import STATICFILES_DIRS

PLACE = Path(os.environ["WRITING"])
COURSE_LESSONS = PLACE / "lessons"
COURSE_GLOSSARY = PLACE / "glossary.yaml"
QUIZ_BANKS = PLACE / "banks"
STATICFILES_DIRS = [PLACE / "static", *STATICFILES_DIRS]
