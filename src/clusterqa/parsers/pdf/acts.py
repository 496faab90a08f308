"""Blocks of a legal act in, `Line`s with roles and list depths out, for the grammar of provisions.

A PDF has no classes: the words say what a heading is, and where a line begins says how deep in
lists it stands. An item holds what begins under its text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from clusterqa.parsers.pdf.paragraphs import PrintedBlock, Type
from clusterqa.provisions.headings import ANNEX, ARTICLE, DIVISION
from clusterqa.provisions.lines import Line, Role

ARTICLE_HEADING = re.compile(rf"(?:{ARTICLE.pattern})\.?", re.IGNORECASE)
DIVISION_HEADING = re.compile(rf"(?:{DIVISION.pattern})(?P<title>[\s.:—–-].*)?", re.IGNORECASE)
ANNEX_HEADING = re.compile(rf"(?:{ANNEX.pattern})(?:[\s:—–-]+[^a-z]*)?")
ENACTING = re.compile(
    r"(HAS|HAVE) ADOPTED|ONT? ADOPTÉ|A ADOPTÉ|Whereas:?|considérant ce qui suit", re.I
)
PREAMBLE = re.compile(r"(THE [A-Z ,]+,|LE [A-Z ,]+,|LA [A-ZÉ ,]+,)$|Having regard|vu ", re.I)
ACT_NAME = re.compile(
    r"REGULATION|DIRECTIVE|DECISION|RECOMMENDATION|RÈGLEMENT|DÉCISION|TREATY|TRAITÉ|FRAMEWORK"
)
SOFT_LAW = re.compile(
    r"COMMUNICATION|NOTICE|FRAMEWORK|GUIDELINES|LIGNES DIRECTRICES|ENCADREMENT"
    r"|(?:Communication|Notice) (?:from|of) the Commission|Commission Notice"
)
POINT = re.compile(r"\(?(\d{1,3})[.)]\s+\S")
FEWEST_POINTS = 10
CONTENTS = re.compile(r"(?:\d{1,2}|[IVX]+)\.\s|(?:TABLE OF )?CONTENTS|SOMMAIRE", re.IGNORECASE)
NUMBERED_HEADING = re.compile(r"(?:\d{1,2}\.)+\d{0,2}\s+\S")
DATELINE = re.compile(r"(Done at|Fait à) \S+, ")
ARROW = re.compile(r"[►▼]\s*[A-Z]\d*\s*|◄\s?")
MARKED = re.compile(r"(?P<inner>\(?[\da-zA-Z]+\)|\d+[a-z]*\.|[—–•□-])(?=\s|$)")
NOTE_LINE = re.compile(r"\(\s?(\d{1,3}|\*{1,2})\s?\)\s")


def is_act(blocks: list[PrintedBlock]) -> bool:
    """Whether the document is set out as an act: articles on lines of their own, or, in soft law,
    points numbered from first to last.
    """
    texts = [block.text.text for block in blocks if block.kind == "paragraph"]
    articles = sum(bool(ARTICLE_HEADING.fullmatch(text)) for text in texts)
    return (
        articles >= 3
        or (articles > 0 and any(ENACTING.match(text) for text in texts))
        or (any(SOFT_LAW.search(t) for t in texts[:15]) and len(points(blocks)) >= FEWEST_POINTS)
    )


def points(blocks: Iterable[PrintedBlock]) -> list[PrintedBlock]:
    """The paragraphs numbered 1, 2, 3 and so on through the whole document."""
    found: list[PrintedBlock] = []
    for block in blocks:
        mark = POINT.match(block.text.text)
        light = not all(line.bold for line in block.lines)
        if mark and light and int(mark[1]) == len(found) + 1 and block.kind == "paragraph":
            found.append(block)
    return found


def act_lines(blocks: list[PrintedBlock], body: Type) -> Iterator[tuple[Line, PrintedBlock]]:
    """The blocks as lines, each with the block it is the text of."""
    indents = Indents()
    previous: Role = "body"
    begun = False
    for block in blocks:
        block.text = block.text.without(ARROW).stripped()
        text = block.text.text
        if not text:
            continue
        role = role_of(block, text, previous, body)
        begun = begun or role in ("article", "division") or bool(PREAMBLE.match(text))
        begun = begun or (role == "group" and bool(CONTENTS.match(text)))
        named = previous == "title" or ACT_NAME.search(text) or SOFT_LAW.search(text)
        if role == "group" and not begun and named:
            role = "title"
        if role in ("footnote", "row"):
            depth = 99 if role == "footnote" else indents.last
        elif role == "body":
            depth = indents.depth(block)
        else:
            depth = indents.leave()
        yield Line(role, text, depth), block
        previous = previous if role == "footnote" else role


def role_of(block: PrintedBlock, text: str, previous: Role, body: Type) -> Role:
    if block.kind == "row":
        return "row"
    if block.kind == "footnote":
        return "footnote"
    heading = is_heading(block, text, body)
    if ARTICLE_HEADING.fullmatch(text):
        return "article"
    if DIVISION_HEADING.fullmatch(text) and len(text) < 160 and (heading or text[:4].isupper()):
        return "division"
    if ANNEX_HEADING.fullmatch(text) and (heading or len(text) < 14):
        return "annex"
    if DATELINE.match(text):
        return "dateline"
    if not heading or PREAMBLE.match(text) or ENACTING.match(text):
        return "body"
    titles: dict[Role, Role] = {
        "article": "article_title", "division": "division_title", "annex": "annex_title",
        "annex_title": "annex_title",
    }  # fmt: skip
    return titles.get(previous, "group")


def is_heading(block: PrintedBlock, text: str, body: Type) -> bool:
    """Whether a block stands out: centred, bold or large, short and no sentence."""
    bold = all(line.bold for line in block.lines)
    numbered = bold and len(text) < 160 and NUMBERED_HEADING.match(text)
    if len(text) > 400 or (MARKED.match(text) and not numbered) or text[-1] in ";:,":
        return False
    large = block.first.size > 1.1 * body.size
    return block.centred or bold or large


@dataclass(frozen=True, slots=True)
class Item:
    """An open list item: where its mark and its text stand; paragraphs "1." weigh nothing."""

    mark_x: float
    text_x: float
    weight: int


class Indents:
    """How deep in lists each line stands, told from where it begins in its column."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.last = 0

    def leave(self) -> int:
        """A heading ends all lists."""
        self.items.clear()
        self.last = 0
        return 0

    def depth(self, block: PrintedBlock) -> int:
        x = block.first.x0 - block.first.left
        near = 0.5 * block.first.size
        mark = MARKED.match(block.text.text)
        while self.items and not holds(self.items[-1], x, near):
            self.items.pop()
        depth = sum(item.weight for item in self.items)
        if mark:
            paragraph = mark.group().endswith(".") and depth == 0
            depth += not paragraph
            text_x = block.text_x - block.first.left
            self.items.append(Item(x, max(x, text_x), not paragraph))
        self.last = depth
        return depth


def holds(item: Item, x: float, near: float) -> bool:
    """Whether what begins at x stands under the item's text, not under its mark."""
    return item.text_x > item.mark_x + near and x >= item.text_x - near


def with_notes(
    lines: list[tuple[Line, PrintedBlock]], body: Type
) -> list[tuple[Line, PrintedBlock]]:
    """The lines; small ones "(1) …" after the last article, printed at the end, are footnotes."""
    last = max((i for i, (line, _) in enumerate(lines) if line.role == "dateline"), default=0)
    result = []
    for index, (line, block) in enumerate(lines):
        small = block.first.size <= 0.92 * body.size
        if index > last > 0 and small and line.role == "body" and NOTE_LINE.match(line.text):
            line = replace(line, role="footnote", depth=99)
        result.append((line, block))
    return result
