"""A question and the quotes that answer it in, the answer in a few words out, or nothing.

The question's form says what is wanted: a figure, a date, a name, yes or no. It is taken from the
clause that is nearest to the question, and nothing is said where that is not certain.
"""

from collections.abc import Sequence

from clusterqa.answering.clauses import clauses
from clusterqa.answering.figures import figure_answer
from clusterqa.answering.gate import check_short
from clusterqa.answering.lists import changed_answer, list_answer
from clusterqa.answering.names import meaning_answer, name_answer
from clusterqa.answering.polarity import yes_no_answer
from clusterqa.answers import Citation, Short
from clusterqa.query.understanding import Query
from clusterqa.types import Hit

READ_AT_A_GLANCE, MOST_OF_A_QUOTE = 160, 0.6  # chars; share of what is quoted
OPEN = (name_answer, list_answer, figure_answer, meaning_answer)  # the first that has one


def short_answer(
    query: Query, citations: Sequence[Citation], hits: Sequence[Hit], *, compared: bool = False
) -> Short | None:
    """The answer in a few words, the gate passed; None where it is not certain.

    `compared` says that the citations are two wordings of a provision, the older first. Of several
    questions at once each has to have its answer.
    """
    if query.parts and not compared:
        short = together([alone(part, citations, hits) for part in query.parts])
    elif compared:
        short = changed_answer(query, clauses(citations, query, hits))
    else:
        short = alone(query, citations, hits)
    if short is None or repeats(short, citations):
        return None
    check_short(short, citations)
    return short


def repeats(short: Short, citations: Sequence[Citation]) -> bool:
    """Whether a meaning is so long, and so much of a quote, that it would be read twice."""
    quoted = {one.n: len(one.quote.exact) for one in citations}
    return short.kind == "definition" and any(
        len(one.exact) > max(READ_AT_A_GLANCE, MOST_OF_A_QUOTE * quoted[one.citation])
        for one in short.words
    )


def alone(query: Query, citations: Sequence[Citation], hits: Sequence[Hit]) -> Short | None:
    """The answer to one question."""
    found = clauses(citations, query, hits)
    if query.compares:
        return None
    if query.form.yes_no:
        return yes_no_answer(query, found)
    if query.terms and (short := meaning_answer(query, found)):
        return short
    if "list" in query.form.asks:
        return list_answer(query, found)
    return next(filter(None, (answer(query, found) for answer in OPEN)), None)


def together(answers: Sequence[Short | None]) -> Short | None:
    """The answers to several questions as one; None if one of them has none."""
    found = [one for one in answers if one is not None]
    if len(found) < len(answers) or not found:
        return None
    said = dict.fromkeys(words for one in found for words in one.words)
    return Short(found[0].kind, found[0].language, tuple(said))
