"""One provision on two days in, rows of a page out: side by side, or one text with its changes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from clusterqa.law.history import Change

LONGEST = 150_000  # chars of a text that is compared on one page, which makes about 300 kB


@dataclass(slots=True)
class ComparedRow:
    """A paragraph on both days and the changes between them in the order in which they are read."""

    old: list[Change] = field(default_factory=list)
    new: list[Change] = field(default_factory=list)
    both: list[Change] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return any(change.kind != "same" for change in self.both)


def rows(changes: Iterable[Change]) -> list[ComparedRow]:
    """The changes as paragraphs that stand beside each other.

    A line break that both texts have ends a row, as does one in what only one has; words that took
    the place of others stand beside these, whole.
    """
    found = [ComparedRow()]
    for part, ends in split_at_breaks(list(changes)):
        add(found[-1], part)
        if ends:
            found.append(ComparedRow())
    return [row for row in found if row.both]


def add(row: ComparedRow, part: Change) -> None:
    """Put a run into a row, blanks at its end unmarked."""
    words = part.text.rstrip()
    blank = part.text[len(words) :]
    for piece in (Change(part.kind, words), Change("same", blank.replace("\n", " "))):
        if piece.text:
            row.both.append(piece)
            if part.kind != "added":
                row.old.append(piece)
            if part.kind != "removed":
                row.new.append(piece)


def split_at_breaks(changes: Sequence[Change]) -> Iterator[tuple[Change, bool]]:
    """Every line of a change, and whether a row ends with it."""
    kinds = [change.kind for change in changes]
    for change, before, after in zip(changes, ["", *kinds], [*kinds[1:], ""], strict=False):
        if (change.kind, after) == ("removed", "added"):
            yield change, False
        elif (before, change.kind) == ("removed", "added"):
            yield change, change.text.endswith("\n")
        else:
            *ended, last = change.text.split("\n")
            for line in ended:
                yield Change(change.kind, line), True
            yield Change(change.kind, last), False


def share_changed(changes: Iterable[Change]) -> tuple[int, int]:
    """How many words went and how many came."""
    counts = {"removed": 0, "added": 0, "same": 0}
    for change in changes:
        counts[change.kind] += len(change.text.split())
    return counts["removed"], counts["added"]
