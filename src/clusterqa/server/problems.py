"""Every error on the wire is RFC 9457 `application/problem+json`: type, title, status, detail."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Match

from clusterqa.errors import ClusterQAError
from clusterqa.presenting.catalogue import ENGLISH
from clusterqa.server.routes import route_of

logger = logging.getLogger(__name__)
ERRORS_NAMED = 5
READ_AS = {"HEAD": "GET"}  # whatever can be read has a head
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, in one line that a person can act on (RFC 9457).

    `param` is the field of the request to mend, where it is one, and left out where it is none.
    """

    title: str
    status: int
    detail: str
    type: str = "about:blank"
    param: str | None = None


def members(problem: Problem) -> dict[str, Any]:
    """A problem as it is sent."""
    return {name: value for name, value in asdict(problem).items() if value is not None}


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(members(problem), problem.status, headers)

    def render(self, content: Any) -> bytes:
        """JSON in ASCII, so that a field name which is no Unicode text can still be reported."""
        return json.dumps(content).encode()


def problem_of(status: int, detail: str, param: str | None = None) -> Problem:
    """A problem whose title is the status's own phrase."""
    return Problem(HTTPStatus(status).phrase, status, detail, param=param)


def problem_from(error: ClusterQAError) -> Problem:
    """One of our own errors as a problem."""
    return Problem(error.title, error.http_status, str(error), param=error.param)


REFUSALS = (401, 408, 421, 429, 500, 503, 504)  # what any request may meet


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses and those of every route under /v1, as problem responses."""
    return declared(*sorted({*statuses, *REFUSALS}))


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses as problem responses, for a route's entry in the OpenAPI document."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {ProblemResponse.media_type: {"schema": SCHEMA, "example": example(status)}},
        }
        for status in statuses
    }


def example(status: int) -> dict[str, Any]:
    return members(problem_of(status, DETAILS.get(status, HTTPStatus(status).phrase)))


SCHEMA = TypeAdapter(Problem).json_schema()
DETAILS = {
    400: "There was an error parsing the body",
    401: "This needs a key: send Authorization: Bearer KEY.",
    404: "There is no document 'gber-1999' in the index.",
    410: "cursor: the index has changed since; leave it out to begin anew",
    413: "The body is larger than 262144 bytes; send a shorter question or history.",
    408: "The body did not arrive in time; send it again.",
    421: "This server does not go by the name example.org.",
    422: "as_of: use a date as YYYY-MM-DD, such as 2023-07-01",
    429: "Too many requests; try again in 12 seconds.",
    503: "The server is busy; try again in a moment.",
    504: "This took too long and was given up; ask a shorter question or try again.",
}


def add_problem_handlers(app: FastAPI) -> None:
    """Make problems of our own errors, invalid requests and everything Starlette refuses."""
    app.add_exception_handler(ClusterQAError, _on_own_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)


def log_fault(request: Request, error: ClusterQAError) -> None:
    """Log an error that the operator must mend; a caller's own mistake is not logged."""
    if error.http_status >= 500:
        logger.warning("%s %s: %s", request.method, route_of(request.scope), error)


async def _on_own_error(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, ClusterQAError)
    log_fault(request, error)
    return ProblemResponse(problem_from(error))


async def _on_invalid_request(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()[:ERRORS_NAMED]
    lines = [f"{_field(each)}: {_fault(each)}" for each in found]
    return ProblemResponse(problem_of(422, "; ".join(lines), param=_field(found[0])))


async def _on_http_error(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = allowed_methods(request)
    return ProblemResponse(problem_of(error.status_code, error.detail), headers)


def allowed_methods(request: Request) -> str:
    """Every method of a path: Starlette names those of the first route that has it."""
    return ", ".join(
        method
        for method in METHODS
        if any(
            route.matches({**request.scope, "method": READ_AS.get(method, method)})[0] is Match.FULL
            for route in request.app.routes
        )
    )


def _field(error: Mapping[str, Any]) -> str:
    """The field by its name, "messages.0.role"; "body" for one that is not JSON."""
    place, *names = error["loc"]
    if error["type"] == "json_invalid":
        return "body"
    return ".".join(str(name) for name in names or [place])


def _fault(error: Mapping[str, Any]) -> str:
    """What is wrong with a field, never what was sent; of our own checks, their sentence."""
    kind: str = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    limits = {name: value for name, value in error.get("ctx", {}).items() if name != "error"}
    return ENGLISH(f"fault.{kind}" if ENGLISH.known(f"fault.{kind}") else "fault.other", **limits)
