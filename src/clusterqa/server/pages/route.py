"""The route class of the pages for people: what goes wrong is a page in words, never JSON."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from clusterqa.errors import ClusterQAError, OutOfTime, UsageError
from clusterqa.languages.days import iso_day
from clusterqa.presenting.catalogue import Words
from clusterqa.server.assistants import OPENING, TheAssistant
from clusterqa.server.pages.rendering import Reader, reader_of, respond
from clusterqa.server.problems import log_fault


@dataclass(frozen=True, slots=True)
class Said:
    """What went wrong, as a page tells it; `language` where it is not the page's."""

    text: str
    status: int
    language: str | None = None


def said(error: ClusterQAError, words: Words) -> Said:
    """What to tell of an error: what passes is said in words for readers, without the details."""
    if isinstance(error, OutOfTime):
        return Said(words("problem.504"), error.http_status)
    if str(error) == OPENING:
        return Said(words("problem.opening"), error.http_status)
    return Said(str(error), error.http_status)


class PageRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except ClusterQAError as error:
                log_fault(request, error)
                return problem_page(request, error)
            except RequestValidationError:
                return problem_page(request, UsageError(reader_of(request).words("problem.form")))

        return handled


def problem_page(request: Request, error: ClusterQAError) -> Response:
    reader = reader_of(request)
    problem = said(error, reader.words)
    return respond(request, "problem.html", reader, {"problem": problem}, status=problem.status)


def day_or_none(value: str) -> date | None:
    """The date that a date field holds, which is YYYY-MM-DD in every language."""
    try:
        return iso_day(value)
    except ValueError:
        return None


def day_asked(value: str, reader: Reader) -> date | None:
    """The date a field holds, None where it is empty; raises `UsageError` when it is no date."""
    if not value:
        return None
    found = day_or_none(value)
    if found is None:
        raise UsageError(reader.words("problem.date", value=value[:40]))
    return found


def _reader(
    request: Request, assistant: TheAssistant, as_of: Annotated[str, Query()] = ""
) -> Reader:
    asked = day_asked(as_of, reader_of(request))
    return reader_of(request, as_of=asked, today=assistant.today)


TheReader = Annotated[Reader, Depends(_reader)]
