"""The bytes of a PDF in, a `Document` and the glyphs behind its text out, within this process.

Nothing here guards against a hostile file: `reader` runs this module in a process of its own.
"""

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any

import pypdfium2 as pdfium
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from clusterqa.errors import CorpusError
from clusterqa.parsers.pdf.acts import act_lines, is_act, with_notes
from clusterqa.parsers.pdf.furniture import take_off
from clusterqa.parsers.pdf.glyphs import Glyphs, Run, Sheet, read_sheets, turn_back
from clusterqa.parsers.pdf.guides import ContentsEntry, guide_provisions
from clusterqa.parsers.pdf.layout import pages_of_regions
from clusterqa.parsers.pdf.paragraphs import PrintedBlock, blocks_of, body_type, set_margins
from clusterqa.parsers.pdf.words import HYPHENS, NOWHERE, together
from clusterqa.provisions import document_from_lines
from clusterqa.types import Document, Page

MOST_PAGES = 3_000
MOST_ENTRIES = 5_000  # of an outline


Place = tuple[int, float, float, float, float]  # page, x0, y0, x1, y1


@dataclass(frozen=True, slots=True)
class PrintedReading:
    """A document with, for every character, the glyph it comes from."""

    document: Document
    places: "array[int]"
    glyphs: Glyphs


def read(content: bytes, source: str) -> PrintedReading:
    pdf = opened(content, source)
    glyphs = Glyphs()
    sheets = list(read_sheets(pdf, glyphs, source))
    pdf.close()
    outline = list(islice(entries(content), MOST_ENTRIES))
    refuse_pictures(sheets, source)
    labels = take_off(sheets)
    pages = pages_of_regions(sheets)
    set_margins(pages)
    body = body_type(pages)
    blocks = blocks_of(pages, body)
    if not blocks:
        raise CorpusError(f"{source}: no text on its {len(sheets)} pages; look at the PDF")
    if is_act(blocks):
        lines = with_notes(list(act_lines(blocks, body)), body)
        document = document_from_lines(source, (line for line, _ in lines))
        blocks = [block for _, block in lines]
    else:
        text = "\n".join(block.text.text for block in blocks)
        provisions = guide_provisions(blocks, block_starts(blocks), outline, body)
        document = Document(source, text, provisions)
    places = together((block.text for block in blocks), "\n").glyphs
    pages_found = page_starts(places, glyphs, labels)
    return PrintedReading(
        Document(source, document.text, document.provisions, pages_found), places, glyphs
    )


def entries(content: bytes) -> Iterator[ContentsEntry]:
    """The outline that pypdf reads: titles with their depth; none where it is damaged."""
    try:
        items = PdfReader(BytesIO(content)).outline
    except (PyPdfError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return
    yield from nested_entries(items, 0)


def nested_entries(items: Iterable[Any], level: int) -> Iterator[ContentsEntry]:
    """pypdf nests what stands under an entry as a list after it."""
    for item in items:
        if isinstance(item, list):
            yield from nested_entries(item, level + 1)
        else:
            yield ContentsEntry(clean(str(item.title or "")), level)


def page_count(content: bytes, source: str) -> int:
    """How many pages there are, at most `MOST_PAGES`; raises as `opened` does."""
    pdf = opened(content, source)
    count = len(pdf)
    pdf.close()
    return count


def opened(content: bytes, source: str) -> pdfium.PdfDocument:
    """The PDF, opened; every way in which it cannot be is an error of its own."""
    try:
        pdf = pdfium.PdfDocument(content)
        count = len(pdf)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            message = "is locked with a password; save a copy without one, for instance with qpdf"
        elif "security" in str(error).lower():
            message = "is locked in a way that is not supported; save a copy without protection"
        else:
            message = "is a damaged PDF; fetch it again or print it to PDF anew"
        raise CorpusError(f"{source}: the file {message}") from error
    if count > MOST_PAGES:
        raise CorpusError(f"{source}: {count} pages, more than {MOST_PAGES}; split the file")
    if not count:
        raise CorpusError(f"{source}: the PDF has no pages; fetch it again")
    return pdf


def refuse_pictures(sheets: list[Sheet], source: str) -> None:
    """Refuse a PDF without a text layer, or with next to none behind pictures of pages."""
    letters = sum(len(run.text) for sheet in sheets for run in sheet.runs + sheet.aside)
    if letters and (letters > 20 * len(sheets) or not all(sheet.pictures for sheet in sheets)):
        return
    pictures = sum(bool(sheet.pictures) for sheet in sheets)
    seen = f"{pictures} of its {len(sheets)} pages are pictures" if pictures else "it is empty"
    raise CorpusError(
        f"{source}: the PDF has no text layer ({seen}); "
        "recognise its text first, for instance: ocrmypdf in.pdf out.pdf"
    )


def clean(title: str) -> str:
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in title)).strip()


def block_starts(blocks: list[PrintedBlock]) -> list[int]:
    starts, position = [], 0
    for block in blocks:
        starts.append(position)
        position += len(block.text.text) + 1
    return starts


def page_starts(places: "array[int]", glyphs: Glyphs, labels: list[str]) -> tuple[Page, ...]:
    """Where each page begins in the text; a page without text begins where the next one does."""
    starts: list[int | None] = [None] * len(labels)
    last = 0
    for offset, glyph in enumerate(places):
        if glyph == NOWHERE or glyph < last:
            continue
        run = glyphs.run_of(glyph)
        last = run.first + len(run.text)
        if starts[run.page - 1] is None:
            starts[run.page - 1] = offset
    following = len(places)
    for index in range(len(starts) - 1, -1, -1):
        here = starts[index]
        following = starts[index] = following if here is None else min(here, following)
    return tuple(Page(start or 0, label) for start, label in zip(starts, labels, strict=True))


def rects(reading: PrintedReading, start: int, end: int) -> list[Place]:
    """One rectangle for every line that the span stands on, in reading order."""
    found: list[tuple[Run, float, float, float, float]] = []
    run: Run | None = None
    last = NOWHERE
    for glyph in reading.places[start:end]:
        if glyph == NOWHERE:
            continue
        if run is None or not run.first <= glyph < run.first + len(run.text):
            if run and found and run.text[-1] in HYPHENS and run.first + len(run.text) - 2 == last:
                found[-1] = (*found[-1][:3], run.x1, run.y1)  # with the hyphen that was joined
            run = reading.glyphs.run_of(glyph)
        if run.text[glyph - run.first] == " ":
            continue
        last = glyph
        x0, x1 = reading.glyphs.x0[glyph], reading.glyphs.x1[glyph]
        if found and same_line(found[-1], run, x0):
            held, left, bottom, right, top = found[-1]
            found[-1] = (held, min(left, x0), min(bottom, run.y0), max(right, x1), max(top, run.y1))
        else:
            found.append((run, x0, run.y0, x1, run.y1))
    return [upright(*item) for item in found]


def same_line(held: tuple[Run, float, float, float, float], run: Run, x0: float) -> bool:
    other, left, bottom, right, top = held
    shared = min(top, run.y1) - max(bottom, run.y0)
    return (
        other.page == run.page
        and other.angle == run.angle
        and shared > 0.5 * min(top - bottom, run.y1 - run.y0)
        and left - 3 * run.size < x0 < right + 3 * run.size
    )


def upright(run: Run, left: float, bottom: float, right: float, top: float) -> Place:
    one, two = turn_back(left, bottom, run.angle), turn_back(right, top, run.angle)
    xs, ys = sorted((one[0], two[0])), sorted((one[1], two[1]))
    return run.page, round(xs[0], 2), round(ys[0], 2), round(xs[1], 2), round(ys[1], 2)
