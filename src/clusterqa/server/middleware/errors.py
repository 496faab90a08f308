"""The outermost layer: what holds for every request and response, whatever the route.

Bodies have a limit, responses carry a request id and the security headers, and an error nobody
foresaw becomes a logged 500 that says nothing of the inside. It is plain ASGI because Starlette
answers unforeseen errors outside its middleware, where the headers would be missing.
"""

import logging
import re
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clusterqa.server.problems import ProblemResponse, problem_of
from clusterqa.server.routes import request_id, route_of

logger = logging.getLogger(__name__)
TOO_LARGE = "The body is larger than {} bytes; send a shorter question or history."
UNFORESEEN = "Something went wrong on the server; its log has the details under the request id."
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    def __init__(self, app: ASGIApp, body_limit: int) -> None:
        self.app = app
        self.body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        return await self._guarded(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        reply = _Reply(send, _request_id(headers))
        request_id.set(reply.request_id)
        if _declared_bytes(headers) > self.body_limit:
            too_large = problem_of(413, TOO_LARGE.format(self.body_limit))
            return await ProblemResponse(too_large)(scope, receive, reply)
        try:
            return await self.app(scope, _limited(receive, self.body_limit), reply)
        except Exception:
            logger.exception("%s %s [%s]", scope["method"], route_of(scope), reply.request_id)
            if reply.started:
                raise
            return await ProblemResponse(problem_of(500, UNFORESEEN))(scope, receive, reply)


class _Reply:
    """A `send` that adds the headers and remembers whether the response has begun."""

    def __init__(self, send: Send, request_id: str) -> None:
        self.request_id = request_id
        self.started = False
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self.request_id
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)  # a route may be stricter
        await self._send(message)


def _limited(receive: Receive, most: int) -> Receive:
    """A `receive` that refuses a body which turns out longer than its headers let on."""
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413, TOO_LARGE.format(most))
        return message

    return limited


def _declared_bytes(headers: Headers) -> int:
    declared = headers.get("content-length", "")
    return int(declared) if declared.isdecimal() else 0


def _request_id(headers: Headers) -> str:
    """The caller's id where it is safe to log and echo, else a new one."""
    given = headers.get("x-request-id", "")
    return given if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", given) else uuid4().hex
