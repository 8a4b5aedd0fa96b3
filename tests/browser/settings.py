"""The product's settings, with the banks that the tests of a browser have put beside those of the product."""

from config.settings import *  # noqa: F403
from config.settings import VAR_DIR

QUIZ_BANKS = VAR_DIR / "banks"
