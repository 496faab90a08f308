"""The assistant as the server sees it, and how it is opened: once, by whoever needs it first.

Opening loads an index and an encoder and takes seconds, so it starts in the background; a request
that comes earlier waits a little, then is told to come back. A failed opening is not remembered:
once an index has been built, the next request finds it.

When another generation becomes current it is opened beside the one that answers and takes its
place between two requests. A request takes the assistant once and keeps it, so it sees exactly one
generation; the old one is closed when the last request that holds it is done.
"""

import logging
import weakref
from collections.abc import Callable
from datetime import date
from threading import Event, Lock, Thread
from typing import Annotated, Protocol

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from clusterqa.answers import Answer, Found, IndexRef, Notice
from clusterqa.errors import ClusterQAError, IndexOpening
from clusterqa.index import Index
from clusterqa.types import Inquiry, Work

logger = logging.getLogger(__name__)
PATIENCE_SECONDS = 10.0
OPENING = "The index is still being opened; try again in a moment."


class Answering(Protocol):
    """What the server asks of `clusterqa.assistant.Assistant`; safe to call from many threads."""

    @property
    def index(self) -> Index: ...

    @property
    def today(self) -> date: ...

    @property
    def index_ref(self) -> IndexRef: ...

    @property
    def works(self) -> tuple[Work, ...]: ...

    @property
    def absent(self) -> tuple[Work, ...]: ...

    @property
    def foremost(self) -> tuple[Notice, ...]: ...

    def ask(self, inquiry: Inquiry) -> Answer: ...

    def find(self, inquiry: Inquiry, *, k: int = 10) -> list[Found]: ...


class Opener:
    """The assistant that answers now; `current` names the generation that should."""

    def __init__(
        self,
        factory: Callable[[], Answering],
        current: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._factory = factory
        self._current = current
        self._lock = Lock()
        self._stopped = Event()
        self._assistant: Answering | None = None
        self._refused: str | None = None

    @property
    def opened(self) -> Answering | None:
        """The assistant, if it is open already."""
        return self._assistant

    def get(self, *, patience: float = PATIENCE_SECONDS) -> Answering:
        """The assistant, opened by this call unless another one has done it or is doing it.

        Raises IndexOpening when another opening takes more than `patience` seconds.
        """
        found = self._assistant
        if found is not None:
            return found
        if not self._lock.acquire(timeout=patience):
            raise IndexOpening(OPENING)
        try:
            found = self._assistant
            if found is None:
                found = self._assistant = self._factory()
            return found
        finally:
            self._lock.release()

    def start(self, *, reload_seconds: float = 0) -> None:
        """Open in a background thread, which never keeps the process alive, and look for newer
        generations at this interval; 0: never."""
        watching = (reload_seconds,)
        Thread(target=self._open, args=watching, name="open-assistant", daemon=True).start()

    def stop(self) -> None:
        """Look for no more generations."""
        self._stopped.set()

    def renew(self) -> None:
        """Let the current generation answer, if another one does. One that cannot be opened is
        logged once, and the one before goes on."""
        old, name = self._assistant, self._current()
        if old is None or name in (None, self._refused, old.index_ref.id):
            return
        try:
            fresh = self._factory()
        except Exception as error:
            foreseen = isinstance(error, ClusterQAError)
            logger.warning("The new index is not used: %s", error, exc_info=not foreseen)
            self._refused = name
            return
        self._assistant, self._refused = fresh, None
        weakref.finalize(old, old.index.close)  # once no request holds it any more
        logger.info("Index %s answers from now on", fresh.index_ref.id)

    def _open(self, reload_seconds: float) -> None:
        try:
            self.get()
        except ClusterQAError as error:
            logger.warning("Not ready yet: %s", error)
        except Exception:
            logger.exception("The index could not be opened")
        while reload_seconds and not self._stopped.wait(reload_seconds):
            self.renew()


async def _opener_of(request: Request) -> Opener:
    return _opener(request)


def _opener(request: Request) -> Opener:
    opener: Opener = request.app.state.opener
    return opener


async def _opened(request: Request) -> Answering:
    opener = _opener(request)
    found = opener.opened
    return found if found is not None else await run_in_threadpool(opener.get)


TheOpener = Annotated[Opener, Depends(_opener_of)]
TheAssistant = Annotated[Answering, Depends(_opened)]
