"""The quote gate: an answer in, nothing out, or an error that names what no document says."""

from collections.abc import Callable, Sequence

from clusterqa.answers import Citation, Quote, Short, Statement
from clusterqa.errors import ClusterQAError
from clusterqa.types import Document


def check_answer(
    statements: Sequence[Statement],
    citations: Sequence[Citation],
    document: Callable[[str], Document],
) -> None:
    """Raise `ClusterQAError` unless every statement is cited and every quote is byte-exact.

    A statement must be the exact words of its citations, lead-ins included, and each quote must
    stand at its offsets in its document.
    """
    by_number = {citation.n: citation for citation in citations}
    for statement in statements:
        cited = [by_number[n] for n in statement.citations if n in by_number]
        whole = cited and len(cited) == len(statement.citations)
        if not whole or statement.text != said(*cited):
            raise ClusterQAError(f"statement without its citation: {statement.text[:60]!r}")
    for citation in citations:
        text = document(citation.document.id).text
        for quote in quotes(citation):
            if text[quote.start : quote.end] != quote.exact:
                raise ClusterQAError(
                    f"quote {citation.n} is not in {citation.document.id} as given"
                )


def check_short(short: Short, citations: Sequence[Citation]) -> None:
    """Raise `ClusterQAError` unless the words of a short answer stand where they say."""
    quoted = [(one.n, quote) for one in citations for quote in quotes(one)]
    for words in short.words:
        held = (
            quote.exact[words.start - quote.start : words.end - quote.start]
            for n, quote in quoted
            if n == words.citation and quote.start <= words.start and words.end <= quote.end
        )
        if words.exact not in held or not words.exact.strip():
            raise ClusterQAError(f"short answer without its quote: {words.exact[:60]!r}")


def quotes(citation: Citation) -> tuple[Quote, ...]:
    """All that a citation quotes, in reading order."""
    return (*citation.lead_ins, citation.quote)


def said(*citations: Citation) -> str:
    """The words of citations, a line each: lead-ins, quotes; a lead-in that points share once."""
    words = {
        (citation.document.id, quote.start, quote.end): quote.exact
        for citation in citations
        for quote in quotes(citation)
    }
    return "\n".join(words.values())
