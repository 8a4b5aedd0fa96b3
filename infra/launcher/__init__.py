"""Starts everything with one command, keeps it running, and leaves no process behind."""
