"""The settings of the live-reload tests: DEBUG, with lessons and style sheets in the folder LIVE_RELOAD_DIR."""

import os
from pathlib import Path

os.environ["DEBUG"] = "true"

from config.settings import *  # noqa: F403
from config.settings import STATICFILES_DIRS

FOLDER = Path(os.environ["LIVE_RELOAD_DIR"])
LESSONS_DIR = FOLDER / "lessons"
STATICFILES_DIRS = [FOLDER / "static", *STATICFILES_DIRS]
