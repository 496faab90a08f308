"""Blocks of a document that is no act into a `Document`: headings, text, lists, tables, footnotes.

Every parser of a user's own formats reduces its format to `Block`s in reading order. Blocks stand
apart by a blank line, the items of a list and the rows of a table by a newline; footnotes come
last, as "1. …", and are called "[1]" in the text, so that no number sticks to a word or an amount.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from clusterqa.errors import CorpusError
from clusterqa.provisions.numerals import roman
from clusterqa.types import Document, Provision

CALL = re.compile(r"(?<=\S)\[(?:\d{1,3}|[ivxlc]+)\]$")
SUPERSCRIPT = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of text; `level` is a heading's, from 1, `label` a footnote's ("Footnote 1")."""

    kind: Literal["title", "heading", "text", "item", "row", "footnote"]
    text: str
    level: int = 1
    label: str = ""


def document_from_blocks(source: str, blocks: Iterable[Block]) -> Document:
    """The document of the blocks, footnotes last; raises `CorpusError` if they hold no text."""
    filled = [block for block in blocks if block.text]
    filled.sort(key=lambda block: block.kind == "footnote")
    if not filled:
        raise CorpusError(f"{source}: the file holds no text; give one that does")
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    length = 0
    for block, before in zip(filled, [None, *filled], strict=False):
        parts.append(gap(before, block))
        start = length + len(parts[-1])
        parts.append(block.text)
        length = start + len(block.text)
        spans.append((start, length))
    return Document(source, "".join(parts), tuple(provisions(filled, spans)))


def gap(before: Block | None, block: Block) -> str:
    if before is None:
        return ""
    leads = before.kind == block.kind or (before.kind == "text" and before.text.endswith(":"))
    return "\n" if block.kind in ("item", "row") and leads else "\n\n"


def provisions(blocks: list[Block], spans: list[tuple[int, int]]) -> list[Provision]:
    """Headings over what follows them, nested by level; the title up to the first heading."""
    found: list[Provision] = []
    open_: list[tuple[int, int]] = []  # level and index of the headings now open
    for block, (start, end) in zip(blocks, spans, strict=True):
        if block.kind in ("title", "heading", "footnote"):
            level = block.level if block.kind == "heading" else 0
            while open_ and (open_[-1][0] >= level):
                open_.pop()
            if block.kind == "footnote":
                found.append(Provision("footnote", block.label, "", start, end))
                continue
            parent = open_[-1][1] if open_ else None
            kind: Literal["title", "heading"] = "title" if block.kind == "title" else "heading"
            label = CALL.sub("", block.text)
            open_.append((level or TITLE_LEVEL, len(found)))
            found.append(Provision(kind, label, block.text, start, end, parent))
        for _, index in open_:
            found[index] = replace(found[index], end=end)
    return found


TITLE_LEVEL = 99  # any heading ends the title's own text


def raised(text: str, before: str) -> str:
    """Superscript as a reader sees it: a power stays apart from the number that it stands on."""
    power = before[-1:].isdigit() and re.fullmatch(r"[+-]?\d+", text)
    return text.translate(SUPERSCRIPT) if power else text


def counted(number: int, style: str) -> str:
    """A number in the style that HTML's `type` names: "1", "a", "A", "i", "I"."""
    if style in ("a", "A") and 0 < number <= 26 * 26:
        letters, rest = divmod(number - 1, 26)
        word = (chr(96 + letters) if letters else "") + chr(97 + rest)
    elif style in ("i", "I") and 0 < number < 4000:
        word = roman(number)
    else:
        return str(number)
    return word.upper() if style in ("A", "I") else word
