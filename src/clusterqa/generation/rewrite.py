"""An extractive answer goes in; the same in a language model's words comes out, or as it was.

Nothing is lost on the way: a passage that no confirmed sentence cites, and one with a condition
that none carries, keep their own words beside the model's.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from clusterqa.answering import check_answer
from clusterqa.answers import (
    Answer,
    Cause,
    Citation,
    Draft,
    Facts,
    Notice,
    Statement,
    in_order,
)
from clusterqa.generation.entailment import reading
from clusterqa.generation.faithfulness import check_composed, confirmed, parts_of_citation, prose
from clusterqa.generation.prompt import sentences
from clusterqa.types import Document

LONGEST_DRAFT = 12_000  # chars
LEAST_CARRIED = 0.5  # share of a condition's content words that a sentence must repeat to carry it


class NoDraft(Exception):
    """Why a composer has no draft: a cause, of which host, with which HTTP status."""

    def __init__(self, cause: Cause, host: str | None = None, status: int | None = None) -> None:
        super().__init__(cause)
        self.cause: Cause = cause
        self.host = host
        self.status = status


class Composer(Protocol):
    """Words an answer from numbered quotes; `name` is said to the reader."""

    @property
    def name(self) -> str: ...

    def draft(self, question: str, citations: Sequence[Citation]) -> str:
        """Sentences that quote and cite the citations by number; raises `NoDraft`."""


def reworded(answer: Answer, composer: Composer, document: Callable[[str], Document]) -> Answer:
    """The answer in the composer's words as far as its citations confirm them.

    Without a confirmed sentence it stays as it was, with a notice `composer_failed` or
    `composer_unsupported`.
    """
    began = time.perf_counter()
    statements, notices = worded(answer, composer)
    check_composed([s for s in statements if s.composed], answer.citations, document)
    check_answer([s for s in statements if not s.composed], answer.citations, document)
    taken = round((time.perf_counter() - began) * 1000, 1)
    return replace(
        answer,
        statements=statements,
        notices=in_order([*notices, *answer.notices]),
        timings_ms=answer.timings_ms | {"language_model": taken},
    )


def worded(answer: Answer, composer: Composer) -> tuple[tuple[Statement, ...], list[Notice]]:
    """The statements, composed where confirmed, and what to say of them."""
    try:
        draft = composer.draft(answer.understood_as or answer.question, answer.citations)
        if len(draft) > LONGEST_DRAFT:
            raise NoDraft("too_long")
    except NoDraft as reason:
        return answer.statements, [failed(composer, reason)]
    drafted = sentences(draft)
    found = [confirmed(sentence, answer.citations) for sentence in drafted]
    composed = list(dict.fromkeys(statement for statement in found if statement))
    if not composed:
        facts = Facts(draft=Draft(composer.name, sentences=len(drafted)))
        return answer.statements, [Notice("composer_unsupported", facts=facts)]
    verbatim = left_over(answer, composed)
    kept = Draft(
        composer.name,
        sentences=len(found),
        confirmed=len(found) - found.count(None),
        verbatim=bool(verbatim),
    )
    return (*composed, *verbatim), [Notice("composed", facts=Facts(draft=kept))]


def failed(composer: Composer, reason: NoDraft) -> Notice:
    none = Draft(composer.name, reason.cause, reason.host, reason.status)
    return Notice("composer_failed", facts=Facts(draft=none))


def left_over(answer: Answer, composed: Sequence[Statement]) -> list[Statement]:
    """The verbatim statements that the composed ones do not replace.

    A model may word a passage, not withhold it: these are the ones that no composed statement
    cites, and those with a condition, or a lead-in with one, that none carries.
    """
    used = {n for statement in composed for n in statement.citations}
    owed = {c.n for c in answer.citations if c.n not in used or loses_condition(c, composed)}
    return [s for s in answer.statements if owed & {*s.citations}]


def loses_condition(citation: Citation, composed: Sequence[Statement]) -> bool:
    """Whether a part of the citation that restricts is in none of the composed statements."""
    language = citation.document.language
    mine = [statement.text for statement in composed if citation.n in statement.citations]
    texts = [reading(prose(text, [citation]), language) for text in mine]
    for part in parts_of_citation(citation):
        held = reading(part.text, language)
        carried = any(
            held.conditions <= said.conditions
            and {*held.figures} <= {*said.figures}
            and len({*held.words} & {*said.words}) >= LEAST_CARRIED * len({*held.words})
            for said in texts
        )
        if held.conditions and not carried:
            return True
    return False
