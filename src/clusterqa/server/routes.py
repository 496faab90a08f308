"""What a log may say of a request: its id and its route, but not its path, which somebody typed."""

from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def route_of(scope: MutableMapping[str, Any]) -> str:
    """The route as it was declared, "unmatched" for any path that is none."""
    found = getattr(scope.get("route"), "path", None)
    if found is not None:
        return str(found)
    return "/static" if scope["path"].startswith("/static/") else "unmatched"
