"""What a parser says of a legal text before its grammar is applied: lines, in roles, nested.

Every parser of official texts reduces its format to `Line`s. Here too are the marks that order a
legal text: enumerators like "1.", "(a)", "(ii)", headings, and the quotations of amending acts.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from clusterqa.provisions.headings import DIVISION, JOINS, LATIN, OTHER_LETTERS
from clusterqa.provisions.numerals import roman
from clusterqa.types import Amendment, Page

Role = Literal[
    "title", "division", "division_title", "group", "subheading", "annex", "annex_title",
    "article", "article_title", "body", "row", "footnote", "dateline",
]  # fmt: skip

LETTERS = rf"[a-z]{{1,2}}|[ivxl]{{3,5}}|([a-z])\2{{2}}|[{OTHER_LETTERS}]{{1,3}}"
ENUMERATOR = re.compile(
    rf"(?P<quote>[‘“«„\"]\s?)?(?:(?P<number>\d+(?:[a-z]{{0,2}}|\s?{LATIN}|(?:\.\d+)+))\.(?=\s|$)"
    rf"|\(?(?:\d+[a-z]{{0,2}}|{LETTERS}|(?:\d+|[a-z]{{1,2}})\s?{LATIN})\)(?=\s|$))"
    r"|[—–•□-](?=\s|$)"
)
DECLARATION = re.compile(r"(?P<number>\d+)\. (?P<title>Declaration\b.*)")
DASHES = "—–-•□"
QUOTES = '‘“«„" '
# What closes a quotation, by what opens it: “so” in English, „so“ in German, „so” in Polish.
CLOSING = {"‘": "’", "“": "”", "«": "»", "„": "“”", '"': '"'}
SPACE = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]+")
PUNCTUATION = re.compile(r"[.,;:’”»]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the normalised text; `depth` counts the lists it is nested in.

    `quote` numbers the text an amending act quotes that the line belongs to, 0 for none. `amended`
    are the parts of the line that an amending act has changed, as spans of the line; `pages` are
    the printed pages it stands on, where they begin in the line.
    """

    role: Role
    text: str
    depth: int = 0
    quote: int = 0
    amended: tuple[Amendment, ...] = ()
    pages: tuple[Page, ...] = ()


def joined(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines without those of mere punctuation, which end the line before them."""
    held: Line | None = None
    for line in lines:
        if held and PUNCTUATION.fullmatch(line.text):
            held = replace(held, text=held.text + line.text)
            continue
        if held:
            yield held
        held = line
    if held:
        yield held


def place_headings(lines: list[Line]) -> list[Line]:
    """A heading right before an article or division stands above it, any other within one.

    A heading that only says "PART II" is a division, and the heading after it its title.
    """
    placed: list[Line] = []
    above = False
    for line in reversed(lines):
        if line.role == "group" and DIVISION.fullmatch(line.text.lstrip(QUOTES)):
            line = replace(line, role="division")
            if placed and placed[-1].role in ("group", "subheading"):
                placed[-1] = replace(placed[-1], role="division_title")
        if line.role == "group" and not above and not DECLARATION.match(line.text):
            line = replace(line, role="subheading")
        elif line.role != "group":
            above = line.role in ("article", "division", "annex")
        placed.append(line)
    return placed[::-1]


def number_quotes(lines: list[Line]) -> list[Line]:
    """The lines, those that quote another act numbered by quotation.

    A quotation begins a line after a colon or is a heading; it ends where a line ends with its
    closing mark, or, lest a forgotten mark swallow the act, where the list it stands in goes on.
    """
    numbered = list(lines)
    count, last = 0, -1
    endless: set[tuple[object, ...]] = set()  # quotations that nothing ends, by what could
    article: int | None = None  # the number of the last one
    for index, line in enumerate(lines):
        if index > last and index and opens_quote(line, lines[index - 1]):
            ending = (line.text[0], line.depth, is_list_item(line), line.role == "body", article)
            end = None if ending in endless else quote_end(lines, index, article)
            if end is None:
                endless.add(ending)
            count, last = count + 1, index if end is None else end
            for inside in range(index, last + 1):
                numbered[inside] = replace(lines[inside], quote=count)
        if line.role == "article":
            article = article_number(line)
    return numbered


def is_list_item(line: Line) -> bool:
    return enumerator(line.text).endswith(")")


def opens_quote(line: Line, previous: Line) -> bool:
    if line.role in ("row", "footnote", "title") or line.text[:1] not in CLOSING:
        return False
    return previous.text.endswith(":") or line.role != "body" or bool(enumerator(line.text))


def quote_end(lines: list[Line], first: int, article: int | None) -> int | None:
    """The index of the last line of the quotation that line `first` opens, None if nothing ends it.

    `article` is the number of the last article before it.
    """
    opening = lines[first]
    closed = re.compile(rf"[{CLOSING[opening.text[0]]}][\s;:,.\"]*(?:{JOINS})?$")
    marked = is_list_item(opening)
    for index in range(first, len(lines)):
        line = lines[index]
        if index > first:
            outside = line.depth < opening.depth - (line.role == "footnote") or (
                line.depth == opening.depth
                and line.role == "body"
                and not marked
                and is_list_item(line)
            )
            if outside or (line.depth == 0 and ends_quote(line, opening, article)):
                return index - 1
        if closed.search(line.text):
            return index
    return None


def ends_quote(line: Line, opening: Line, article: int | None) -> bool:
    """Whether a heading goes on with the act itself: its next article, an annex, a division."""
    if opening.role == "body":
        return line.role in ("article", "annex", "division", "group", "subheading")
    return line.role == "article" and article_number(line) - 1 == article


def article_number(line: Line) -> int:
    found = re.search(r"\d+", line.text)
    return int(found.group()) if found else 1


def enumerator(text: str) -> str:
    """The enumerator that opens a line ("1.", "(a)", "—"), without a quotation mark before it."""
    found = ENUMERATOR.match(text)
    return found.group().lstrip(QUOTES) if found else ""


ROMAN = [roman(number) for number in range(1, 21)]  # as far as points are counted


def is_first(mark: str) -> bool:
    return mark in ("1", "a", "i", "aa")


def same_style(mark: str, other: str) -> bool:
    """Whether two marks count in the same way: digits, letters, doubled letters, Roman numbers."""
    return style(mark) == style(other) or (mark in ROMAN and other in ROMAN)


def style(mark: str) -> str:
    if mark[0].isdigit():
        return "1"
    return "aa" if len(mark) > 1 and len(set(mark)) == 1 else "a"


def follows(mark: str, other: str) -> bool:
    """Whether `mark` comes right after `other` in some style: (b) after (a), (ii) after (i)."""
    if mark.isdigit() and other.isdigit():
        return int(mark) == int(other) + 1
    if mark in ROMAN and other in ROMAN and ROMAN.index(mark) == ROMAN.index(other) + 1:
        return True
    if mark == other + "a":  # inserted later: (aa) between (a) and (b)
        return True
    if not mark.isalpha() or len(set(mark)) > 1 or len(set(other)) > 1:
        return False
    if other == len(other) * "z":  # (aa) after (z)
        return mark == "a" * (len(other) + 1)
    return len(mark) == len(other) and ord(mark[0]) == ord(other[0]) + 1
