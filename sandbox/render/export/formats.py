"""The formats in which a run can be exported. Adding one is one more entry in EXPORTS."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.render.export.exported_run import ExportedRun
from sandbox.render.export.journal import facts_as_csv, facts_as_json
from sandbox.render.export.mermaid import mermaid
from sandbox.render.export.otlp import otlp
from sandbox.render.export.picture import picture


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format: the name of its address, the end of its file's name, what it is called and good for.

    One that `needs_plan` cannot be made once the saga has been defined otherwise. From a picture, the browser can make
    a PNG as well.
    """

    name: str
    file: str
    title: str
    help: str
    content_type: str
    render: Callable[[ExportedRun], str]
    needs_plan: bool = False
    is_picture: bool = False


EXPORTS = (
    ExportFormat(
        "facts",
        "facts.json",
        "Facts, JSON",
        "Every fact with all its fields, for a program.",
        "application/json",
        facts_as_json,
    ),
    ExportFormat(
        "facts-csv",
        "facts.csv",
        "Facts, CSV",
        "Every fact on a line, for a spreadsheet.",
        "text/csv; charset=utf-8",
        facts_as_csv,
    ),
    ExportFormat(
        "messages",
        "messages.mmd",
        "Mermaid",
        "A sequence diagram as text, for Markdown and wikis that draw Mermaid.",
        "text/plain; charset=utf-8",
        mermaid,
        needs_plan=True,
    ),
    ExportFormat(
        "trace",
        "trace.otlp.json",
        "OpenTelemetry (OTLP JSON)",
        "The run as a trace, for any collector or viewer that reads OpenTelemetry.",
        "application/json",
        otlp,
    ),
    ExportFormat(
        "picture",
        "picture.svg",
        "Picture, SVG",
        "The picture of the plan with what has happened, for a document.",
        "image/svg+xml",
        picture,
        needs_plan=True,
        is_picture=True,
    ),
)
