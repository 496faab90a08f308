"""A citation in, links out to what stands beside it: the definitions of the terms it uses, what it
refers to, what refers to it, and the same provision in other languages.

Every link leads to the version that applied on the answer's date. Nothing here is quoted.
"""

from collections.abc import Iterator
from datetime import date

from clusterqa.corpus import versions_in_force
from clusterqa.index import Index
from clusterqa.passages import deepest
from clusterqa.provisions import article_of
from clusterqa.references import called
from clusterqa.types import Citation, Neighbour, Relation, Source
from clusterqa.versions import cited_on, find_provision

MOST = 8  # links of one relation


def neighbours(index: Index, citation: Citation, as_of: date) -> tuple[Neighbour, ...]:
    """The links of a citation, at most `MOST` of a relation, each provision once in each."""
    found = {
        "definition": definitions(index, citation),
        "refers_to": referred(index, citation, as_of),
        "referred_by": referring(index, citation, as_of),
        "translation": translations(index, citation, as_of),
    }
    return tuple(link for links in found.values() for link in [*dict.fromkeys(links)][:MOST])


def definitions(index: Index, citation: Citation) -> Iterator[Neighbour]:
    """Where the terms that the quote uses are defined, unless that is what it quotes."""
    source, quote = citation.document.id, citation.quote
    for term, label in index.terms(source, quote.start, quote.end).items():
        if not within(citation.locator.label, label):
            yield link(index, "definition", source, label, term)


def referred(index: Index, citation: Citation, as_of: date) -> Iterator[Neighbour]:
    """The footnotes that the quote calls, then the provisions that it cites, as they stood.

    Citations that lead nowhere are left out.
    """
    document, quote = citation.document, citation.quote
    for note in called(index.document(document.id), quote.start, quote.end):
        yield link(index, "refers_to", document.id, note.label)
    for reference in index.references(document.id, quote.start, quote.end):
        place = cited_on(index, reference, as_of, language=document.language)
        if isinstance(place, tuple) and not within(citation.locator.label, place[1]):
            yield link(index, "refers_to", *place)


def referring(index: Index, citation: Citation, as_of: date) -> Iterator[Neighbour]:
    """The provisions of texts that applied on the date which cite the quoted one or its article."""
    document, own = citation.document, citation.locator.label
    for label in dict.fromkeys((own, article_of(own))):
        for source, start, end in index.citing(document.work, label):
            if is_beside(index, source, document.language, as_of):
                found = deepest(index.document(source).provisions, start, end)
                if found is not None and not within(found.label, label):
                    yield link(index, "referred_by", source, found.label)


def translations(index: Index, citation: Citation, as_of: date) -> Iterator[Neighbour]:
    """The quoted provision in the other languages of its version."""
    work, own = index.sources[citation.document.id]
    for source in work.sources:
        twin = (source.valid_from, source.valid_to) == (own.valid_from, own.valid_to)
        if twin and source.language != own.language and source.id in index.files:
            provision = find_provision(index.document(source.id), citation.locator.label)
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
