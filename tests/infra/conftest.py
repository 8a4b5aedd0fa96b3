from tests.course.conftest import folder  # noqa: F401  a folder of content, for what watches it
