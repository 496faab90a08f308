"""Footnotes and the marks that call them: a `Call` is a mark in the text with its footnote's label.

A footnote says how its number is printed: "(19)" and "( 19 )" in acts, "[1]" where a file of a
user's was read, a number stuck to a word ("SMEs2.") in guides. Calls follow each other as notes do.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clusterqa.types import Document, Provision

NUMBER = re.compile(r"(?P<open>[(\[]?)\s?(?P<number>\*?\d{1,3}|\*{1,3})\s?(?P<close>[)\].]?)")
CITED = r"(?:points?|paragraphs?|recitals?|\b(?:and|or|to|et|ou|à)|considérants?|§)\s$"


@dataclass(frozen=True, slots=True)
class Call:
    """Where a footnote is called, and its label: "Footnote 19"."""

    start: int
    end: int
    label: str


def footnote_calls(document: Document) -> tuple[Call, ...]:
    """The calls of the document's footnotes, in order; a footnote that none calls has none.

    Each is looked for behind the call of the note before it, so that "(2)" after "(1)" is a call
    and the "(2)" of "points (1) and (2)" is not.
    """
    return tuple(sorted(found_calls(document), key=lambda call: call.start))


def found_calls(document: Document) -> Iterator[Call]:
    notes = [p for p in document.provisions if p.kind == "footnote"]
    inside = [(note.start, note.end) for note in notes]
    before: dict[bool, tuple[int, str]] = {}  # of numbers and of stars: where the last call ends
    for note in notes:
        mark = NUMBER.match(document.text, note.start)
        if not mark:
            continue
        number, starred = mark["number"], "*" in mark["number"]
        position, last = before.get(starred, (0, ""))
        if note.parent is not None and is_anew(number, last):
            position = document.provisions[note.parent].start
        found = next(calls_of(mark, document.text, position, inside), None)
        if found:
            yield Call(*found, note.label)
            before[starred] = found[1], number


def is_anew(number: str, last: str) -> bool:
    """Whether an annex or a quoted act has begun to count its notes anew."""
    order = [(len(n), n.removeprefix("*")) for n in (number, last)]
    return bool(last) and order[0] <= order[1]


def calls_of(
    mark: re.Match[str], text: str, position: int, notes: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Spans from `position` on that may call the footnote which begins with the mark."""
    number = re.escape(mark["number"])
    if mark["open"] == "(":
        pattern = rf"(?<=[^\n] )\( {number} \)"  # as a list never writes its own numbers
        if not mark.group().startswith("( "):
            pattern += rf"|(?<=[^\n:;] )\({number}\)"
    elif mark["open"] or mark["close"] == ".":
        pattern = rf"(?<=[^\n])\[{number}\]"
    else:
        pattern = rf"(?<=[^\W\d_][^\W\d_]){number}(?!\w)|(?<=[^\W\d_][.,;:)”’]){number}(?=\s|$)"
    for found in re.compile(pattern).finditer(text, position):
        cited = re.search(CITED, text[max(0, found.start() - 15) : found.start()], re.IGNORECASE)
        spaced = found.group().startswith("( ")
        if (spaced or not cited) and not any(a <= found.start() < b for a, b in notes):
            yield found.span()


def called(document: Document, start: int, end: int) -> list[Provision]:
    """The footnotes that a span of the document calls."""
    if not re.search(r"[\d*]", document.text[start:end]):
        return []
    labels = [c.label for c in footnote_calls(document) if start <= c.start < end]
    return [p for p in document.provisions if p.kind == "footnote" and p.label in labels]
