"""The runs of a page in, its lines in reading order out, gathered in `Region`s.

A region is a column, a box, a table, or text across the whole page. A column begins where many runs
begin at the same x and what stands left of it ends; a line that crosses that x parts the columns
above it from those below. Narrow or ragged left sides (numbers, bullets, cells) are no columns.
"""

from collections import Counter
from itertools import groupby, pairwise

from clusterqa.parsers.pdf.glyphs import Frame, Run, Sheet
from clusterqa.parsers.pdf.rows import (
    Inset,
    Region,
    Unit,
    grid_rows,
    is_spread,
    plain_regions,
    rows,
)
from clusterqa.parsers.pdf.tables import Grid, boxes_of, grids_of
from clusterqa.provisions.lines import ENUMERATOR


def pages_of_regions(sheets: list[Sheet]) -> list[list[Region]]:
    """For each page its regions in reading order.

    Where a second column begins on many pages, it may on pages that show it less clearly.
    """
    edges = [column_edge(list(sheet.runs)) for sheet in sheets]
    counts = Counter(round(edge) for edge in edges if edge is not None)
    usual = [float(edge) for edge, n in counts.most_common(2) if n >= max(2, len(sheets) / 4)]
    return [page_regions(sheet, usual) for sheet in sheets]


def page_regions(sheet: Sheet, usual: list[float]) -> list[Region]:
    """All of a page's regions in reading order, text turned another way last."""
    units: list[Unit] = list(sheet.runs)
    for grid in grids_of(sheet.frames):
        units = with_inset(units, grid.frame, grid)
    for box in boxes_of(sheet.frames, sheet.width, sheet.height):
        units = with_inset(units, box, None)
    found = regions(units, usual)
    for _, turned in groupby(sheet.aside, key=lambda run: run.angle):
        found += regions(list(turned))
    return found


def with_inset(units: list[Unit], frame: Frame, grid: Grid | None) -> list[Unit]:
    """The units, those inside the frame replaced by one inset."""
    inside = [unit for unit in units if is_inside(unit, frame)]
    crossing = any(crosses(unit, frame) for unit in units if unit not in inside)
    if not inside or crossing or (grid is None and len(inside) == len(units)):
        return units
    inset = Inset(frame.x0, frame.x1, frame.y0, frame.y1, size=inside[0].size)
    if grid:
        runs = [unit for unit in inside if isinstance(unit, Run)]
        inset.regions = [Region(grid_rows(runs, grid), "table")]
        inset.regions += [r for unit in inside if isinstance(unit, Inset) for r in unit.regions]
    else:
        inset.regions = regions(inside)
        for region in inset.regions:
            region.kind = "box" if region.kind == "text" else region.kind
    kept = set(map(id, inside))
    first = next(i for i, unit in enumerate(units) if id(unit) in kept)
    rest: list[Unit] = [unit for unit in units if id(unit) not in kept]
    return [*rest[:first], inset, *rest[first:]]


def is_inside(unit: Unit, frame: Frame) -> bool:
    x, y = (unit.x0 + unit.x1) / 2, (unit.y0 + unit.y1) / 2
    wide = unit.x0 > frame.x0 - 3 and unit.x1 < frame.x1 + 3
    return wide and frame.x0 < x < frame.x1 and frame.y0 < y < frame.y1


def crosses(unit: Unit, frame: Frame) -> bool:
    """Whether a unit stands partly inside the frame, at one of its sides."""
    y = (unit.y0 + unit.y1) / 2
    return frame.y0 < y < frame.y1 and unit.x0 < frame.x1 - 3 and unit.x1 > frame.x0 + 3


# -- columns -------------------------------------------------------------------------------


def regions(units: list[Unit], usual: list[float] | None = None) -> list[Region]:
    """The regions of these units, columns told apart from the layout or as `usual`."""
    if not units:
        return []
    edge = next((x for x in usual or [] if could_be_edge(units, x)), None) or column_edge(units)
    if edge is None:
        return plain_regions(units)
    found = []
    for columns, band in merged(bands(units, edge), edge):
        if not columns:
            found += regions(band) if len(band) < len(units) else plain_regions(band)
            continue
        for side in sides(band, edge):
            found += regions(side)
    return found


def column_edge(units: list[Unit]) -> float | None:
    """The x at which a second column begins, or None."""
    if not units:
        return None
    left, right = min(u.x0 for u in units), max(u.x1 for u in units)
    near: Counter[int] = Counter()
    for unit in units:
        if left + 0.15 * (right - left) < unit.x0:
            near[round(unit.x0 / 2)] += 2 if isinstance(unit, Inset) else 1
    best, edge = 0.0, None
    for place, count in near.most_common(12):
        if count < 2:
            break
        x = min(u.x0 for u in units if round(u.x0 / 2) == place)
        score = sum(
            shorter_side(band, x) * gutter(band, x)
            for band in bands(units, x)
            if is_columns(band, x, units, 3)
        )
        if score > best * 1.05:
            best, edge = score, x
    return edge


def could_be_edge(units: list[Unit], edge: float) -> bool:
    """Whether most lines of a page stand on one side or the other of a usual edge."""
    apart = [band for band in bands(units, edge) if parted(band, edge)]
    return sum(map(len, apart)) > 0.6 * len(units)


def parted(band: list[Unit], edge: float) -> bool:
    """Whether a band has lines on both sides of the edge, none across it, and is no table."""
    if any(u.x0 < edge - 3 and u.x1 > edge + 1 for u in band):
        return False
    pair = sides(band, edge)
    if not pair[0] or not pair[1] or len(rows(pair[0])) + len(rows(pair[1])) < 4:
        return False
    return not in_step(rows(pair[0]), rows(pair[1]), pair[0], edge)


def gutter(band: list[Unit], edge: float) -> float:
    """The width of what parts the columns, in type sizes, from none to two."""
    left, right = sides(band, edge)
    usual = Counter(u.size for u in right).most_common(1)[0][0] or 1
    return max(0.0, min(2.0, (edge - max(u.x1 for u in left)) / usual - 0.3))


def shorter_side(band: list[Unit], edge: float) -> float:
    return min(max(u.y1 for u in side) - min(u.y0 for u in side) for side in sides(band, edge))


def bands(units: list[Unit], edge: float) -> list[list[Unit]]:
    """The units from top to bottom, those that cross the edge apart from those that do not."""
    crossing = [u for u in units if u.x0 < edge - 3 and u.x1 > edge + 1]
    across = set(map(id, crossing))
    crossing += justified_lines([u for u in units if id(u) not in across], edge)
    across = set(map(id, crossing))
    crossing += parting_headings([u for u in units if id(u) not in across], edge)
    across = set(map(id, crossing))
    middles = sorted(((u.y0 + u.y1) / 2 for u in crossing), reverse=True)
    grouped: dict[tuple[int, bool], list[Unit]] = {}
    for unit in units:
        middle = (unit.y0 + unit.y1) / 2
        above = sum(other > middle + 1 for other in middles)
        grouped.setdefault((above, id(unit) in across), []).append(unit)
    return [grouped[key] for key in sorted(grouped)]


def justified_lines(units: list[Unit], edge: float) -> list[Unit]:
    """The words of lines so widely spaced that each word is a run: they cross the edge together."""
    found: list[Unit] = []
    near = [u for u in units if abs(u.x0 - edge) < 3]
    for row in rows(u for u in units if any(abs(u.y0 - n.y0) < 1 for n in near)) if near else []:
        words = [unit for unit in row if isinstance(unit, Run)]
        both = row[0].x0 < edge - 3 <= row[-1].x0
        if both and len(words) == len(row) > 3 and is_spread([[word] for word in words]):
            found += row
    return found


def parting_headings(units: list[Unit], edge: float) -> list[Unit]:
    """Headings in the left column with nothing beside them and both columns anew below them."""
    left, right = sides(units, edge)
    if not left or not right:
        return []
    usual = Counter(round(u.size) for u in units).most_common(1)[0][0]
    found = []
    for unit in left:
        if unit.size < 1.1 * usual and not unit.bold:
            continue
        reach = 0.3 * unit.size
        beside = any(r.y0 < unit.y1 + reach and r.y1 > unit.y0 - reach for r in right)
        below = [
            max((u.y1 for u in side if u.y1 < unit.y0 + reach), default=0) for side in (left, right)
        ]
        above = max(r.y1 for r in right) > unit.y1
        if not beside and above and min(below) > 0 and abs(below[0] - below[1]) < 0.5 * usual:
            found.append(unit)
    return found


def sides(band: list[Unit], edge: float) -> tuple[list[Unit], list[Unit]]:
    return [u for u in band if u.x0 < edge - 3], [u for u in band if u.x0 >= edge - 3]


def is_columns(band: list[Unit], edge: float, units: list[Unit], least: int) -> bool:
    """Whether a band is two columns of prose of at least so many lines each."""
    if any(u.x0 < edge - 3 and u.x1 > edge + 1 for u in band):
        return False
    pair = sides(band, edge)
    if not pair[0] or not pair[1]:
        return False
    extent = max(u.x1 for u in units) - min(u.x0 for u in units)
    for side in pair:
        width = max(u.x1 for u in side) - min(u.x0 for u in side)
        lines = rows(side)
        many = len(lines) >= least or any(isinstance(unit, Inset) for unit in side)
        if width < 0.15 * extent or not many or not is_prose(lines, width):
            return False
    left, right = (rows(side) for side in pair)
    return max(u.x1 for u in pair[0]) < edge + 1 and not in_step(left, right, pair[0], edge)


def is_prose(lines: list[list[Unit]], width: float) -> bool:
    """Whether lines look like running text: words in them, most reaching far across."""
    if any(isinstance(unit, Inset) for line in lines for unit in line):
        return True
    texts = [" ".join(unit.text for unit in line if isinstance(unit, Run)) for line in lines]
    marks = sum(bool(ENUMERATOR.fullmatch(text)) for text in texts)
    full = sum(line[-1].x1 - line[0].x0 > 0.5 * width for line in lines)
    words = sum(len(text.split()) for text in texts)
    return marks < len(lines) / 2 and full >= len(lines) / 2 and words >= 2.5 * len(lines)


def in_step(left: list[list[Unit]], right: list[list[Unit]], side: list[Unit], edge: float) -> bool:
    """Whether two columns are cells of a table: rows side by side, gaps between them, not full."""
    width = max(u.x1 for u in side) - min(u.x0 for u in side)
    if any(isinstance(unit, Inset) for line in [*left, *right] for unit in line):
        return False
    heights = [line[0].y1 - line[0].y0 for line in left]
    steps = [a[0].y0 - b[0].y0 for a, b in pairwise(left)]
    apart = sum(step > 1.6 * height for step, height in zip(steps, heights, strict=False))
    even = sum(any(abs(a[0].y0 - b[0].y0) < 1 for b in right) for a in left)
    full = sum(line[-1].x1 - line[0].x0 > 0.8 * width for line in left)
    return even >= 0.8 * len(left) and apart >= 0.6 * len(steps) and full < 0.5 * len(left)


def merged(found: list[list[Unit]], edge: float) -> list[tuple[bool, list[Unit]]]:
    """Bands of columns apart; what lies between two of them together."""
    result: list[tuple[bool, list[Unit]]] = []
    for band in found:
        columns = parted(band, edge)
        if result and not columns and not result[-1][0]:
            result[-1] = (False, result[-1][1] + band)
        else:
            result.append((columns, band))
    return result
