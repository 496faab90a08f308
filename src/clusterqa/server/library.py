"""What the reading pages need of an open assistant: its index, and the files of its corpus."""

import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from clusterqa.corpus import legal_status
from clusterqa.errors import ClusterQAError, IndexUnusable
from clusterqa.index import Index
from clusterqa.server.opening import Assistant, TheAssistant
from clusterqa.types import LegalStatus, Source, Work


class NotHere(ClusterQAError):
    """An address that names a document, provision or file that is not in here."""

    http_status = 404
    title = "Not found"


def index_of(assistant: Assistant) -> Index:
    """The index that the assistant answers from."""
    index = getattr(assistant, "index", None)
    if not isinstance(index, Index):
        raise IndexUnusable("This assistant has no documents to show; run: clusterqa ingest")
    return index


def today_of(assistant: Assistant) -> date:
    """The day that a question without a date means."""
    today: date = getattr(assistant, "today", None) or date.today()
    return today


def _opened_index(assistant: TheAssistant) -> Index:
    return index_of(assistant)


TheIndex = Annotated[Index, Depends(_opened_index)]


def version(index: Index, name: str) -> tuple[Work, Source]:
    """The work and version of a source's id; raises `NotHere` if no text of it is in the index."""
    if name not in index.files:
        raise NotHere(f"No document {name[:80]!r} is in here.")
    return index.sources[name]


def force(work: Work, source: Source, as_of: date) -> LegalStatus:
    """The status of a version on a date, for templates."""
    return legal_status(work, source, as_of)


def present(index: Index, sources: Iterable[Source]) -> list[Source]:
    """The sources of which the index holds a text, oldest first."""
    found = [source for source in sources if source.id in index.files]
    return sorted(found, key=lambda s: s.valid_from or s.published or date.min)


def is_pdf(source: Source) -> bool:
    return (source.file or "").lower().endswith(".pdf")


def pdf_bytes(index: Index, source: Source, request: Request) -> bytes:
    """The PDF that a text was read from, the very bytes; raises `NotHere` if it is not there."""
    corpus: Path | None = request.app.state.corpus
    if corpus is None or not is_pdf(source):
        raise NotHere(f"{source.id} has no PDF in here; read its text.")
    try:
        content = (corpus / str(source.file)).read_bytes()
    except OSError as error:
        raise NotHere(f"{source.file} is not in the corpus; read its text.") from error
    if hashlib.sha256(content).hexdigest() != index.files[source.id]:
        raise NotHere(f"{source.file} has changed since it was read; run: clusterqa ingest")
    return content
