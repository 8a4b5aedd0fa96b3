"""The earlier name of `snapshot_reader`, under which `live_stream` imports it."""

from sandbox.pages.run.snapshot_reader import UnknownSaga as UnknownSaga
from sandbox.pages.run.snapshot_reader import live_fragments_of as live_fragments_of
from sandbox.pages.run.snapshot_reader import snapshot_after as snapshot_after
from sandbox.pages.run.snapshot_reader import snapshot_of as snapshot_of
