"""A citation or any other place in, links out to what stands beside it: the definitions of the
terms it uses, what it refers to, what refers to it, the same provision in other languages.

Every link leads to the version that applied on the date asked about. Nothing here is quoted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from clusterqa.corpus.manifest import versions_in_force
from clusterqa.index import Index
from clusterqa.law.history import cited_on, find_provision
from clusterqa.passages import deepest
from clusterqa.provisions import article_of
from clusterqa.references.footnotes import called
from clusterqa.types import Citation, Neighbour, Relation, Source

MOST = 8  # links of one relation


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a source and the label of the provision it is."""

    source: str
    label: str
    start: int
    end: int


def neighbours(index: Index, citation: Citation, as_of: date) -> tuple[Neighbour, ...]:
    """The links of a citation, at most `MOST` of a relation, each provision once in each."""
    quote = citation.quote
    place = Place(citation.document.id, citation.locator.label, quote.start, quote.end)
    return beside(index, place, as_of, most=MOST)


def beside(index: Index, place: Place, as_of: date, *, most: int) -> tuple[Neighbour, ...]:
    """The links of a place, at most `most` of a relation, each provision once in each."""
    found = (
        definitions(index, place),
        referred(index, place, as_of),
        referring(index, place, as_of),
        translations(index, place),
    )
    return tuple(link for links in found for link in [*dict.fromkeys(links)][:most])


def definitions(index: Index, place: Place) -> Iterator[Neighbour]:
    """Where the terms that the text uses are defined, unless that is what it is."""
    for term, label in index.terms(place.source, place.start, place.end).items():
        if not within(place.label, label):
            yield link(index, "definition", place.source, label, term)


def referred(index: Index, place: Place, as_of: date) -> Iterator[Neighbour]:
    """The footnotes that the text calls, then the provisions that it cites, as they stood.

    Citations that lead nowhere are left out.
    """
    language = index.sources[place.source][1].language
    for note in called(index.document(place.source), place.start, place.end):
        yield link(index, "refers_to", place.source, note.label)
    for reference in index.references(place.source, place.start, place.end):
        cited = cited_on(index, reference, as_of, language=language)
        if isinstance(cited, tuple) and not within(place.label, cited[1]):
            yield link(index, "refers_to", *cited)


def referring(index: Index, place: Place, as_of: date) -> Iterator[Neighbour]:
    """The provisions of texts that applied on the date which cite the place or its article."""
    work, own = index.sources[place.source]
    for label in dict.fromkeys((place.label, article_of(place.label))):
        for source, start, end in index.citing(work.id, label):
            if is_beside(index, source, own.language, as_of):
                found = deepest(index.document(source).provisions, start, end)
                if found is not None and not within(found.label, label):
                    yield link(index, "referred_by", source, found.label)


def translations(index: Index, place: Place) -> Iterator[Neighbour]:
    """The provision in the other languages of its version."""
    work, own = index.sources[place.source]
    for source in work.sources:
        twin = (source.valid_from, source.valid_to) == (own.valid_from, own.valid_to)
        if twin and source.language != own.language and source.id in index.files:
            provision = find_provision(index.document(source.id), place.label)
            if provision is not None:
                yield link(index, "translation", source.id, provision.label)


def is_beside(index: Index, source: str, language: str, as_of: date) -> bool:
    """Whether a source is a text of the language that applied on the date; not one that amends."""
    work, found = index.sources[source]
    return (
        not work.amends and found.language == language and found in versions_in_force(work, as_of)
    )


def within(label: str, outer: str) -> bool:
    """Whether a label is that of a provision or of one inside it: Article 27(2) of Article 27."""
    return label == outer or label.startswith((f"{outer}(", f"{outer},"))


def link(
    index: Index, relation: Relation, source: str, label: str, term: str | None = None
) -> Neighbour:
    work, found = index.sources[source]
    return Neighbour(
        relation, source, work.short_title, label, found.language, address(found), term
    )


def address(source: Source) -> str | None:
    """Where the official text is, if it has an address on the web."""
    return source.url if source.url and source.url.startswith("http") else None
