"""Pieces of Python source, as a formatter would leave them."""

from collections.abc import Callable
from textwrap import indent, wrap

from sandbox.definitions.model import Saga, Step
from sandbox.render.saga_code.saga_shape import Stages

INDENT = " " * 4
# Part of a workflow whose steps are done beside each other.
TOGETHER = '''

async def together(*steps: Coroutine) -> None:
    """Waits for all of them, also when one fails, so that none is still being done."""
    for outcome in await asyncio.gather(*steps, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
'''
UNITS = {"days": 86_400, "hours": 3_600, "minutes": 60}


def call(function: str, *arguments: str, **options: str) -> str:
    """Returns a call with each argument on a line of its own."""
    given = [*arguments, *(f"{name}={value}" for name, value in options.items())]
    return f"{function}(\n{indented(''.join(f'{one},{chr(10)}' for one in given), 1)}\n)"


def indented(source: str, depth: int) -> str:
    """Returns the source, so deep inside other source, without the end of its last line."""
    return indent(source.rstrip("\n"), INDENT * depth)


def timedelta(seconds: float) -> str:
    """Returns the time as a timedelta, in the largest unit in which it is a whole number."""
    unit = next((name for name, size in UNITS.items() if seconds >= size and seconds % size == 0), "seconds")
    return f"timedelta({unit}={seconds / UNITS.get(unit, 1):g})"


def module_docstring(saga: Saga) -> str:
    """Returns what the saga is, as the docstring of a module."""
    lines = wrap(f'"""{saga.title}. {saga.summary}', 85)
    return "\n".join(lines) + ('"""\n' if len(lines) == 1 else '\n"""\n')


def steps_in(staged: Stages, call_of: Callable[[Step], str]) -> str:
    """Returns the code of a workflow that does these stages; `call_of` returns the call that does one step."""
    lines = []
    for stage in staged:
        if len(stage) == 1:
            (step,) = stage
            wait = f"await workflow.sleep({timedelta(step.wait)})\n" if step.wait else ""
            lines.append(f"{wait}await {call_of(step)}\n")
        else:
            calls = "".join(f"{call_of(step)},\n" for step in stage)
            lines.append(f"await together(\n{indented(calls, 1)}\n)\n")
    return "".join(lines)
