"""An id or a URI in, the text that it names out: of a document, a provision or a passage.

A document is named by its id, a provision by document and label, a passage by the id that a search
gave. URIs say the first two: `clusterqa://02014R0651-20230701/Article%2027%289%29`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from clusterqa.answering import describe_document
from clusterqa.answers import DocumentRef
from clusterqa.errors import UsageError
from clusterqa.index import Library
from clusterqa.law.history import find_provision
from clusterqa.law.uris import SCHEME, read_uri, uri_of, web_address
from clusterqa.presenting.answers import version_text
from clusterqa.presenting.catalogue import ENGLISH
from clusterqa.types import Document, Provision

LONGEST_ID = 400  # chars
SEARCH_FIRST = "use an id that search returned, or one like 02014R0651-20230701/Article 27(9)"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where a text stands. `status_on` is the day that the document's legal status is of.

    `uri` names the document or provision as an MCP resource. `path` are the labels down to the
    text and `context` the words above it, such as the lead-in of a list. `start` and `end` are
    offsets in code points into the document's text; `previous` and `next` are ids to fetch.
    """

    uri: str
    document: DocumentRef
    status_on: date
    label: str | None
    path: tuple[str, ...]
    context: str
    page: str | None
    start: int
    end: int
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class FetchedPlace:
    """A text and where it stands; `url` is the official text's address, else our own URI."""

    id: str
    title: str
    text: str
    url: str
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class PlaceSpan:
    """A stretch of a document by its id, label and surroundings, as yet without its text."""

    id: str
    start: int
    end: int
    label: str | None = None
    path: tuple[str, ...] = ()
    context: str = ""
    page: str | None = None
    previous: str | None = None
    next: str | None = None


def find_place(library: Library, id: str, today: date) -> FetchedPlace:
    """The text that an id or URI names; raises `UsageError` if there is none."""
    if not 0 < len(id.strip()) <= LONGEST_ID or "\0" in id:
        raise UsageError(f"id: {id[:60]!r} is no id; {SEARCH_FIRST}")
    if not id.casefold().startswith(SCHEME) and (found := passage_named(library, id.strip())):
        return place(library, *found, today)
    named, label = read_uri(id)
    source = known_source(library, named)
    document = library.document(source)
    return place(library, source, span_of(document, label), today)


def known_source(library: Library, named: str) -> str:
    """The id of a document that is here, in whatever case it is typed: hosts of URIs have none."""
    by_folded = {source.casefold(): source for source in library.files}
    if named.casefold() in by_folded:
        return by_folded[named.casefold()]
    for work in library.works:
        here = [source.id for source in library.texts(work)]
        if named.casefold() == work.id.casefold() and here:
            raise UsageError(
                f"id: {named!r} is a work; name one of its versions: {', '.join(here)}"
            )
    raise UsageError(f"id: nothing here is named {named[:60]!r}; {SEARCH_FIRST}")


def passage_named(library: Library, id: str) -> tuple[str, PlaceSpan] | None:
    """The source of the passage with this id and its span, with the passages beside it."""
    try:
        number, found = library.passage(id)
    except KeyError:
        return None
    before, after = library.ids_beside(number)
    return found.source, PlaceSpan(
        id, found.start, found.end, found.label, found.path, found.context, found.page,
        before, after,
    )  # fmt: skip


def span_of(document: Document, label: str | None) -> PlaceSpan:
    """The span of a whole document or of one of its provisions, with those beside it."""
    if label is None:
        return PlaceSpan(document.source, 0, len(document.text))
    found = find_provision(document, label)
    if found is None:
        raise UsageError(
            f"id: {document.source} has no {label[:60]!r}; labels are like 'Article 27(9)'"
        )
    beside = [p for p in document.provisions if p.parent == found.parent and p.kind == found.kind]
    at = beside.index(found)
    before, after = beside[max(at - 1, 0) : at], beside[at + 1 : at + 2]
    return PlaceSpan(
        f"{document.source}/{found.label}",
        found.start,
        found.end,
        found.label,
        tuple(headings(document, found)),
        page=document.page_at(found.start),
        previous=f"{document.source}/{before[0].label}" if before else None,
        next=f"{document.source}/{after[0].label}" if after else None,
    )


def headings(document: Document, provision: Provision) -> Iterator[str]:
    """The labels of what a provision stands in, outermost first, and its own."""
    if provision.parent is not None:
        yield from headings(document, document.provisions[provision.parent])
    yield provision.label


def place(library: Library, source: str, span: PlaceSpan, today: date) -> FetchedPlace:
    work, version = library.sources[source]
    described = describe_document(work, version, today)
    return FetchedPlace(
        id=span.id,
        title=title_of(described, span.label),
        text=library.document(source).text[span.start : span.end],
        url=web_address(version.url, source, span.label),
        metadata=Metadata(
            uri=uri_of(source, span.label),
            document=described,
            status_on=today,
            label=span.label,
            path=span.path,
            context=span.context,
            page=span.page,
            start=span.start,
            end=span.end,
            previous=span.previous,
            next=span.next,
        ),
    )


def title_of(document: DocumentRef, label: str | None) -> str:
    """ "GBER, Article 27(9) (consolidated 1 July 2023, in force)"; without a label the document."""
    named = f"{document.short_title}, {label}" if label else document.short_title
    return f"{named} ({version_text(document, ENGLISH)})"
