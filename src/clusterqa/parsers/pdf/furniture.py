"""Running heads, feet and page numbers: found by repetition, taken off the sheets, read for labels.

From the outer edge of the page inwards, a line is furniture when lines with the same words at the
same height stand on enough other pages. Numbers are ignored if they count with the pages: "Page 7"
is furniture, "Article 7" at the top of some page is not.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from clusterqa.parsers.pdf.glyphs import Run, Sheet
from clusterqa.parsers.pdf.rows import rows
from clusterqa.provisions.numerals import roman_value

ZONE = 0.2  # of the page's height: how far in from its top or bottom furniture is looked for
DEEPEST = 6  # lines from the edge
WINDOW = 40  # lines before and after that a line is compared with
NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")
Key = tuple[int, int, str]  # height from the edge it is near, size, words
Band = list[tuple[Key, list[Run]]]


def take_off(sheets: list[Sheet]) -> list[str]:
    """Take furniture off the sheets; return each page's printed label."""
    printed: list[str] = [""] * len(sheets)
    kept = [(sheet.runs, sheet.aside) for sheet in sheets]
    before = letters(sheets)
    for top in (True, False):
        found = furniture([edge_rows(sheet, top) for sheet in sheets])
        for sheet, removed in zip(sheets, found, strict=True):
            gone = {id(run) for row in removed for run in row}
            sheet.runs = [run for run in sheet.runs if id(run) not in gone]
        for index, label in enumerate(page_numbers(found)):
            printed[index] = printed[index] or label
    take_off_margins(sheets)
    if letters(sheets) < before / 2:  # pages that are alike throughout have no furniture
        for sheet, (runs, aside) in zip(sheets, kept, strict=True):
            sheet.runs, sheet.aside = runs, aside
    return [s.label or p or str(s.number) for s, p in zip(sheets, printed, strict=True)]


def letters(sheets: list[Sheet]) -> int:
    return sum(len(run.text) for sheet in sheets for run in sheet.runs + sheet.aside)


def edge_rows(sheet: Sheet, top: bool) -> Band:
    """The lines near one edge of a page, the outermost first."""
    limit = sheet.bottom + sheet.height * (1 - ZONE if top else ZONE)
    near = [r for r in sheet.runs if ((r.y0 + r.y1) / 2 > limit) == top]
    found = rows(near)
    found = (found if top else found[::-1])[:DEEPEST]
    runs = [[unit for unit in row if isinstance(unit, Run)] for row in found]
    edge = sheet.bottom + sheet.height * top
    return [(key_of(row, abs(edge - row[0].y0)), row) for row in runs]


def key_of(row: list[Run], distance: float) -> Key:
    return round(distance / 3), round(row[0].size), NUMBER.sub("#", text_of(row).lower())


def text_of(row: list[Run]) -> str:
    return " ".join(run.text for run in row)


def furniture(found: list[Band]) -> list[list[list[Run]]]:
    """For every page, its rows that are furniture, peeled from the edge inwards."""
    pages = len(found)
    least = 2 if pages < 6 else max(3, min(pages // 10, 6))
    places: dict[str, list[tuple[int, Key, list[Run]]]] = defaultdict(list)
    for index, rows_ in enumerate(found):
        for key, row in rows_:
            places[key[2]].append((index, key, row))
    repeated: set[int] = set()
    for alike in places.values():
        for position, (index, key, row) in enumerate(alike):
            near = alike[max(0, position - WINDOW) : position + WINDOW]
            others = [
                (i, r) for i, k, r in near if abs(k[0] - key[0]) <= 1 and abs(k[1] - key[1]) <= 1
            ]
            if len(others) >= least and counts_with_pages(index, row, others, least):
                repeated.add(id(row))
    heights: Counter[tuple[int, int]] = Counter(
        key[:2] for rows_ in found for key, row in rows_ if id(row) in repeated
    )
    usual = {height for height, count in heights.items() if count >= max(least, 0.4 * pages)}
    result = []
    for rows_ in found:
        removed: list[list[Run]] = []
        for position, (key, row) in enumerate(rows_):
            known = id(row) in repeated or (key[:2] in usual and is_apart(rows_, position))
            inner = any(id(other) in repeated for _, other in rows_[position:])
            if not known and not (inner and len(row) == 1 and NUMBER.fullmatch(row[0].text)):
                break
            removed.append(row)
        result.append(removed)
    return result


def is_apart(band: Band, position: int) -> bool:
    """Whether a row stands well away from the next one towards the text, or is the only one."""
    if position + 1 == len(band):
        return True
    row, inner = band[position][1][0], band[position + 1][1][0]
    return abs(row.y0 - inner.y0) > 1.8 * row.size


def counts_with_pages(
    index: int, row: list[Run], others: list[tuple[int, list[Run]]], least: int
) -> bool:
    """Whether the numbers in a row are the same on enough pages or count on with them."""
    mine = numbers(row)
    if not mine:
        return True
    agreeing = 0
    for page, other in others:
        theirs = numbers(other)
        agreeing += len(theirs) == len(mine) and all(
            a == b or a - b == index - page for a, b in zip(mine, theirs, strict=True)
        )
    return agreeing >= least


def numbers(row: list[Run]) -> list[int]:
    return [value_of(found) for found in NUMBER.findall(text_of(row).lower())]


def value_of(numeral: str) -> int:
    return int(numeral[:9]) if numeral.isdigit() else roman_value(numeral)


def page_numbers(found: list[list[list[Run]]]) -> list[str]:
    """The printed page numbers: those in heads or feet that count on from page to page.

    A page between or before them that bears none, such as a cover, has the number it would bear.
    """
    numerals = [
        [
            (n, value_of(n.lower()), len(text_of(row)))
            for row in removed
            for n in re.findall(r"\b(?:\d{1,4}|[ivxlc]{1,6}|[IVXLC]{1,6})\b", text_of(row))
        ]
        for removed in found
    ]
    offsets = Counter(
        offset
        for index, page in enumerate(numerals)
        for offset in {(n.isdigit(), value - index) for n, value, _ in page}
    )
    usual = [o for (digits, o), n in offsets.most_common(1) if digits and n > len(found) / 2]
    labels = []
    for index, page in enumerate(numerals):
        known = [
            (offsets[(n.isdigit(), value - index)], -length, n)
            for n, value, length in page
            if offsets[(n.isdigit(), value - index)] >= 2
        ]
        inferred = [str(index + o) for o in usual if index + o > 0]
        labels.append(max(known)[2] if known else "".join(inferred))
    return labels


def take_off_margins(sheets: list[Sheet]) -> None:
    """Take off what is printed along the margin of several pages."""
    pages: Counter[tuple[str, int]] = Counter(
        key for sheet in sheets for key in {margin_key(run) for run in sheet.aside}
    )
    for sheet in sheets:
        sheet.aside = [run for run in sheet.aside if pages[margin_key(run)] < least_of(sheets)]


def least_of(sheets: Iterable[Sheet]) -> int:
    return max(2, min(3, sum(1 for _ in sheets)))


def margin_key(run: Run) -> tuple[str, int]:
    return NUMBER.sub("#", run.text), round(run.y0 / 4)
