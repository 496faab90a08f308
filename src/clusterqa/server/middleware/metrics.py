"""The layer around all others: every request is counted, timed and logged when it is over.

The log tells a request by its route, never by its path or query, which may hold a question.
"""

import logging
import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clusterqa.server.metrics import Metrics
from clusterqa.server.middleware._send import noticing
from clusterqa.server.problems import METHODS
from clusterqa.server.routes import route_of

logger = logging.getLogger("clusterqa.requests")
QUIET = ("/healthz", "/readyz", "/metrics", "/static")  # asked all the time: only faults are logged


class Observed:
    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        began, start = time.perf_counter(), Start()
        with self.metrics.open.track_inprogress():
            try:
                await self.app(scope, receive, noticing(send, start.note))
            finally:
                self.over(scope, start, time.perf_counter() - began)

    def over(self, scope: Scope, start: "Start", seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = route_of(scope)
        self.metrics.responded(method, route, start.status, seconds)
        level = logging.DEBUG if route in QUIET and start.status != 500 else logging.INFO
        fields = {
            "request_id": start.request_id,
            "method": method,
            "route": route,
            "status": start.status,
            "ms": round(seconds * 1000, 1),
            "key": scope.get("key_name"),
        }
        logger.log(level, "request", extra={"fields": fields})


class Start:
    """How a response began; 500 if it never did."""

    def __init__(self) -> None:
        self.status = 500
        self.request_id: str | None = None

    def note(self, message: Message) -> None:
        self.status = message["status"]
        self.request_id = Headers(raw=message["headers"]).get("x-request-id")
