"""A question as understood and its readings in, what an `Answer` says of it out, or why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from clusterqa.answering.abstention import (
    absences,
    asked_works,
    gaps,
    not_here,
    of_the_search,
    refusal_after_reading,
    refusal_before_reading,
)
from clusterqa.answering.comparison import Comparison, comparison
from clusterqa.answering.notices import notices, other_languages, premises
from clusterqa.answering.statements import MOST, Quoted, quoted
from clusterqa.index import Index
from clusterqa.law.history import find_provision
from clusterqa.law.links import neighbours
from clusterqa.query.understanding import Query
from clusterqa.search.named import NAMED_WEIGHT, named_place
from clusterqa.search.reader import Reading, reader
from clusterqa.search.retrieval import searchable_sources
from clusterqa.types import (
    AnswerStatus,
    Citation,
    Compared,
    Document,
    Facts,
    Notice,
    Provision,
    Reason,
    Statement,
)


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


def reply(
    index: Index,
    query: Query,
    readings: Sequence[Reading],
    parts: Sequence[Sequence[Reading]] = (),
    *,
    today: date,
) -> Reply:
    """What the readings amount to: statements with their notices, or a refusal with its reason.

    A time that was not understood is said first. `parts` are the readings of each of several
    questions that were asked at once; an answer without a likely reading of one is partial.
    """
    found = decided(index, query, readings, parts, today)
    return replace(found, notices=(*of_unknown_times(query), *found.notices))


def decided(
    index: Index,
    query: Query,
    readings: Sequence[Reading],
    parts: Sequence[Sequence[Reading]],
    today: date,
) -> Reply:
    """The reply, but for what there is to say of the time that is asked about."""
    named = asked_works(index, query)
    sources = searchable_sources(index, query)
    on = query.between[1] if query.compares and query.between else query.as_of
    refusal = refusal_before_reading(index, query, named, on, sources)
    if refusal is not None:
        return Reply("no_answer", 0.0, refusal.reason, refusal.notices)
    missing = not_here(index, query, named, on)
    if query.acts:  # a footnote names an act, it does not say its law
        readings = [one for one in readings if one.hit.passage.kind != "footnote"]
    bearing = [work for work in query.bearing if work not in named]
    if not any(reading.likely for reading in readings):
        sure = max((reading.probability for reading in readings), default=0.0)
        missing += gaps(bearing, index.files, query.as_of)
        missing += of_the_search(index, query, named, sources, today)
        refusal = refusal_after_reading(readings, missing)
        return Reply("no_answer", sure, refusal.reason, refusal.notices)
    here = [work for work in bearing if any(s.id in index.files for s in work.sources)]
    missing += absences(here, index.files, query.as_of)
    return answered(index, query, readings, parts, missing, today)


def of_unknown_times(query: Query) -> list[Notice]:
    """That words of time in a question were not understood, and which day was taken."""
    if not query.unknown:
        return []
    facts = Facts(words=query.unknown, day=query.as_of)
    return [Notice("time_not_understood", facts=facts)]


def answered(
    index: Index,
    query: Query,
    readings: Sequence[Reading],
    parts: Sequence[Sequence[Reading]],
    missing: Sequence[Notice],
    today: date,
) -> Reply:
    """The words of the readings worth quoting, or two wordings where the question compares days."""
    likely = [part[0] for part in parts if part and part[0].likely]
    changed = compared(index, query, readings)
    told = (
        changed or spelled_out(index, query, readings[0]) or quoted(index, readings, query, likely)
    )
    statements, citations = told.statements, told.citations
    sure = readings[0].probability
    return Reply(
        status="answered" if sure >= reader().answered and len(likely) == len(parts) else "partial",
        confidence=sure,
        notices=(
            *missing,
            *told.notices,
            *premises(query.granted, citations),
            *other_languages(citations, query.language),
            *notices(citations, index.sources, query.as_of, today),
        ),
        statements=statements,
        citations=tuple(
            replace(c, neighbours=neighbours(index, c, query.as_of)) for c in citations
        ),
        compared=changed.compared if changed else None,
    )


def compared(index: Index, query: Query, readings: Sequence[Reading]) -> Comparison | None:
    """The provision on the days that a question compares; None if it compares none.

    What changed is seen in the amended act, not in the act that amends it.
    """
    if not query.compares:
        return None
    hits = [one.hit for one in readings if not index.sources[one.hit.passage.source][0].amends]
    if not hits:
        return None
    place = named_place(index, query, hits[0])
    return comparison(index, query, hits[0], place)


def spelled_out(index: Index, query: Query, best: Reading) -> Quoted | None:
    """The first paragraphs of an article whose text is asked for; None if none is."""
    if best.hit.parts["address"] < NAMED_WEIGHT:
        return None
    source = best.hit.passage.source
    label = named_place(index, query, best.hit)
    found = label and paragraphs(index.document(source), label)
    if not found:
        return None
    passages = [index.passage_at(source, paragraph.start) for paragraph in found[:MOST]]
    hits = [replace(best.hit, passage=p, best_sentence=(p.start, p.end)) for p in passages]
    told = quoted(index, [replace(best, hit=hit) for hit in hits], query)
    if len(found) <= MOST:
        return told
    work = index.sources[source][0].short_title
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
