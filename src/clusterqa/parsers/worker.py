"""The process in which files are read: requests on standard input, replies on standard output.

It holds the parsers ready and forks for each file, so that a file costs no start of Python. Limits
of processor time, memory and output are set in the fork before the first byte is looked at: a file
that needs more than they allow ends the fork and nothing else.
"""

import os
import signal
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from typing import IO

import msgspec

from clusterqa.errors import CorpusError
from clusterqa.parsers import PARSERS
from clusterqa.parsers.bounded import SIZE, Request, WorkerReply
from clusterqa.parsers.omissions import counted_omissions
from clusterqa.parsers.readable import readable_document

STACK = 64 * 2**20  # bytes; elements 2048 deep, the most that are read, need about a tenth
DEEPEST = 20_000  # calls of Python within each other, some for each element


def main() -> None:
    """Answer one request after another, until there is none."""
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no reply
    while (request := received(requests)) is not None:
        content = requests.read(request.size)
        with tempfile.TemporaryFile() as made:
            ended = in_a_fork(request, content, made)
            made.seek(0)
            message = msgspec.json.encode(ended) if ended else made.read()
        replies.write(len(message).to_bytes(SIZE, "big") + message)
        replies.flush()


def received(requests: IO[bytes]) -> Request | None:
    head = requests.read(SIZE)
    if len(head) < SIZE:
        return None
    return msgspec.json.decode(requests.read(int.from_bytes(head, "big")), type=Request)


def in_a_fork(request: Request, content: bytes, made: IO[bytes]) -> WorkerReply | None:
    """Write the reply to a file in a process of its own; what ended that, if there is none."""
    if not hasattr(os, "fork"):  # no such limits on this system either
        made.write(msgspec.json.encode(answer(request, content)))
        return None
    child = os.fork()
    if not child:
        os._exit(written(request, content, made))
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        out_of_time = os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
        return WorkerReply(ended="time" if out_of_time else "memory")
    return WorkerReply(ended="memory") if os.WEXITSTATUS(status) else None


def written(request: Request, content: bytes, made: IO[bytes]) -> int:
    """The exit status of the fork: 0 once the whole reply is in the file."""
    try:
        limit(request)
        threading.stack_size(STACK)
        sys.setrecursionlimit(DEEPEST)
        replies: list[bytes] = []
        reading = threading.Thread(
            target=lambda: replies.append(msgspec.json.encode(answer(request, content)))
        )
        reading.start()
        reading.join()
        made.write(replies[0])
        made.flush()
    except BaseException:  # out of memory or output: no more can be said than that
        return 1
    return 0


def answer(request: Request, content: bytes) -> WorkerReply:
    """The document, or why there is none."""
    try:
        with counted_omissions() as omitted:
            document = readable_document(PARSERS[request.suffix](content, request.source))
        return WorkerReply(document, omitted)
    except CorpusError as error:
        return WorkerReply(error=str(error))
    except (MemoryError, RecursionError):
        return WorkerReply(ended="memory")
    except Exception:
        return WorkerReply(fault=traceback.format_exc())


def limit(request: Request) -> None:
    """Limit this process's processor time, memory and output; let it leave no core file."""
    with suppress(ImportError, ValueError, OSError):  # no such limits on this system
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (request.seconds, request.seconds + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (request.output, request.output))
        memory = request.memory + STACK
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


if __name__ == "__main__":
    main()
