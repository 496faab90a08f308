"""A question as understood and its readings in, what an `Answer` says of it out, or why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from clusterqa.answering.abstention import (
    Reason,
    absences,
    asked_works,
    gaps,
    not_here,
    of_the_search,
    refusal_after_reading,
    refusal_before_reading,
)
from clusterqa.answering.comparison import Comparison, compared_days, comparison
from clusterqa.answering.notices import notices, other_languages, premises
from clusterqa.answering.statements import MOST, Quoted, quoted
from clusterqa.index import Library
from clusterqa.languages.identification import question_language
from clusterqa.law.history import find_provision
from clusterqa.law.links import neighbours
from clusterqa.query.understanding import Understood, asks_what_changed
from clusterqa.search.named import NAMED_WEIGHT, bearing_works, named_place, unlisted_acts
from clusterqa.search.reader import Reading, reader
from clusterqa.search.retrieval import searchable_sources
from clusterqa.types import (
    AnswerStatus,
    Citation,
    Compared,
    Document,
    Notice,
    Provision,
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
    library: Library,
    asked: Understood,
    readings: Sequence[Reading],
    parts: Sequence[Sequence[Reading]] = (),
    *,
    documents: Sequence[str],
    today: date,
) -> Reply:
    """What the readings amount to: statements with their notices, or a refusal with its reason.

    `parts` are the readings of each of several questions that were asked at once; an answer without
    a likely reading of one of them is partial.
    """
    named = asked_works(library, asked.text, documents, asked.as_of)
    sources = searchable_sources(library, asked.text, as_of=asked.as_of, documents=documents)
    days = compared_days(asked, library.works) if compares(asked) else None
    on = days[1] if days else asked.as_of
    refusal = refusal_before_reading(library, asked.text, named, on, sources)
    if refusal is not None:
        return Reply("no_answer", 0.0, refusal.reason, refusal.notices)
    missing = not_here(library, asked.text, named, on)
    if unlisted_acts(asked.text, library.works):  # a footnote names an act, it does not say its law
        readings = [one for one in readings if one.hit.passage.kind != "footnote"]
    bearing = [w for w in bearing_works(library, asked.text, asked.as_of) if w not in named]
    if not any(reading.likely for reading in readings):
        sure = max((reading.probability for reading in readings), default=0.0)
        missing += gaps(library, bearing, asked.as_of)
        missing += of_the_search(library, asked, named, sources, today)
        refusal = refusal_after_reading(readings, missing)
        return Reply("no_answer", sure, refusal.reason, refusal.notices)
    here = [work for work in bearing if library.texts(work)]
    missing += absences(library, here, asked.as_of)
    return answered(library, asked, readings, parts, missing, today)


def answered(
    library: Library,
    asked: Understood,
    readings: Sequence[Reading],
    parts: Sequence[Sequence[Reading]],
    missing: Sequence[Notice],
    today: date,
) -> Reply:
    """The words of the readings worth quoting, or two wordings where the question compares days."""
    likely = [part[0] for part in parts if part and part[0].likely]
    changed = compared(library, asked, readings)
    told = (
        changed
        or spelled_out(library, asked, readings[0])
        or quoted(library, readings, asked, likely)
    )
    statements, citations = told.statements, told.citations
    sure = readings[0].probability
    return Reply(
        status="answered" if sure >= reader().answered and len(likely) == len(parts) else "partial",
        confidence=sure,
        notices=(
            *missing,
            *told.notices,
            *premises(asked.text, citations),
            *other_languages(citations, question_language(asked.text)),
            *notices(citations, library.sources, asked.as_of, today),
        ),
        statements=statements,
        citations=tuple(
            replace(c, neighbours=neighbours(library, c, asked.as_of)) for c in citations
        ),
        compared=changed.compared if changed else None,
    )


def compared(library: Library, asked: Understood, readings: Sequence[Reading]) -> Comparison | None:
    """The provision on the days that a question compares; None if it compares none.

    What changed is seen in the amended act, not in the act that amends it.
    """
    if not compares(asked):
        return None
    hits = [one.hit for one in readings if not library.sources[one.hit.passage.source][0].amends]
    if not hits:
        return None
    place = named_place(library, asked.words, hits[0], asked.as_of)
    return comparison(library, asked, hits[0], place)


def spelled_out(library: Library, asked: Understood, best: Reading) -> Quoted | None:
    """The first paragraphs of an article whose text is asked for; None if none is."""
    if best.hit.scores.named < NAMED_WEIGHT:
        return None
    source = best.hit.passage.source
    label = named_place(library, asked.words, best.hit, asked.as_of)
    found = label and paragraphs(library.document(source), label)
    if not found:
        return None
    passages = [library.passage_at(source, paragraph.start) for paragraph in found[:MOST]]
    hits = [replace(best.hit, passage=p, best_sentence=(p.start, p.end)) for p in passages]
    told = quoted(library, [replace(best, hit=hit) for hit in hits], asked)
    if len(found) <= MOST:
        return told
    place = f"{library.sources[source][0].short_title}, {label}"
    message = f"{place} has {len(found)} paragraphs, of which the first {MOST} are quoted."
    return replace(told, notices=(*told.notices, Notice("part_of_list", message, 1)))


def paragraphs(document: Document, label: str) -> list[Provision]:
    """The paragraphs of a provision, in order; none if it has none of its own."""
    whole = find_provision(document, label)
    nodes = document.provisions
    return [
        p for p in nodes
        if whole and p.kind == "paragraph" and p.parent is not None and nodes[p.parent] is whole
    ]  # fmt: skip


def compares(asked: Understood) -> bool:
    """Whether a question is about more than one day."""
    return len(asked.days) > 1 or asks_what_changed(asked.text)
