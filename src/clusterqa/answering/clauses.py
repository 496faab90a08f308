"""Citations in, their clauses out: what a short answer may be taken from, and how near each is.

A clause is a sentence of a quote or a point of a list, with the words that introduce it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from clusterqa.answers import Citation, ShortWords
from clusterqa.languages.analysis import analyzer
from clusterqa.languages.phrases import Occurrence, names_said, said
from clusterqa.passages import marker_length
from clusterqa.query.understanding import Query
from clusterqa.types import Hit

# Signs that are written in several ways, one character for another: positions stay.
SIGNS = str.maketrans("’‘\u00a0\u202f\u2009\n", "''    ")
WORD = re.compile(r"[^\W\d_]+")
LINE = re.compile(r"[^\n]+")

# The end of each sentence that the search knows and its cosine, by its source and start.
Near = dict[tuple[str, int], tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Clause:
    """Words of a citation: `text` with plain apostrophes and blanks, from `start` of its document.

    `lead` introduces them; `nearness` adds their cosine to the question, 0 where it is not known,
    and the share of the question's stems that they hold.
    """

    citation: Citation
    start: int
    text: str
    lead: str
    nearness: float
    covered: float

    @property
    def language(self) -> str:
        return self.citation.document.language

    @property
    def says(self) -> frozenset[str]:
        """The names of the groups of phrases that it says, of `stating` in its language."""
        return names_said(self.text, self.language, "stating")

    @property
    def said(self) -> tuple[Occurrence, ...]:
        """The same, each phrase at its place."""
        return said(self.text, self.language, "stating")


def plain(text: str) -> str:
    """The text with one sign for each of those that are written in several ways."""
    return text.translate(SIGNS)


def clauses(citations: Iterable[Citation], query: Query, hits: Sequence[Hit]) -> list[Clause]:
    """The clauses of the citations, in their order."""
    near = {
        (hit.passage.source, start): (end, cosine)
        for hit in hits
        for start, end, cosine in hit.sentences
    }
    stems = asked_stems(query)
    return [clause for one in citations for clause in clauses_of(one, stems, near)]


def asked_stems(query: Query) -> frozenset[str]:
    """The stems of what a question is about, as it is said and in the law's words."""
    return query.subject | frozenset(analyzer(query.language)(query.law_words))


def clauses_of(citation: Citation, stems: frozenset[str], near: Near) -> Iterator[Clause]:
    """The clauses of one citation, each point of its list with the line that introduces it."""
    document, quote = citation.document, citation.quote
    analyze = analyzer(document.language)
    headings = frozenset(analyze(" ".join(citation.locator.path)))
    above, lead = " ".join(one.exact for one in citation.lead_ins), ""
    for first, last, cosine in spans(citation, near):
        text = plain(quote.exact[first - quote.start : last - quote.start])
        introduced = plain(" ".join(filter(None, (above, lead))))
        words = frozenset(analyze(f"{introduced} {text}"))
        held = len(stems & words) + len(stems & headings - words) / 2
        covered = held / max(1, len(stems))
        yield Clause(citation, first, text, introduced, cosine + covered, covered)
        if text.endswith(":"):
            lead = text


def spans(citation: Citation, near: Near) -> Iterator[tuple[int, int, float]]:
    """Where the sentences of a quote stand in its document, with the cosine of each.

    A line that the search knows no sentence of is one, without its marker and any cosine.
    """
    source, quote = citation.document.id, citation.quote
    for line in LINE.finditer(quote.exact):
        start, end = quote.start + line.start(), quote.start + line.end()
        known = [(at, *near[source, at]) for at in range(start, end) if (source, at) in near]
        found = [one for one in known if one[1] <= end]
        yield from found or [(start + marker_length(line[0]), end, 0.0)]


def words(clause: Clause, pattern: str, start: int, end: int) -> ShortWords:
    """Words of a clause as they stand in its document."""
    quote, begin = clause.citation.quote, clause.start + start
    exact = quote.exact[begin - quote.start : clause.start + end - quote.start]
    return ShortWords(pattern, exact, clause.citation.n, begin, clause.start + end)
