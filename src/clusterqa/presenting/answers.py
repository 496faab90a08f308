"""An answer in, the words around it out: how sure it is, of which version, why there is none."""

from dataclasses import replace
from datetime import date

from clusterqa.answers import Answer, DocumentRef, LegalStatus
from clusterqa.presenting.catalogue import ENGLISH, Words
from clusterqa.presenting.notices import message
from clusterqa.presenting.short import short_text


def in_english(answer: Answer) -> Answer:
    """The answer with its notices and its confidence said in English, as it goes over the wire.

    Its short answer is said in the question's language.
    """
    short = answer.short and replace(answer.short, text=short_text(answer.short))
    notices = tuple(replace(n, message=message(n, ENGLISH)) for n in answer.notices)
    confidence = confidence_text(answer, ENGLISH)
    return replace(answer, notices=notices, confidence_words=confidence, short=short)


def confidence_text(answer: Answer, words: Words) -> str:
    """What a confidence means, by what came of answers as sure as this when it was measured."""
    if answer.status == "no_answer":
        return words("confidence.refused")
    if answer.experience is None:
        return ""
    sureness = words(f"confidence.{answer.experience.sureness}")
    return words("confidence.experience", sureness=sureness, tenths=answer.experience.tenths)


def refusal_text(answer: Answer, works: int, words: Words) -> str:
    """The sentence of a refusal; `works` is how many works were searched."""
    return words("refusal.count", works=works, date=answer.as_of)


def status_text(status: LegalStatus, words: Words) -> str:
    return words(f"status.{status}")


def version_text(document: DocumentRef, words: Words, as_of: date | None = None) -> str:
    """ "consolidated 1 July 2023, in force, applies until 31 December 2026".

    A text that is of a past day, `as_of`, and ended since was "in force on" it, "until" its last.
    """
    first, last, status = document.version_date, document.valid_to, document.legal_status
    kind = "adopted" if document.authentic else "consolidated"
    parts = [words(f"version.{kind}", date=words.date(first))] if first else []
    if as_of and last and last < date.today() and status == "in_force":
        parts.append(words("version.in_force_on", date=words.date(as_of)))
        return ", ".join([*parts, words("date.until", last=words.date(last))])
    parts.append(status_text(status, words))
    until = (
        "source.applied_until" if status in ("superseded", "expired") else "version.applies_until"
    )
    return ", ".join([*parts, words(until, date=words.date(last))] if last else parts)
