"""A question as understood and its readings in, what an `Answer` says of it out, or why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from clusterqa.answering.changes import Comparison, comparison
from clusterqa.answering.notices import notices, other_languages, premises
from clusterqa.answering.refusing import (
    Reason,
    absences,
    asked_works,
    gaps,
    refusal_after_reading,
    refusal_before_reading,
)
from clusterqa.answering.statements import quoted
from clusterqa.index import Index
from clusterqa.lexical import question_language
from clusterqa.neighbours import neighbours
from clusterqa.questions import Understood, asks_what_changed
from clusterqa.reading import Reading, reader
from clusterqa.retrieval import searchable_sources
from clusterqa.types import AnswerStatus, Citation, Compared, Notice, Statement


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
    named = asked_works(index, asked.text, documents, asked.as_of)
    sources = searchable_sources(index, asked.text, as_of=asked.as_of, documents=documents)
    refusal = refusal_before_reading(index, asked.text, named, asked.as_of, sources)
    if refusal is not None:
        return Reply("no_answer", 0.0, refusal.reason, refusal.notices)
    if not any(reading.likely for reading in readings):
        sure = max((reading.probability for reading in readings), default=0.0)
        not_here = () if named else gaps(index.works, index.files, asked.as_of)
        refusal = refusal_after_reading(readings, not_here)
        return Reply("no_answer", sure, refusal.reason, refusal.notices)
    missing = absences(named, index.files, asked.as_of)
    return answered(index, asked, readings, parts, missing, today)


def answered(
    index: Index,
    asked: Understood,
    readings: Sequence[Reading],
    parts: Sequence[Sequence[Reading]],
    missing: Sequence[Notice],
    today: date,
) -> Reply:
    """The words of the readings worth quoting, or two wordings where the question compares days."""
    likely = [part[0] for part in parts if part and part[0].likely]
    changed = compared(index, asked, readings[0])
    told = changed or quoted(index, readings, asked, likely)
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
            *notices(citations, index.sources, asked.as_of, today),
        ),
        statements=statements,
        citations=tuple(
            replace(c, neighbours=neighbours(index, c, asked.as_of)) for c in citations
        ),
        compared=changed.compared if changed else None,
    )


def compared(index: Index, asked: Understood, best: Reading) -> Comparison | None:
    """The provision on the days that a question compares; None if it compares none."""
    if len(asked.days) > 1 or asks_what_changed(asked.text):
        return comparison(index, best.hit, asked.days, asked.as_of)
    return None
