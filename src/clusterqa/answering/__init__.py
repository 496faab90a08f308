"""Readings in, what an `Answer` says out: verbatim statements, cited, or why there are none.

Nothing here writes prose. A statement is made of spans of a document; `check_answer` proves every
quote byte for byte before an answer leaves, whoever composed it. Start with `reply`.
"""

from clusterqa.answering.answer import Reply, reply
from clusterqa.answering.citations import (
    amending_acts,
    cite_eu,
    cite_oscola,
    cited_as,
    describe_document,
    found,
    quote,
)
from clusterqa.answering.figure_checks import checked, checks_there_are
from clusterqa.answering.gate import check_answer, quotes, said
from clusterqa.answering.notices import experience, expired, missing_law
from clusterqa.answering.question_checks import checks_of
from clusterqa.answering.settling import settled
from clusterqa.answering.statements import quoted
from clusterqa.answering.suggesting import instead, related

__all__ = [
    "Reply",
    "amending_acts",
    "check_answer",
    "checked",
    "checks_of",
    "checks_there_are",
    "cite_eu",
    "cite_oscola",
    "cited_as",
    "describe_document",
    "experience",
    "expired",
    "found",
    "instead",
    "missing_law",
    "quote",
    "quoted",
    "quotes",
    "related",
    "reply",
    "said",
    "settled",
]
