"""Bodies as they stream in: bounded in bytes as they are unpacked, and in time as they trickle."""

import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import httpx2

from clusterqa.download.faults import Fault, Passing, TooLarge


@contextmanager
def cut_at(deadline: float) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """A trace function; the connection it hears of is cut at the deadline.

    A read limit alone would let a server go on for ever with a byte now and then.
    """
    sockets: list[socket.socket] = []

    def cut() -> None:
        for opened in sockets:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)

    def trace(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            sockets.append(info["return_value"].get_extra_info("socket"))
            if time.monotonic() >= deadline:
                cut()

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield trace
    finally:
        timer.cancel()


def body(response: httpx2.Response, most: int) -> bytes:
    """The decompressed body; raises `Fault` as soon as it turns out larger than `most` bytes."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip"):
        raise Fault(f"the body is compressed in a way that was not asked for ({coding})")
    unzip = zlib.decompressobj(wbits=31) if coding == "gzip" else None
    content, taken = bytearray(), 0
    for raw in response.iter_raw():
        taken += len(raw)
        try:
            content += unzip.decompress(raw, most + 1 - len(content)) if unzip else raw
        except zlib.error as error:
            raise Passing(f"the body cannot be decompressed ({error})") from error
        if max(len(content), taken) > most:
            raise TooLarge(f"the body is larger than {most:,} bytes")
    if unzip and taken and not unzip.eof:
        raise Passing("the compressed body ends too early")
    return bytes(content)
