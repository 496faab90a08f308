"""Hits in, an `Answer` out: verbatim sentences, each cited at its provision, or an honest refusal.

Nothing here writes prose. A statement is a span of a document; `check_answer` proves every quote
byte for byte before an answer leaves, whoever composed it.
"""

import math
import re
from collections.abc import Callable, Container, Sequence
from datetime import date, timedelta

from clusterqa.corpus import legal_status, successor, versions_in_force
from clusterqa.errors import ClusterQAError
from clusterqa.passages import deepest, marker_length
from clusterqa.types import (
    Citation,
    CiteAs,
    Document,
    DocumentRef,
    Hit,
    LegalStatus,
    Links,
    Locator,
    Nearest,
    Notice,
    Passage,
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


def cite(n: int, hit: Hit, document: Document, catalogue: Catalogue, as_of: date) -> Citation:
    passage, (start, end) = hit.passage, evidence_span(hit)
    work, source = catalogue[passage.source]
    provision = deepest(document.provisions, start, end)
    named = provision is not None and provision.kind != "heading"
    label = provision.label if provision is not None and named else passage.label
    return Citation(
        n=n,
        passage_id=passage.id,
        document=describe_document(work, source, passage, as_of),
        locator=Locator(label, passage.path, page_label=passage.page),
        quote=quote(document, start, end),
        links=Links(source=source.url),
        cite_as=CiteAs(cite_eu(work, source, label), cite_oscola(work, source, label)),
    )


def describe_document(work: Work, source: Source, passage: Passage, as_of: date) -> DocumentRef:
    return DocumentRef(
        id=source.id,
        work=work.id,
        title=source.title,
        short_title=work.short_title,
        language=source.language,
        celex=source.celex,
        eli=source.eli,
        version_date=source.valid_from or source.published,
        legal_status=status_on(work, source, passage, as_of),
        superseded_by=successor(work, source),
        valid_from=source.valid_from,
        valid_to=source.valid_to,
        authentic=source.authentic,
    )


def status_on(work: Work, source: Source, passage: Passage, as_of: date) -> LegalStatus:
    """The source's status; recitals of an act go on while any version of it is in force."""
    status = legal_status(work, source, as_of)
    if status == "superseded" and passage.kind == "recital" and versions_in_force(work, as_of):
        return "in_force"
    return status


def describe_hit(hit: Hit, catalogue: Catalogue, as_of: date) -> Nearest:
    """A hit for the wire: passage, document, locator."""
    passage = hit.passage
    work, source = catalogue[passage.source]
    return Nearest(
        passage_id=passage.id,
        document=describe_document(work, source, passage, as_of),
        locator=Locator(passage.label, passage.path, page_label=passage.page),
        text=passage.text,
        score=hit.score,
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


def notices(citations: Sequence[Citation], as_of: date, today: date) -> list[Notice]:
    """What a reader must know beside the citations; one notice a document and kind."""
    found: dict[tuple[str, str], Notice] = {}
    for citation in citations:
        for code, message in warnings_of(citation.document, as_of, today):
            found.setdefault((code, citation.document.id), Notice(code, message, citation.n))
    if citations and all(c.document.legal_status == "guidance" for c in citations):
        message = "This is guidance, not law; the law may differ or have changed since."
        found[("guidance_only", "")] = Notice("guidance_only", message)
    return list(found.values())


def warnings_of(document: DocumentRef, as_of: date, today: date) -> list[tuple[str, str]]:
    name, last = document.short_title, document.valid_to
    found = []
    if document.legal_status in ("superseded", "expired", "not_yet"):
        found.append(("superseded_source", f"{name}: this text does not apply on {day(as_of)}."))
    if last and as_of <= last < today:
        by = f"; see {document.superseded_by}" if document.superseded_by else ""
        found.append(("superseded_source", f"{name}: this text applied until {day(last)}{by}."))
    elif last and document.legal_status == "in_force" and last - as_of <= EXPIRY_NOTICE:
        found.append(("expires_soon", f"{name}: this text applies until {day(last)}."))
    if not document.authentic:
        message = f"{name}: a consolidated text has no legal effect; only the Official Journal has."
        found.append(("no_legal_effect", message))
    return found


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
    as_of: date,
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Statements and citations of the hits worth quoting, best first, gate passed."""
    chosen = [hit for hit in hits if hit.score >= hits[0].score * CLOSE][:MOST_STATEMENTS]
    citations = tuple(
        cite(n, hit, document(hit.passage.source), catalogue, as_of)
        for n, hit in enumerate(chosen, start=1)
    )
    statements = tuple(Statement(c.quote.exact, (c.n,)) for c in citations)
    check_answer(statements, citations, document)
    return statements, citations


CLOSE = 0.94  # a further statement needs this share of the best one's score
