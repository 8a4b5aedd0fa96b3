"""Finds a Chromium to test with: the one that CHROMIUM_PATH names, or else the first that starts."""

import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, BrowserType, Error

IN_PATH = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_A_MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


class NoBrowser(Exception):
    """Raised when no Chromium starts; the message says what was tried."""


def places(playwrights_own: str) -> Iterator[str]:
    if named := os.environ.get("CHROMIUM_PATH"):
        yield named
        return
    found = (shutil.which(name) for name in (*IN_PATH, *ON_A_MAC, playwrights_own))
    yield from (path for path in found if path)


def launch(chromium: BrowserType) -> Browser:
    """Starts the first Chromium that can be started. Raises NoBrowser."""
    # Chromium refuses to run as root in its sandbox.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    tried = []
    for path in places(chromium.executable_path):
        try:
            return chromium.launch(executable_path=path, args=arguments)
        except Error as error:
            tried.append(f"{path}: {error.message.splitlines()[0]}")
    raise NoBrowser("; ".join(tried) or "no Chromium in any of the usual places; CHROMIUM_PATH=/path/to/one names it")
