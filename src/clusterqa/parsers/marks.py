"""Amendments and pages on their way from markup to data: marks in a line's text, then spans of it.

A parser of official texts writes marks, characters of the private use area, into the text that it
collects of a block; `unmarked` reads them off again and gives the `Line` with what they said.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from clusterqa.provisions.lines import Line, Role
from clusterqa.types import Amendment, Page

MARKS = re.compile(
    "\ue000(?P<act>[^\ue001]*)\ue001|\ue003(?P<page>[^\ue004]*)\ue004|(?P<end>\ue002)"
)
END_OF_CHANGE = "\ue002"


def changed_by(act: str) -> str:
    """The mark of the words from here on; of no act, they are as adopted, or as the block is."""
    return f"\ue000{act}\ue001"


def on_page(label: str) -> str:
    return f"\ue003{label}\ue004"


def unmarked(role: Role, marked: str, depth: int, act: str = "") -> Line:
    """The line without its marks, and what they say; `act` changed what no mark speaks of."""
    text, inside, position = "", act, 0
    amended: list[Amendment] = []
    pages: list[Page] = []
    for mark in [*MARKS.finditer(marked), None]:
        part = marked[position : mark.start() if mark else None]
        start = len(text)
        text += part.lstrip() if text[-1:] in ("", " ") else part
        if inside and text[start:].strip():
            first = len(text) - len(text[start:].lstrip())
            amended.append(Amendment(first, len(text.rstrip()), inside))
        if mark:
            position = mark.end()
            if mark["page"] is not None:
                pages.append(Page(len(text), mark["page"]))
            else:
                inside = mark["act"] or act
    text = text.rstrip()
    begun = (Page(p.start + (text[p.start : p.start + 1] == " "), p.label) for p in pages)
    shown = tuple(page for page in begun if page.start < len(text))
    return Line(role, text, depth, amended=tuple(amended), pages=shown)


def set_behind(marker: str, line: Line) -> Line:
    """The line behind an enumerator; what begins with the line begins with the enumerator."""
    by = len(marker) + 1
    return replace(
        line,
        text=f"{marker} {line.text}",
        amended=tuple(
            replace(a, start=a.start and a.start + by, end=a.end + by) for a in line.amended
        ),
        pages=tuple(replace(p, start=p.start and p.start + by) for p in line.pages),
    )


def side_by_side(cells: Sequence[Line], between: str, depth: int) -> Line:
    """The cells as one row of a table; what changed two neighbours changed the row between them."""
    text = ""
    amended: list[Amendment] = []
    pages: list[Page] = []
    for index, cell in enumerate(cells):
        text = (text + between).lstrip() if index else ""
        at = len(text)
        text += cell.text
        pages += [Page(p.start + at, p.label) for p in cell.pages]
        for a in cell.amended:
            start = a.start + at
            last = amended[-1] if amended else None
            if last and last.act == a.act and not text[last.end : start].strip(between):
                start = amended.pop().start
            elif not text[:start].strip(between):  # the places of cells from rows above
                start = 0
            amended.append(Amendment(start, a.end + at, a.act))
    return Line("row", text, depth, amended=tuple(amended), pages=tuple(pages))
