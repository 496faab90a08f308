"""The process in which a PDF is read: bytes on standard input, JSON on standard output.

Limits are set before the first byte of the file is looked at: a file that needs more than they
allow ends this process and nothing else.
"""

import hashlib
import json
import sys
from contextlib import suppress
from dataclasses import astuple
from typing import Any

from clusterqa.errors import CorpusError


def main() -> None:
    """Answer one request: `SECONDS BYTES SOURCE` or `SECONDS BYTES SOURCE START END SHA256`."""
    seconds, memory, source, *span = sys.argv[1:]
    limit(int(seconds), int(memory))
    try:
        content = sys.stdin.buffer.read()
        allow_for_pages(content, source, int(seconds))
        reply = answer(content, source, span)
    except CorpusError as error:
        reply = {"error": str(error)}
    except MemoryError:
        reply = {"memory": True}
    sys.stdout.buffer.write(json.dumps(reply).encode())


def answer(content: bytes, source: str, span: list[str]) -> dict[str, Any]:
    from clusterqa.parsers.pdf.reading import read, rects  # after the limits are set

    reading = read(content, source)
    document = reading.document
    if not span:
        return {
            "text": document.text,
            "provisions": [astuple(provision) for provision in document.provisions],
            "pages": [astuple(page) for page in document.pages],
        }
    start, end, digest = span
    if hashlib.sha256(document.text.encode()).hexdigest() != digest:
        raise CorpusError(
            f"{source}: the PDF is not the one the text was read from; run: clusterqa ingest"
        )
    return {"rects": rects(reading, int(start), int(end))}


def limit(seconds: int, memory: int) -> None:
    """Limit this process's processor time and memory, and let it leave no core file."""
    with suppress(ImportError, ValueError, OSError):  # no such limits on this system
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, 4 * seconds))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def allow_for_pages(content: bytes, source: str, seconds: int) -> None:
    """A second more for every twenty pages, once it is known how many there are."""
    from clusterqa.parsers.pdf.reading import page_count

    pages = page_count(content, source)
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds + pages // 20, 4 * seconds))


if __name__ == "__main__":
    main()
