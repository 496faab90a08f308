"""The page on which figures are put against a rule, and the forms for it beside a provision."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from clusterqa.answering import checked, checks_there_are
from clusterqa.answering.figure_checks import CheckOffered
from clusterqa.errors import NotFound, UsageError
from clusterqa.index import Library
from clusterqa.law.assessment import Situation
from clusterqa.presenting.figure_checks import in_language
from clusterqa.query.given import number_typed
from clusterqa.server.pages.answer_view import ToldCheck, told_check
from clusterqa.server.pages.library import TheLibrary
from clusterqa.server.pages.rendering import Visitor, respond
from clusterqa.server.pages.route import PageError, PageRoute, Said, TheReader, said

router = APIRouter(include_in_schema=False, route_class=PageRoute)
MOST_TYPED = 40  # chars of a figure


@router.get("/check")
def check(
    request: Request,
    library: TheLibrary,
    reader: TheReader,
    name: str = "",
    given: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """What figures amount to under a check; without one, the forms of all there are."""
    offered = offered_to(library, reader)
    chosen = [one for one in offered if one.check.id == name]
    if name and not chosen:
        raise PageError("figures.no_check", 404)
    typed = {measure.id: request.query_params.get(measure.id, "")[:MOST_TYPED]
             for one in chosen for measure in one.figures}  # fmt: skip
    held = given or []
    result: ToldCheck | None = None
    problem: Said | None = None
    if any(typed.values()) or held:
        try:
            result = told(library, name, typed, held, reader)
        except UsageError as error:
            problem = said(error, reader.words)
    fields = form_fields(chosen or offered, reader) | {
        "checks": [result] if result else [], "typed": typed, "held": held, "problem": problem,
        "single": bool(chosen),
    }  # fmt: skip
    return respond(request, "check.html", reader, fields, status=problem.status if problem else 200)


def offered_to(library: Library, reader: Visitor) -> tuple[CheckOffered, ...]:
    """The checks of a reader's day."""
    return checks_there_are(library, reader.as_of or reader.today, reader.words.language)


def told(
    library: Library, name: str, typed: dict[str, str], held: Sequence[str], reader: Visitor
) -> ToldCheck:
    """The result in a reader's words; raises `PageError` for what cannot be compared."""
    figures = {}
    for measure, text in typed.items():
        if text.strip():
            try:
                figures[measure] = number_typed(text, library.thresholds)
            except UsageError:
                raise PageError("figures.no_number", value=text) from None
    situation, day = Situation(figures, frozenset(held)), reader.as_of or reader.today
    try:
        result = checked(library, name, situation, day, reader.words.language)
    except NotFound:
        raise
    except UsageError:
        raise PageError("figures.incomplete") from None
    return told_check(result, reader.words)


def form_fields(offered: Sequence[CheckOffered], reader: Visitor) -> dict[str, Any]:
    """What the forms of checks show: names in a reader's language."""
    words = reader.words
    return {
        "forms": [
            {
                "id": one.check.id,
                "name": in_language(one.check.said, words),
                "figures": [(each.id, in_language(each.said, words)) for each in one.figures],
                "given": [(each.id, in_language(each.said, words)) for each in one.given],
                "labels": one.labels,
                "document": one.documents[0],
            }
            for one in offered
        ]
    }


def beside(library: Library, source: str, label: str, reader: Visitor) -> list[dict[str, Any]]:
    """The forms of the checks that have a rule in a provision of a document, or inside it."""
    if not label:
        return []
    day, place = reader.as_of or reader.today, (library.sources[source][0].id, label)
    found = checks_there_are(library, day, reader.words.language, place)
    forms: list[dict[str, Any]] = form_fields(found, reader)["forms"]
    return forms
