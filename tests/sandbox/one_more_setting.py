"""Reads the schema of a run's settings with one entry more, as if somebody had added a line to it."""

import importlib.abc
import importlib.machinery


class AddsASetting(importlib.abc.MetaPathFinder):
    """Reads the schema with one entry more."""

    NAME = "sandbox.definitions.settings"

    def find_spec(self, name, path, target=None):
        if name != self.NAME:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        spec.loader = OneMore(name, spec.origin)
        return spec


class OneMore(importlib.machinery.SourceFileLoader):
    ENTRY = '    wrap: int = setting(1, "Layers of paper", help="layers of paper around it", most=9)\n'
    BEFORE = "    experiment: str = setting("

    def get_data(self, path):
        source = super().get_data(path)
        if not path.endswith(".py"):
            return source
        return source.replace(self.BEFORE.encode(), (self.ENTRY + self.BEFORE).encode(), 1)

    def path_stats(self, path):
        raise OSError("not from the cache")
