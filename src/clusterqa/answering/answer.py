"""A question as understood and its readings in, what an `Answer` says of it out, or why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from clusterqa.answering.abstention import (
    absences,
    asked_works,
    elsewhere,
    gaps,
    not_here,
    of_the_search,
    refusal_after_reading,
    refusal_before_reading,
)
from clusterqa.answering.comparison import Comparison, comparison
from clusterqa.answering.notices import missing_law, notices, other_languages, premises
from clusterqa.answering.short import short_answer
from clusterqa.answering.statements import MOST, Quoted, quoted
from clusterqa.answers import (
    AnswerStatus,
    Citation,
    Compared,
    Facts,
    Notice,
    Reason,
    Short,
    Statement,
    in_order,
)
from clusterqa.index import Library
from clusterqa.law.history import applied_until, find_provision
from clusterqa.law.links import neighbours
from clusterqa.law.pointers import is_inside, pointed_to
from clusterqa.query.understanding import Query
from clusterqa.search.named import NAMED_WEIGHT, named_place
from clusterqa.search.reader import Reading
from clusterqa.search.retrieval import searchable_sources
from clusterqa.types import Document, Provision


@dataclass(frozen=True, slots=True)
class Reply:
    """The part of an `Answer` that is decided here; a refusal has a reason and no statements."""

    status: AnswerStatus
    confidence: float
    reason: Reason | None = None
    notices: tuple[Notice, ...] = ()
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    compared: Compared | None = None
    short: Short | None = None


def reply(
    library: Library,
    query: Query,
    readings: Sequence[Reading],
    parts: Sequence[Sequence[Reading]] = (),
    *,
    foreign: float,
    today: date,
) -> Reply:
    """What the readings amount to: statements with their notices, or a refusal with its reason.

    That texts are missing or have ended is said first, then a time that was not understood. `parts`
    are the readings of each of several
    questions that were asked at once; an answer without a likely reading of one is partial.
    """
    found = decided(library, query, readings, parts, foreign, today)
    before = [*missing_law(library), *of_unknown_times(query)]
    return replace(found, notices=in_order([*before, *found.notices]))


def decided(
    library: Library,
    query: Query,
    readings: Sequence[Reading],
    parts: Sequence[Sequence[Reading]],
    foreign: float,
    today: date,
) -> Reply:
    """The reply, but for what there is to say of the time that is asked about."""
    named = asked_works(library, query)
    sources = searchable_sources(library, query)
    on = query.between[1] if query.compares and query.between else query.as_of
    refusal = refusal_before_reading(library, query, named, on, sources)
    if refusal is not None:
        return Reply("no_answer", 0.0, refusal.reason, refusal.notices)
    missing = not_here(library, query, named, on)
    missing += [elsewhere(work) for work in query.elsewhere if work not in named]
    if query.acts:  # a footnote names an act, it does not say its law
        readings = [one for one in readings if one.hit.passage.kind != "footnote"]
    bearing = [work for work in query.bearing if work not in named]
    if not any(reading.likely for reading in readings):
        sure = max((reading.probability for reading in readings), default=0.0)
        missing += gaps(library, bearing, query.as_of)
        missing += of_the_search(library, query, named, sources, today)
        known = query.words_known and not library.lacks_law
        refusal = refusal_after_reading(readings, missing, foreign if known else 0.0)
        return Reply("no_answer", sure, refusal.reason, refusal.notices)
    here = [work for work in bearing if library.texts(work)]
    missing += absences(library, here, query.as_of)
    return answered(library, query, readings, parts, missing, today)


def of_unknown_times(query: Query) -> list[Notice]:
    """That words of time in a question were not understood, and which day was taken.

    In a language whose words of time are not known it is said of every question without a day.
    """
    if query.dated != "request" and not query.words_known:
        return [Notice("time_not_read", facts=Facts(day=query.as_of))]
    if not query.unknown:
        return []
    facts = Facts(words=query.unknown, day=query.as_of)
    return [Notice("time_not_understood", facts=facts)]


def answered(
    library: Library,
    query: Query,
    readings: Sequence[Reading],
    parts: Sequence[Sequence[Reading]],
    missing: Sequence[Notice],
    today: date,
) -> Reply:
    """The words of the readings worth quoting, or two wordings where the question compares days."""
    likely = [part[0] for part in parts if part and part[0].likely]
    changed = compared(library, query, readings)
    told = (
        changed
        or spelled_out(library, query, readings[0])
        or quoted(library, readings, query, likely or led_on(library, query, readings))
    )
    statements = told.statements
    citations = tuple(beside(library, one, query.as_of) for one in told.citations)
    whole = readings[0].sure and len(likely) == len(parts)
    return Reply(
        status="answered" if whole else "partial",
        confidence=readings[0].probability,
        notices=(
            *missing,
            *not_compared(library, query, readings[0]),
            *told.notices,
            *premises(query.granted, citations),
            *other_languages(citations, query.language),
            *notices(citations, library, query.as_of, today),
        ),
        statements=statements,
        citations=citations,
        compared=changed.compared if changed else None,
        short=short_answer(query, citations, [one.hit for one in readings], compared=bool(changed)),
    )


def beside(library: Library, citation: Citation, as_of: date) -> Citation:
    """A citation with its neighbours and the last day of its words."""
    return replace(
        citation,
        neighbours=neighbours(library, citation, as_of),
        words_until=applied_until(library, citation.document.id, citation.locator.label),
    )


def not_compared(library: Library, query: Query, best: Reading) -> list[Notice]:
    """A notice for each of two days named of which no text of the best reading's work is here."""
    work, _ = library.sources[best.hit.passage.source]
    days = query.between if len(query.days) > 1 and query.between else ()
    return [notice for day in days for notice in absences(library, [work], day)]


def compared(library: Library, query: Query, readings: Sequence[Reading]) -> Comparison | None:
    """The provision on the days that a question compares; None if it compares none.

    What changed is seen in the amended act, not in the act that amends it.
    """
    if not query.compares:
        return None
    hits = [one.hit for one in readings if not library.sources[one.hit.passage.source][0].amends]
    if not hits:
        return None
    place = named_place(library, query, hits[0])
    return comparison(library, query, hits[0], place)


def led_on(library: Library, query: Query, readings: Sequence[Reading]) -> list[Reading]:
    """The first reading and the best of what it points to, if it is a definition that only does."""
    place = pointed_to(library, readings[0].hit.passage, query.as_of)
    there = [one for one in readings if place and is_inside(one.hit, place)]
    return [readings[0], *there[:1]] if there else []


def spelled_out(library: Library, query: Query, best: Reading) -> Quoted | None:
    """The first paragraphs of an article whose text is asked for; None if none is."""
    if best.hit.scores.named < NAMED_WEIGHT:
        return None
    source = best.hit.passage.source
    label = named_place(library, query, best.hit)
    found = label and paragraphs(library.document(source), label)
    if not found:
        return None
    passages = [library.passage_at(source, paragraph.start) for paragraph in found[:MOST]]
    hits = [replace(best.hit, passage=p, best_sentence=(p.start, p.end)) for p in passages]
    told = quoted(library, [replace(best, hit=hit) for hit in hits], query)
    if len(found) <= MOST:
        return told
    work = library.sources[source][0].short_title
    facts = Facts(work=work, label=label, points=len(found), shown=MOST)
    return replace(told, notices=(*told.notices, Notice("part_of_list", 1, facts)))


def paragraphs(document: Document, label: str) -> list[Provision]:
    """The paragraphs of a provision, in order; none if it has none of its own."""
    whole = find_provision(document, label)
    nodes = document.provisions
    return [
        p for p in nodes
        if whole and p.kind == "paragraph" and p.parent is not None and nodes[p.parent] is whole
    ]  # fmt: skip
