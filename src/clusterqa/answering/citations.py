"""A span of a document in, its citation out: where it stands, what it says, how to cite it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clusterqa.answering.quotes import Piece
from clusterqa.answers import Citation, CiteAs, DocumentRef, Found, Links, Locator, Pinpoint, Quote
from clusterqa.corpus.manifest import legal_status, successor
from clusterqa.languages.language import languages
from clusterqa.passages import deepest
from clusterqa.references.acts import celex_name
from clusterqa.types import Document, Hit, Passage, Source, Work

CONTEXT = 40  # chars of prefix and suffix in a quote's selector

Catalogue = dict[str, tuple[Work, Source]]


def cite(n: int, piece: Piece, document: Document, catalogue: Catalogue, as_of: date) -> Citation:
    """The citation of a piece of a document, at its innermost provision."""
    passage = piece.passage
    work, source = catalogue[passage.source]
    label = label_of(passage, document, piece.start, piece.end)
    page = document.page_at(piece.start)
    amending = amending_acts(document, piece.start, piece.end, catalogue)
    return Citation(
        n=n,
        passage_id=passage.id,
        document=describe_document(work, source, as_of),
        locator=Locator(label, passage.path, page_label=page),
        quote=quote(document, piece.start, piece.end),
        lead_ins=tuple(quote(document, start, end) for start, end in piece.lead_ins),
        links=Links(source=source.url),
        cite_as=cited_as(work, source, label, amending, page),
        amended_by=tuple(act.name for act in amending),
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


@dataclass(frozen=True, slots=True)
class Amending:
    """An act that amended another one, as it is named, and where it was published if known."""

    name: str
    oj: str | None = None


def amending_acts(
    document: Document, start: int, end: int, catalogue: Catalogue
) -> tuple[Amending, ...]:
    """The acts whose amendments brought the words of a span, in the order of the words."""
    acts = dict.fromkeys(a.act for a in document.amendments if a.start < end and a.end > start)
    journals = {source.celex: source.oj for _, source in catalogue.values() if source.oj}
    return tuple(Amending(celex_name(act), journals.get(act)) for act in acts)


def cited_as(
    work: Work,
    source: Source,
    label: str,
    amending: Sequence[Amending] = (),
    page: str | None = None,
) -> CiteAs:
    """A provision in both styles, as amended by the acts; of a guide with its page."""
    return CiteAs(
        cite_eu(work, source, label, amending) + of_page(work, page),
        cite_oscola(work, source, label, amending) + of_page(work, page),
    )


def cite_eu(work: Work, source: Source, label: str, amending: Sequence[Amending] = ()) -> str:
    """As EU institutions cite: title, Official Journal, what amended it, version, provision."""
    journal = f" ({source.oj})" if source.oj else ""
    amended = as_amended([f"{a.name} ({a.oj})" if a.oj else a.name for a in amending], source)
    return f"{title_of(work, source)}{journal}{amended}, {label}"


def cite_oscola(work: Work, source: Source, label: str, amending: Sequence[Amending] = ()) -> str:
    """As OSCOLA cites EU legislation: title, [year] OJ series/page, what amended it, art."""
    amended = as_amended([f"{a.name}{oscola_journal(a.oj)}" for a in amending], source)
    place = re.sub(r"\bArticle\b", "art", label)
    return f"{title_of(work, source)}{oscola_journal(source.oj)}{amended}, {place}"


def title_of(work: Work, source: Source) -> str:
    """The title, after the publisher of what is no law."""
    publisher = "" if work.kind == "law" else f"{work.publisher}, "
    return f"{publisher}{source.title.strip()}"


def oscola_journal(oj: str | None) -> str:
    """ " [2014] OJ L187/1"; empty for an act without a page, as those printed one by one are."""
    paged = re.match(r"OJ ([LC]) (\d+), \d+\.\d+\.(\d{4}), p\. (\d+)", oj or "")
    return f" [{paged[3]}] OJ {paged[1]}{paged[2]}/{paged[4]}" if paged else ""


def as_amended(acts: Sequence[str], source: Source) -> str:
    """ ", as amended by …, consolidated version of 1 July 2023"; empty for words as adopted."""
    if not acts:
        return ""
    *others, last = acts
    named = f"{', '.join(others)} and {last}" if others else last
    day = source.valid_from if not source.authentic else None
    month = languages()["en"].month_names[day.month - 1] if day else ""
    version = f", consolidated version of {day.day} {month} {day.year}" if day else ""
    return f", as amended by {named}{version}"
