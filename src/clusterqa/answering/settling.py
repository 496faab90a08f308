"""A reply and the results of checks in, the reply out that a decisive one settles.

Figures that are put against the law answer a question better than words of it: the result is then
what is said in short, and its provision is quoted whatever else was found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from clusterqa.answering.answer import Reply
from clusterqa.answering.gate import check_answer, check_short, said
from clusterqa.answers import (
    CheckedFigure,
    CheckResult,
    Citation,
    Reason,
    Short,
    ShortWords,
    Statement,
)
from clusterqa.index import Library
from clusterqa.languages.quantities import quantities
from clusterqa.query.understanding import Query

SETTLED: frozenset[Reason] = frozenset(("not_in_corpus", "outside_scope"))


def settled(library: Library, query: Query, reply: Reply, checks: Sequence[CheckResult]) -> Reply:
    """The reply with the decisive result as its short answer and its provision among its quotes.

    A refusal for want of a likely passage becomes an answer; one for want of a text does not, for
    the question is a matter of that text. Raises `ClusterQAError` if a quote is not byte-exact.
    """
    found = decisive(query, checks)
    if found is None or (reply.status == "no_answer" and not may_settle(query, reply)):
        return reply
    if found.outcome == "category" and found.answer is None and reply.short is not None:
        return reply
    added = [one for one in told(found) if holding(reply.citations, one) is None]
    numbered = [replace(one, n=n) for n, one in enumerate(added, len(reply.citations) + 1)]
    citations = (*reply.citations, *numbered)
    words = tuple(figure_words(found, citations))
    if not words:
        return reply
    short = Short("check", query.form.language, words, check=found.check.id)
    check_short(short, citations)
    own = tuple(Statement(said(one), (one.n,)) for one in numbered)
    statements = (*own, *reply.statements)
    check_answer(statements, citations, library.document)
    status = "answered" if reply.status == "no_answer" else reply.status
    return replace(
        reply, status=status, reason=None, statements=statements, citations=citations, short=short
    )


def may_settle(query: Query, reply: Reply) -> bool:
    """Whether a refusal only lacks a likely passage: no act or work that is not here is meant."""
    return reply.reason in SETTLED and not query.acts and not query.elsewhere


def decisive(query: Query, checks: Sequence[CheckResult]) -> CheckResult | None:
    """The result that answers a question; None if none does or several differ.

    Whatever has to keep to several limits is not possible if it is beyond one. What is not asked by
    yes or no is answered by the category that is met.
    """
    replies = [one for one in checks if one.answer is not None]
    if replies:
        agreed = len({one.answer for one in replies}) == 1
        limits = all(one.outcome in ("within", "beyond") for one in replies)
        against = [one for one in replies if one.outcome == "beyond"]
        return replies[0] if agreed else against[0] if limits and against else None
    met = [one for one in checks if one.outcome in ("category", "rules")]
    return met[0] if len(met) == 1 and not query.form.yes_no else None


def told(result: CheckResult) -> list[Citation]:
    """The citations whose words set the figures of a result."""
    numbers = {one.citation for one in result.figures}
    return [one for one in result.citations if one.n in numbers]


def holding(citations: Sequence[Citation], one: Citation) -> Citation | None:
    """The citation that quotes all that another quotes; None if none does."""
    for other in citations:
        same = other.document.id == one.document.id
        if same and other.quote.start <= one.quote.start and one.quote.end <= other.quote.end:
            return other
    return None


def figure_words(result: CheckResult, citations: Sequence[Citation]) -> Iterator[ShortWords]:
    """The figures of the law that a result names, where they are quoted."""
    own = {one.n: one for one in result.citations}
    for figure in result.figures:
        cited = own[figure.citation]
        quoted = holding(citations, cited)
        span = figure_span(figure, cited)
        if quoted is not None and span is not None:
            start, end = (cited.quote.start + offset for offset in span)
            exact = cited.quote.exact[span[0] : span[1]]
            yield ShortWords("plain", exact, quoted.n, start, end)


def figure_span(figure: CheckedFigure, citation: Citation) -> tuple[int, int] | None:
    """Where a quote has the figure of a limit as it is written; None if it does not."""
    text = citation.quote.exact
    for one in quantities(text):
        if " ".join(text[one.start : one.end].split()) == figure.written:
            return one.start, one.end
    return None
