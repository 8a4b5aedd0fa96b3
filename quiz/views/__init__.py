"""Views of the knowledge check."""
