"""A document and a place in, the lines of a page out: the provision in its article, quote marked.

A quote is marked only where its very words stand; a place that does not hold them is not marked.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise, zip_longest
from typing import Literal

from clusterqa.errors import NotFound
from clusterqa.index import Library
from clusterqa.law.history import find_provision
from clusterqa.passages import deepest
from clusterqa.server.pages.library import present
from clusterqa.server.pages.rendering import digest
from clusterqa.types import Amendment, Document, Provision, Reference, Source, Work

MOST = 9_000  # chars shown at once
INSIDE = ("paragraph", "point", "table")  # kinds that are read in what holds them
Span = tuple[int, int]
MARKER = re.compile(r"\(?(?:\d{1,3}[a-z]?|[a-z]{1,4}|[A-Z])[.)] |[—–•-] ")
DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Spot:
    """What an address asks to see: a label, or a span with the proof of its words, or an offset.

    `leads` are spans with their proofs too: what introduces the list that a quote is a point of.
    """

    label: str = ""
    start: int = 0
    end: int = 0
    check: str = ""
    first: int | None = None
    leads: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """A run of text with one look; `work` and `label` say where a reference leads."""

    text: str
    quoted: bool = False
    work: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the text: its number or letter apart, how deep it stands, who amended it.

    `marked` says that the number belongs to the quote, `asked` that the line is of the provision
    asked for, where that is a part of what is read.
    """

    marker: str
    marked: bool
    pieces: tuple[ShownPiece, ...]
    depth: int
    heading: bool
    asked: bool
    acts: tuple[str, ...] = ()

    @property
    def quoted(self) -> bool:
        return any(piece.quoted for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A part of a document as read: lines of `provision`, from `first` to `last`.

    `target` is the provision asked for; `quote` says whether a quote was asked for and is marked.
    """

    provision: Provision
    target: Provision
    lines: tuple[ShownLine, ...]
    path: tuple[Provision, ...]
    before: Provision | None
    after: Provision | None
    first: int
    last: int
    quote: Literal["none", "marked", "unverified"]
    page_number: int | None
    page: str | None

    @property
    def earlier(self) -> int | None:
        """Where the part before begins, if the provision is longer than what is shown."""
        return max(self.provision.start, self.first - MOST) if self.cut_before else None

    @property
    def cut_before(self) -> bool:
        return self.first > self.provision.start

    @property
    def cut_after(self) -> bool:
        return self.last < self.provision.end


def read_place(library: Library, source: Source, spot: Spot) -> ShownSource:
    """What stands around a place; raises `NotFound` for a label that the version does not have."""
    document = library.document(source.id)
    spans = verified(document, spot)
    span = spans[0] if spans else None
    target = target_of(document, spot, span)
    provision = holder(document, target)
    first, last = window(document, provision, span, target, spot.first)
    quote: Literal["none", "marked", "unverified"] = "none"
    if spot.check:
        quote = "marked" if span else "unverified"
    number = page_number(document, span[0] if span else target.start)
    return ShownSource(
        provision,
        target,
        tuple(lines_of(library, document, provision, target, (first, last), spans)),
        tuple(ancestors(document, provision)),
        *around(document, provision, last),
        first,
        last,
        quote,
        number,
        document.pages[number - 1].label if number else None,
    )


def verified(document: Document, spot: Spot) -> list[Span]:
    """The span of a quote whose words stand there, then those of its lead-ins that do too."""
    asked = ((spot.start, spot.end, spot.check), *spot.leads)
    found = [(start, end) for start, end, check in asked if stands(document, start, end, check)]
    return found if found[:1] == [(spot.start, spot.end)] else []


def stands(document: Document, start: int, end: int, check: str) -> bool:
    text = document.text[start:end]
    return bool(check and text) and digest(text) == check


def target_of(document: Document, spot: Spot, span: Span | None) -> Provision:
    whole = Provision("text", "", "", 0, len(document.text))
    if span:
        return deepest(document.provisions, *span) or whole
    if spot.label:
        found = find_provision(document, spot.label)
        if found is None:
            raise NotFound(f"{document.source} has no {spot.label[:80]!r}.")
        return found
    if spot.first is not None:
        return deepest(document.provisions, spot.first, spot.first + 1) or whole
    return whole


def holder(document: Document, target: Provision) -> Provision:
    """The article, recital, annex or heading that a provision is read in."""
    found = target
    while found.kind in INSIDE and found.parent is not None:
        found = document.provisions[found.parent]
    return found


def ancestors(document: Document, provision: Provision) -> list[Provision]:
    """What holds a provision, outermost first."""
    found: list[Provision] = []
    while provision.parent is not None:
        provision = document.provisions[provision.parent]
        found.insert(0, provision)
    return found


def around(
    document: Document, shown: Provision, last: int
) -> tuple[Provision | None, Provision | None]:
    """The units of reading before and after: articles and what else holds no other unit.

    After a part of a chapter comes what it begins with.
    """
    parents = {p.parent for p in document.provisions if p.kind not in INSIDE}
    units = [
        p for n, p in enumerate(document.provisions) if p.kind not in INSIDE and n not in parents
    ]
    before = [p for p in units if p.end <= shown.start]
    whole = shown in units or last >= shown.end
    after = [p for p in units if p.start >= (shown.end if whole else shown.start)]
    return (before[-1] if before else None), (after[0] if after else None)


def window(
    document: Document,
    provision: Provision,
    span: Span | None,
    target: Provision,
    first: int | None,
) -> Span:
    """The part to show of a long provision: whole lines around the quote, or from an offset on."""
    if provision.end - provision.start <= MOST:
        return provision.start, provision.end
    begin, end = span or (target.start, target.end)
    wanted = first if first is not None else begin - MOST // 3
    start = line_start(document, max(provision.start, min(wanted, provision.end - 1)))
    start = max(start, provision.start)
    limit = max(start + MOST, min(end, start + 4 * MOST) if first is None else 0)
    if limit >= provision.end:
        return start, provision.end
    return start, max(line_start(document, limit) - 1, start + 1)


def line_start(document: Document, offset: int) -> int:
    return document.text.rfind("\n", 0, offset) + 1


def lines_of(
    library: Library,
    document: Document,
    provision: Provision,
    target: Provision,
    shown: Span,
    spans: Sequence[Span],
) -> Iterator[ShownLine]:
    """The lines of a part of a document, blank ones left out."""
    first, last = shown
    inner = [p for p in document.provisions if p.start < last and p.end > first]
    references = library.references(document.source, first, last)
    found = []
    for start, text in split_lines(document.text, first, last):
        end = start + len(text)
        here = [r for r in references if start <= r.start and r.end <= end]
        marker = found_marker(text)
        pieces = tuple(pieces_of(document.text, start + len(marker), end, here, spans))
        marked = any(begin <= start < stop for begin, stop in spans)
        acts = acts_at(document.amendments, start, end)
        depth, heading = standing(document, provision, inner, start, text)
        asked = target != provision and target.start <= start < target.end
        found.append(
            ShownLine(marker, marked and bool(marker), pieces, depth, heading, asked, acts)
        )
    yield from told_once(found)


def split_lines(text: str, first: int, last: int) -> Iterator[tuple[int, str]]:
    start = first
    for line in text[first:last].split("\n"):
        if line.strip():
            yield start, line
        start += len(line) + 1


def found_marker(text: str) -> str:
    found = MARKER.match(text)
    return found[0] if found else ""


def pieces_of(
    text: str,
    start: int,
    end: int,
    references: Sequence[Reference],
    spans: Sequence[Span],
) -> Iterator[ShownPiece]:
    """The runs between the ends of what is quoted and of the references."""
    cuts = {start, end, *(r.start for r in references), *(r.end for r in references)}
    cuts |= {place for span in spans for place in span}
    places = sorted(cut for cut in cuts if start <= cut <= end)
    for left, right in pairwise(places):
        cited = next((r for r in references if r.start <= left and right <= r.end), None)
        yield ShownPiece(
            text[left:right],
            any(begin <= left and right <= stop for begin, stop in spans),
            cited.work if cited else None,
            cited.label if cited else None,
        )


def standing(
    document: Document, holder: Provision, inner: Iterable[Provision], start: int, text: str
) -> tuple[int, bool]:
    """How deep a line stands in the provision shown, and whether it is a heading."""
    around = [p for p in inner if p.start <= start < p.end]
    own = max(around, key=lambda p: (p.start, -p.end), default=holder)
    kinds = [p.kind for p in [*ancestors(document, own), own] if p.start >= holder.start]
    depth = sum(kind == "point" for kind in kinds)
    line, called = text.strip().casefold(), own.label.rpartition(", ")[2]  # "Annex I, Article 1"
    names = {name.casefold() for name in (own.label, called, own.title)}
    return min(depth, DEEPEST), own.kind not in INSIDE and line in names


def acts_at(amendments: Iterable[Amendment], start: int, end: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a.act for a in amendments if a.start < end and a.end > start))


def told_once(lines: Sequence[ShownLine]) -> Iterator[ShownLine]:
    """The lines, the acts that changed successive ones kept at the last of these alone."""
    for line, following in zip_longest(lines, lines[1:]):
        same = following is not None and following.acts == line.acts
        yield replace(line, acts=()) if same else line


def page_number(document: Document, offset: int) -> int | None:
    """The number, from 1, of the page on which an offset stands, if the document has pages."""
    numbers = [n for n, page in enumerate(document.pages, start=1) if page.start <= offset]
    return numbers[-1] if numbers else None


# -- beside it ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Twin:
    """The same provision in another version or language; `label` is None where it is not there."""

    source: Source
    label: str | None
    current: bool


def versions_of(library: Library, work: Work, source: Source, label: str) -> list[Twin]:
    """The versions of a work in a language, oldest first, each with the provision if it has it."""
    own = [s for s in present(library, work.sources) if s.language == source.language]
    return [twin(library, one, label, source) for one in own]


def translations_of(library: Library, work: Work, source: Source, label: str) -> list[Twin]:
    """The same version in the other languages."""
    days = (source.valid_from, source.valid_to)
    others = [
        s
        for s in present(library, work.sources)
        if s.language != source.language and (s.valid_from, s.valid_to) == days
    ]
    return [twin(library, one, label, source) for one in others]


def twin(library: Library, one: Source, label: str, current: Source) -> Twin:
    found = find_provision(library.document(one.id), label) if label else None
    return Twin(one, found.label if found else None, one == current)


def act_number(celex: str) -> str:
    """What an act is called by its CELEX number: 2023/1315, or 800/2008 as before 2015."""
    found = re.fullmatch(r"\d(\d{4})[A-Z]{1,2}(\d{4})", celex)
    if not found:
        return celex
    year, number = int(found[1]), int(found[2])
    return f"{year}/{number}" if year >= 2015 else f"{number}/{year}"


def act_source(library: Library, celex: str) -> str | None:
    """The id of the act's text, if it is in here."""
    return next(
        (name for name in library.files if library.sources[name][1].celex == celex),
        None,
    )


def applying(library: Library, work_id: str, as_of: date, language: str) -> Source | None:
    """The text that answers for a work on a date, if one is here; in the language if it can be."""
    for work in library.works:
        if work.id == work_id:
            found = library.texts_read(work, as_of)
            own = [s for s in found if s.language == language]
            return next(iter(own or found), None)
    return None
