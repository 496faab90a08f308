"""What the reading pages need of an open assistant: its index, and the files of its corpus."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from fastapi import Depends, Request

from clusterqa.answers import LegalStatus
from clusterqa.corpus.manifest import legal_status
from clusterqa.errors import NotFound
from clusterqa.index import Library
from clusterqa.server.assistants import TheAssistant
from clusterqa.server.files import read_file
from clusterqa.settings import Settings
from clusterqa.types import Source, Work


def _opened_library(assistant: TheAssistant) -> Library:
    return assistant.index.library


TheLibrary = Annotated[Library, Depends(_opened_library)]


def version(library: Library, name: str) -> tuple[Work, Source]:
    """The work and version of a source's id; raises `NotFound` if no text of it is in the index."""
    if not library.has(name):
        raise NotFound(f"No document {name[:80]!r} is in here.")
    return library.sources[name]


def force(work: Work, source: Source, as_of: date) -> LegalStatus:
    """The status of a version on a date, for templates."""
    return legal_status(work, source, as_of)


def present(library: Library, sources: Iterable[Source]) -> list[Source]:
    """The sources of which the index holds a text, oldest first."""
    found = [source for source in sources if library.has(source.id)]
    return sorted(found, key=lambda s: s.valid_from or s.published or date.min)


def is_pdf(source: Source) -> bool:
    return (source.file or "").lower().endswith(".pdf")


def pdf_bytes(library: Library, source: Source, request: Request) -> bytes:
    """The PDF that a text was read from, the very bytes; raises `NotFound` if it is not there."""
    settings: Settings = request.app.state.settings
    if not is_pdf(source):
        raise NotFound(f"{source.id} has no PDF in here; read its text.")
    return read_file(settings.corpus, str(source.file), library.files[source.id])
