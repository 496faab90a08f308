"""The documents: what each is, its text and its file as read, and its passages page by page."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import PlainTextResponse, Response

from clusterqa.answering import describe_document
from clusterqa.answers import DocumentRef, Locator
from clusterqa.errors import NotFound
from clusterqa.index import Library
from clusterqa.server.api.inputs import (
    AsOf,
    Cursor,
    DateQuery,
    Id,
    PageQuery,
    PageSize,
    StrictModel,
)
from clusterqa.server.api.paging import cursor_after, place_of
from clusterqa.server.assistants import TheAssistant
from clusterqa.server.files import MEDIA_TYPES, file_response, read_file
from clusterqa.server.problems import refusals
from clusterqa.types import Passage, WorkKind

router = APIRouter(prefix="/v1/documents", tags=["documents"])


@dataclass(frozen=True, slots=True)
class DocumentLinks:
    """Where to read on, relative to this server; `source` is the official place."""

    self: str
    file: str
    text: str
    passages: str
    source: str | None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document of the index; `chars` are those of its text, `sha256` is of its file as read."""

    document: DocumentRef
    kind: WorkKind
    publisher: str
    published: date | None
    oj: str | None
    licence: str
    sha256: str
    passages: int
    links: DocumentLinks


@dataclass(frozen=True, slots=True)
class DocumentPage:
    documents: tuple[DocumentView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage; `text` is the document's text from `start` to `end`, in code points."""

    id: str
    locator: Locator
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PassagePage:
    document: str
    passages: tuple[PassageText, ...]
    next: str | None


class DocumentsQuery(StrictModel):
    as_of: AsOf = None
    limit: PageSize = 20
    cursor: Cursor = None


@router.get("", responses=refusals(404, 410, 422))
def documents(query: Annotated[DocumentsQuery, Query()], assistant: TheAssistant) -> DocumentPage:
    """What the index holds, in the manifest's order, with its force on a date."""
    library = assistant.index.library
    known = [source for source in library.sources if library.has(source)]
    begin = place_of(query.cursor, of="documents", index=assistant.index_ref.id, start=0)
    end = begin + query.limit
    counts, day = library.passage_counts(), query.as_of or date.today()
    views = tuple(view(library, source, counts.get(source, 0), day) for source in known[begin:end])
    more = end < len(known)
    after = cursor_after(end, of="documents", index=assistant.index_ref.id) if more else None
    return DocumentPage(views, after)


@router.get("/{id}", responses=refusals(404, 422))
def document(id: Id, query: Annotated[DateQuery, Query()], assistant: TheAssistant) -> DocumentView:
    """One document and where to read it."""
    library = assistant.index.library
    source = known_source(library, id)
    count = library.passage_counts().get(source, 0)
    return view(library, source, count, query.as_of or date.today())


@router.get("/{id}/text", responses=refusals(404, 422), response_class=PlainTextResponse)
def text(id: Id, query: Annotated[StrictModel, Query()], assistant: TheAssistant) -> str:
    """The document's text, into which every offset points."""
    return assistant.index.library.document(known_source(assistant.index.library, id)).text


@router.get(
    "/{id}/file",
    responses=refusals(404, 409, 422)
    | {200: {"description": "The file", "content": {kind: {} for kind in MEDIA_TYPES.values()}}},
    response_class=Response,
)
def file(
    id: Id, query: Annotated[StrictModel, Query()], assistant: TheAssistant, request: Request
) -> Response:
    """The file that the document was read from, byte for byte, or 409 if it has changed since."""
    library, corpus = assistant.index.library, Path(request.app.state.settings.corpus)
    source = known_source(library, id)
    name = library.sources[source][1].file or ""
    return file_response(name, read_file(corpus, name, library.files[source]))


@router.get("/{id}/passages", responses=refusals(404, 410, 422))
def passages(id: Id, query: Annotated[PageQuery, Query()], assistant: TheAssistant) -> PassagePage:
    """The document in passages, headings among them, in reading order."""
    library = assistant.index.library
    source = known_source(library, id)
    place = place_of(query.cursor, of=("passages", source), index=assistant.index_ref.id, start=-1)
    found = library.passages_of(source, after=place, most=query.limit + 1)
    shown = found[: query.limit]
    after = None
    if len(found) > query.limit:
        place = shown[-1][0]
        after = cursor_after(place, of=("passages", source), index=assistant.index_ref.id)
    return PassagePage(source, tuple(passage_text(p) for _, p in shown), after)


def known_source(library: Library, id: str) -> str:
    """The id, if the index has the document; raises `NotFound`. An id is only ever looked up."""
    if not library.has(id):
        raise NotFound(f"There is no document {id[:60]!r} in the index; see /v1/documents.")
    return id


def passage_text(passage: Passage) -> PassageText:
    locator = Locator(passage.label, passage.path, page_label=passage.page)
    return PassageText(passage.id, locator, passage.text, passage.start, passage.end)


def view(library: Library, id: str, passages: int, as_of: date) -> DocumentView:
    work, source = library.sources[id]
    own = f"/v1/documents/{quote(id, safe='')}"
    return DocumentView(
        document=describe_document(work, source, as_of),
        kind=work.kind,
        publisher=work.publisher,
        published=source.published,
        oj=source.oj,
        licence=source.licence,
        sha256=library.files[id],
        passages=passages,
        links=DocumentLinks(own, f"{own}/file", f"{own}/text", f"{own}/passages", source.url),
    )
