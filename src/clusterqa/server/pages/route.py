"""The route class of the pages for people: what goes wrong is a page in words, never JSON."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from clusterqa.errors import (
    ClusterQAError,
    IndexOpening,
    IndexUnusable,
    NotFound,
    OutOfTime,
    UsageError,
)
from clusterqa.languages.days import iso_day
from clusterqa.presenting.catalogue import ENGLISH, Words
from clusterqa.server.assistants import TheAssistant
from clusterqa.server.pages.rendering import Visitor, reader_of, respond
from clusterqa.server.problems import log_fault


class PageError(UsageError):
    """Why a page cannot show what its address asks for: a key of the catalogue and its fields."""

    def __init__(self, key: str, status: int = 422, **fields: str | date) -> None:
        self.key = key
        self.http_status = status
        self.fields = fields
        super().__init__(self.told(ENGLISH))

    def told(self, words: Words) -> str:
        fields = self.fields.items()
        return words(self.key, **{k: told_field(k, v, words) for k, v in fields})


def told_field(name: str, value: str | date, words: Words) -> str:
    """A date or the name of a work in a reader's language, else the value."""
    if isinstance(value, date):
        return words.date(value)
    return words.act(value) if name == "work" else value


@dataclass(frozen=True, slots=True)
class Said:
    """What went wrong, as a page tells it."""

    text: str
    status: int


def said(error: ClusterQAError, words: Words) -> Said:
    """What to tell a reader of an error: what it is, by its type, without the details."""
    if isinstance(error, PageError):
        return Said(error.told(words), error.http_status)
    key = next(key for kind, key in KEYS if isinstance(error, kind))
    return Said(words(key, wait=words("wait.moment")), error.http_status)


KEYS: tuple[tuple[type[ClusterQAError], str], ...] = (
    (OutOfTime, "problem.504"),
    (IndexOpening, "problem.opening"),
    (IndexUnusable, "problem.no_index"),
    (NotFound, "problem.absent"),
    (UsageError, "problem.form"),
    (ClusterQAError, "problem.500"),
)


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
                return problem_page(request, PageError("problem.form"))

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


def day_asked(value: str) -> date | None:
    """The date a field holds, None where it is empty; raises `PageError` when it is no date."""
    if not value:
        return None
    found = day_or_none(value)
    if found is None:
        raise PageError("problem.date", value=value[:40])
    return found


def _reader(
    request: Request, assistant: TheAssistant, as_of: Annotated[str, Query()] = ""
) -> Visitor:
    return reader_of(request, as_of=day_asked(as_of), today=assistant.today)


TheReader = Annotated[Visitor, Depends(_reader)]
