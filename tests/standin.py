"""A local server that stands in for the places of the official texts, faults included."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from clusterqa.download import Access

PAGES = "application/xhtml+xml;charset=UTF-8"


class Request(BaseHTTPRequestHandler):
    """One request; the answer is the next of those that `Place` has for its path."""

    protocol_version = "HTTP/1.1"
    place: "Place"

    def do_GET(self) -> None:
        self.place.seen.append((self.path, dict(self.headers), time.monotonic()))
        answers = self.place.answers.get(urlsplit(self.path).path, [])
        self.close_connection = True
        answer = answers.pop(0) if len(answers) > 1 else next(iter(answers), status(404))
        with suppress(OSError):  # the client may hang up first
            answer(self)

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        sent = {"Content-Length": str(len(body))} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        self.send_response(status)
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


Answer = Callable[[Request], None]


@dataclass
class Place:
    """The local server: answers by path, given in turn, the last for ever; and what was asked."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str], float]] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def has(self, path: str, *answers: Answer) -> None:
        self.answers[path] = list(answers)

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.seen]


@contextmanager
def serving() -> Iterator[Place]:
    """A place that answers while the block lasts."""
    place = Place()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Request,), {"place": place}))
    server.daemon_threads = True
    server.block_on_close = False
    place.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield place
    server.shutdown()
    server.server_close()
    thread.join()


def access_to(place: Place) -> Access:
    """Quick tries there, with leave to be on this machine."""
    return Access(place.address, private=True, attempts=3, wait=0.01, interval=0, total=5)


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    return lambda request: request.reply(code, body, **headers)


def document(body: bytes, media_type: str = PAGES, **headers: str) -> Answer:
    return status(200, body, Content_Type=media_type, **headers)


def see(location: str) -> Answer:
    return status(303, Location=location)
