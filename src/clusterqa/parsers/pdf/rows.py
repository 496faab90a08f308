"""Runs into lines: what stands beside each other, cells told from words, rows of tables.

`PrintedLine`, `Region` and `Inset` are what layout works with; a region has its lines from the
top.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from clusterqa.parsers.pdf.glyphs import Run
from clusterqa.parsers.pdf.tables import Grid
from clusterqa.parsers.pdf.words import HYPHENS, TURN, Traced, inserted, printed, together
from clusterqa.provisions.lines import ENUMERATOR

SPACE = 0.15  # of the type size: a gap between runs that is a space though none is drawn
CELL = 1.0  # of the type size: a gap between cells of a table without rules
RegionKind = Literal["text", "box", "table"]


@dataclass(slots=True, eq=False)
class PrintedLine:
    """One line of a region; `text_x` is where its text begins after an enumerator.

    `mark_gap` is how far that is from the enumerator; `first_word` is the first word's width.
    `left` and `right` are the region's edges, `margin` is the column's right edge, which a region
    of short lines does not reach; `row` marks a row of a table.
    """

    text: Traced
    page: int
    x0: float
    x1: float
    y0: float
    y1: float
    size: float
    bold: bool
    text_x: float
    mark_gap: float
    first_word: float
    left: float = 0
    right: float = 0
    margin: float = 0
    row: bool = False


@dataclass(slots=True)
class Region:
    lines: list[PrintedLine]
    kind: RegionKind = "text"


@dataclass(slots=True, eq=False)
class Inset:
    """A table or a box: it stands among the runs as one thing."""

    x0: float
    x1: float
    y0: float
    y1: float
    regions: list[Region] = field(default_factory=list)
    size: float = 0
    bold: bool = False


Unit = Run | Inset


def rows(units: Iterable[Unit]) -> list[list[Unit]]:
    """The units by line, from the top, each line from the left."""
    found: list[list[Unit]] = []
    for unit in sorted(units, key=lambda u: -(u.y0 + u.y1)):
        for row in found[-3:]:
            if beside(unit, row):
                row.append(unit)
                break
        else:
            found.append([unit])
    for row in found:
        row.sort(key=lambda u: u.x0)
    found.sort(key=lambda row: -max(row, key=lambda u: u.size).y0)
    return found


def beside(unit: Unit, row: list[Unit]) -> bool:
    """Whether a unit shares the line of a row: half of the lower one lies beside the other."""
    if isinstance(unit, Inset) or isinstance(row[0], Inset):
        return False
    main = max(row, key=lambda u: u.size)
    shared = min(unit.y1, main.y1) - max(unit.y0, main.y0)
    return shared > 0.5 * min(unit.y1 - unit.y0, main.y1 - main.y0)


def plain_regions(units: list[Unit]) -> list[Region]:
    """One column from top to bottom, insets in their places."""
    found: list[Region] = []
    current: list[list[Run]] = []
    for row in rows(units):
        inset = row[0]
        if isinstance(inset, Inset):
            found += [*text_region(current), *inset.regions]
            current = []
        else:
            current.append([unit for unit in row if isinstance(unit, Run)])
    return [*found, *text_region(current)]


def text_region(found: list[list[Run]]) -> list[Region]:
    if not found:
        return []
    lines = table_lines(found)
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    for line in lines:
        line.left, line.right, line.margin = left, right, right
    return [Region(lines)]


def table_lines(found: list[list[Run]]) -> list[PrintedLine]:
    """One line a row; where cells of successive rows stand below each other, a row of a table."""
    cells = [cells_of(row) for row in found]
    lines = []
    for index, row in enumerate(found):
        around = [cells[i] for i in (index - 1, index + 1) if 0 <= i < len(found)]
        aligned = len(cells[index]) > 1 and any(are_aligned(cells[index], c) for c in around)
        aligned = aligned and not is_spread(cells[index])
        lines.append(row_line(cells[index]) if aligned else line_of(row))
    return lines


def cells_of(row: list[Run]) -> list[list[Run]]:
    """The runs of a row parted at wide gaps, a number or bullet kept with what it marks."""
    cells = [[row[0]]]
    for run in row[1:]:
        before = cells[-1][-1]
        apart = run.x0 - before.x1 > CELL * max(run.size, before.size)
        marker = len(cells) == 1 and ENUMERATOR.fullmatch(" ".join(r.text for r in cells[0]))
        if apart and not marker:
            cells.append([run])
        else:
            cells[-1].append(run)
    return cells


def are_aligned(cells: list[list[Run]], others: list[list[Run]]) -> bool:
    """Whether a cell after the first begins where one of the other row does, or figures end so."""
    return len(others) > 1 and any(
        abs(a[0].x0 - b[0].x0) < 2
        or (abs(a[-1].x1 - b[-1].x1) < 2 and is_figure(a[-1]) and is_figure(b[-1]))
        for a in cells[1:]
        for b in others[1:]
    )


def is_figure(run: Run) -> bool:
    return run.text[-1].isdigit() or run.text[-1] in "%€"


def is_spread(cells: list[list[Run]]) -> bool:
    """Whether the gaps between the cells are those of a justified line: all the same."""
    size = cells[0][0].size
    apart = (right[0].x0 - left[-1].x1 for left, right in pairwise(cells))
    gaps = [gap for gap in apart if gap > SPACE * size]  # a ligature may part a word's runs
    return len(gaps) > 1 and max(gaps) - min(gaps) < 0.5 and max(gaps) < 4 * size


def row_line(cells: list[list[Run]]) -> PrintedLine:
    line = line_of([run for cell in cells for run in cell])
    line.text = together((line_of(cell).text for cell in cells), " | ")
    line.row = True
    return line


def line_of(runs: list[Run]) -> PrintedLine:
    """One line of runs, spaces put in where they stand apart."""
    if sum(is_leftward(run.text) for run in runs) * 2 > len(runs):
        runs = sorted(runs, key=lambda run: -run.x1)
    text, right, start, before = Traced(), runs[0].x0, runs[0].x0, runs[0]
    between = -1.0
    for run in runs:
        if text.text:
            if not text.text.endswith(" ") and are_apart(before, run):
                text = text + inserted(" ")
            if between < 0 and ENUMERATOR.fullmatch(text.text.strip()):
                start, between = run.x0, max(0.0, run.x0 - right)
        text, right, before = text + printed(run.text, run.first), run.x1, run
    sizes: Counter[float] = Counter()
    heavy = 0
    for run in runs:
        sizes[round(run.size, 1)] += len(run.text)
        heavy += len(run.text) * run.bold
    length = sum(sizes.values())
    main = max(runs, key=lambda run: (run.size, len(run.text)))
    first = runs[0]
    word = first.text.split(" ", 1)[0]
    return PrintedLine(
        text.stripped(), first.page, first.x0, max(r.x1 for r in runs), main.y0, main.y1,
        sizes.most_common(1)[0][0], heavy > 0.6 * length, start,
        between,
        (first.x1 - first.x0) * len(word) / max(len(first.text), 1),
    )  # fmt: skip


def are_apart(before: Run, run: Run) -> bool:
    """Whether a space stands between two runs of a line, drawn or as wide as one.

    A raised number sticks to its word whatever the file says, and an initial to the rest of its.
    """
    gap = abs(run.x0 - before.x1)
    if run.text.isdigit() and run.size < 0.8 * before.size and gap < SPACE * run.size:
        return False
    initial = len(before.text) == 1 and before.text.isupper() and before.text not in "AI"
    if initial and before.size > 1.8 * run.size and run.text[0].islower():
        return False
    return run.spaced or gap > SPACE * run.size


def is_leftward(text: str) -> bool:
    return any("\u0590" <= char < "\u0900" for char in text[:3])


def with_turns(lines: list[Traced]) -> Traced:
    """The lines of a cell as one text; `TURN` stands where a hyphen ends one, to be judged later.

    Whether the hyphen is the word's own can only be told from the words of the whole document.
    """
    whole = Traced()
    for line in lines:
        turns = whole.text[-1:] in HYPHENS and whole.text[-2:-1].isalnum()
        whole = whole + inserted(TURN if turns else " ") + line if whole.text else line
    return whole


def grid_rows(runs: list[Run], grid: Grid) -> list[PrintedLine]:
    """One line a row of a ruled table, its cells joined with a bar."""
    lines = []
    for top, bottom, edges in grid.rows:
        inside = [run for run in runs if bottom <= (run.y0 + run.y1) / 2 < top]
        if not inside:
            continue
        cells = []
        for left, right in pairwise(edges):
            mine = [run for run in inside if left <= (run.x0 + run.x1) / 2 < right]
            cell = [line_of([u for u in row if isinstance(u, Run)]) for row in rows(mine)]
            cells.append(with_turns([line.text for line in cell]))
        line = line_of(inside)
        line.text, line.row = together(cells, " | ").stripped(), True
        line.left, line.right, line.margin = edges[0], edges[-1], edges[-1]
        line.y0, line.y1 = min(r.y0 for r in inside), max(r.y1 for r in inside)
        lines.append(line)
    return lines
