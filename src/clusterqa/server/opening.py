"""The assistant as the server sees it, and how it is opened: once, by whoever needs it first.

Opening loads an index and an encoder and takes seconds, so it starts in the background; a request
that comes earlier waits a little, then is told to come back. A failed opening is not remembered:
once an index has been built, the next request finds it.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date
from threading import Lock, Thread
from typing import Annotated, Protocol

from fastapi import Depends, Request

from clusterqa.errors import ClusterQAError, IndexUnusable
from clusterqa.types import Answer, Found, IndexRef, Turn, Work

logger = logging.getLogger(__name__)
PATIENCE_SECONDS = 10.0


class Assistant(Protocol):
    """What the server asks of `clusterqa.assistant.Assistant`; safe to call from many threads."""

    @property
    def index_ref(self) -> IndexRef: ...

    @property
    def works(self) -> tuple[Work, ...]: ...

    def ask(
        self,
        question: str,
        *,
        as_of: date | None = None,
        documents: Sequence[str] = (),
        history: Sequence[Turn] = (),
    ) -> Answer: ...

    def find(
        self,
        question: str,
        *,
        as_of: date | None = None,
        documents: Sequence[str] = (),
        history: Sequence[Turn] = (),
        k: int = 10,
    ) -> list[Found]: ...


class Opener:
    def __init__(self, factory: Callable[[], Assistant]) -> None:
        self._factory = factory
        self._lock = Lock()
        self._assistant: Assistant | None = None

    def get(self, *, patience: float = PATIENCE_SECONDS) -> Assistant:
        """The assistant, opened by this call unless another one has done it or is doing it.

        Raises IndexUnusable when another opening takes more than `patience` seconds.
        """
        if self._assistant is not None:
            return self._assistant
        if not self._lock.acquire(timeout=patience):
            raise IndexUnusable("The index is still being opened; try again in a moment.")
        try:
            if self._assistant is None:
                self._assistant = self._factory()
            return self._assistant
        finally:
            self._lock.release()

    def start(self) -> None:
        """Open in a background thread, which never keeps the process alive."""
        Thread(target=self._open, name="open-assistant", daemon=True).start()

    def _open(self) -> None:
        try:
            self.get()
        except ClusterQAError as error:
            logger.warning("Not ready yet: %s", error)


def _opener(request: Request) -> Opener:
    opener: Opener = request.app.state.opener
    return opener


def _opened(request: Request) -> Assistant:
    return _opener(request).get()


TheOpener = Annotated[Opener, Depends(_opener)]
TheAssistant = Annotated[Assistant, Depends(_opened)]
