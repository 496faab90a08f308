"""A question as typed in, the same as it is read out, or why it cannot be read."""

from clusterqa.errors import UsageError

LONGEST_QUESTION = 2000  # chars


def checked(question: str) -> str:
    """The question with blanks folded; raises `UsageError` when it is empty or too long."""
    text = " ".join(question.split())
    if not text:
        raise UsageError("the question is empty; type one, or pipe one in with -")
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in text):
        raise UsageError("the question holds characters that are no text; type it as UTF-8")
    if len(text) > LONGEST_QUESTION:
        raise UsageError(
            f"the question has {len(text)} characters, at most {LONGEST_QUESTION} are read; "
            "ask one thing at a time"
        )
    return text
