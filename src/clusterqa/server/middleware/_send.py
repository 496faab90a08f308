"""What layers do to a response on its way out."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Message, Send

from clusterqa.server.problems import ProblemResponse


def adding(send: Send, headers: Mapping[str, str]) -> Send:
    """A `send` that adds headers to the response."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return sending


def noticing(send: Send, begun: Callable[[Message], None]) -> Send:
    """A `send` that says when the response begins, with its first message."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            begun(message)
        await send(message)

    return sending


class Reshaping:
    """A `send` that holds a problem back until it is whole, then sends it in another shape.

    `shape` makes a response of the problem and its headers, which are kept.
    """

    def __init__(
        self, send: Send, shape: Callable[[Mapping[str, Any], Headers], Awaitable[Response]]
    ) -> None:
        self._send = send
        self._shape = shape
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and is_problem(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_shaped(self._start)

    async def _send_shaped(self, start: Message) -> None:
        headers = MutableHeaders(scope=start)
        response = await self._shape(json.loads(self._body), headers)
        headers.update(response.headers)
        start["status"] = response.status_code
        await self._send(start)
        await self._send({"type": "http.response.body", "body": response.body})


def is_problem(start: Message) -> bool:
    return Headers(scope=start).get("content-type", "").startswith(ProblemResponse.media_type)
