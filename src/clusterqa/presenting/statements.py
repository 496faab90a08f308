"""A statement in, its words as a person reads them out; on the wire they stay as they stand.

Marks of footnotes are set apart from the words that they stand at, and the sign is left out that
led on to what is not quoted.
"""

import re
from collections.abc import Iterable, Iterator

from clusterqa.answers import Citation, Statement

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
BEHIND = r"(?:(?<=[^\W\d_])|(?<=[;:)’”\"])|(?<=[^\W\d][.,]))"
LEADING_ON = re.compile(r"\s*[;,](?: (?:and|or|et|ou))?\s*$")


def shown(statement: Statement, citations: Iterable[Citation]) -> str:
    """The text to read; a composed statement is as it is."""
    if statement.composed:
        return statement.text
    text = LEADING_ON.sub("", statement.text)
    return raised(text, (one for one in citations if one.n in statement.citations))


def raised(text: str, citations: Iterable[Citation]) -> str:
    """Words of citations, with the marks of the footnotes that these call set apart."""
    for number in (number for citation in citations for number in footnotes(citation)):
        text = mark_of(number).sub(number.translate(RAISED), text)
    return text


def footnotes(citation: Citation) -> Iterator[str]:
    """The numbers of the footnotes that a quote calls."""
    for neighbour in citation.neighbours:
        found = re.fullmatch(r"(?:Footnote|Note) (\d+)", neighbour.label)
        if found and neighbour.relation == "refers_to":
            yield found[1]


def mark_of(number: str) -> re.Pattern[str]:
    """What matches a footnote's number right behind a word or a sign, and no part of a number."""
    return re.compile(rf"{BEHIND}{number}(?![\w%]|[.,]\d)")
