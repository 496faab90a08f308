"""Errors of the OpenAI-compatible routes in OpenAI's shape, whoever raised them.

A layer around the whole application, since a body may be too large, a key unknown or a limit
reached before any route is chosen: there, as everywhere, they are problems (RFC 9457).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from clusterqa.server.middleware._send import Reshaping
from clusterqa.server.problems import problem_of

PATHS = re.compile(r"/v1/(chat/completions|models(/.*)?)/?")
KINDS = {
    401: ("authentication_error", "invalid_api_key"),
    403: ("permission_error", None),
    429: ("rate_limit_error", "rate_limit_exceeded"),
}


@dataclass(frozen=True, slots=True)
class OpenAIError:
    """`param` is the parameter to mend, where it is one."""

    message: str
    type: str
    param: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class ErrorBody:
    error: OpenAIError


def error_of(problem: Mapping[str, Any]) -> ErrorBody:
    """The same error as OpenAI's clients read it."""
    status, param = problem["status"], problem.get("param")
    usual = "server_error" if status >= 500 else "invalid_request_error"
    kind, code = KINDS.get(status, (usual, None))
    if (status, param) == (404, "model"):
        code = "model_not_found"
    return ErrorBody(OpenAIError(problem["detail"], kind, param, code))


def status_of(problem: Mapping[str, Any]) -> int:
    """The status that OpenAI's clients know: what we call 422 is 400 there."""
    return 400 if problem["status"] == HTTPStatus.UNPROCESSABLE_ENTITY else int(problem["status"])


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses in this shape, and any other, for a route's entry in the OpenAPI document."""
    others = {"model": ErrorBody, "description": "The request cannot be answered as sent"}
    return {status: described(status) for status in statuses} | {"4XX": others}


def described(status: int) -> dict[str, Any]:
    phrase = HTTPStatus(status).phrase
    example = asdict(error_of(asdict(problem_of(status, phrase))))
    content = {"application/json": {"example": example}}
    return {"model": ErrorBody, "description": phrase, "content": content}


async def shaped(problem: Mapping[str, Any], _: Headers) -> Response:
    body = json.dumps(asdict(error_of(problem)))
    return Response(body, status_of(problem), media_type="application/json")


class OpenAIErrors:
    """A layer outside all that refuse; it touches nothing but problems on the two routes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and PATHS.fullmatch(scope["path"]):
            send = Reshaping(send, shaped)
        await self.app(scope, receive, send)
