"""Documents as pages: an outline, a provision in its article with a quote marked, a PDF's bytes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, StringConstraints
from starlette.responses import JSONResponse, Response

from clusterqa.errors import ClusterQAError, NotFound, UsageError
from clusterqa.index import Library
from clusterqa.law.history import Wording, changes, find_provision, folded, history
from clusterqa.parsers.pdf import Rect, rectangles
from clusterqa.server.pages.compare import LONGEST, ComparedRow, rows
from clusterqa.server.pages.figures import beside
from clusterqa.server.pages.library import TheLibrary, force, is_pdf, pdf_bytes, present, version
from clusterqa.server.pages.outlines import outline
from clusterqa.server.pages.rendering import Visitor, respond
from clusterqa.server.pages.route import PageError, PageRoute, TheReader
from clusterqa.server.pages.sources import (
    MOST,
    ShownSource,
    Spot,
    act_number,
    act_source,
    applying,
    read_place,
    translations_of,
    verified,
    versions_of,
)
from clusterqa.server.problems import ProblemResponse, problem_from
from clusterqa.types import Document, Provision, Source, Work

router = APIRouter(include_in_schema=False, route_class=PageRoute)
FARTHEST = 2**53  # offsets are below
Lead = Annotated[str, StringConstraints(pattern=r"^\d{1,15}-\d{1,15}-[0-9a-f]{1,64}$")]


class Asked(BaseModel):
    """The address of a document or of a place in it; `work` stands for its version of the date."""

    id: str = ""
    work: str = ""
    at: str = ""
    start: Annotated[int, Query(ge=0, le=FARTHEST)] = 0
    end: Annotated[int, Query(ge=0, le=FARTHEST)] = 0
    check: str = ""
    lead: Annotated[list[Lead], Query(max_length=10)] = []
    first: Annotated[int | None, Query(ge=0, le=FARTHEST)] = None
    against: str = ""
    as_of: str = ""

    @property
    def spot(self) -> Spot:
        leads = (lead.split("-") for lead in self.lead)
        found = tuple((int(start), int(end), check) for start, end, check in leads)
        return Spot(self.at, self.start, self.end, self.check, self.first, found)

    @property
    def is_place(self) -> bool:
        return bool(self.at or self.check or self.first is not None)


@router.get("/document")
def document(
    request: Request, asked: Annotated[Asked, Query()], library: TheLibrary, reader: TheReader
) -> Response:
    """A place of a document, or its outline; a short guide or page is shown whole."""
    work, source = named(library, asked, reader)
    text = library.document(source.id)
    entries = outline(text)
    fields = described(library, work, source, reader)
    is_law = work.kind in ("law", "soft_law")
    if not asked.is_place and len(entries) > 1 and (is_law or len(text.text) > MOST):
        return respond(request, "outline.html", reader, fields | {"entries": entries})
    try:
        reading = read_place(library, source, asked.spot)
    except NotFound as error:
        missing = {"missing": asked.at, "found_in": versions_of(library, work, source, asked.at)}
        status = error.http_status
        return respond(request, "missing.html", reader, fields | missing, status=status)
    fields |= place_fields(library, work, source, reading, asked, reader)
    return respond(request, "document.html", reader, fields)


def named(library: Library, asked: Asked, reader: Visitor) -> tuple[Work, Source]:
    """The version that an address means; raises `PageError` if it is not in here."""
    if asked.id not in library.files and not asked.work:
        raise PageError("problem.no_document", 404)
    if asked.id:
        return version(library, asked.id)
    found = applying(library, asked.work, reader.as_of or reader.today, reader.words.language)
    if found is None:
        day = reader.as_of or reader.today
        raise PageError("problem.no_version", 404, work=asked.work[:80], date=day)
    return library.sources[found.id]


def described(library: Library, work: Work, source: Source, reader: Visitor) -> dict[str, Any]:
    """What every page of a document says of it."""
    return {
        "work": work,
        "source": source,
        "status": force(work, source, reader.as_of or reader.today),
        "is_pdf": is_pdf(source),
        "newer": newer(library, work, source, reader),
        "successor": next((w for w in library.works if w.id == work.superseded_by), None),
    }


def newer(library: Library, work: Work, source: Source, reader: Visitor) -> Source | None:
    """The version that applies on the reader's date where the one shown does not."""
    day = reader.as_of or reader.today
    found = applying(library, work.id, day, source.language)
    dated = source.valid_from is not None or source.valid_to is not None
    return found if dated and found is not None and found.id != source.id else None


def place_fields(
    library: Library,
    work: Work,
    source: Source,
    reading: ShownSource,
    asked: Asked,
    reader: Visitor,
) -> dict[str, Any]:
    label = "" if reading.target.kind == "title" else reading.target.label
    recital = reading.target.kind == "recital"  # consolidations have none, and change none
    acts = {act for line in reading.lines for act in line.acts}
    return {
        "asked": asked,
        "reading": reading,
        "place": label,
        "recital": recital,
        "versions": [] if recital else versions_of(library, work, source, label),
        "translations": translations_of(library, work, source, label),
        "wordings": [] if recital else wordings(library, work, source, label),
        "acts": {act: (act_number(act), act_source(library, act)) for act in acts},
        "forms": beside(library, source.id, label, reader),
        "here": {w.id for w in library.works if present(library, w.sources)},
        **marked_changes(library, work, source, read_whole(reading), asked.against),
    }


def read_whole(reading: ShownSource) -> Provision:
    """What is compared: all of the article that is read, or of a long one the place asked for."""
    whole = reading.provision
    return whole if whole.end - whole.start <= MOST and whole.label else reading.target


def wordings(library: Library, work: Work, source: Source, label: str) -> list[Wording]:
    """How a provision was worded through time; empty where there is but one version."""
    if not label or len(present(library, work.sources)) < 2:
        return []
    try:
        return history(library, work.id, label, language=source.language)
    except UsageError:
        return []


def marked_changes(
    library: Library, work: Work, source: Source, target: Provision, against: str
) -> dict[str, Any]:
    """The provision with what changed since another version of the same work."""
    if not against:
        return {"against": None, "changed": (), "ahead": False}
    other_work, other = version(library, against)
    if other_work.id != work.id or other.language != source.language:
        raise PageError("problem.no_other", 404)
    if target.end - target.start > LONGEST:
        raise PageError("compare.too_long", place=target.label)
    changed = changed_rows(library, source, other, target)
    return {"against": other, "changed": changed, "ahead": is_later(other, source)}


def changed_rows(
    library: Library, source: Source, other: Source, target: Provision
) -> Sequence[ComparedRow]:
    """The changes from the older of two versions to the newer one, whichever is read."""
    own = text_of(library.document(source.id), target)
    found = find_provision(library.document(other.id), target.label)
    theirs = text_of(library.document(other.id), found) if found else ""
    old, new = (own, theirs) if is_later(other, source) else (theirs, own)
    return () if folded(old) == folded(new) else rows(changes(old, new))


def is_later(other: Source, source: Source) -> bool:
    return (other.valid_from or date.min) > (source.valid_from or date.min)


def text_of(document: Document, provision: Provision) -> str:
    return document.text[provision.start : provision.end]


# -- PDF ----------------------------------------------------------------------------------------


@router.get("/file")
def file(request: Request, id: str, library: TheLibrary) -> Response:
    """The bytes of the PDF that a text was read from."""
    _, source = version(library, id)
    content = pdf_bytes(library, source, request)
    headers = {"Content-Disposition": "inline", "Cache-Control": "private, max-age=3600"}
    return Response(content, media_type="application/pdf", headers=headers)


@router.get("/marks")
def marks(request: Request, asked: Annotated[Asked, Query()], library: TheLibrary) -> Response:
    """The rectangles of a quote, in points from the bottom left; an unverified one has none."""
    try:
        _, source = version(library, asked.id)
        text = library.document(source.id)
        spans = verified(text, asked.spot)
        if not spans:
            raise NotFound("The quote does not stand there; nothing is marked.")
        content = pdf_bytes(library, source, request)
        digest = library.files[source.id]
        found = [r for span in sorted(spans) for r in places(content, text, (digest, *span))]
    except ClusterQAError as error:
        return ProblemResponse(problem_from(error))
    return JSONResponse({"rects": [asdict(rect) for rect in found]})


def places(content: bytes, document: Document, key: tuple[str, int, int]) -> list[Rect]:
    """As `rectangles`, which reads the whole file again: one at a time, and remembered.

    `key` is the SHA-256 of the file and the span.
    """
    with ONE_AT_A_TIME:
        if key not in remembered:
            if len(remembered) >= REMEMBERED:
                remembered.clear()
            remembered[key] = rectangles(content, document, *key[1:])
        return remembered[key]


REMEMBERED = 256  # quotes
ONE_AT_A_TIME = Lock()  # a worker may take a gigabyte
remembered: dict[tuple[str, int, int], list[Rect]] = {}
