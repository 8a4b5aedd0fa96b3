"""The one-page summary of a lesson, put together from parts of its text."""
