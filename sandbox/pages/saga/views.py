"""The page of a saga: its definition beside its code for other engines, its pictures and rules."""

from collections.abc import Mapping
from functools import lru_cache

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from content.code_blocks import code_block
from sandbox.definitions.model import Saga
from sandbox.definitions.registry import SAGA
from sandbox.engine.plan.compiler import compile_plan
from sandbox.pages.plan_figure import figure_of
from sandbox.render.saga_code.definition import definition
from sandbox.render.saga_code.formats import SAGA_FORMATS, format_named


@require_safe
def sagas(_: HttpRequest) -> HttpResponse:
    return redirect("sandbox:saga", next(iter(SAGA)))


@require_safe
def saga_page(request: HttpRequest, name: str) -> HttpResponse:
    """Shows the saga in the format that the address asks for, or in the first."""
    saga = _saga(name)
    try:
        chosen = format_named(request.GET.get("format", SAGA_FORMATS[0].name)[:40])
    except ValueError as error:
        raise BadRequest(str(error)) from error
    context = {
        "saga": saga,
        "sagas": SAGA.values(),
        "formats": SAGA_FORMATS,
        "chosen": chosen,
        "limits": chosen.limits(saga),
        "defined": _blocks(definition(saga), "python"),
        "rendered": _blocks(chosen.render(saga), chosen.language),
        "figures": [figure_of(compile_plan(saga, style), name=str(style)) for style in saga.styles],
    }
    return render(request, "sandbox/saga/saga.html", context)


@require_safe
def saga_file(_: HttpRequest, name: str, made_as: str, file: str) -> HttpResponse:
    """Sends one of the files that the saga is in that format."""
    saga, made = _saga(name), {one.name: one for one in SAGA_FORMATS}.get(made_as)
    files = made.render(saga) if made else {}
    if made is None or file not in files:
        raise Http404
    response = HttpResponse(files[file], content_type=made.content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file)
    return response


def _saga(name: str) -> Saga:
    if name not in SAGA:
        raise Http404
    return SAGA[name]


def _blocks(files: Mapping[str, str], language: str) -> list[tuple[str, SafeString]]:
    return [(file, _block(file, text, language)) for file, text in files.items()]


@lru_cache(maxsize=128)
def _block(file: str, text: str, language: str) -> SafeString:
    return mark_safe(code_block(text, language, title=file))  # noqa: S308  the code in it is escaped
