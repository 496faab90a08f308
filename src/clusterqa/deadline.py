"""How long the work at hand may go on: set where a request comes in, checked where time is spent.

A thread cannot be stopped from outside, so long work asks at every step whether it is still wanted.
Where no limit was set, none holds: the command line never runs out of time.
"""

import math
import time
from contextvars import ContextVar

from clusterqa.errors import OutOfTime

_END: ContextVar[float | None] = ContextVar("end", default=None)  # on the monotonic clock


def set_deadline(seconds: float) -> None:
    """Let the work of this context, in whatever thread, end `seconds` from now."""
    _END.set(time.monotonic() + seconds)


def seconds_left() -> float:
    """How long the work may still take: less than nothing once the time is over."""
    end = _END.get()
    return math.inf if end is None else end - time.monotonic()


def check_deadline() -> None:
    """Raise `OutOfTime` once the time is over."""
    if seconds_left() < 0:
        raise OutOfTime("This took too long and was given up; ask a shorter question or try again.")
