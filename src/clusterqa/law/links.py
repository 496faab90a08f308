"""A citation or any other place in, links out to what stands beside it: the definitions of the
terms it uses, what it refers to, what refers to it, the same provision in other languages.

Every link leads to the version that applied on the date asked about. Nothing here is quoted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from clusterqa.answers import Citation, Neighbour, Relation
from clusterqa.index import Library
from clusterqa.law.history import cited_on, find_provision
from clusterqa.passages import deepest
from clusterqa.provisions import article_of
from clusterqa.references.footnotes import called
from clusterqa.types import Source

MOST = 8  # links of one relation


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a source and the label of the provision it is."""

    source: str
    label: str
    start: int
    end: int


def neighbours(library: Library, citation: Citation, as_of: date) -> tuple[Neighbour, ...]:
    """The links of a citation, at most `MOST` of a relation, each provision once in each."""
    quote = citation.quote
    place = Place(citation.document.id, citation.locator.label, quote.start, quote.end)
    return beside(library, place, as_of, most=MOST)


def beside(library: Library, place: Place, as_of: date, *, most: int) -> tuple[Neighbour, ...]:
    """The links of a place, at most `most` of a relation, each provision once in each."""
    found = (
        definitions(library, place),
        referred(library, place, as_of),
        referring(library, place, as_of),
        translations(library, place),
    )
    return tuple(link for links in found for link in [*dict.fromkeys(links)][:most])


def definitions(library: Library, place: Place) -> Iterator[Neighbour]:
    """Where the terms that the text uses are defined, unless that is what it is."""
    for term, label in library.terms(place.source, place.start, place.end).items():
        if not within(place.label, label):
            yield link(library, "definition", place.source, label, term)


def referred(library: Library, place: Place, as_of: date) -> Iterator[Neighbour]:
    """The footnotes that the text calls, then the provisions that it cites, as they stood.

    Citations that lead nowhere are left out.
    """
    language = library.sources[place.source][1].language
    for note in called(library.document(place.source), place.start, place.end):
        yield link(library, "refers_to", place.source, note.label)
    for reference in library.references(place.source, place.start, place.end):
        cited = cited_on(library, reference, as_of, language=language)
        if isinstance(cited, tuple) and not within(place.label, cited[1]):
            yield link(library, "refers_to", *cited)


def referring(library: Library, place: Place, as_of: date) -> Iterator[Neighbour]:
    """The provisions of texts that applied on the date which cite the place or its article."""
    work, own = library.sources[place.source]
    for label in dict.fromkeys((place.label, article_of(place.label))):
        for source, start, end in library.citing(work.id, label):
            if is_beside(library, source, own.language, as_of):
                found = deepest(library.document(source).provisions, start, end)
                if found is not None and not within(found.label, label):
                    yield link(library, "referred_by", source, found.label)


def translations(library: Library, place: Place) -> Iterator[Neighbour]:
    """The provision in the other languages of its version."""
    work, own = library.sources[place.source]
    for source in work.sources:
        twin = (source.valid_from, source.valid_to) == (own.valid_from, own.valid_to)
        if twin and source.language != own.language and library.has(source.id):
            provision = find_provision(library.document(source.id), place.label)
            if provision is not None:
                yield link(library, "translation", source.id, provision.label)


def is_beside(library: Library, source: str, language: str, as_of: date) -> bool:
    """Whether a source is a text of the language that answers on the date; not one that amends."""
    work, found = library.sources[source]
    return (
        not work.amends and found.language == language and found in library.texts_read(work, as_of)
    )


def within(label: str, outer: str) -> bool:
    """Whether a label is that of a provision or of one inside it: Article 27(2) of Article 27."""
    return label == outer or label.startswith((f"{outer}(", f"{outer},"))


def link(
    library: Library, relation: Relation, source: str, label: str, term: str | None = None
) -> Neighbour:
    work, found = library.sources[source]
    return Neighbour(
        relation, source, work.short_title, label, found.language, address(found), term
    )


def address(source: Source) -> str | None:
    """Where the official text is, if it has an address on the web."""
    return source.url if source.url and source.url.startswith("http") else None
