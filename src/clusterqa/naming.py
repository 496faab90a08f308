"""A question in, the provisions out that it asks for by name: "Article 27(6)", "What is an SME?".

Whatever words they share with the question, such provisions come first.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from clusterqa.index import Index
from clusterqa.lexical import analyzer, question_language
from clusterqa.questions import asked_term, named_works
from clusterqa.types import Hit, Work
from clusterqa.versions import find_provision

if TYPE_CHECKING:
    from clusterqa.addresses import Address, Denoted

NAMED_WEIGHT = 1.0  # of a provision that the question names and little else
DEFINING_WEIGHT = 0.4  # of the definition of a term whose meaning is asked
MENTIONED_WEIGHT = 0.3  # of a provision that a question names on the way
FEW_WORDS = 3  # content words beside an address when its text is what is asked for
ADDRESSABLE = re.compile(r"\d|\bannexe?\b", re.IGNORECASE)


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


def asked_by_name(index: Index, question: str, sources: set[str], as_of: date) -> list[Named]:
    """The provisions of the sources that a question names or whose term it asks to define."""
    return [*addressed(index, question, sources, as_of), *defining(index, question, sources)]


def addressed(index: Index, question: str, sources: set[str], as_of: date) -> list[Named]:
    """The provisions that a question names, in the sources, and what it adds to their score.

    Without the name of a work beside it, a provision is one of a work that the question names, or
    of any. One that stands for a kind of area ("in 107(3)(c) areas") is not asked about.
    """
    if not ADDRESSABLE.search(question):
        return []
    from clusterqa.addresses import addresses  # a grammar that few questions need

    found = [a for a in addresses(question, index.works, as_of) if not is_area(question, a.span)]
    if not found:
        return []
    works = {work.id for work in named_works(question, index.works, as_of)}
    asked = few_words_beside(question, found)
    weight = NAMED_WEIGHT if asked else MENTIONED_WEIGHT
    return [
        Named(source, one.provision.start, one.provision.end, weight, whole=asked)
        for address in found
        for source, one in places(index, address, sources, works)
    ]


def named_place(index: Index, question: str, hit: Hit, as_of: date) -> str | None:
    """The label of the provision that a question names and a hit stands in, such as its article."""
    passage, document = hit.passage, index.document(hit.passage.source)
    named = [
        (one.start, one.end)
        for one in addressed(index, question, {passage.source}, as_of)
        if one.start <= passage.start and passage.end <= one.end
    ]
    return next((p.label for p in document.provisions if (p.start, p.end) in named), None)


def absent_places(
    index: Index, question: str, sources: set[str], as_of: date
) -> list[tuple[Work | None, str]]:
    """The provisions whose text a question asks for and that no source of their work has.

    With each the work it should be of, None for a question that names none.
    """
    if not ADDRESSABLE.search(question):
        return []
    from clusterqa.addresses import addresses

    found = [a for a in addresses(question, index.works, as_of) if not is_area(question, a.span)]
    works = named_works(question, index.works, as_of)
    ids = {work.id for work in works}
    by_id = {work.id: work for work in index.works}
    missing = []
    for address in found:
        denoted = places(index, address, sources, ids)
        if not any(one.exact for _, one in denoted):
            only = works[0] if len(works) == 1 else None
            missing.append((by_id[address.work] if address.work else only, address.label))
    return missing


def places(
    index: Index, address: "Address", sources: set[str], works: set[str]
) -> list[tuple[str, "Denoted"]]:
    """The provisions that an address denotes in sources of its work, else of `works`, else of any.

    Those that bear the label, if there are any, else those around where it would be.
    """
    from clusterqa.addresses import denoted

    wanted = {address.work} if address.work else works
    found = [
        (source, one)
        for source in sorted(sources)
        if not wanted or index.sources[source][0].id in wanted
        for one in denoted(address.label, index.document(source))
    ]
    return [(source, one) for source, one in found if one.exact] or found


def defining(index: Index, question: str, sources: set[str]) -> list[Named]:
    """Where the sources say what the term means whose meaning a question asks for.

    That is its definition in a law, and in a guide what stands under a heading of the same words.
    """
    term = asked_term(question)
    if term is None:
        return []
    language = question_language(question)
    analyze, law_words = analyzer(language), index.wording(language).in_law_words(term)
    asked = {frozenset(analyze(words)) for words in (term, law_words)}
    laws = {s for s in sources if index.sources[s][0].kind == "law"}
    found = [
        (source, find_provision(index.document(source), label))
        for source, defined, label in index.defined_terms(laws)
        if frozenset(analyze(defined)) in asked
    ]
    found += [
        (source, provision)
        for source in sorted(sources - laws)
        for provision in index.document(source).provisions
        if frozenset(analyze(provision.label)) in asked
    ]
    return [
        Named(source, p.start, p.end, DEFINING_WEIGHT, whole=source in laws)
        for source, p in found
        if p is not None
    ]


def is_area(question: str, span: tuple[int, int]) -> bool:
    """Whether the words at a span only say which areas are meant."""
    return bool(re.match(r"[ -](?:assisted )?(?:areas?|regions?|zones?)\b", question[span[1] :]))


def few_words_beside(question: str, addresses: Sequence["Address"]) -> bool:
    """Whether a question says little more than the places it names: what it asks is their text."""
    beside = question
    for start, end in sorted({address.span for address in addresses}, reverse=True):
        beside = beside[:start] + beside[end:]
    return len(analyzer(question_language(question))(beside)) <= FEW_WORDS
