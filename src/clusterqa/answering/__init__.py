"""Readings in, what an `Answer` says out: verbatim statements, cited, or why there are none.

Nothing here writes prose. A statement is made of spans of a document; `check_answer` proves every
quote byte for byte before an answer leaves, whoever composed it. Start with `reply`.
"""

from clusterqa.answering.answer import Reply, reply
from clusterqa.answering.citations import cite_eu, cite_oscola, describe_document, found, quote
from clusterqa.answering.figure_checks import checked, checks_there_are
from clusterqa.answering.gate import check_answer, quotes, said
from clusterqa.answering.notices import experience
from clusterqa.answering.question_checks import checks_of
from clusterqa.answering.statements import quoted

__all__ = [
    "Reply",
    "check_answer",
    "checked",
    "checks_of",
    "checks_there_are",
    "cite_eu",
    "cite_oscola",
    "describe_document",
    "experience",
    "found",
    "quote",
    "quoted",
    "quotes",
    "reply",
    "said",
]
