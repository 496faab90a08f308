"""What layers do to a response on its way out."""

from collections.abc import Callable, Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send


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
