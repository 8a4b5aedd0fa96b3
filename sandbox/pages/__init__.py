"""Pages of the sandbox: guard, one verb, answer. A module a page."""
