"""Cursors: where a page ended, for the next request to go on from, in a form that nobody builds.

A cursor belongs to one request and one index. When the index has changed, going on would leave out
passages or repeat them, so the cursor is refused as gone.
"""

import base64
import hashlib
import json
from typing import Any

from clusterqa.errors import NotFound


class CursorGone(NotFound):
    http_status = 410
    title = "Gone"


def cursor_after(place: int, *, of: object, index: str) -> str:
    """The cursor for what follows a place (a rank or number) in the answer to a request."""
    plain = json.dumps([digest(of), digest(index), place], separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def place_of(cursor: str | None, *, of: object, index: str, start: int) -> int:
    """The place a cursor stands for, `start` without one.

    Raises `NotFound` for a cursor of another request, `CursorGone` for one of another index.
    """
    if cursor is None:
        return start
    asked, made_of, place = parts(cursor)
    if asked != digest(of):
        raise NotFound(
            "cursor: it is of another request; leave it out to begin anew", param="cursor"
        )
    if made_of != digest(index):
        raise CursorGone(
            "cursor: the index has changed since; leave it out to begin anew", param="cursor"
        )
    return place


def parts(cursor: str) -> tuple[str, str, int]:
    try:
        found: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        asked, made_of, place = found
        return str(asked), str(made_of), within(place)
    except (ValueError, TypeError, RecursionError):
        raise NotFound(
            "cursor: it is none of ours; leave it out to begin anew", param="cursor"
        ) from None


def within(place: object) -> int:
    """The place, if it is one; SQLite's numbers end at 63 bits."""
    if type(place) is not int or not 0 <= place < 2**62:
        raise ValueError(place)
    return place


def digest(of: object) -> str:
    return hashlib.sha256(repr(of).encode("utf-8", "surrogatepass")).hexdigest()[:16]
