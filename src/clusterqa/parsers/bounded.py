"""Bytes into a `Document` in a process of their own, within processor time, memory and output.

One worker process is kept and forks for every file; it is started when the first one is read, ends
with this process, and is ended and started anew when a file makes it silent.
"""

import atexit
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import IO, Literal

import msgspec

from clusterqa.errors import CorpusError
from clusterqa.parsers.omissions import Omissions
from clusterqa.types import Document

SECONDS = 30  # of processor time, and one more for every 50 kB: Markdown takes half of that
BYTES_A_SECOND = 50_000
PATIENCE = 300  # seconds by the clock, for a machine that has other things to do
MEMORY = 1_000_000_000  # bytes
OUTPUT = 500_000_000  # bytes of a reply
MOST_BYTES = 200_000_000
SIZE = 8  # bytes in which the length of a message is said


@dataclass(frozen=True, slots=True)
class Request:
    """What the worker is to read, by which parser, and what it may take; `size` bytes follow."""

    suffix: str
    source: str
    size: int
    seconds: int
    memory: int
    output: int


@dataclass(frozen=True, slots=True)
class WorkerReply:
    """The document and what was left out of it, or one of the reasons why there is none.

    `error` is what the parser says of the file, `ended` which bound it met, `fault` a trace of what
    nobody foresaw.
    """

    document: Document | None = None
    omitted: Omissions = field(default_factory=Omissions)
    error: str = ""
    ended: Literal["", "time", "memory"] = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document, and what of its file no reader sees and is not in it."""

    document: Document
    omitted: Omissions


def read_within_bounds(content: bytes, source: str, suffix: str) -> Parsed:
    """What the parser for the suffix makes of the bytes; raises `CorpusError` as it does.

    Also for a file that takes more than a gigabyte, or the time for its size: half a minute, and a
    second for every 50 kB, on a busy machine five minutes at most.
    """
    if len(content) > MOST_BYTES:
        size = len(content) // 1_000_000
        most = MOST_BYTES // 1_000_000
        raise CorpusError(f"{source}: {size} MB, more than {most}; split the file")
    seconds = SECONDS + len(content) // BYTES_A_SECOND
    reply = WORKER.ask(
        Request(suffix, source, len(content), seconds, MEMORY, OUTPUT), content, PATIENCE
    )
    if reply.error:
        raise CorpusError(reply.error)
    if reply.fault:
        raise RuntimeError(f"{source}: {reply.fault}")
    if reply.document is None:
        raise CorpusError(
            f"{source}: reading the file failed within {MEMORY // 1_000_000} MB and the time for "
            f"its size ({seconds} seconds); it is damaged or too large: split it, or save it anew"
        )
    return Parsed(reply.document, reply.omitted)


class Worker:
    """The process that reads files, one at a time, started when it is first asked."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.started_by = 0

    def ask(self, request: Request, content: bytes, patience: float) -> WorkerReply:
        """What the worker says; its death and its silence are replies too."""
        with self.lock:
            process = self.running()
            over = threading.Timer(patience, end_group, [process])
            over.daemon = True
            over.start()
            try:
                return exchanged(process, request, content)
            except (OSError, EOFError):
                self.end()
                return WorkerReply(ended="time")
            except BaseException:
                self.end()
                raise
            finally:
                over.cancel()

    def running(self) -> subprocess.Popen[bytes]:
        """The worker that this process has started; a fork of it needs one of its own."""
        mine = self.process is not None and self.started_by == os.getpid()
        if self.process is None or not mine or self.process.poll() is not None:
            self.end()
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "clusterqa.parsers.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # an interrupt is for this process, which ends that one
            )
            self.started_by = os.getpid()
        return self.process

    def end(self) -> None:
        """End the worker and what it has forked."""
        process, self.process = self.process, None
        if process is None or self.started_by != os.getpid():
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                close(pipe)
        end_group(process)
        process.wait()


def close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:  # what was still to be written has no reader
        return


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it has started."""
    import signal

    if not hasattr(os, "killpg"):
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def exchanged(process: subprocess.Popen[bytes], request: Request, content: bytes) -> WorkerReply:
    """The reply to a request; raises `EOFError` where the worker ends before it."""
    assert process.stdin is not None and process.stdout is not None
    head = msgspec.json.encode(request)
    process.stdin.write(len(head).to_bytes(SIZE, "big") + head)
    process.stdin.write(content)
    process.stdin.flush()
    size = process.stdout.read(SIZE)
    message = process.stdout.read(int.from_bytes(size, "big"))
    if len(size) < SIZE or len(message) < int.from_bytes(size, "big"):
        raise EOFError
    return msgspec.json.decode(message, type=WorkerReply)


WORKER = Worker()
atexit.register(WORKER.end)
