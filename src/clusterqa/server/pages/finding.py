"""What is in here, passages for a search, and a provision on two days side by side, as pages."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from clusterqa import answering
from clusterqa.answers import Found, LegalStatus
from clusterqa.errors import NotFound, UsageError
from clusterqa.index import Library
from clusterqa.law.history import difference, folded, stood
from clusterqa.server.assistants import TheAssistant
from clusterqa.server.pages.answer_view import told_first
from clusterqa.server.pages.compare import LONGEST, rows, share_changed
from clusterqa.server.pages.library import TheLibrary, force, present
from clusterqa.server.pages.places import place_groups
from clusterqa.server.pages.rendering import Visitor, respond
from clusterqa.server.pages.route import PageError, PageRoute, TheReader, day_asked, said
from clusterqa.types import Inquiry, Source, Work

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PER_PAGE, PAGES = 10, 10


@dataclass(frozen=True, slots=True)
class Shelf:
    """A work with its versions that are here, those that are not, and the status of each."""

    work: Work
    here: tuple[Source, ...]
    absent: tuple[Source, ...]
    status: dict[str, LegalStatus]

    @property
    def licences(self) -> list[str]:
        return list(dict.fromkeys(s.licence for s in self.here if s.licence))


@router.get("/browse")
def browse(request: Request, library: TheLibrary, reader: TheReader) -> Response:
    """Works, versions, dates and licences, as the manifest says."""
    shelves = [shelf(library, work, reader.as_of or reader.today) for work in library.works]
    here = [one for one in shelves if one.here]
    fields = {"shelves": here, "missing": [one for one in shelves if not one.here]}
    return respond(request, "browse.html", reader, fields | {"works": library.works})


def shelf(library: Library, work: Work, as_of: date) -> Shelf:
    here = present(library, work.sources)
    absent = tuple(source for source in work.sources if source not in here)
    status = {source.id: force(work, source, as_of) for source in work.sources}
    return Shelf(work, tuple(here), absent, status)


@router.get("/search")
def search(
    request: Request,
    assistant: TheAssistant,
    reader: TheReader,
    q: str = "",
    page: Annotated[int, Query(ge=1, le=PAGES)] = 1,
) -> Response:
    """Passages for words, ten a page; none for no words."""
    found: list[Found] = []
    if q.strip():
        found = assistant.find(Inquiry(q.strip(), reader.as_of), k=PER_PAGE * page + 1)
    first = PER_PAGE * (page - 1)
    fields: dict[str, Any] = {
        "q": q.strip(),
        "found": found[first : first + PER_PAGE],
        "page": page,
        "more": len(found) > first + PER_PAGE and page < PAGES,
    }
    return respond(request, "search.html", reader, fields)


class ComparedPlace(BaseModel):
    """The form of a comparison: a work, a label, two days as typed."""

    work: str = ""
    at: str = ""
    old: str = ""
    new: str = ""
    language: str = ""


@router.get("/compare")
def compare(
    request: Request,
    asked: Annotated[ComparedPlace, Query()],
    library: TheLibrary,
    reader: TheReader,
) -> Response:
    """A provision on two days, changes marked; the form alone until a provision is named."""
    laws = [work for work in library.works if len(present(library, work.sources)) > 1]
    chosen = next((work for work in laws if work.id == asked.work), None)
    asked = asked.model_copy(update={"language": language_read(library, chosen, asked, reader)})
    fields: dict[str, Any] = {
        "asked": asked, "laws": laws, "chosen": chosen, "problem": None, "compared": None,
        "groups": place_groups(library, chosen, asked.language) if chosen else [],
        "earliest": earliest(library, chosen) if chosen else None,
    }  # fmt: skip
    try:
        if asked.at or (asked.work and not chosen) or asked.old:
            fields["compared"] = compared(library, asked, reader)
    except UsageError as error:
        problem = said(error, reader.words)
        fields |= {"problem": problem}
        return respond(request, "compare.html", reader, fields, status=problem.status)
    return respond(request, "compare.html", reader, fields)


def language_read(
    library: Library, work: Work | None, asked: ComparedPlace, reader: Visitor
) -> str:
    """The language asked for, else the reader's where the work has texts in it, else English."""
    own = {source.language for source in present(library, work.sources)} if work else set()
    return asked.language or (reader.words.language if reader.words.language in own else "en")


def earliest(library: Library, work: Work) -> date | None:
    """The first day of the oldest text that is here."""
    return min((s.valid_from for s in present(library, work.sources) if s.valid_from), default=None)


def compared(library: Library, asked: ComparedPlace, reader: Visitor) -> dict[str, Any]:
    """Both wordings and their rows; raises `UsageError` for a day or place that is not there."""
    new_day = day_asked(asked.new) or reader.as_of or reader.today
    old_day = day_asked(asked.old)
    if old_day is None or not asked.at or not asked.work:
        raise PageError("compare.incomplete")
    if old_day > new_day:
        raise PageError("compare.order")
    texts = [text_on(library, asked, day) for day in (old_day, new_day)]
    if not any(texts):
        raise PageError("compare.nowhere", 404, place=asked.at[:80])
    if asked.at.strip().casefold().startswith("recital") and not all(texts):
        raise PageError("compare.recital")
    if max(len(text) for text in texts) > LONGEST:
        raise PageError("compare.too_long", place=asked.at[:80])
    old, new, changed = difference(
        library, asked.work, asked.at, old_day, new_day, language=asked.language
    )
    removed, added = share_changed(changed)
    work, _ = library.sources[new.sources[0]]
    ended = library.lapsed(work, new_day)
    return {
        "ended": told_first(answering.expired(work, library), reader.words) if ended else None,
        "old": old,
        "new": new,
        "days": (old_day, new_day),
        "same": folded(old.text) == folded(new.text),
        "rows": rows(changed),
        "removed": removed,
        "added": added,
        "work": work,
    }


def text_on(library: Library, asked: ComparedPlace, day: date) -> str:
    """The provision on a day, empty if the text of the day does not have it."""
    try:
        return stood(library, asked.work, asked.at, day, asked.language).text or ""
    except NotFound:
        name = next((w.short_title for w in library.works if w.id == asked.work), asked.work[:80])
        raise PageError("problem.no_version", 404, work=name, date=day) from None
