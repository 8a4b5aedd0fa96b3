"""The settings of someone who writes: DEBUG, and a course and style sheets in the folder that WRITING names."""

import os
from pathlib import Path

os.environ["DEBUG"] = "true"

from config.settings import *  # noqa: F403
from config.settings import STATICFILES_DIRS

PLACE = Path(os.environ["WRITING"])
LESSONS_DIR = PLACE / "lessons"
STATICFILES_DIRS = [PLACE / "static", *STATICFILES_DIRS]
