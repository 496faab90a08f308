"""A question in, the provisions out that it asks for by name: "Article 27(6)", "What is an SME?".

Whatever words they share with the question, such provisions come first.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from clusterqa.index import Library
from clusterqa.languages.analysis import analyzer
from clusterqa.languages.identification import question_language
from clusterqa.law.history import find_provision
from clusterqa.query.dates import NOW
from clusterqa.query.synonyms import wording
from clusterqa.query.understanding import asked_terms, content, named_works, without_names
from clusterqa.types import Hit, Work

if TYPE_CHECKING:
    from clusterqa.query.pinpoints import Address, Denoted

NAMED_WEIGHT = 2.0  # of a provision that the question names and little else
DEFINING_WEIGHT = 0.6  # of the definition of a term whose meaning is asked
MENTIONED_WEIGHT = 0.4  # of a provision that a question names on the way
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


def asked_by_name(library: Library, question: str, sources: set[str], as_of: date) -> list[Named]:
    """The provisions of the sources that a question names or whose term it asks to define."""
    return [*addressed(library, question, sources, as_of), *defining(library, question, sources)]


def addressed(library: Library, question: str, sources: set[str], as_of: date) -> list[Named]:
    """The provisions that a question names, in the sources, and what it adds to their score.

    Without the name of a work beside it, a provision is one of a work that the question names, or
    of any. One that stands for a kind of area ("in 107(3)(c) areas") is not asked about.
    """
    if not ADDRESSABLE.search(question):
        return []
    from clusterqa.query.pinpoints import addresses  # a grammar that few questions need

    found = [a for a in addresses(question, library.works, as_of) if not is_area(question, a.span)]
    if not found:
        return []
    works = {work.id for work in named_works(question, library.works, as_of)}
    asked = asks_its_text(question, found, library.works)
    weight = NAMED_WEIGHT if asked else MENTIONED_WEIGHT
    return [
        Named(source, one.provision.start, one.provision.end, weight, whole=asked)
        for address in found
        for source, one in places(library, address, sources, works)
    ]


def named_place(library: Library, question: str, hit: Hit, as_of: date) -> str | None:
    """The label of the provision that a question names and a hit stands in, such as its article."""
    passage, document = hit.passage, library.document(hit.passage.source)
    named = [
        (one.start, one.end)
        for one in addressed(library, question, {passage.source}, as_of)
        if one.start <= passage.start and passage.end <= one.end
    ]
    return next((p.label for p in document.provisions if (p.start, p.end) in named), None)


def absent_places(
    library: Library, question: str, sources: set[str], as_of: date
) -> list[tuple[Work | None, str]]:
    """The provisions whose text a question asks for and that no source of their work has.

    With each the work it should be of, None for a question that names none.
    """
    if not ADDRESSABLE.search(question):
        return []
    from clusterqa.query.pinpoints import addresses

    found = [a for a in addresses(question, library.works, as_of) if not is_area(question, a.span)]
    works = named_works(question, library.works, as_of)
    ids = {work.id for work in works}
    by_id = {work.id: work for work in library.works}
    missing = []
    for address in found:
        denoted = places(library, address, sources, ids)
        if not any(one.exact for _, one in denoted):
            only = works[0] if len(works) == 1 else None
            missing.append((by_id[address.work] if address.work else only, address.label))
    return missing


ACT = re.compile(
    r"(?:\b(?:Regulation|Directive|Decision|Recommendation|Règlement|Décision|Recommandation)s?\s)?"
    r"(?:\((?:EU|EC|EEC|UE|CE|CEE)\)\s)?(?:\bN[o°º]\.?\s?)?"
    r"(?<![\d/.,])(?P<first>\d{1,4})/(?P<second>\d{2,4})(?:/[A-Z]{2,3}\b)?(?![\d/])",
    re.IGNORECASE,
)


def unlisted_acts(question: str, works: Sequence[Work]) -> list[str]:
    """The acts that a question names by number and that are none of the works, as it writes them.

    A bare number is an act's if it is no time, as "2014/15" and "2021/2027" are.
    """
    known = {number for work in works for number in act_numbers(work)}
    found = [
        match.group()
        for match in ACT.finditer(question)
        if frozenset(map(int, match.group("first", "second"))) not in known
        and (not match.group()[0].isdigit() or looks_like_an_act(*match.group("first", "second")))
    ]
    return list(dict.fromkeys(found))


def act_numbers(work: Work) -> set[frozenset[int]]:
    """Year and number of the acts that a work is known as, in either order."""
    names = " ".join((work.short_title, work.title.partition(" of ")[0], *work.names))
    pairs = re.findall(r"(\d+)/(\d+)", names)
    for source in work.sources:
        pairs += re.findall(r"^[03](\d{4})[A-Z](\d{4})", source.celex or "")
    return {frozenset(map(int, pair)) for pair in pairs}


def looks_like_an_act(first: str, second: str) -> bool:
    """Whether one of two numbers is a year and the other, of three digits or more, is none."""
    years = [len(part) == 4 and 1950 <= int(part) <= 2099 for part in (first, second)]
    return sum(years) == 1 and min(len(first), len(second)) >= 3


def repealed_day(library: Library, question: str, as_of: date) -> date | None:
    """The last day of the texts of an act that a question names and that applied before a day.

    None if it names none, or one of which a text applied on the day, and for a question of now.
    """
    works = named_works(question, library.works, as_of)
    if NOW.search(question) or any(library.in_force(work, as_of) for work in works):
        return None
    ends = [s.valid_to for work in works for s in library.texts(work) if s.valid_to]
    return max((end for end in ends if end < as_of), default=None)


def bearing_works(library: Library, question: str, as_of: date) -> list[Work]:
    """The works without a text here on a date that a question may be about, by a word of it.

    It is a word of their names that the names of the works that are here lack.
    """
    here = [work for work in library.works if library.texts_in_force(work, as_of)]
    common = GENERIC.union(*(name_stems(work, question) for work in here))
    asked = content(question) - common
    absent = [work for work in library.works if work not in here and not work.amends]
    return [work for work in absent if asked & name_stems(work, question)]


def name_stems(work: Work, question: str) -> frozenset[str]:
    """The stems of a work's names; abbreviations only if the question has them: STEP is no step."""
    words = re.findall(r"\w+", " ".join((work.short_title, *work.names)))
    said = set(re.findall(r"\w+", question))
    usual = [word for word in words if not word.isupper() or word in said]
    return frozenset(analyzer(question_language(question))(" ".join(usual)))


# Stems in names of works that say of what kind they are, not what they are about.
GENERIC = frozenset(
    "state aid framework regul recommend notic guid faq commun general règlement encadr"
    " ue eu ec".split()
)


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


def defining(library: Library, question: str, sources: set[str]) -> list[Named]:
    """Where the sources say what the term means whose meaning a question asks for."""
    found = (definitions(library, term, question, sources) for term in asked_terms(question))
    return next(filter(None, found), [])


def definitions(library: Library, term: str, question: str, sources: set[str]) -> list[Named]:
    """The definitions of a term in laws, and in guides what stands under a heading of its words."""
    language = question_language(question)
    analyze, law_words = analyzer(language), wording(library, language).in_law_words(term)
    asked = {frozenset(analyze(words)) for words in (term, law_words)}
    laws = {s for s in sources if library.sources[s][0].kind == "law"}
    found = [
        (source, find_provision(library.document(source), label))
        for source, defined, label in library.defined_terms(laws)
        if frozenset(analyze(defined)) in asked
    ]
    found += [
        (source, provision)
        for source in sorted(sources - laws)
        for provision in library.document(source).provisions
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


def asks_its_text(question: str, addresses: Sequence["Address"], works: Sequence[Work]) -> bool:
    """Whether a question says nothing but the places it names: what it asks is their text.

    "How much are the fines under Article 27?" asks for something else.
    """
    beside = question
    for start, end in sorted({address.span for address in addresses}, reverse=True):
        beside = beside[:start] + beside[end:]
    words = analyzer(question_language(question))(without_names(beside, works))
    return set(words) <= SAYING


# Stems of words that ask for the text of a provision.
SAYING = frozenset(
    "say state read provid text content word mean show give tell explain quot full exact pleas see"
    " paragraph point articl recit annex regul law rule dit prévoit".split()
)
