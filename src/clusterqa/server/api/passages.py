"""One passage with what stands around it, before and after it, and what it is connected with."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from clusterqa.answering import amending_acts, cited_as, describe_document
from clusterqa.answers import CiteAs, DocumentRef
from clusterqa.errors import NotFound
from clusterqa.index import Library
from clusterqa.law.links import Place
from clusterqa.server.api.connections import Connections, connections, day_for
from clusterqa.server.api.documents import PassageText, passage_text
from clusterqa.server.api.inputs import DateQuery, Id
from clusterqa.server.assistants import TheAssistant
from clusterqa.server.problems import refusals
from clusterqa.types import Passage

router = APIRouter(prefix="/v1/passages", tags=["passages"])


@dataclass(frozen=True, slots=True)
class PassageView:
    """A passage, the passages before and after it in its document, and its connections.

    `context` is what a reader of the page sees above it: titles and the lead-in of a list.
    """

    passage: PassageText
    document: DocumentRef
    context: str
    before: PassageText | None
    after: PassageText | None
    cite_as: CiteAs
    connections: Connections


@router.get("/{id}", responses=refusals(404, 422))
def passage(id: Id, query: Annotated[DateQuery, Query()], assistant: TheAssistant) -> PassageView:
    """A passage and its connections on a date: the one asked about, else one when it applied."""
    library = assistant.index.library
    try:
        number, found = library.passage(id)
    except KeyError:
        raise NotFound(f"There is no passage {id[:60]!r} in the index.") from None
    work, source = library.sources[found.source]
    as_of = query.as_of or day_for(source, date.today())
    place = Place(found.source, found.label, found.start, found.end)
    document = library.document(found.source)
    amending = amending_acts(document, found.start, found.end, library.sources)
    return PassageView(
        passage=passage_text(found),
        document=describe_document(work, source, as_of),
        context=found.context,
        before=neighbour(library, found, number - 1),
        after=neighbour(library, found, number + 1),
        cite_as=cited_as(work, source, found.label, amending),
        connections=connections(library, place, as_of),
    )


def neighbour(library: Library, passage: Passage, number: int) -> PassageText | None:
    """The passage of a number, if it is of the same document: they are numbered in order."""
    found = library.passages_of(passage.source, after=number - 1, most=1)
    return passage_text(found[0][1]) if found and found[0][0] == number else None
