"""Hits in, an `Answer` out: verbatim sentences, each cited at its provision, or an honest refusal.

Nothing here writes prose. A statement is a span of a document; `check_answer` proves every quote
byte for byte before an answer leaves, whoever composed it.
"""

import math
import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clusterqa.corpus import legal_status, successor, versions_in_force
from clusterqa.errors import ClusterQAError
from clusterqa.passages import deepest, marker_length
from clusterqa.types import (
    Citation,
    CiteAs,
    Document,
    DocumentRef,
    Found,
    Hit,
    Links,
    Locator,
    Notice,
    Passage,
    Pinpoint,
    Quote,
    Source,
    Statement,
    Work,
)
from clusterqa.versions import nearest

MOST_STATEMENTS = 3
LONGEST_LIST = 1200  # chars; a longer list is not quoted whole
CONTEXT = 40  # chars of prefix and suffix in a quote's selector
EXPIRY_NOTICE = timedelta(days=90)

Catalogue = dict[str, tuple[Work, Source]]
PassageAt = Callable[[str, int], Passage]  # source and offset to the passage that holds it


@dataclass(frozen=True, slots=True)
class Piece:
    """A span of a document to quote, and the passage it stands in."""

    passage: Passage
    start: int
    end: int


def pieces(hit: Hit, document: Document, passage_at: PassageAt) -> list[Piece]:
    """What to quote of a hit: its span, after the lead-ins without which a point misleads."""
    start, end = evidence_span(hit)
    before = [
        Piece(passage_at(document.source, first), first, last)
        for first, last in lead_ins(document, start, end)
    ]
    return [*before, Piece(hit.passage, start, end)]


def lead_ins(document: Document, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the words that introduce the list a point stands in, outermost first.

    "This Regulation shall not apply to:" turns what follows round, so no point goes without it.
    """
    nodes = document.provisions
    node = deepest(nodes, start, end)
    found: list[tuple[int, int]] = []
    while node is not None and node.kind == "point" and node.parent is not None:
        parent = nodes[node.parent]
        first = next(child.start for child in nodes if child.parent == node.parent)
        last = parent.start + len(document.text[parent.start : first].rstrip())
        begin = document.text.rfind("\n", parent.start, last) + 1 or parent.start
        begin = max(begin, parent.start)
        begin += marker_length(document.text[begin:last])
        lead = document.text[begin:last]
        if last <= start and lead.endswith(":") and not re.search("d[eé]finitions?", lead):
            found.append((begin, last))
        node = parent
    return found[::-1]


def evidence_span(hit: Hit) -> tuple[int, int]:
    """The document span to quote: the best sentence, or the whole list that it belongs to."""
    passage = hit.passage
    lead, newline, _ = passage.text.partition("\n")
    if newline and lead.rstrip().endswith(":") and len(passage.text) <= LONGEST_LIST:
        return passage.start + marker_length(lead), passage.end
    return hit.best_sentence


def confidence(hits: Sequence[Hit]) -> float:
    """The probability in [0, 1] that the hits answer the question.

    A logistic function of the best sentence's cosine, fitted on labelled questions: docs/LOG.md.
    """
    best = max((hit.parts["sentence"] for hit in hits), default=-1.0)
    return 1 / (1 + math.exp(-(INTERCEPT + SLOPE * best)))


INTERCEPT, SLOPE = -4.99, 9.14
ANSWERED = 0.45  # least confidence of an answer


# -- citations ----------------------------------------------------------------------------------


def cite(n: int, piece: Piece, document: Document, catalogue: Catalogue, as_of: date) -> Citation:
    """The citation of a piece of a document, at its innermost provision."""
    passage = piece.passage
    work, source = catalogue[passage.source]
    label = label_of(passage, document, piece.start, piece.end)
    return Citation(
        n=n,
        passage_id=passage.id,
        document=describe_document(work, source, as_of),
        locator=Locator(label, passage.path, page_label=passage.page),
        quote=quote(document, piece.start, piece.end),
        links=Links(source=source.url),
        cite_as=CiteAs(cite_eu(work, source, label), cite_oscola(work, source, label)),
    )


def describe_document(work: Work, source: Source, as_of: date) -> DocumentRef:
    return DocumentRef(
        id=source.id,
        work=work.id,
        title=source.title,
        short_title=work.short_title,
        language=source.language,
        celex=source.celex,
        eli=source.eli,
        version_date=source.valid_from or source.published,
        legal_status=legal_status(work, source, as_of),
        superseded_by=successor(work, source),
        valid_from=source.valid_from,
        valid_to=source.valid_to,
        authentic=source.authentic,
    )


def label_of(passage: Passage, document: Document, start: int, end: int) -> str:
    """The label of the innermost provision that holds a span of a passage."""
    provision = deepest(document.provisions, start, end)
    named = provision is not None and provision.kind != "heading"
    return provision.label if provision is not None and named else passage.label


def found(rank: int, hit: Hit, document: Document, catalogue: Catalogue, as_of: date) -> Found:
    """A hit with its document, its locator and the provision of its best sentence."""
    passage, (start, end) = hit.passage, hit.best_sentence
    label = label_of(passage, document, start, end)
    return Found(
        rank=rank,
        score=hit.score,
        parts=hit.parts,
        shares=hit.shares,
        passage_id=passage.id,
        document=describe_document(*catalogue[passage.source], as_of),
        locator=Locator(passage.label, passage.path, page_label=passage.page),
        text=passage.text,
        start=passage.start,
        end=passage.end,
        pinpoint=Pinpoint(label, document.text[start:end], start, end),
    )


def quote(document: Document, start: int, end: int) -> Quote:
    text = document.text
    return Quote(
        exact=text[start:end],
        prefix=text[max(0, start - CONTEXT) : start],
        suffix=text[end : end + CONTEXT],
        start=start,
        end=end,
    )


def cite_eu(work: Work, source: Source, label: str) -> str:
    """As EU institutions cite: title, Official Journal, provision."""
    journal = f" ({source.oj})" if source.oj else ""
    publisher = "" if work.kind == "law" else f"{work.publisher}, "
    return f"{publisher}{source.title.strip()}{journal}, {label}"


def cite_oscola(work: Work, source: Source, label: str) -> str:
    """As OSCOLA cites EU legislation: title, [year] OJ series/page, art."""
    found = re.match(r"OJ ([LC]) (\d+), \d+\.\d+\.(\d{4}), p\. (\d+)", source.oj or "")
    journal = f" [{found[3]}] OJ {found[1]}{found[2]}/{found[4]}" if found else ""
    place = re.sub(r"\bArticle\b", "art", label)
    publisher = "" if work.kind == "law" else f"{work.publisher}, "
    return f"{publisher}{source.title.strip()}{journal}, {place}"


# -- notices ------------------------------------------------------------------------------------


def notices(
    citations: Sequence[Citation], catalogue: Catalogue, as_of: date, today: date
) -> list[Notice]:
    """What a reader must know beside the citations; one notice a document and kind."""
    found: dict[tuple[str, str], Notice] = {}
    for citation in citations:
        name = citation.document.short_title
        told = (
            *of_time(citation, catalogue, as_of, today),
            *of_force(citation.document, catalogue),
        )
        for code, words in told:
            notice = Notice(code, f"{name}: {words}", citation.n)
            found.setdefault((code, citation.document.id), notice)
    return list(found.values())


def of_force(document: DocumentRef, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """What there is to say of the force of a text: an amending act, guidance, a consolidation."""
    work, _ = catalogue[document.id]
    amended = dict.fromkeys(o.short_title for o, _ in catalogue.values() if o.id in work.amends)
    if amended:
        others = " and ".join(amended)
        yield (
            "amending_act",
            f"it amends {others}; the text in force is that of {others} as amended.",
        )
    if document.legal_status == "guidance":
        yield (
            "guidance_only",
            "this is guidance, not law; the law may differ or have changed since.",
        )
    if not document.authentic:
        words = "a consolidated text has no legal effect; only the Official Journal has."
        yield "no_legal_effect", words


def of_time(
    citation: Citation, catalogue: Catalogue, as_of: date, today: date
) -> Iterator[tuple[str, str]]:
    """What there is to say of the days on which the cited text applied."""
    document, last = citation.document, citation.document.valid_to
    if document.legal_status == "not_yet" and document.valid_from:
        yield "not_yet_applicable", f"this text applies only from {day(document.valid_from)}."
    elif document.legal_status == "superseded" and citation.locator.label.startswith("Recital"):
        yield (
            "recital_as_adopted",
            "this recital is of the act as adopted; consolidated texts have none, and the "
            "articles have been amended since.",
        )
    elif last and last < today:
        after = replacement(document, catalogue, today)
        yield "superseded_source", f"this text applied until {day(last)}{after}."
    elif last and last - as_of <= EXPIRY_NOTICE:
        yield "expires_soon", f"this text applies until {day(last)}."


def replacement(document: DocumentRef, catalogue: Catalogue, today: date) -> str:
    """What applies today in the place of a text, in words: a later version, else another work."""
    work, _ = catalogue[document.id]
    works = {other.id: other for other, _ in catalogue.values()}
    while not versions_in_force(work, today) and work.superseded_by in works:
        work = works[work.superseded_by]
    for version in versions_in_force(work, today):
        text = f"text of {day(version.valid_from)}" if version.valid_from else "text"
        by = "the" if version.work == document.work else f"replaced by {work.title}, whose"
        return f"; {by} {text} applies today ({version.id})"
    return "" if work.id == document.work else f"; replaced by {work.title}"


def other_languages(citations: Sequence[Citation], language: str) -> list[Notice]:
    """A notice for each document that is quoted in another language than the question's."""
    found: dict[str, Notice] = {}
    for citation in citations:
        document = citation.document
        if document.language != language:
            asked, quoted = (LANGUAGES.get(code, code) for code in (language, document.language))
            message = (
                f"{document.short_title}: no {asked} text is here; the {quoted} one is quoted."
            )
            found.setdefault(document.id, Notice("other_language", message, citation.n))
    return list(found.values())


LANGUAGES = {"en": "English", "fr": "French"}


def absences(named: Sequence[Work], present: Container[str], as_of: date) -> list[Notice]:
    """A notice for each named work that has no text here, or none for the date."""
    found = []
    for work in named:
        versions = [source for source in work.sources if source.id in present]
        if not versions:
            message = (
                f"{work.title} is not in this corpus; clusterqa corpus sync or clusterqa corpus "
                "add brings it."
            )
            found.append(Notice("work_not_present", message))
        elif not any(source in versions for source in versions_in_force(work, as_of)):
            near = nearest(versions, as_of)
            message = f"No text of {work.short_title} for {day(as_of)} is here; {near}."
            found.append(Notice("no_version_for_date", message))
    return found


def gaps(works: Sequence[Work], present: Container[str], as_of: date) -> list[Notice]:
    """One notice that names the works whose text of the date is known but not here; else none."""
    missing = [
        work.short_title
        for work in works
        if (versions := versions_in_force(work, as_of))
        and not any(source.id in present for source in versions)
    ]
    if not missing:
        return []
    message = f"Not here is the text that applied on {day(as_of)} of: {', '.join(missing)}."
    return [Notice("version_gap", message)]


MONTHS = (
    "January February March April May June July August September October November December".split()
)


def day(value: date) -> str:
    """A date as people write it: 31 December 2026."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


# -- the quote gate -----------------------------------------------------------------------------


def check_answer(
    statements: Sequence[Statement],
    citations: Sequence[Citation],
    document: Callable[[str], Document],
) -> None:
    """Raise `ClusterQAError` unless every statement is cited and every quote is byte-exact.

    A statement must be the exact words of one of its citations, and each citation's quote must
    stand at its offsets in its document.
    """
    by_number = {citation.n: citation for citation in citations}
    for statement in statements:
        quotes = [by_number[n].quote.exact for n in statement.citations if n in by_number]
        if len(quotes) != len(statement.citations) or statement.text not in quotes:
            raise ClusterQAError(f"statement without its citation: {statement.text[:60]!r}")
    for citation in citations:
        text = document(citation.document.id).text
        if text[citation.quote.start : citation.quote.end] != citation.quote.exact:
            raise ClusterQAError(f"quote {citation.n} is not in {citation.document.id} as given")


def answer_parts(
    hits: Sequence[Hit],
    catalogue: Catalogue,
    document: Callable[[str], Document],
    passage_at: PassageAt,
    as_of: date,
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Statements and citations of the hits worth quoting, best first, gate passed."""
    bearing = with_figures(hits)
    chosen = [hit for hit in bearing if hit.score >= bearing[0].score * CLOSE][:MOST_STATEMENTS]
    quoted = [p for h in chosen for p in pieces(h, document(h.passage.source), passage_at)]
    once = {(piece.passage.source, piece.start, piece.end): piece for piece in quoted}
    citations = tuple(
        cite(n, piece, document(piece.passage.source), catalogue, as_of)
        for n, piece in enumerate(once.values(), start=1)
    )
    statements = tuple(Statement(c.quote.exact, (c.n,)) for c in citations)
    check_answer(statements, citations, document)
    return statements, citations


def with_figures(hits: Sequence[Hit]) -> Sequence[Hit]:
    """Those of the best hits with a figure of the kind asked for, if any is near the best."""
    near = [hit for hit in hits[:FIRST] if hit.score >= hits[0].score * NEAR]
    return [hit for hit in near if hit.parts["figure"] > 0] or hits


FIRST = 3  # hits among which a figure is looked for
NEAR = 0.8  # of the best one's score, for a hit with a figure to answer in its place
CLOSE = 0.94  # a further statement needs this share of the best one's score
