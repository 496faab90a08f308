"""`/mcp`, where the extra `mcp` is installed: the same Assistant for clients of that protocol."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Any

from fastapi import FastAPI
from starlette.routing import Route

PATH = "/mcp"


def mount_mcp(app: FastAPI) -> None:
    """Add the route and run what is behind it for as long as the application runs."""
    if find_spec("mcp") is None:
        return
    from clusterqa.mcp.serving import HttpEndpoint  # takes half a second to import

    endpoint = HttpEndpoint(lambda: app.state.opener.get())
    app.router.routes.append(Route(PATH, endpoint, methods=["POST"]))
    lifespan = app.router.lifespan_context

    @asynccontextmanager
    async def with_mcp(app: Any) -> AsyncIterator[Any]:
        async with endpoint.running(), lifespan(app) as state:
            yield state

    app.router.lifespan_context = with_mcp
