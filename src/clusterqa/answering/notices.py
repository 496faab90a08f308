"""Citations in, what a reader must know beside them out: of time, of force, of language."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from clusterqa.answering.gate import said
from clusterqa.answers import (
    AnswerStatus,
    Citation,
    DocumentRef,
    Experience,
    Facts,
    Notice,
    Sureness,
)
from clusterqa.corpus.manifest import last_day
from clusterqa.index import Library
from clusterqa.languages.quantities import Kind, figures
from clusterqa.search.reader import Reader, experience_of
from clusterqa.types import Work

EXPIRY_NOTICE = timedelta(days=90)
OF_A_WORK = ("no_legal_effect", "expires_soon", "expired_source")


def notices(
    citations: Sequence[Citation], library: Library, as_of: date, today: date
) -> list[Notice]:
    """What a reader must know beside the citations; one notice a document and kind.

    What is true of every version of a work is said once of it.
    """
    found: dict[tuple[str, str], Notice] = {}
    for citation in citations:
        document = citation.document
        for notice in (
            *of_time(citation, library, as_of, today),
            *of_force(citation, library, as_of),
        ):
            of = document.work if notice.code in OF_A_WORK else document.id
            found.setdefault((notice.code, of), notice)
    return list(found.values())


def missing_law(library: Library) -> list[Notice]:
    """That the texts of the law are missing as a whole, which nobody must take for a refusal."""
    return [Notice("texts_missing", facts=Facts(remedy="fetch"))] if library.lacks_law else []


def of_force(citation: Citation, library: Library, as_of: date) -> Iterator[Notice]:
    """What there is to say of the force of a text: an amending act, guidance, a consolidation."""
    document = citation.document
    work, source = library.sources[document.id]
    this = Facts(work=document.short_title)
    amended = dict.fromkeys(o.short_title for o in library.works if o.id in work.amends)
    if amended:
        yield Notice("amending_act", citation.n, replace(this, works=tuple(amended)))
    if document.legal_status == "guidance":
        yield Notice("guidance_only", citation.n, this)
        newer = newer_laws(source.published, library, as_of)
        if newer:
            works, days = tuple(newer), tuple(newer.values())
            yield Notice("older_than_law", citation.n, replace(this, works=works, days=days))
    if not document.authentic and source.published is None:  # one that is printed in the OJ says so
        yield Notice("no_legal_effect", citation.n, this)


def newer_laws(published: date | None, library: Library, as_of: date) -> dict[str, date]:
    """The first days of the laws' texts of the date that are newer than a guide, by short title.

    Empty for a guide without a date.
    """
    return {
        work.short_title: version.valid_from
        for work in library.works
        if published and work.kind == "law" and not work.amends
        for version in library.in_force(work, as_of)[:1]
        if version.valid_from and version.valid_from > published
    }


def of_time(citation: Citation, library: Library, as_of: date, today: date) -> Iterator[Notice]:
    """What there is to say of the days on which the cited words applied."""
    document, last = citation.document, citation.words_until
    this = Facts(work=document.short_title)
    over = ended_with(library, document, as_of)
    if over:
        yield replace(expired(over, library), citation=citation.n)
    if document.legal_status == "not_yet" and document.valid_from:
        since = replace(this, since=document.valid_from)
        yield Notice("not_yet_applicable", citation.n, since)
    elif document.legal_status == "superseded" and citation.locator.label.startswith("Recital"):
        yield Notice("recital_as_adopted", citation.n, this)
    elif last and last < today and not (over and last == last_day(over)):
        now = replacement(document, library, today)
        yield Notice("superseded_source", citation.n, replace(now, until=last))
    elif last and not over and last - as_of <= EXPIRY_NOTICE:
        then = replacement(document, library, last + timedelta(1))
        yield Notice("expires_soon", citation.n, replace(then, until=last, sources=()))


def ended_with(library: Library, document: DocumentRef, as_of: date) -> Work | None:
    """The work that has lapsed and with it what a document says: its own, or all it amends."""
    own, _ = library.sources[document.id]
    works = [other for other in library.works if other.id in own.amends] or [own]
    return works[0] if all(library.lapsed(work, as_of) for work in works) else None


def expired(work: Work, library: Library) -> Notice:
    """That a work has ended: when, what replaced it if that is known, and how to look for it."""
    heirs = tuple(heir.short_title for heir in library.heirs(work)[:1])
    facts = Facts(work=work.short_title, until=last_day(work), works=heirs, remedy="look")
    return Notice("expired_source", facts=facts)


def replacement(document: DocumentRef, library: Library, day: date) -> Facts:
    """What applies on a day in the place of a text: a later version, else another work."""
    work, _ = library.sources[document.id]
    works = {other.id: other for other in library.works}
    while not library.in_force(work, day) and work.superseded_by in works:
        work = works[work.superseded_by]
    by = (work.short_title,) if work.id != document.work else ()
    this = Facts(work=document.short_title, works=by)
    for version in library.in_force(work, day):
        return replace(this, sources=(version.id,), day=version.valid_from)
    return this


def other_languages(citations: Sequence[Citation], language: str) -> list[Notice]:
    """A notice for each work that is quoted in another language than the question's."""
    found: dict[str, Notice] = {}
    for citation in citations:
        document = citation.document
        if document.language != language:
            facts = Facts(
                work=document.short_title, language=language, languages=(document.language,)
            )
            found.setdefault(document.work, Notice("other_language", citation.n, facts))
    return list(found.values())


def premises(granted: str, citations: Sequence[Citation]) -> list[Notice]:
    """A notice for a figure that a question takes for granted and the quoted provision contradicts.

    "Since aid may run for fifteen years, …" is met with the "10 years" of the text.
    """
    found = []
    for kind in CLAIMED:
        claimed = figures_in(granted, kind)
        for citation in citations if claimed else ():
            stated = figures_in(said(citation), kind)
            if stated and not claimed.keys() & stated.keys():
                found.append(contradiction(claimed, stated, citation))
    return found


CLAIMED: tuple[Kind, ...] = ("percentage", "duration", "amount")


def figures_in(text: str, kind: Kind) -> dict[str, str]:
    """The figures of a kind in a text as written, by what they amount to: "10 year"."""
    return {
        one.figure: " ".join(text[one.start : one.end].split())
        for one in figures(text)
        if one.kind == kind
    }


def contradiction(claimed: dict[str, str], stated: dict[str, str], citation: Citation) -> Notice:
    asked, text = (tuple(sorted(figures.values())) for figures in (claimed, stated))
    work, label = citation.document.short_title, citation.locator.label
    facts = Facts(work=work, label=label, asked=asked, said=text)
    return Notice("premise_contradicted", citation.n, facts)


def has_ended(notices: Sequence[Notice]) -> bool:
    """Whether notices say that a text which is quoted has ended."""
    return any(notice.code == "expired_source" for notice in notices)


# How sure an answer is by the share of measured answers like it that quoted the right provision.
SURENESS: tuple[tuple[float, Sureness], ...] = (
    (0.75, "likely"),
    (0.5, "possibly"),
    (0.0, "uncertain"),
)


def experience(
    status: AnswerStatus, confidence: float, reader: Reader, notices: Sequence[Notice] = ()
) -> Experience | None:
    """What came of answers as sure as this when it was measured; None for a refusal.

    Whatever that is, nothing is called likely that is quoted from a text which has ended.
    """
    if status == "no_answer":
        return None
    right, of = experience_of(reader, confidence)
    bands = SURENESS[has_ended(notices) :]
    sureness = next(word for least, word in bands if right / of >= least)
    return Experience(sureness, max(1, round(10 * right / of)))
