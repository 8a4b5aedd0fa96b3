"""How a run was asked for, in a few words."""

from sandbox.definitions.registry import SAGA
from sandbox.models import Run
from sandbox.render.text.words import asked_for
from sandbox.selectors import placed_faults


def asked_of(run: Run) -> str:
    """What was chosen for the run beyond its saga and style, in a few words."""
    steps = SAGA[run.saga].refusable if run.saga in SAGA else ()
    refusal = next((step.refusal.reason for step in steps if step.refusal and step.name == run.refused), run.refused)
    return asked_for(
        refusal=refusal, faults=placed_faults(run), without=run.without, undo=run.undo_order, quantity=run.quantity
    )
