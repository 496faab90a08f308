"""The frames and rules drawn on a page in, the grids of its tables and its boxes out."""

from dataclasses import dataclass
from itertools import pairwise

from clusterqa.parsers.pdf.glyphs import Frame

THIN = 3.0  # points: a frame thinner than this is a rule
NEAR = 2.5  # points: rules this near to each other meet


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: for each row its top, its bottom and the edges of its cells."""

    frame: Frame
    rows: list[tuple[float, float, list[float]]]


def grids_of(frames: list[Frame]) -> list[Grid]:
    """The tables with rules around their cells: at least two columns."""
    found = []
    for rules in clusters(sides_of(frames)):
        across = [rule for rule in rules if rule.x1 - rule.x0 >= rule.y1 - rule.y0]
        down = [rule for rule in rules if rule.y1 - rule.y0 > rule.x1 - rule.x0]
        ys = distinct([rule.y0 for rule in across])
        if len(ys) < 2 or len(distinct([rule.x0 for rule in down])) < 3:
            continue
        rows = []
        for bottom, top in pairwise(ys):
            middle = (bottom + top) / 2
            edges = distinct([rule.x0 for rule in down if rule.y0 < middle < rule.y1])
            if len(edges) > 1:
                rows.append((top, bottom, edges))
        if any(len(edges) > 2 for _, _, edges in rows):
            found.append(Grid(around(rules), rows[::-1]))
    return found


def boxes_of(frames: list[Frame], width: float, height: float) -> list[Frame]:
    """Frames large enough to hold lines but not the page, the smallest first."""
    found = {
        frame
        for frame in frames
        if 60 < frame.x1 - frame.x0 < 0.97 * width and 25 < frame.y1 - frame.y0 < 0.9 * height
    }
    return sorted(found, key=lambda f: ((f.x1 - f.x0) * (f.y1 - f.y0), f.x0, -f.y1))


def sides_of(frames: list[Frame]) -> list[Frame]:
    """Rules as they are, and the four sides of frames; specks are neither."""
    rules = []
    for f in frames:
        wide, high = f.x1 - f.x0, f.y1 - f.y0
        if min(wide, high) < THIN:
            rules += [f] if max(wide, high) > 4 else []
        else:
            rules += [Frame(f.x0, f.y0, f.x1, f.y0), Frame(f.x0, f.y1, f.x1, f.y1),
                      Frame(f.x0, f.y0, f.x0, f.y1), Frame(f.x1, f.y0, f.x1, f.y1)]  # fmt: skip
    return list(dict.fromkeys(rules))[:2_000]


def clusters(rules: list[Frame]) -> list[list[Frame]]:
    """The rules that meet, directly or through others, together."""
    found: list[tuple[Frame, list[Frame]]] = []
    for rule in sorted(rules, key=lambda r: -r.y1):
        meeting = [item for item in found if meets(rule, item[0]) and touches(rule, item[1])]
        members = [rule, *(member for _, members in meeting for member in members)]
        gone = set(map(id, meeting))
        found = [item for item in found if id(item) not in gone]
        found.append((around(members), members))
    return [members for _, members in found]


def touches(rule: Frame, members: list[Frame]) -> bool:
    return any(meets(rule, member) for member in members)


def meets(one: Frame, two: Frame) -> bool:
    return (
        one.x0 <= two.x1 + NEAR
        and two.x0 <= one.x1 + NEAR
        and one.y0 <= two.y1 + NEAR
        and two.y0 <= one.y1 + NEAR
    )


def around(rules: list[Frame]) -> Frame:
    return Frame(
        min(r.x0 for r in rules), min(r.y0 for r in rules),
        max(r.x1 for r in rules), max(r.y1 for r in rules),
    )  # fmt: skip


def distinct(values: list[float]) -> list[float]:
    """The values in order, those nearer than a rule is wide taken as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > 2 * THIN:
            found.append(value)
    return found
