"""Starting everything with one command, keeping it alive, and leaving nothing behind."""
