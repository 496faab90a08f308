"""Cells that reach over several rows: every row of a table gets a cell for each of its columns.

The cell itself stands in the first of its rows, as printed; in the others a place is left for it,
so that the cells after it stay below the head of their own column.
"""

from collections.abc import Iterable

from lxml import etree

MOST_PLACES = 100_000  # left free in a table; beyond them its cells stand side by side as they come


class Spans:
    """The columns that cells of the rows read so far still take up."""

    def __init__(self) -> None:
        self.room = MOST_PLACES
        self.held: dict[int, tuple[int, int]] = {}  # by column: rows still to come, columns wide

    def aligned(self, cells: Iterable[etree._Element]) -> list[etree._Element | None]:
        """The row's cells, and None where one from above reaches into it before the last."""
        held, self.held = self.held, {}
        row: list[etree._Element | None] = []
        column = 0
        for cell in cells:
            while column in held:
                row.append(None)
                column = self.hold(column, *held.pop(column))
            row.append(cell)
            column = self.hold(column, number(cell, "rowspan"), number(cell, "colspan"))
        for place, (rows, columns) in held.items():
            self.hold(place, rows, columns)
        return row

    def hold(self, column: int, rows: int, columns: int) -> int:
        """Take up the columns for the rows that follow; the column after them."""
        if rows > 1 and self.room > 0:
            self.room -= 1
            self.held[column] = (rows - 1, columns)
        return column + columns


def number(cell: etree._Element, name: str) -> int:
    """A cell's span, 1 where it has none that makes sense."""
    found = cell.get(name) or cell.get(name.upper()) or ""
    return int(found) if found.isascii() and found.isdigit() and 0 < len(found) < 5 else 1
