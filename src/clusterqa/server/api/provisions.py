"""A provision by work, label and date: its text, its place, its connections, how it changed."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from clusterqa.answering import amending_acts, cited_as, describe_document
from clusterqa.answers import CiteAs, DocumentRef
from clusterqa.index import Library
from clusterqa.law import history as versions
from clusterqa.law.history import Change, Wording
from clusterqa.law.links import Place
from clusterqa.server.api.connections import Connections, connections
from clusterqa.server.api.inputs import AsOf, Day, Name, StrictModel
from clusterqa.server.assistants import TheAssistant
from clusterqa.server.problems import refusals
from clusterqa.types import Document, Provision, ProvisionKind

router = APIRouter(prefix="/v1/provisions", tags=["provisions"])

Work = Annotated[Name, Field(description="A work's id.", examples=["gber"])]
Label = Annotated[Name, Field(description="As documents write it.", examples=["Article 27(9)"])]
Language = Annotated[
    str, Field(pattern="^[a-z]{2}$", description="Which language version.", examples=["en"])
]


class ProvisionQuery(StrictModel):
    work: Work
    label: Label
    as_of: AsOf = None
    language: Language = "en"


class HistoryQuery(StrictModel):
    work: Work
    label: Label
    language: Language = "en"


class DiffQuery(StrictModel):
    work: Work
    label: Label
    since: Annotated[Day, Field(alias="from", description="The earlier day.")]
    until: Annotated[Day, Field(alias="to", description="The later day.")]
    language: Language = "en"


@dataclass(frozen=True, slots=True)
class ProvisionRef:
    """A provision beside or inside another one of the same document."""

    kind: ProvisionKind
    label: str
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ProvisionView:
    """A provision as it stood; `path` are the labels down to it, `inside` what it is made of."""

    document: DocumentRef
    provision: ProvisionRef
    path: tuple[str, ...]
    text: str
    before: ProvisionRef | None
    after: ProvisionRef | None
    inside: tuple[ProvisionRef, ...]
    cite_as: CiteAs
    connections: Connections


@dataclass(frozen=True, slots=True)
class History:
    """Every distinct wording, oldest first; a text of null: not in the law then."""

    work: str
    label: str
    language: str
    wordings: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two wordings and the words from one to the other, in order."""

    old: Wording
    new: Wording
    changes: tuple[Change, ...]


@router.get("", responses=refusals(404, 422))
def provision(query: Annotated[ProvisionQuery, Query()], assistant: TheAssistant) -> ProvisionView:
    """A provision of a work as it stood on a date, with its neighbours and connections."""
    library, as_of = assistant.index.library, query.as_of or date.today()
    stood = versions.wording_on(library, query.work, query.label, as_of, language=query.language)
    return view(library, stood.sources[0], query.label, as_of)


@router.get("/history", responses=refusals(404, 422))
def history(query: Annotated[HistoryQuery, Query()], assistant: TheAssistant) -> History:
    """Every distinct text that a provision has had, with its days and the acts that changed it."""
    wordings = versions.history(
        assistant.index.library, query.work, query.label, language=query.language
    )
    return History(query.work, query.label, query.language, tuple(wordings))


@router.get("/diff", responses=refusals(404, 422))
def diff(query: Annotated[DiffQuery, Query()], assistant: TheAssistant) -> Difference:
    """What changed in a provision between two days, word by word."""
    days = query.since, query.until
    old, new, changes = versions.difference(
        assistant.index.library, query.work, query.label, *days, language=query.language
    )
    return Difference(old, new, tuple(changes))


def view(library: Library, id: str, label: str, as_of: date) -> ProvisionView:
    document, (work, source) = library.document(id), library.sources[id]
    found = versions.find_provision(document, label)
    assert found is not None  # wording_on has found it
    amending = amending_acts(document, found.start, found.end, library.sources)
    siblings = inside(document, found.parent)
    own = siblings.index(found)
    return ProvisionView(
        document=describe_document(work, source, as_of),
        provision=ref(found),
        path=path(document, found),
        text=document.text[found.start : found.end],
        before=ref(siblings[own - 1]) if own else None,
        after=ref(siblings[own + 1]) if own + 1 < len(siblings) else None,
        inside=tuple(map(ref, inside(document, document.provisions.index(found)))),
        cite_as=cited_as(work, source, found.label, amending),
        connections=connections(library, Place(id, found.label, found.start, found.end), as_of),
    )


def ref(provision: Provision) -> ProvisionRef:
    return ProvisionRef(
        provision.kind, provision.label, provision.title, provision.start, provision.end
    )


def inside(document: Document, parent: int | None) -> list[Provision]:
    """The provisions right below one, in order; the outermost ones for None."""
    return [provision for provision in document.provisions if provision.parent == parent]


def path(document: Document, provision: Provision) -> tuple[str, ...]:
    """The labels from the outermost provision around it down to itself."""
    labels, parent = [provision.label], provision.parent
    while parent is not None:
        labels.append(document.provisions[parent].label)
        parent = document.provisions[parent].parent
    return tuple(labels[::-1])
