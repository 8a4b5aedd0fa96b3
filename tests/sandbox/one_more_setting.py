"""Reads the schema of a run's settings with one more of each kind, as if somebody had added a field for each."""

import importlib.abc
import importlib.machinery


class AddsSettings(importlib.abc.MetaPathFinder):
    """Reads the schema with more fields."""

    NAME = "sandbox.definitions.run_settings"

    def find_spec(self, name, path, target=None):
        if name != self.NAME:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        spec.loader = WithMore(name, spec.origin)
        return spec


class WithMore(importlib.machinery.SourceFileLoader):
    FIELDS = """
    wrap: int = setting(1, "Layers of paper", help="layers of paper around it", most=9)
    paper: str = setting("plain", "Paper", help="which paper", options={"plain": "White", "gold": "Golden"})
    ribbon: str = setting("", "Ribbon", help="which ribbon", options={"red": "Red", "blue": "Blue"})
    note: str = setting("", "Note", help="what is written on it")
    extra: tuple[str, ...] = setting((), "Extras", help="what comes along", options={"bow": "A bow", "card": "A card"})
"""
    BEFORE = "    experiment: str = setting("

    def get_data(self, path):
        source = super().get_data(path)
        if not path.endswith(".py"):
            return source
        return source.replace(self.BEFORE.encode(), (self.FIELDS + self.BEFORE).encode(), 1)

    def path_stats(self, path):
        raise OSError("not from the cache")
