"""An answer in, the words around it out: how sure it is, of which version, why there is none."""

from dataclasses import replace
from datetime import date

from clusterqa.answers import (
    FOREMOST,
    Answer,
    Citation,
    DocumentRef,
    LegalStatus,
    Locator,
    Notice,
)
from clusterqa.presenting import figure_checks
from clusterqa.presenting.catalogue import ENGLISH, Words
from clusterqa.presenting.notices import message
from clusterqa.presenting.short import short_text, sources_of
from clusterqa.presenting.statements import raised


def in_english(answer: Answer) -> Answer:
    """The answer with notices, checks and confidence said in English, as it goes over the wire.

    Its short answer is said in the question's language.
    """
    short = answer.short
    if short is not None:
        said_of = [one for one in answer.citations if one.n in sources_of(short)]
        short = replace(short, text=raised(short_text(short, answer.checks), said_of))
    notices = tuple(replace(n, message=message(n, ENGLISH)) for n in answer.notices)
    checks = tuple(map(figure_checks.in_english, answer.checks))
    said = confidence_text(answer, ENGLISH)
    return replace(answer, notices=notices, checks=checks, confidence_words=said, short=short)


def confidence_text(answer: Answer, words: Words) -> str:
    """What a confidence means, by what came of answers as sure as this when it was measured."""
    if answer.status == "no_answer":
        return words("confidence.refused")
    if answer.experience is None:
        return ""
    sureness = words(f"confidence.{answer.experience.sureness}")
    ended = any(notice.code == "expired_source" for notice in answer.notices)
    key = "confidence.ended" if ended else "confidence.experience"
    return words(key, sureness=sureness, tenths=answer.experience.tenths)


def foremost(answer: Answer) -> list[Notice]:
    """The notices that stand before everything else."""
    return [notice for notice in answer.notices if notice.code in FOREMOST]


def others(answer: Answer) -> list[Notice]:
    """The notices that stand after the answer."""
    return [notice for notice in answer.notices if notice.code not in FOREMOST]


def refusal_text(answer: Answer, works: int, words: Words) -> str:
    """The sentence of a refusal; `works` is how many works were searched."""
    return words("refusal.count", works=works, date=answer.as_of)


def status_text(status: LegalStatus, words: Words) -> str:
    return words(f"status.{status}")


def place_text(document: DocumentRef, locator: Locator, words: Words) -> str:
    """ "GBER, Article 27(9)"; the page too of a guide, which is cited by pages."""
    place = f"{words.act(document.short_title)}, {locator.label}"
    if locator.page_label and document.legal_status == "guidance":
        place += f", {words('source.page', page=locator.page_label)}"
    return place


def quoted_version_text(citation: Citation, words: Words, as_of: date | None = None) -> str:
    """The version that a citation quotes, as `version_text` has it, with the days of its words."""
    return version_text(citation.document, words, as_of, citation.words_until)


def version_text(
    document: DocumentRef, words: Words, as_of: date | None = None, until: date | None = None
) -> str:
    """ "consolidated 1 July 2023, in force, applies until 31 December 2026".

    A text that is of a past day, `as_of`, and ended since was "in force on" it, "until" its last,
    or the last of the words that are quoted, `until`, which later versions may have too.
    """
    first, last, status = document.version_date, document.valid_to, document.legal_status
    kind = "adopted" if document.authentic else "consolidated"
    parts = [words(f"version.{kind}", date=words.date(first))] if first else []
    if as_of and last and last < date.today() and status == "in_force":
        parts.append(words("version.in_force_on", date=words.date(as_of)))
        last = max(last, until or last)
        return ", ".join([*parts, words("date.until", last=words.date(last))])
    parts.append(status_text(status, words))
    over = status in ("superseded", "expired")
    end = "source.applied_until" if over else "version.applies_until"
    return ", ".join([*parts, words(end, date=words.date(last))] if last else parts)
