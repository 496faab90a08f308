"""A PDF in, `Sheet`s out: each page's runs of characters with their places, sizes and weights.

Reading coordinates: x along the text, y up across it, whatever way the page was turned. A run's
text and its glyphs go one to one: glyph `run.first + i` is `run.text[i]`, spaces included.
"""

import ctypes
import math
import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from clusterqa.errors import CorpusError
from clusterqa.provisions.lines import ENUMERATOR

SPLITTING_GAP = 0.8  # of the type size: what stands further apart is no run
MOST_GLYPHS = 20_000_000  # in a document
OWNER_OF = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
    ctypes.cast(raw.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
)  # as plain numbers: they are asked for with every character
FONT_OF = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(
    ctypes.cast(raw.FPDFTextObj_GetFont, ctypes.c_void_p).value or 0
)
MOST_RULES = 4_000  # path objects looked at on a page; a map has more and is no table
LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
SYMBOLS = {
    0x02: "-",
    0xF0B7: "•",
    0xF0A7: "•",
    0xF02D: "–",
    0xF0D8: "•",
    0xF0FC: "•",
    0x00AD: "\xad",
}


@dataclass(slots=True, eq=False)
class Run:
    """Characters of one style side by side on one line; `spaced` when a space stands before."""

    text: str
    first: int
    page: int
    angle: int
    x0: float
    x1: float
    y0: float
    y1: float
    size: float
    bold: bool
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle drawn on a page; thinner than 3 points one way it is a rule."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(slots=True)
class Sheet:
    """One page; `runs` are upright in reading coordinates, `aside` are turned another way."""

    number: int
    label: str
    width: float
    height: float
    bottom: float = 0
    runs: list[Run] = field(default_factory=list)
    aside: list[Run] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    pictures: int = 0


@dataclass(slots=True)
class Glyphs:
    """Where every glyph of the document stands along its run, and which run that is."""

    x0: "array[float]" = field(default_factory=lambda: array("f"))
    x1: "array[float]" = field(default_factory=lambda: array("f"))
    runs: list[Run] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)

    def run_of(self, glyph: int) -> Run:
        return self.runs[bisect_right(self.firsts, glyph) - 1]


@dataclass(slots=True)
class GlyphStyle:
    size: float
    bold: bool
    angle: int


@dataclass(slots=True)
class Pending:
    """The run being read."""

    run: Run
    chars: list[str]
    right: float
    owner: int


def read_sheets(pdf: pdfium.PdfDocument, glyphs: Glyphs, source: str) -> Iterator[Sheet]:
    """Every page of the document in physical order."""
    for index in range(len(pdf)):
        try:
            page = pdf[index]
        except pdfium.PdfiumError as error:
            raise CorpusError(
                f"{source}: page {index + 1} is damaged; print or save the PDF anew"
            ) from error
        yield read_sheet(pdf, page, index, glyphs, source)
        page.close()


def read_sheet(
    pdf: pdfium.PdfDocument, page: pdfium.PdfPage, index: int, glyphs: Glyphs, source: str
) -> Sheet:
    left, bottom, right, top = page.get_bbox()
    runs = [run for run in page_runs(page, index, glyphs) if run.text.strip()]
    if len(glyphs.x0) > MOST_GLYPHS:
        raise CorpusError(f"{source}: more than {MOST_GLYPHS} characters; split the file")
    angle = main_angle(runs)
    frames, pictures = page_frames(page, angle)
    corner = turn(left, bottom, angle), turn(right, top, angle)
    width, height = abs(corner[0][0] - corner[1][0]), abs(corner[0][1] - corner[1][1])
    return Sheet(
        index + 1,
        plain_label(pdf, index),
        width,
        height,
        min(corner[0][1], corner[1][1]),
        without_doubles([run for run in runs if run.angle == angle]),
        [run for run in runs if run.angle != angle],
        frames,
        pictures,
    )


def plain_label(pdf: pdfium.PdfDocument, index: int) -> str:
    label = pdf.get_page_label(index) or ""
    return "".join(c for c in label if c.isprintable()).strip()[:20]


def main_angle(runs: list[Run]) -> int:
    lengths: dict[int, int] = {0: 0}
    for run in runs:
        lengths[run.angle] = lengths.get(run.angle, 0) + len(run.text)
    return max(lengths, key=lambda angle: lengths[angle])


def without_doubles(runs: list[Run]) -> list[Run]:
    """The runs less those drawn again on the same spot, which some programs do for bold type."""
    seen: set[tuple[str, int, int]] = set()
    kept = []
    for run in runs:
        keys = [(run.text, round(run.x0 / 2) + i, round(run.y0 / 2)) for i in (-1, 0, 1)]
        if not seen.intersection(keys):
            kept.append(run)
        seen.add(keys[1])
    return kept


def page_runs(page: pdfium.PdfPage, index: int, glyphs: Glyphs) -> list[Run]:
    """The page's runs in the order in which the file draws them."""
    textpage = page.get_textpage()
    bounds = page.get_bbox()
    weights: dict[int, bool] = {}
    box = raw.FS_RECTF()
    place = ctypes.byref(box)
    runs: list[Run] = []
    pending: Pending | None = None
    spaced = False
    handle = textpage.raw
    address = ctypes.cast(handle, ctypes.c_void_p)
    style, previous = GlyphStyle(1, False, 0), -1
    high = 0
    for position in range(raw.FPDFText_CountChars(handle)):
        code = raw.FPDFText_GetUnicode(handle, position)
        if 0xD800 <= code < 0xE000:  # half of a character outside the first plane
            if code < 0xDC00:
                high = code
                continue
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0
            high = 0
        text = character(code)
        if text.isspace():
            spaced = True
        if text.isspace() or not text:
            continue
        owner = OWNER_OF(address, position) or 0
        if owner != previous:
            style, previous = style_of(handle, position, owner, weights), owner
        raw.FPDFText_GetLooseCharBox(handle, position, place)
        left, lower, right, upper = box.left, box.bottom, box.right, box.top
        if right < bounds[0] or left > bounds[2] or upper < bounds[1] or lower > bounds[3]:
            continue
        if style.angle:
            (left, lower), (right, upper) = (
                turn(left, lower, style.angle),
                turn(right, upper, style.angle),
            )
            left, right = min(left, right), max(left, right)
            lower, upper = min(lower, upper), max(lower, upper)
        marked = pending and (spaced or owner != pending.owner) and ends_marker(pending, text)
        spaced = spaced or bool(marked)  # the cell of a mark may touch the cell of its text
        if pending and not marked and goes_on(pending, style, left, right, lower, text):
            if spaced:
                add_glyph(glyphs, pending, " ", pending.right, max(left, pending.right))
        else:
            if pending:
                runs.append(finished(pending))
            run = Run("", len(glyphs.x0), index + 1, style.angle, left, right, lower, upper,
                      style.size, style.bold, spaced)  # fmt: skip
            glyphs.runs.append(run)
            glyphs.firsts.append(run.first)
            pending = Pending(run, [], left, owner)
        for part, char in enumerate(text):
            step = (right - left) / len(text)
            add_glyph(glyphs, pending, char, left + part * step, left + (part + 1) * step)
        pending.owner = owner
        spaced = False
    if pending:
        runs.append(finished(pending))
    textpage.close()
    return runs


def character(code: int) -> str:
    """What a code stands for: ligatures spelt out, controls and zero-width characters dropped."""
    if code in LIGATURES:
        return LIGATURES[code]
    if code in SYMBOLS:
        return SYMBOLS[code]
    if code in (9, 10, 13, 32) or code == 0xA0:
        return " "
    if code < 32 or 0x7F <= code < 0xA0 or 0xE000 <= code < 0xF900 or code >= 0xF0000:
        return ""
    if code in (0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF):
        return ""
    char = chr(code)
    return " " if char.isspace() else char


def add_glyph(glyphs: Glyphs, pending: Pending, char: str, left: float, right: float) -> None:
    pending.chars.append(char)
    glyphs.x0.append(left)
    glyphs.x1.append(right)
    run = pending.run
    run.x0, run.x1 = min(run.x0, left), max(run.x1, right)
    pending.right = right


def goes_on(
    pending: Pending, style: GlyphStyle, left: float, right: float, lower: float, text: str
) -> bool:
    """Whether a glyph continues the run: same style and line, next to what came before."""
    run = pending.run
    if style.angle != run.angle or style.bold != run.bold or abs(style.size - run.size) > 0.2:
        return False
    if abs(lower - run.y0) > 0.12 * run.size:
        return False
    if unicodedata.bidirectional(text[0]) in ("R", "AL"):
        return abs(right - run.x0) < SPLITTING_GAP * run.size
    if abs(right - pending.right) < 0.01:  # the second letter of a ligature has the first's box
        return True
    return -0.5 * run.size < left - pending.right < SPLITTING_GAP * run.size


def ends_marker(pending: Pending, text: str) -> bool:
    """Whether the run so far is the mark of a list item and the next character begins its text.

    The text is then a run of its own, so that it is known where it begins.
    """
    if len(pending.chars) > 7 or pending.chars[-1] not in ").—–•□-":
        return False
    return bool(ENUMERATOR.fullmatch("".join(pending.chars))) and (text.isalpha() or text in "‘“«")


def finished(pending: Pending) -> Run:
    pending.run.text = "".join(pending.chars)
    return pending.run


def style_of(
    handle: raw.FPDF_TEXTPAGE, position: int, owner: int, weights: dict[int, bool]
) -> GlyphStyle:
    """The style of a character; `weights` holds for each font met on the page if it is bold."""
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(handle, position, ctypes.byref(matrix))
    size = raw.FPDFText_GetFontSize(handle, position) * math.hypot(matrix.c, matrix.d)
    font = FONT_OF(owner) if owner else 0
    if font not in weights:
        weights[font] = is_bold(handle, position)
    angle = 0
    if matrix.b or matrix.a < 0:
        angle = round(math.degrees(math.atan2(matrix.b, matrix.a)) / 90) * 90 % 360
    return GlyphStyle(max(abs(size), 0.1), weights[font], angle)


def is_bold(handle: raw.FPDF_TEXTPAGE, position: int) -> bool:
    name, flags = ctypes.create_string_buffer(200), ctypes.c_int()
    raw.FPDFText_GetFontInfo(handle, position, name, 200, ctypes.byref(flags))
    heavy = re.search(rb"bold|black|heavy|semib|demi", name.value.lower())
    return bool(heavy) or raw.FPDFText_GetFontWeight(handle, position) >= 600


def turn(x: float, y: float, angle: int) -> tuple[float, float]:
    """A place on the page in reading coordinates of text turned by `angle` degrees."""
    return {0: (x, y), 90: (y, -x), 180: (-x, -y), 270: (-y, x)}[angle]


def turn_back(x: float, y: float, angle: int) -> tuple[float, float]:
    return turn(x, y, -angle % 360)


def page_frames(page: pdfium.PdfPage, angle: int) -> tuple[list[Frame], int]:
    """The rectangles and rules drawn on a page, and how many pictures stand on it."""
    frames: list[Frame] = []
    pictures = 0
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for index in range(min(raw.FPDFPage_CountObjects(page.raw), 20_000)):
        item = raw.FPDFPage_GetObject(page.raw, index)
        kind = raw.FPDFPageObj_GetType(item)
        pictures += kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM)
        if kind != raw.FPDF_PAGEOBJ_PATH or len(frames) > MOST_RULES:
            continue
        if raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            one = turn(left.value, bottom.value, angle)
            two = turn(right.value, top.value, angle)
            frames.append(Frame(min(one[0], two[0]), min(one[1], two[1]),
                                max(one[0], two[0]), max(one[1], two[1])))  # fmt: skip
    return ([] if len(frames) > MOST_RULES else frames), pictures
