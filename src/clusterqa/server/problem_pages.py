"""A problem on its way to a person, as a page in words: too many requests, too busy, too slow.

Layers refuse before any route is chosen, so this is one too. Programs are told problems: only who
accepts HTML, as browsers do, gets a page.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from clusterqa.server.rendering import reader_of, respond
from clusterqa.server.sending import Reshaping


class ProblemPages:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_for_a_person(scope):
            send = Reshaping(send, partial(page, Request(scope)))
        await self.app(scope, receive, send)


def is_for_a_person(scope: Scope) -> bool:
    """Whether HTML is accepted at an address like a page's, from which its relative ones lead."""
    accepted = Headers(scope=scope).get("accept", "")
    return "text/html" in accepted and re.fullmatch("/[a-z]*", scope["path"]) is not None


def page(request: Request, problem: Mapping[str, Any], headers: Headers) -> Response:
    """The page that says what went wrong, in the catalogue's words for its status if it has any."""
    reader, status = reader_of(request), problem["status"]
    said, key = problem["detail"], f"problem.{status}"
    if reader.words.known(key):
        said = reader.words(key, seconds=headers.get("retry-after"))
    response = respond(request, "problem.html", reader, {"problem": said}, status=status)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response
