"""Static files under names that hold a digest of their content, so that a browser may keep them for ever."""

from servestatic.storage import CompressedManifestStaticFilesStorage

STYLES = ("*.css", (r"""(?P<matched>url\(["']?(?P<url>[^"')]+)["']?\))""",))
# Modules of our own name each other so. What packages bring may hold something similar in a comment.
IMPORTS = (
    "*.js",
    ((r"""(?P<matched>(?P<word>\bfrom\s*|\bimport\s*\(?\s*)"(?P<url>\./[\w/-]+\.js)")""", """%(word)s"%(url)s\""""),),
)


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """A file that was not collected keeps its plain name, as in the tests."""

    patterns = (STYLES, IMPORTS)

    def stored_name(self, name: str) -> str:
        return str(self.hashed_files.get(self.hash_key(self.clean_name(name)), name))
