"""The words around an answer that a terminal and a chat client share: of versions and refusals."""

from clusterqa.types import Answer, DocumentRef, LegalStatus

DISCLAIMER = "Automated answer from the documents. Not legal advice."
STATUS_WORDS: dict[LegalStatus, str] = {
    "in_force": "in force",
    "superseded": "superseded",
    "expired": "expired",
    "not_yet": "not yet applicable",
    "guidance": "guidance, not law",
}


def version_text(document: DocumentRef) -> str:
    """ "consolidated 1 July 2023, in force, applies until 31 December 2026"."""
    from clusterqa.answering import day  # here, because the command line starts without NumPy

    kind = "text of" if document.authentic else "consolidated"
    parts = [f"{kind} {day(document.version_date)}"] if document.version_date else []
    parts.append(STATUS_WORDS[document.legal_status])
    if document.valid_to:
        ended = document.legal_status in ("superseded", "expired")
        parts.append(f"{'applied' if ended else 'applies'} until {day(document.valid_to)}")
    return ", ".join(parts)


def refusal_text(answer: Answer, works: int) -> str:
    """The sentence of a refusal; `works` is how many works were searched."""
    return (
        f"No answer in the documents ({works} works on EU cluster policy and State aid, "
        f"as of {answer.as_of})."
    )
