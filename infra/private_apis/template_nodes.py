"""Renders the tags of a template one by one, and names what each of them reads."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.template import Context, RequestContext, Template, Variable
from django.template.base import Node, VariableNode


@contextmanager
def rendering(template: Template, context: RequestContext) -> Iterator[None]:
    """Makes the context that of the template, as `Template.render` does before it renders its nodes."""
    with context.render_context.push_state(template), context.bind_template(template):
        yield


def rendered(node: Node, context: Context) -> str:
    """Returns what one node renders, inside `rendering`. Raises whatever its tag raises, with its place."""
    return str(node.render_annotated(context))


def variables_of(node: Node) -> list[Variable]:
    """Returns the variables that a tag or a `{{ variable }}` reads."""
    if isinstance(node, VariableNode):
        expressions = [node.filter_expression]
    else:
        expressions = [*getattr(node, "args", ()), *getattr(node, "kwargs", {}).values()]
    return [each.var for each in expressions if isinstance(each.var, Variable)]
