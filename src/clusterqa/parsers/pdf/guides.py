"""Blocks of a guide, report or page in, provisions out: headings nested by level, notes, tables.

A block is a heading when the outline names it, or when it is short, ends like no sentence, and is
larger than the body or bold. Its level is the outline's, else the rank of its size and weight.
"""

import re
from dataclasses import dataclass

from clusterqa.parsers.pdf.paragraphs import NOTE, PrintedBlock, Type
from clusterqa.types import Provision, ProvisionKind

LONGEST_HEADING = 200  # chars
CAPTION = re.compile(r"(Table|Tabelle|Tableau|Tabla|Tabella)\s+[\dIVX]+(\.\d+)*", re.IGNORECASE)
NUMBERED = re.compile(r"\d+(?:\.\d+)+\.?\s+\S|\d+\.?\s+[A-Z]")
LETTERS = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """An entry of the file's outline."""

    title: str
    level: int


@dataclass(slots=True)
class OpenHeading:
    kind: ProvisionKind
    label: str
    level: float
    start: int
    end: int
    parent: int | None


def guide_provisions(
    blocks: list[PrintedBlock], starts: list[int], outline: list[ContentsEntry], body: Type
) -> tuple[Provision, ...]:
    """The provisions of the text whose blocks begin at `starts`."""
    levels = heading_levels(blocks, outline, body)
    nodes: list[OpenHeading] = []
    stack: list[int] = []
    labels: dict[str, int] = {}
    for index, (block, start) in enumerate(zip(blocks, starts, strict=True)):
        text = block.text.text
        end = start + len(text)
        level = levels[index]
        if level is not None:
            while stack and nodes[stack[-1]].level >= level:
                stack.pop()
            kind: ProvisionKind = "title" if not nodes and level < 0 else "heading"
            nodes.append(OpenHeading(kind, unique(text, labels), level, start, end, last(stack)))
            stack.append(len(nodes) - 1)
        elif block.kind == "footnote":
            note = NOTE.match(text)
            number = note.group().strip("()[] ") if note else ""
            label = unique(f"Footnote {number}".strip(), labels)
            nodes.append(OpenHeading("footnote", label, 999, start, end, last(stack)))
        elif block.kind == "row":
            previous = blocks[index - 1] if index else block
            if previous.kind == "row" and nodes and nodes[-1].kind == "table":
                nodes[-1].end = end
            elif caption := CAPTION.match(previous.text.text):
                label = unique(caption.group(), labels)
                nodes.append(OpenHeading("table", label, 999, starts[index - 1], end, last(stack)))
        for open_index in stack:
            nodes[open_index].end = end
    return tuple(
        Provision(n.kind, n.label, n.label if n.kind in ("heading", "title") else "",
                  n.start, n.end, n.parent)
        for n in nodes
    )  # fmt: skip


def last(stack: list[int]) -> int | None:
    return stack[-1] if stack else None


def unique(label: str, labels: dict[str, int]) -> str:
    """The label, with a count when the document has it already."""
    labels[label] = labels.get(label, 0) + 1
    return label if labels[label] == 1 else f"{label} ({labels[label]})"


def heading_levels(
    blocks: list[PrintedBlock], outline: list[ContentsEntry], body: Type
) -> list[float | None]:
    """Each block's level if it is a heading; the title's is below zero."""
    named = outline_levels(blocks, outline)
    styles: dict[tuple[float, bool], None] = {}
    found: list[tuple[float, bool] | None] = []
    for index, block in enumerate(blocks):
        style = style_of(block) if index in named or stands_out(block, body) else None
        found.append(style)
        if style:
            styles[style] = None
    ranks = {style: rank for rank, style in enumerate(sorted(styles, reverse=True))}
    depth = outline_of_styles(found, named)
    levels: list[float | None] = []
    for index, style in enumerate(found):
        if style is None:
            levels.append(None)
        elif index in named:
            levels.append(named[index])
        elif not named:
            levels.append(ranks[style] + dots(blocks[index].text.text) / 10)
        else:
            levels.append(depth.get(style, ranks[style] + 20.0))
    return with_title(blocks, levels, found)


def with_title(
    blocks: list[PrintedBlock], levels: list[float | None], found: list[tuple[float, bool] | None]
) -> list[float | None]:
    """The levels, the first heading's below zero if it is the largest: it is the title."""
    first = next((i for i, level in enumerate(levels) if level is not None), None)
    if first is None or blocks[first].first.page > 2:
        return levels
    style = found[first]
    if style and all(other <= style for other in found if other) and found.count(style) == 1:
        levels[first] = -1.0
    return levels


def outline_of_styles(
    found: list[tuple[float, bool] | None], named: dict[int, int]
) -> dict[tuple[float, bool], float]:
    """The level that each style has where the outline names it."""
    levels: dict[tuple[float, bool], float] = {}
    for index, level in named.items():
        style = found[index]
        if style:
            levels[style] = max(levels.get(style, 0), level)
    return levels


def style_of(block: PrintedBlock) -> tuple[float, bool]:
    return round(block.first.size * 2) / 2, block.first.bold


def stands_out(block: PrintedBlock, body: Type) -> bool:
    """Whether a block looks like a heading."""
    text = block.text.text
    if block.kind != "paragraph" or len(text) > LONGEST_HEADING or len(block.lines) > 4:
        return False
    if not re.search(r"[^\W\d_]{2}", text) or CAPTION.match(text):
        return False
    large = block.first.size >= 1.15 * body.size
    bold = all(line.bold for line in block.lines) and block.first.size >= 0.98 * body.size
    sentence = text[-1] in ".;:," and not (large and text[-1] == ":")
    return (large or bold) and not sentence


def outline_levels(blocks: list[PrintedBlock], outline: list[ContentsEntry]) -> dict[int, int]:
    """The blocks that the outline names, in its order, with their levels."""
    wanted = [(plain(entry.title), entry.level) for entry in outline]
    found: dict[int, int] = {}
    position = 0
    texts = [plain(b.text.text) if b.kind == "paragraph" else "" for b in blocks]
    for title, level in wanted:
        if not title:
            continue
        for index in range(position, len(blocks)):
            if texts[index] == title:
                found[index] = level
                position = index + 1
                break
    return found


def plain(text: str) -> str:
    """The letters of a heading: its number may be left out of the outline."""
    return LETTERS.sub("", text).lower()


def dots(text: str) -> int:
    """How deep a heading's own number goes: 2.1 is one deeper than 2."""
    found = NUMBERED.match(text)
    return found.group().split()[0].strip(".").count(".") if found else 0
