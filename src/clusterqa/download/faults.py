"""Why a document cannot be had: a small tree, in words for a result line.

What the HTTP library raises is turned into it, so that nothing above knows that library's errors.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2


class Fault(Exception):
    """Why a document cannot be had, in words for a result line; trying again will not help."""


class NotOffered(Fault):
    """The place is right but does not have the document in this form."""


class TooLate(Fault):
    """The time that it may take is over."""


class TooLarge(Fault):
    """The body is larger than what may be read."""


class Passing(Fault):
    """A fault that may pass; `wait` is what the server asked for, in seconds."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Unreachable(Passing):
    """No connection to the host, which is then left alone for the rest of the run."""


def remaining(deadline: float) -> float:
    """Seconds left; raises `Fault` when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TooLate("it took longer than allowed")
    return left


@contextmanager
def faults_in_words(host: str, deadline: float) -> Iterator[None]:
    """Turn what the HTTP library raises into a `Fault`."""
    try:
        yield
    except httpx2.TransportError as error:
        if time.monotonic() >= deadline:
            raise TooLate("it took longer than allowed") from error
        if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError):
            raise Unreachable(f"{host} cannot be reached ({error or 'no connection'})") from error
        reason = str(error) or "no answer in time"
        raise Passing(f"the connection to {host} broke ({reason})") from error
