"""A span of a document in, its citation out: where it stands, what it says, how to cite it."""

import re
from datetime import date

from clusterqa.answering.quotes import Piece
from clusterqa.answers import Citation, CiteAs, DocumentRef, Found, Links, Locator, Pinpoint, Quote
from clusterqa.corpus.manifest import legal_status, successor
from clusterqa.passages import deepest
from clusterqa.types import Document, Hit, Passage, Source, Work

CONTEXT = 40  # chars of prefix and suffix in a quote's selector

Catalogue = dict[str, tuple[Work, Source]]


def cite(n: int, piece: Piece, document: Document, catalogue: Catalogue, as_of: date) -> Citation:
    """The citation of a piece of a document, at its innermost provision."""
    passage = piece.passage
    work, source = catalogue[passage.source]
    label = label_of(passage, document, piece.start, piece.end)
    page = document.page_at(piece.start)
    return Citation(
        n=n,
        passage_id=passage.id,
        document=describe_document(work, source, as_of),
        locator=Locator(label, passage.path, page_label=page),
        quote=quote(document, piece.start, piece.end),
        lead_ins=tuple(quote(document, start, end) for start, end in piece.lead_ins),
        links=Links(source=source.url),
        cite_as=CiteAs(
            cite_eu(work, source, label) + of_page(work, page),
            cite_oscola(work, source, label) + of_page(work, page),
        ),
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
        scores=hit.scores,
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


def of_page(work: Work, page: str | None) -> str:
    """The page at the end of a citation, of what is cited by pages: a guide, not an act."""
    return f", p. {page}" if page and work.kind in ("guide", "page") else ""


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
