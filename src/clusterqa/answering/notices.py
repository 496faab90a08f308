"""Citations in, what a reader must know beside them out: of time, of force, of language."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from clusterqa.answering.citations import Catalogue
from clusterqa.answering.gate import said
from clusterqa.corpus.manifest import versions_in_force
from clusterqa.languages.language import language_name, languages
from clusterqa.languages.quantities import Kind, figures
from clusterqa.search.reader import reader
from clusterqa.types import AnswerStatus, Citation, DocumentRef, Notice

EXPIRY_NOTICE = timedelta(days=90)


def notices(
    citations: Sequence[Citation], catalogue: Catalogue, as_of: date, today: date
) -> list[Notice]:
    """What a reader must know beside the citations; one notice a document and kind.

    That consolidated texts have no legal effect is said once of a work.
    """
    found: dict[tuple[str, str], Notice] = {}
    for citation in citations:
        name = citation.document.short_title
        told = (
            *of_time(citation, catalogue, as_of, today),
            *of_force(citation.document, catalogue, as_of),
        )
        for code, words in told:
            of = citation.document.work if code == "no_legal_effect" else citation.document.id
            found.setdefault((code, of), Notice(code, f"{name}: {words}", citation.n))
    return list(found.values())


def of_force(document: DocumentRef, catalogue: Catalogue, as_of: date) -> Iterator[tuple[str, str]]:
    """What there is to say of the force of a text: an amending act, guidance, a consolidation."""
    work, source = catalogue[document.id]
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
        newer = newer_laws(source.published, catalogue, as_of)
        if newer:
            yield "older_than_law", f"it was published before the texts that apply of: {newer}."
    if not document.authentic and source.published is None:  # one that is printed in the OJ says so
        yield (
            "no_legal_effect",
            "consolidated, so without legal effect; the Official Journal has it.",
        )


def newer_laws(published: date | None, catalogue: Catalogue, as_of: date) -> str:
    """The laws whose text of the date is newer than a guide, in words; empty for an undated one."""
    works = {work.id: work for work, _ in catalogue.values() if work.kind == "law"}
    return ", ".join(
        f"{work.short_title} ({day(version.valid_from)})"
        for work in works.values()
        if published and not work.amends
        for version in versions_in_force(work, as_of)[:1]
        if version.valid_from and version.valid_from > published
    )


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
        by = "the" if version.work == document.work else f"replaced by {work.short_title}, whose"
        return f"; {by} {text} applies today ({version.id})"
    return "" if work.id == document.work else f"; replaced by {work.short_title}"


def other_languages(citations: Sequence[Citation], language: str) -> list[Notice]:
    """A notice for each work that is quoted in another language than the question's."""
    found: dict[str, Notice] = {}
    for citation in citations:
        document = citation.document
        if document.language != language:
            asked, quoted = (language_name(code) for code in (language, document.language))
            absent = f"no {asked} text of this version is here; the {quoted} one is quoted"
            message = f"{document.short_title}: {absent}."
            found.setdefault(document.work, Notice("other_language", message, citation.n))
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
    asked, text = (", ".join(sorted(figures.values())) for figures in (claimed, stated))
    place = f"{citation.document.short_title}, {citation.locator.label}"
    message = f"The question takes {asked} for granted; {place} says {text}."
    return Notice("premise_contradicted", message, citation.n)


# How sure an answer is by the share of measured answers like it that quoted the right provision.
SURENESS = ((0.75, "Likely"), (0.5, "Possibly"), (0.0, "Uncertain"))


def in_words(status: AnswerStatus, confidence: float) -> str:
    """What a confidence means, by what came of answers as sure as this when it was measured."""
    if status == "no_answer":
        return "No passage is likely enough to answer to be quoted as an answer."
    right, of = reader().experience(confidence)
    sureness = next(word for least, word in SURENESS if right / of >= least)
    tenths = max(1, round(10 * right / of))
    return (
        f"{sureness}: about {tenths} in 10 answers as sure as this one quoted the right "
        "provision. Read it in its context."
    )


def day(value: date) -> str:
    """A date as people write it: 31 December 2026."""
    return f"{value.day} {languages()['en'].month_names[value.month - 1]} {value.year}"
