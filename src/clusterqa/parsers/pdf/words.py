"""Text that knows its glyphs: what lines and paragraphs are made of, and how hyphens are joined.

The rule for a hyphen at a line's end, in this order:
0. within a web address nothing changes, nor does a slash take a space;
1. a soft hyphen goes;
2. it stays, and no space is added, before a capital or a digit ("State-\\nAid", "2021-\\n2027"),
   after a digit or a word in capitals ("EU-\\nwide"), and after a word with a hyphen already;
3. it stays, with a space, before "and", "or" and the like ("short- and long-term");
4. where the document has the word inside its lines, it is written as there, more often wins;
5. it stays after "non", "self" and other first halves, and where both halves are words of the
   document and at least three letters long;
6. else it goes, unless the document never divides words: more of its line ends were kept under 4
   than joined.
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

NOWHERE = 0xFFFFFFFF  # the glyph of a character that is not on the page, such as a joining space
HYPHENS = "-\u2010\xad"
TURN = "\ue000"  # between the lines of a table's cell that a hyphen parts
JOINERS = {"and", "or", "to", "und", "oder", "bzw", "et", "ou", "y", "o", "e", "en", "of"}
FIRST_HALVES = {"non", "self", "cross", "ex", "quasi", "semi", "well", "vice", "vis", "mid", "so"}
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
LINK = re.compile(r"\w/$|(?:://|www\.)\S*[/?=&_-]$")
HALF = re.compile(r"[^\W_]+(?:-[^\W_]+)*$")


@dataclass(slots=True)
class Traced:
    """A text and, character by character, the glyph each comes from."""

    text: str = ""
    glyphs: "array[int]" = field(default_factory=lambda: array("I"))

    def __add__(self, other: "Traced") -> "Traced":
        return Traced(self.text + other.text, self.glyphs + other.glyphs)

    def cut(self, start: int, end: int) -> "Traced":
        return Traced(self.text[start:end], self.glyphs[start:end])

    def without(self, pattern: re.Pattern[str]) -> "Traced":
        """The text less every match of the pattern."""
        kept, position = Traced(), 0
        for found in pattern.finditer(self.text):
            kept, position = kept + self.cut(position, found.start()), found.end()
        return kept + self.cut(position, len(self.text)) if position else self

    def parts(self, mark: str) -> "list[Traced]":
        """What stands before, between and after the marks."""
        ends = [i for i, char in enumerate(self.text) if char == mark] + [len(self.text)]
        starts = [0, *(end + 1 for end in ends)]
        return [self.cut(*span) for span in zip(starts, ends, strict=False)]

    def stripped(self) -> "Traced":
        start = len(self.text) - len(self.text.lstrip())
        return self.cut(start, len(self.text.rstrip()))


def printed(text: str, first: int) -> Traced:
    """A text whose characters are the glyphs from `first` on."""
    return Traced(text, array("I", range(first, first + len(text))))


def inserted(text: str) -> Traced:
    """A text that is not on the page."""
    return Traced(text, array("I", [NOWHERE]) * len(text))


def together(parts: Iterable[Traced], separator: str) -> Traced:
    """The parts with a separator between them."""
    text: list[str] = []
    glyphs, between = array("I"), inserted(separator)
    for part in parts:
        if text:
            glyphs += between.glyphs
        text.append(part.text)
        glyphs += part.glyphs
    return Traced(separator.join(text), glyphs)


class Spelling:
    """The words of a document as they stand inside its lines: what hyphens are judged by."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.words: Counter[str] = Counter()
        ends: list[tuple[str, str]] = []
        previous = ""
        for line in lines:
            found = WORD.findall(line.lower())
            if previous[-1:] in HYPHENS and previous[-1:] and found:
                ends.append((half_before(previous).lower(), found[0]))
                found = found[1:]
            self.words.update(found[:-1] if line[-1:] in HYPHENS else found)
            previous = line
        kept = [self.as_written(before, after) for before, after in ends]
        self.divides = kept.count("") >= kept.count("-")

    def as_written(self, before: str, after: str) -> str | None:
        """The hyphen or nothing, as the document has the word; None where it has neither."""
        whole, parted = self.words[before + after], self.words[f"{before}-{after}"]
        if whole == parted:
            return None if not whole else "-"
        return "" if whole > parted else "-"

    def between(self, before: str, after: str) -> str:
        """What stands between two words that a line end parts with a hyphen: "-", "- " or ""."""
        if not before or not after[:1].isalnum() or before[-1].isdigit():
            return "-"
        if after[0].isdigit() or after[0].isupper() or "-" in before:
            return "-"
        if before.isupper() and len(before) > 1:
            return "-"
        first, second = before.lower(), after.lower()
        if second in JOINERS:
            return "- "
        written = self.as_written(first, second)
        if written is not None:
            return written
        whole = min(len(first), len(second)) > 2 and self.words[first] and self.words[second]
        return "-" if first in FIRST_HALVES or whole or not self.divides else ""


def half_before(text: str) -> str:
    found = HALF.search(text.rstrip(HYPHENS))
    return found.group() if found else ""


def half_after(text: str) -> str:
    found = re.match(r"[^\W_]+(?:-[^\W_]+)*", text)
    return found.group() if found else ""


def joined(lines: Iterable[Traced], spelling: Spelling) -> Traced:
    """The lines of one paragraph or row as one text."""
    whole = Traced()
    for part in (part for line in lines for part in line.parts(TURN)):
        whole = joined_two(whole, part, spelling) if whole.text else part
    return whole.without(re.compile("\xad"))


def joined_two(above: Traced, below: Traced, spelling: Spelling) -> Traced:
    last = above.text[-1]
    before = half_before(above.text)
    if last == "\xad":
        return above.cut(0, len(above.text) - 1) + below
    if LINK.search(above.text):
        return above + below
    if last in HYPHENS and above.text[-2:-1].isalnum():
        between = spelling.between(before, half_after(below.text))
        if not between:
            return above.cut(0, len(above.text) - 1) + below
        return above + inserted(between[1:]) + below
    return above + inserted(" ") + below
