"""A question in, the provisions out that it asks for by name: "Article 27(6)", "What is an SME?".

Whatever words they share with the question, such provisions come first.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusterqa.index import Library
from clusterqa.languages.analysis import analyzer
from clusterqa.law.history import find_provision
from clusterqa.query.understanding import Query, Stems
from clusterqa.types import Hit, Work

if TYPE_CHECKING:
    from clusterqa.query.pinpoints import Address, Denoted

NAMED_WEIGHT = 2.0  # of a provision that the question names and little else
DEFINING_WEIGHT = 0.6  # of the definition of a term whose meaning is asked
MENTIONED_WEIGHT = 0.4  # of a provision that a question names on the way


@dataclass(frozen=True, slots=True)
class Named:
    """A span of a source that a question asks for by name, and what that adds to its score.

    `whole` says that its text is what is asked for, not just a sentence of it.
    """

    source: str
    start: int
    end: int
    weight: float
    whole: bool


def asked_by_name(library: Library, query: Query, sources: set[str]) -> list[Named]:
    """The provisions of the sources that a question names or whose term it asks to define."""
    return [*addressed(library, query, sources), *defining(library, query, sources)]


def addressed(library: Library, query: Query, sources: set[str]) -> list[Named]:
    """The provisions that a question names, in the sources, and what it adds to their score.

    Without the name of a work beside it, a provision is one of a work that the question names, or
    of any.
    """
    works = {work.id for work in query.works}
    weight = NAMED_WEIGHT if query.asks_text else MENTIONED_WEIGHT
    return [
        Named(source, one.provision.start, one.provision.end, weight, whole=query.asks_text)
        for address in query.addresses
        for source, one in places(library, address, sources, works)
    ]


def named_place(library: Library, query: Query, hit: Hit) -> str | None:
    """The label of the provision that a question names and a hit stands in, such as its article."""
    passage, document = hit.passage, library.document(hit.passage.source)
    named = [
        (one.start, one.end)
        for one in addressed(library, query, {passage.source})
        if one.start <= passage.start and passage.end <= one.end
    ]
    return next((p.label for p in document.provisions if (p.start, p.end) in named), None)


def absent_places(
    library: Library, query: Query, sources: set[str]
) -> list[tuple[Work | None, str]]:
    """The provisions whose text a question asks for and that no source of their work has.

    With each the work it should be of, None for a question that names none.
    """
    ids = {work.id for work in query.works}
    by_id = {work.id: work for work in library.works}
    missing = []
    for address in query.addresses:
        denoted = places(library, address, sources, ids)
        if not any(one.exact for _, one in denoted):
            only = query.works[0] if len(query.works) == 1 else None
            missing.append((by_id[address.work] if address.work else only, address.label))
    return missing


def places(
    library: Library, address: "Address", sources: set[str], works: set[str]
) -> list[tuple[str, "Denoted"]]:
    """The provisions that an address denotes in sources of its work, else of `works`, else of any.

    Those that bear the label, if there are any, else those around where it would be.
    """
    from clusterqa.query.pinpoints import denoted

    wanted = {address.work} if address.work else works
    found = [
        (source, one)
        for source in sorted(sources)
        if not wanted or library.sources[source][0].id in wanted
        for one in denoted(address.label, library.document(source))
    ]
    return [(source, one) for source, one in found if one.exact] or found


def defining(library: Library, query: Query, sources: set[str]) -> list[Named]:
    """Where the sources say what the term means whose meaning a question asks for."""
    found = (definitions(library, term, query.stemmed, sources) for term in query.terms)
    return next(filter(None, found), [])


def definitions(
    library: Library, term: frozenset[Stems], language: str, sources: set[str]
) -> list[Named]:
    """The definitions of a term in laws, and in guides what stands under a heading of its words."""
    analyze = analyzer(language)
    laws = {s for s in sources if library.sources[s][0].kind == "law"}
    found = [
        (source, find_provision(library.document(source), label))
        for source, defined, label in library.defined_terms(laws)
        if frozenset(analyze(defined)) in term
    ]
    found += [
        (source, provision)
        for source in sorted(sources - laws)
        for provision in library.document(source).provisions
        if frozenset(analyze(provision.label)) in term
    ]
    return [
        Named(source, p.start, p.end, DEFINING_WEIGHT, whole=source in laws)
        for source, p in found
        if p is not None
    ]
