"""A hit in, the piece of its document to quote out: the sentence that answers, in its company.

A point goes with the words that introduce its list, "It shall not exceed 10 years." with the
sentence that says what "it" is, a rule with the exception that follows it, a short list whole.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from clusterqa.passages import deepest, marker_length
from clusterqa.types import Document, Hit, Passage

LONGEST_QUOTE = 1200  # chars; a longer list is not quoted whole, nor a longer run of sentences

Stretch = tuple[int, int]  # start and end in a document


@dataclass(frozen=True, slots=True)
class Piece:
    """A span of a document to quote, the passage it stands in, and the spans that introduce it."""

    passage: Passage
    start: int
    end: int
    lead_ins: tuple[Stretch, ...] = ()


def piece(hit: Hit, document: Document) -> Piece:
    """What to quote of a hit."""
    start, end = evidence_span(hit, document)
    return Piece(hit.passage, start, end, tuple(lead_ins(document, start, end)))


def lead_ins(document: Document, start: int, end: int) -> list[Stretch]:
    """Spans of the words that introduce the list a point stands in, outermost first.

    "This Regulation shall not apply to:" turns what follows round, so no point goes without it.
    """
    nodes = document.provisions
    node = deepest(nodes, start, end)
    found: list[Stretch] = []
    while node is not None and node.kind == "point" and node.parent is not None:
        parent = nodes[node.parent]
        first = next(child.start for child in nodes if child.parent == node.parent)
        last = parent.start + len(document.text[parent.start : first].rstrip())
        begin = document.text.rfind("\n", parent.start, last) + 1 or parent.start
        begin = max(begin, parent.start)
        begin += marker_length(document.text[begin:last])
        lead = document.text[begin:last]
        if last <= start and lead.endswith(":") and not re.search("d[eé]finitions?", lead):
            found.append((begin, last))
        node = parent
    return found[::-1]


def body(text: str, start: int) -> int:
    """Where the words of a line begin that begins at `start`, after its marker."""
    return start + marker_length(text[start : line_end(text, start, len(text))])


def as_list(points: Sequence[Piece], text: str) -> list[Piece]:
    """The pieces, more than one, with the markers of what they do not share: "(a) the costs …"."""
    shared = [lead for lead in points[0].lead_ins if all(lead in p.lead_ins for p in points)]
    return [
        replace(
            point,
            start=marker(text, point.start),
            lead_ins=tuple(
                (start, end) if (start, end) in shared else (marker(text, start), end)
                for start, end in point.lead_ins
            ),
        )
        for point in points
    ]


def marker(text: str, start: int) -> int:
    """Where the marker begins of words that begin at `start`; `start` if they have none."""
    line = text.rfind("\n", 0, start) + 1
    return line if body(text, line) == start else start


def line_end(text: str, start: int, limit: int) -> int:
    newline = text.find("\n", start, limit)
    return limit if newline < 0 else newline


def evidence_span(hit: Hit, document: Document) -> Stretch:
    """The document span to quote: the whole list that answers, or a sentence with its company."""
    passage = hit.passage
    lead, newline, _ = passage.text.partition("\n")
    if newline and lead.rstrip().endswith(":") and len(passage.text) <= LONGEST_QUOTE:
        return passage.start + marker_length(lead), passage.end
    return in_company(hit.best_sentence, [s[:2] for s in hit.sentences], document.text)


def in_company(best: Stretch, sentences: list[Stretch], text: str) -> Stretch:
    """A sentence, with the ones before it that it leans on and the exceptions that follow it."""
    if best not in sentences:
        return best
    first = last = sentences.index(best)
    while first > 0 and LEANING.match(text, *sentences[first]) and fits(first - 1, last, sentences):
        first -= 1
    while (
        last + 1 < len(sentences)
        and LIMITING.match(text, *sentences[last + 1])
        and fits(first, last + 1, sentences)
    ):
        last += 1
    return sentences[first][0], sentences[last][1]


def fits(first: int, last: int, sentences: list[Stretch]) -> bool:
    return sentences[last][1] - sentences[first][0] <= LONGEST_QUOTE


ACTS = (
    r"Regulation|Article|Treaty|Chapter|Section|Decision|Directive|Annex|Framework|Communication"
    r"|règlement|article|traité|chapitre|directive|annexe|décision|communication"
)
LIMITS = (
    r"However\b|Nevertheless\b|Notwithstanding\b|By (?:way of )?derogation|Except\b|Unless\b"
    r"|Toutefois\b|Cependant\b|Néanmoins\b|Nonobstant\b|Par dérogation|Sauf\b"
)
# How a sentence begins that cannot be read without the one before it.
LEANING = re.compile(
    rf"(?:It|They|Both|Such|Th(?:is|ese|at|ose)(?! (?:{ACTS}))|The (?:same|latter|former)"
    rf"|In (?:this|that|these|those|such|both|addition)|To (?:this|that) end|Moreover|Likewise"
    rf"|Otherwise|Similarly|Ils?|Elles?|Ce(?:tte|s|t|lui-ci|lle-ci)?(?! (?:{ACTS}))|Il en est"
    rf"|Dans ce|En outre)\b|{LIMITS}"
)
# How a sentence begins that limits the one before it.
LIMITING = re.compile(
    rf"{LIMITS}|(?:This|That|It|The (?:first|previous|preceding) (?:sentence|subparagraph))"
    r" (?:shall|does|do|is|are) not\b|In (?:any|duly justified|exceptional) (?:case|event|circumst)"
)
