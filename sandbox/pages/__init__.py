"""Pages of the sandbox, one folder each. A view guards, does one thing, and answers."""
