"""How much is worked on at once, and for how long.

A request has a seat from when work on it begins until its response does: a slow reader holds none,
and is cut off in its own time (`serving`).
So many may wait for a seat; more are told to come back, so that no queue grows. A request that is
not being answered in time gets 504 at once. The thread that works on it cannot be stopped, but ends
at its next look at the index (`deadline`), and keeps its seat until then.
"""

import asyncio
from collections.abc import Awaitable

from anyio import CancelScope
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clusterqa.deadline import set_deadline
from clusterqa.server.middleware._send import noticing
from clusterqa.server.problems import ProblemResponse, problem_of

UNLIMITED = ("/healthz", "/readyz", "/metrics")
BUSY = "The server is busy; try again in a moment."
TOO_SLOW = "This took too long and was given up; ask a shorter question or try again."
BODY_TOO_SLOW = "The body did not arrive in time; send it again."


class Capacity:
    def __init__(self, app: ASGIApp, *, at_work: int, waiting: int) -> None:
        self.app = app
        self.seats = asyncio.Semaphore(at_work)
        self.most = at_work + waiting
        self.inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_limited(scope):
            return await self.app(scope, receive, send)
        if self.inside >= self.most:
            busy = ProblemResponse(problem_of(503, BUSY), {"Retry-After": "1"})
            return await busy(scope, receive, send)
        self.inside += 1
        try:
            await self.seats.acquire()
        except asyncio.CancelledError:
            self.inside -= 1
            raise
        seat = Seat(self)
        try:
            await self.app(scope, receive, noticing(send, lambda _: seat.leave()))
        finally:
            seat.leave()


class Seat:
    """A seat that somebody sits on; it is left once."""

    def __init__(self, capacity: Capacity) -> None:
        self.capacity = capacity
        self.taken = True

    def leave(self) -> None:
        if self.taken:
            self.taken = False
            self.capacity.inside -= 1
            self.capacity.seats.release()


class TimeLimit:
    def __init__(self, app: ASGIApp, *, seconds: float) -> None:
        self.app = app
        self.seconds = seconds
        self.given_up: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_limited(scope):
            return await self.app(scope, receive, send)
        set_deadline(self.seconds)
        exchange, ending = Exchange(receive, send), CancelScope()
        answering = self.app(scope, exchange.receive, exchange.send)
        work = asyncio.create_task(within(ending, answering))
        try:
            await asyncio.wait({work}, timeout=self.seconds)
            if work.done() or exchange.begun:
                return await work
        except asyncio.CancelledError:
            ending.cancel()
            raise
        exchange.over = True
        ending.cancel()
        self.given_up.add(work)
        work.add_done_callback(self.forget)
        return await exchange.problem()(scope, receive, send)

    def forget(self, work: asyncio.Task[None]) -> None:
        """Let go of work whose answer nobody waits for, whatever came of it."""
        self.given_up.discard(work)
        if not work.cancelled():
            work.exception()


class Exchange:
    """A request and its response until its time is over; what is sent later goes nowhere."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self.begun = self.over = self.reading = False

    async def receive(self) -> Message:
        self.reading = True
        message = await self._receive()
        self.reading = False
        return message

    async def send(self, message: Message) -> None:
        if not self.over:
            self.begun = True
            await self._send(message)

    def problem(self) -> ProblemResponse:
        """Whose fault it was: 408 if the body was still on its way, else 504."""
        if self.reading:
            return ProblemResponse(problem_of(408, BODY_TOO_SLOW), {"Connection": "close"})
        return ProblemResponse(problem_of(504, TOO_SLOW))


async def within(ending: CancelScope, work: Awaitable[None]) -> None:
    """Work that ends with a scope: unlike a task's own, its cancelling waits for threads."""
    with ending:
        await work


def is_limited(scope: Scope) -> bool:
    """Whether a request is work: no probe, and no static file, so that a busy server's page has
    its style.
    """
    path = scope.get("path", "")
    return scope["type"] == "http" and path not in UNLIMITED and not path.startswith("/static/")
