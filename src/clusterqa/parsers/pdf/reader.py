"""PDF bytes into a `Document`, read in a process of its own with limited time and memory."""

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from clusterqa.errors import CorpusError
from clusterqa.types import Document, Page, Provision

MOST_BYTES = 200_000_000
SECONDS = 60  # of processor time, and one more for every twenty pages
PATIENCE = 300  # seconds by the clock, for a machine that has other things to do
MEMORY = 1_000_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle on a page (number from 1), in PDF points, origin at the bottom left."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


def parse_pdf(content: bytes, source: str) -> Document:
    """The document in a PDF file: text in reading order, headings or provisions, pages.

    Raises `CorpusError` for a file that is no PDF, is locked, damaged, too large, has no text
    layer, or takes more than a gigabyte or the time for its pages: a minute and a second for every
    twenty, on a busy machine five minutes at most.
    """
    reply = reply_of_worker(content, source)
    return Document(
        source,
        reply["text"],
        tuple(Provision(*fields) for fields in reply["provisions"]),
        tuple(Page(*fields) for fields in reply["pages"]),
    )


def rectangles(content: bytes, document: Document, start: int, end: int) -> list[Rect]:
    """Where `document.text[start:end]` stands on the pages: one rectangle for each of its lines.

    Reads the whole file again, in a second or so for every forty pages. Raises `CorpusError` when
    `content` is not the file that the document was read from.
    """
    digest = hashlib.sha256(document.text.encode()).hexdigest()
    reply = reply_of_worker(content, document.source, str(start), str(end), digest)
    return [Rect(*fields) for fields in reply["rects"]]


def reply_of_worker(content: bytes, source: str, *request: str) -> dict[str, Any]:
    """What the worker says; its errors, its death and its silence are `CorpusError`s."""
    refuse(content, source)
    command = [sys.executable, "-m", "clusterqa.parsers.pdf.worker", str(SECONDS), str(MEMORY)]
    try:
        done = subprocess.run(  # noqa: S603
            [*command, source, *request], input=content, capture_output=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        raise CorpusError(
            f"{source}: reading the PDF took more than {PATIENCE} seconds; "
            "split it, or print it to PDF anew"
        ) from None
    try:
        reply: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        reply = {"memory": True}
    if "error" in reply:
        raise CorpusError(reply["error"])
    if "memory" in reply:
        raise CorpusError(
            f"{source}: reading the PDF failed within {MEMORY // 1_000_000} MB and the time for "
            f"its pages ({SECONDS} seconds and more); it is damaged or too large: split it, or "
            "print it to PDF anew"
        )
    return reply


def refuse(content: bytes, source: str) -> None:
    """Refuse what need not be looked into."""
    if not content.strip():
        raise CorpusError(f"{source}: the file is empty; fetch it again")
    if len(content) > MOST_BYTES:
        size = len(content) // 1_000_000
        raise CorpusError(
            f"{source}: {size} MB, more than {MOST_BYTES // 1_000_000}; split the file"
        )
    if b"%PDF-" not in content[:1024]:
        raise CorpusError(f"{source}: the file is no PDF, whatever its name; fetch it again")
