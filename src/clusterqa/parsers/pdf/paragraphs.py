"""Regions of lines in, `PrintedBlock`s out: paragraphs, table rows and footnotes, in reading order.

Lines stay together while size, weight, leading and indentation go on and the line above was full:
the first word below would not have fitted on it. Across columns and pages a sentence left open goes
on; what stands between (a box, a table, a footnote) is put before or after it, by its page.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from clusterqa.parsers.pdf.rows import PrintedLine, Region
from clusterqa.parsers.pdf.words import HYPHENS, TURN, Spelling, Traced, joined
from clusterqa.provisions.lines import ENUMERATOR

BlockKind = Literal["paragraph", "row", "footnote"]
NOTE = re.compile(
    r"(?:\(\s?(?:\d{1,3}|\*{1,3})\s?\)|\[(?:\d{1,3}|\*)\]|\d{1,3}|\*{1,3}|[¹²³⁴-⁹]+)(?=\s|[^\W\d])"
)
OPEN = re.compile(r"[^.!?:;…][\"'”’»)\]]*$")
ARTICLE_LINE = re.compile(r"(?:Article|ANNEXE?|Annexe?|CHAPTER|CHAPITRE|SECTION|PART|TITLE)\s+\S+$")


@dataclass(slots=True, eq=False)
class PrintedBlock:
    """A paragraph, a row of a table or a footnote, before its lines are one text."""

    kind: BlockKind
    lines: list[PrintedLine]
    boxed: bool = False
    text: Traced = field(default_factory=Traced)

    @property
    def first(self) -> PrintedLine:
        return self.lines[0]

    @property
    def last(self) -> PrintedLine:
        return self.lines[-1]

    @property
    def marker(self) -> str:
        found = ENUMERATOR.match(self.first.text.text)
        return found.group() if found else ""

    @property
    def centred(self) -> bool:
        return all(is_centred(line) for line in self.lines)

    @property
    def text_x(self) -> float:
        """Where the text of the block stands: under its second line, or after its enumerator."""
        return self.lines[1].x0 if len(self.lines) > 1 else self.first.text_x


@dataclass(frozen=True, slots=True)
class Type:
    """The document's body type: its size and the usual distance of lines, in sizes."""

    size: float
    leading: float


def body_type(pages: list[list[Region]]) -> Type:
    sizes: Counter[float] = Counter()
    steps: Counter[float] = Counter()
    for region in (region for page in pages for region in page):
        for line in region.lines:
            sizes[line.size] += len(line.text.text)
        for above, below in zip(region.lines, region.lines[1:], strict=False):
            if above.size == below.size and not above.row and above.y0 > below.y0:
                steps[round((above.y0 - below.y0) / above.size, 1)] += 1
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    near = {step: count for step, count in steps.items() if 0.9 <= step <= 2.6}
    return Type(size, max(near, key=lambda step: near[step]) if near else 1.2)


def blocks_of(pages: list[list[Region]], body: Type) -> list[PrintedBlock]:
    """All blocks of the document, their texts joined."""
    found: list[PrintedBlock] = []
    for page in pages:
        notes = footnote_lines(page, body)
        flow: list[PrintedBlock] = []
        apart: list[PrintedLine] = []
        for region in page:
            kept = [line for line in region.lines if id(line) not in notes]
            apart += [line for line in region.lines if id(line) in notes]
            flow += region_blocks(kept, region, body)
        found += [*flow, *footnotes(apart)]
    blocks = continued(found, body)
    spelling = Spelling(
        part for block in blocks for line in block.lines for part in line.text.text.split(TURN)
    )
    for block in blocks:
        block.text = joined((line.text for line in block.lines), spelling)
    return [block for block in blocks if block.text.text.strip()]


# -- footnotes -----------------------------------------------------------------------------


def footnote_lines(page: list[Region], body: Type) -> set[int]:
    """The lines at a page's or column's foot in smaller type, from the first with a number on."""
    lines = [line for region in page for line in region.lines]
    found: set[int] = set()
    for region in page:
        if region.kind == "table":
            continue
        foot: list[PrintedLine] = []
        for line in reversed(region.lines):
            small = line.size <= 0.92 * body.size and not line.row
            if not small or text_below(line, lines, body):
                break
            foot.append(line)
        numbered = [i for i, line in enumerate(foot) if NOTE.match(line.text.text)]
        if numbered:
            found |= {id(line) for line in foot[: numbered[-1] + 1]}
    return found


def text_below(line: PrintedLine, lines: list[PrintedLine], body: Type) -> bool:
    return any(
        other.y1 < line.y0 + 1
        and other.x0 < line.x1
        and line.x0 < other.x1
        and other.size > 0.92 * body.size
        for other in lines
    )


def footnotes(lines: list[PrintedLine]) -> list[PrintedBlock]:
    found: list[PrintedBlock] = []
    for line in lines:
        number = NOTE.match(line.text.text)
        if not found or (number and starts_note(line, found[-1])):
            found.append(PrintedBlock("footnote", [line]))
        else:
            found[-1].lines.append(line)
    return found


def starts_note(line: PrintedLine, above: PrintedBlock) -> bool:
    """A number on a further line opens a note unless it is the text's own, as a year is."""
    mine, theirs = (re.search(r"\d+", x.text.text[:6]) for x in (line, above.first))
    return not (mine and theirs) or 0 < int(mine.group()) - int(theirs.group()) <= 2


# -- paragraphs ----------------------------------------------------------------------------


def region_blocks(lines: list[PrintedLine], region: Region, body: Type) -> list[PrintedBlock]:
    boxed = region.kind == "box"
    found: list[PrintedBlock] = []
    for line in lines:
        if line.row:
            found.append(PrintedBlock("row", [line], boxed))
        elif found and found[-1].kind == "paragraph" and goes_on(found[-1], line, body):
            found[-1].lines.append(line)
        else:
            found.append(PrintedBlock("paragraph", [line], boxed))
    return found


def goes_on(block: PrintedBlock, line: PrintedLine, body: Type) -> bool:
    """Whether a line continues the block above it in the same region."""
    above = block.last
    step = (above.y0 - line.y0) / above.size
    if abs(line.size - above.size) > 0.6 or step > 1.2 * max(body.leading, 1.1) or step < 0.3:
        return False
    if ARTICLE_LINE.match(above.text.text) and len(block.lines) == 1 and not is_full(above, line):
        return False
    open_ended = bool(OPEN.search(above.text.text))
    full = is_full(above, line)
    if line.bold != above.bold and not (full and open_ended and line.text.text[0].islower()):
        return False
    heading = above.bold or above.size > 1.1 * body.size
    if heading or (is_centred(above) and is_centred(line)):
        marked = ENUMERATOR.match(line.text.text) and not full
        return not marked and (open_ended or full) and not ARTICLE_LINE.match(line.text.text)
    if not full:
        return False
    return is_aligned(block, line, open_ended) and not opens_item(block, line, open_ended)


def is_full(above: PrintedLine, below: PrintedLine) -> bool:
    """Whether the first word below would not have fitted on the line above."""
    return above.right - above.x1 < below.first_word + 0.5 * above.size


def is_centred(line: PrintedLine) -> bool:
    middle = (line.left + line.margin) / 2
    return abs((line.x0 + line.x1) / 2 - middle) < 4 and line.x0 - line.left > 10


def is_aligned(block: PrintedBlock, line: PrintedLine, open_ended: bool) -> bool:
    """Whether a line begins where the lines of the block do, or a sentence runs on."""
    near = 0.6 * line.size
    if len(block.lines) > 1:
        expected = block.last.x0
        return abs(line.x0 - expected) <= near or (open_ended and line.x0 < expected)
    first = block.first
    if block.marker:
        return line.x0 <= first.text_x + near
    return line.x0 <= first.x0 + near or open_ended


def opens_item(block: PrintedBlock, line: PrintedLine, open_ended: bool) -> bool:
    """Whether a line that begins with an enumerator opens an item rather than happens to.

    "Article 107(3)" may end a line and "(a) of the Treaty" begin the next: there the line stands
    where the paragraph's lines do, its sentence runs on, and nothing sets the mark apart.
    """
    mark = ENUMERATOR.match(line.text.text)
    if not mark:
        return False
    if mark.group() in "—–•□-":
        return mark.group() in "•□" or not open_ended or len(block.lines) < 2
    apart = stands_apart(line)
    places = [block.text_x] if len(block.lines) > 1 else [block.text_x, block.first.x0]
    hanging = all(abs(line.x0 - place) > 0.6 * line.size for place in places)
    ended = not open_ended or block.last.text.text.endswith((",", " and", " or"))
    return hanging or apart or not open_ended or (ended and line.x0 <= block.first.x0 + 1)


def stands_apart(line: PrintedLine) -> bool:
    """Whether the mark of a line is set off from its text by no ordinary space."""
    return line.mark_gap > 0.85 * line.size or 0 <= line.mark_gap < 0.1 * line.size


def continued(blocks: list[PrintedBlock], body: Type) -> list[PrintedBlock]:
    """The blocks, sentences that a column or page end cut joined again."""
    result: list[PrintedBlock] = []
    taken: set[int] = set()
    for index, block in enumerate(blocks):
        if id(block) in taken:
            continue
        before: list[PrintedBlock] = []
        after: list[PrintedBlock] = []
        position = index + 1
        while block.kind == "paragraph" and position < len(blocks) and is_cut(block, body):
            between: list[PrintedBlock] = []
            while position < len(blocks) and is_between(blocks[position], block):
                between.append(blocks[position])
                position += 1
            if position == len(blocks) or not resumes(block, blocks[position], bool(between)):
                break
            for item in between:
                (before if item.last.page == block.last.page else after).append(item)
                taken.add(id(item))
            block.lines += blocks[position].lines
            taken.add(id(blocks[position]))
            position += 1
        result += [*before, block, *after]
    return result


def is_cut(block: PrintedBlock, body: Type) -> bool:
    last = block.last
    if last.size > 1.1 * body.size or (last.bold and len(block.lines) < 4) or block.centred:
        return False
    return last.text.text[-1] in HYPHENS or bool(
        OPEN.search(last.text.text) and last.right - last.x1 < 0.35 * (last.right - last.left)
    )


def is_between(item: PrintedBlock, block: PrintedBlock) -> bool:
    return item.kind != "paragraph" or item.boxed != block.boxed


def resumes(block: PrintedBlock, other: PrintedBlock, floats: bool) -> bool:
    """Whether another block goes on where a column or page end cut this one."""
    first, last = other.first, block.last
    same_place = first.page == last.page and first.y0 < last.y0 and first.x0 < last.x1
    if (
        other.kind != "paragraph"
        or (same_place and not floats)
        or abs(first.size - last.size) > 0.6
    ):
        return False
    start = first.text.text[0]
    if last.text.text[-1] in HYPHENS and start.isalnum():
        return True
    if ENUMERATOR.match(first.text.text):
        return (
            not floats and not last.text.text.endswith((",", " and", " or")) and not indented(other)
        )
    if first.bold and not last.bold and not start.islower():
        return False
    return start.islower() or (not floats and not ARTICLE_LINE.match(first.text.text))


def indented(block: PrintedBlock) -> bool:
    """Whether a block's mark hangs before its text, as in a list."""
    hangs = len(block.lines) > 1 and block.lines[1].x0 > block.first.x0 + 0.6 * block.first.size
    return hangs or stands_apart(block.first)


def set_margins(pages: Iterable[list[Region]]) -> None:
    """Give regions the edges of their column: a column of list items has its own indent."""
    spans: Counter[tuple[int, int]] = Counter()
    regions = [r for page in pages for r in page if r.lines and r.kind == "text"]
    for region in regions:
        spans[(round(region.lines[0].left), round(region.lines[0].right))] += 1
    usual = [span for span, count in spans.items() if count > 1]
    for region in regions:
        left, right = region.lines[0].left, region.lines[0].right
        lefts = [x for x, end in usual if abs(end - right) < 15 and 0 < left - x < 110]
        left = min(lefts, default=left)
        margins = [end for x, end in usual if abs(x - left) < 15 and end > right]
        for line in region.lines:
            line.left, line.margin = left, min(margins, default=right)
