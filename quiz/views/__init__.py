"""The pages of the knowledge check."""
