"""A question as typed in, the same as it is read out, or why it cannot be read."""

from dataclasses import replace

from clusterqa.characters import readable
from clusterqa.errors import UsageError
from clusterqa.types import Inquiry

LONGEST_QUESTION = 2000  # chars


def as_read(inquiry: Inquiry) -> Inquiry:
    """An inquiry without the characters of its questions that nobody sees."""
    turns = tuple(replace(turn, question=readable(turn.question)[0]) for turn in inquiry.history)
    return replace(inquiry, question=readable(inquiry.question)[0], history=turns)


def checked(question: str) -> str:
    """The question as it is read: blanks folded, without what nobody sees, controls as marks.

    Raises `UsageError` when it is empty or too long.
    """
    text = " ".join(readable(question)[0].split())
    if not text:
        raise UsageError("the question is empty; type one, or pipe one in with -")
    if any("\ud800" <= character <= "\udfff" for character in text) or "\0" in question:
        raise UsageError("the question holds characters that are no text; type it as UTF-8")
    if len(text) > LONGEST_QUESTION:
        raise UsageError(
            f"the question has {len(text)} characters, at most {LONGEST_QUESTION} are read; "
            "ask one thing at a time"
        )
    return text
