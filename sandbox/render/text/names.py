"""Names actors in sentences."""

from sandbox.definitions.registry import ORCHESTRATOR, title


def named(actor: str) -> str:
    """Returns an actor as a sentence names it."""
    return "the orchestrator" if actor == ORCHESTRATOR else title(actor)


def capital(text: str) -> str:
    """Returns the text as a sentence begins."""
    return text[:1].upper() + text[1:]
