"""HEAD of whatever can be read: the headers of its GET, without the body (RFC 9110, 9.3.2)."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Heads:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            return await self.app(scope, receive, send)
        scope["method"] = "GET"  # in place: the route that is found is read from the scope after
        try:
            await self.app(scope, receive, bodiless(send))
        finally:
            scope["method"] = "HEAD"


def bodiless(send: Send) -> Send:
    """A `send` that keeps what says how long a body would be, and leaves the body out."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sending
