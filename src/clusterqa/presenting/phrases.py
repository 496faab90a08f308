"""The words around an answer that a terminal and a chat client share: of versions and refusals."""

from datetime import date

from clusterqa.types import Answer, DocumentRef, LegalStatus

DISCLAIMER = "Automated answer from the documents. Not legal advice."
STATUS_WORDS: dict[LegalStatus, str] = {
    "in_force": "in force",
    "superseded": "superseded",
    "expired": "expired",
    "not_yet": "not yet applicable",
    "guidance": "guidance, not law",
}


def version_text(document: DocumentRef, as_of: date | None = None) -> str:
    """ "consolidated 1 July 2023, in force, applies until 31 December 2026".

    A text that is of a past day, `as_of`, and ended since was "in force on" it, "until" its last.
    """
    from clusterqa.answering import day  # here, because the command line starts without NumPy

    kind = "text of" if document.authentic else "consolidated"
    parts = [f"{kind} {day(document.version_date)}"] if document.version_date else []
    ended = bool(document.valid_to and document.valid_to < date.today())
    if as_of and ended and document.legal_status == "in_force":
        return ", ".join([*parts, f"in force on {day(as_of)}", *until(document, "until")])
    parts.append(STATUS_WORDS[document.legal_status])
    over = document.legal_status in ("superseded", "expired")
    return ", ".join([*parts, *until(document, f"{'applied' if over else 'applies'} until")])


def until(document: DocumentRef, words: str) -> list[str]:
    """When a text ends, after some words; nothing for one without an end."""
    from clusterqa.answering import day

    return [f"{words} {day(document.valid_to)}"] if document.valid_to else []


def refusal_text(answer: Answer, works: int) -> str:
    """The sentence of a refusal; `works` is how many works were searched."""
    return (
        f"No answer in the documents ({works} works on EU cluster policy and State aid, "
        f"as of {answer.as_of})."
    )
