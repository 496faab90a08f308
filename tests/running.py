"""A server under test: the application run by uvicorn in a thread of this process, on loopback."""

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from clusterqa.answers import Answer
from clusterqa.assistant import Assistant
from clusterqa.server import create_app
from clusterqa.server.app import EMBEDDED
from clusterqa.server.serving import config
from clusterqa.settings import Settings
from clusterqa.types import Inquiry


def running(
    assistant_factory: Any, settings: Settings
) -> AbstractContextManager[tuple[str, uvicorn.Server]]:
    """The address of a server that listens, and the server; it is told to stop at the end."""
    return listening(create_app(assistant_factory, settings), settings)


def page_app(assistant: Assistant, corpus: Path = Path("corpus")) -> FastAPI:
    """The application over an assistant, with the PDFs of a corpus."""
    return create_app(lambda: assistant, replace(EMBEDDED, corpus=corpus))


@contextmanager
def listening(app: Any, settings: Settings) -> Iterator[tuple[str, uvicorn.Server]]:
    """The same for any application."""
    server = uvicorn.Server(config(app, replace(settings, port=0)))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.should_exit = True
        thread.join(timeout=30)
    assert not thread.is_alive()


def wait_until(condition: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.01)


class Held(Assistant):
    """A real assistant that holds every question until it is let go."""

    def __init__(self, assistant: Assistant) -> None:
        super().__init__(assistant.index, assistant.encoder)
        self.go_on = threading.Event()
        self.at_work = 0
        self.ended: list[BaseException | None] = []

    def ask(self, inquiry: Inquiry) -> Answer:
        self.at_work += 1
        try:
            self.go_on.wait(timeout=20)
            answer = super().ask(inquiry)
        except BaseException as error:
            self.ended.append(error)
            raise
        self.ended.append(None)
        return answer
