"""The body of a Word file into blocks: what the final text shows, its lists and notes counted."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from io import BytesIO

from lxml import etree

from clusterqa.errors import CorpusError
from clusterqa.parsers.docx.looks import (
    RunLook,
    box_ground,
    is_cut_row,
    is_lost_box,
    is_out_of_sight,
    shaded,
    with_properties,
)
from clusterqa.parsers.docx.markup import (
    COMPATIBILITY,
    FORMULA,
    WRAPPERS,
    W,
    value,
    wrapped,
)
from clusterqa.parsers.docx.package import Package
from clusterqa.parsers.docx.styles import (
    Level,
    WordStyle,
    default_look,
    default_style,
    level_in,
    numbering,
    outline_level,
    read_lists,
    read_styles,
)
from clusterqa.parsers.hiding.colours import WHITE, Colour, colour
from clusterqa.parsers.omissions import leave_out
from clusterqa.parsers.outline import Block, counted, document_from_blocks, raised
from clusterqa.provisions.lines import SPACE
from clusterqa.types import Document

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError,
          RuntimeError)  # fmt: skip
OUT = {W + name for name in ("del", "moveFrom", "pPr", "rPr", "instrText", "delText", "txbxContent",
                             "delInstrText", "fldData", "rt")}  # fmt: skip
OUT.add(COMPATIBILITY + "Fallback")
SPOKEN = {W + "tab": " ", W + "br": " ", W + "cr": " ", W + "ptab": " ", W + "noBreakHyphen": "-"}
STYLES = {"decimal": "1", "lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i",
          "upperRoman": "I", "decimalZero": "1"}  # fmt: skip
CONTENTS = re.compile(r"toc( \d+| heading)|table of (figures|authorities)", re.IGNORECASE)


def parse_docx(content: bytes, source: str) -> Document:
    """The document in a Word file.

    Raises `CorpusError` for a file that is no docx, is locked, damaged, oversized or without text.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            package = Package(archive, source)
            package.check()
            word = Word(package)
            blocks = list(word.blocks(word.body))
    except BROKEN as error:
        reason = " ".join(str(error).split()) or "cut off"
        raise CorpusError(
            f"{source}: no Word file that can be read ({reason}); take off its password or "
            "save it as .docx anew"
        ) from error
    return document_from_blocks(source, [*blocks, *word.footnotes()])


@dataclass(slots=True)
class Word:
    """Turns the body's paragraphs and tables into blocks, counting lists and notes as it goes."""

    package: Package
    body: etree._Element = field(init=False)
    styles: dict[str, WordStyle] = field(default_factory=dict)
    lists: dict[str, tuple[str, dict[int, Level]]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    called: dict[str, int] = field(default_factory=dict)
    parts: dict[str, etree._Element | None] = field(default_factory=dict)
    carried: str = ""
    normal: str = ""
    look: RunLook = field(default_factory=RunLook)
    defaults: RunLook = field(default_factory=RunLook)
    ground: Colour | None = WHITE

    def __post_init__(self) -> None:
        main = self.package.related("").get("officeDocument", "word/document.xml")
        document = self.package.xml(main)
        body = document.find(W + "body") if document is not None else None
        if body is None:
            raise self.package.refused(f"it has no text in {main!r}")
        self.body = body
        related = self.package.related(main)
        self.parts = {
            kind: self.package.xml(related[kind]) if kind in related else None
            for kind in ("styles", "numbering", "footnotes", "endnotes")
        }
        self.styles = read_styles(self.parts["styles"])
        self.normal = default_style(self.parts["styles"])
        self.defaults = default_look(self.parts["styles"])
        paper = document.find(W + "background") if document is not None else None
        if paper is not None:
            self.ground = colour(paper.get(W + "color", "white").lower().replace("auto", "white"))
        self.lists = read_lists(self.parts["numbering"])

    def blocks(self, container: etree._Element) -> Iterator[Block]:
        for element in container:
            if element.tag == W + "p":
                yield from self.paragraph(element)
            elif element.tag == W + "tbl":
                yield from self.table(element)
            elif element.tag in WRAPPERS:
                yield from self.blocks(element)

    def paragraph(self, paragraph: etree._Element) -> Iterator[Block]:
        """Its block, and those of the text boxes anchored in it.

        Where its mark is deleted, it goes on with the next paragraph.
        """
        properties = paragraph.find(W + "pPr")
        if is_out_of_sight(properties):
            leave_out(words_of(paragraph))
            return
        self.look = self.paragraph_look(properties)
        text = self.carried + self.text(paragraph)
        self.carried = ""
        if paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None:
            self.carried = text
            return
        style = self.style_of(paragraph)
        text = SPACE.sub(" ", text).strip()
        if text and not CONTENTS.fullmatch(style.name):
            yield self.block(text, style)
        for box in paragraph.iter(W + "txbxContent"):
            if is_lost_box(box):
                leave_out(words_of(box))
                continue
            around = list(box.iterancestors())
            if not any(e.tag == COMPATIBILITY + "Fallback" or e.tag in OUT for e in around):
                yield from self.upon(box_ground(box, self.ground), box)

    def block(self, text: str, style: WordStyle) -> Block:
        mark = self.mark(style.numbering)
        marked = f"{mark} {text}" if mark else text
        if style.name.lower() == "title":
            return Block("title", marked)
        if style.level is not None:
            return Block("heading", marked, style.level)
        return Block("item" if mark else "text", marked)

    def style_of(self, paragraph: etree._Element) -> WordStyle:
        """The paragraph's style with what the paragraph itself says instead."""
        properties = paragraph.find(W + "pPr")
        if properties is None:
            return WordStyle()
        name = value(properties.find(W + "pStyle"))
        style = self.styles.get(name) or WordStyle(name, level_in(name))
        level = outline_level(properties)
        return WordStyle(
            style.name,
            style.level if level is None else (level or None),
            numbering(properties, style.numbering),
        )

    def mark(self, numbering: tuple[str, int] | None) -> str:
        """The number or bullet of the next item of a list, "" for none."""
        if numbering is None or numbering[0] not in self.lists:
            return ""
        (abstract, levels), depth = self.lists[numbering[0]], numbering[1]
        level = levels.get(depth)
        if level is None or level.style == "none":
            return ""
        if level.style == "bullet":
            return "•"
        counts = self.counts.setdefault(abstract, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]

        def number(found: re.Match[str]) -> str:
            other = int(found[1]) - 1
            shown = levels.get(other, level)
            return counted(counts.setdefault(other, shown.start), STYLES.get(shown.style, "1"))

        return re.sub(r"%([1-9])", number, level.pattern).strip()

    def table(self, table: etree._Element) -> Iterator[Block]:
        """One row a line; a table of one column is a frame around paragraphs."""
        rows = [
            list(wrapped(row, W + "tc"))
            for row in wrapped(table, W + "tr")
            if row.find(f"{W}trPr/{W}del") is None and not self.is_cut(row)
        ]
        columns = max(map(len, rows), default=0)
        ground = self.table_ground(table)
        for cells in rows:
            if columns < 2:
                for cell in cells:
                    yield from self.upon(shaded(cell.find(W + "tcPr"), ground), cell)
                continue
            grounds = [shaded(cell.find(W + "tcPr"), ground) for cell in cells]
            parts = [self.upon(*pair) for pair in zip(grounds, cells, strict=True)]
            texts = [SPACE.sub(" ", " ".join(b.text for b in part)).strip() for part in parts]
            yield Block("row", " | ".join(texts).strip() if any(texts) else "")

    def upon(self, ground: Colour | None, container: etree._Element) -> Iterator[Block]:
        """The blocks of a cell or a text box, which stand on its ground."""
        around, self.ground = self.ground, ground
        yield from self.blocks(container)
        self.ground = around

    def table_ground(self, table: etree._Element) -> Colour | None:
        """What lies behind a table: not known where its style shades some of its cells."""
        style = self.styles.get(value(table.find(f"{W}tblPr/{W}tblStyle")))
        return None if style and style.shading else self.ground

    def is_cut(self, row: etree._Element) -> bool:
        cut = is_cut_row(row)
        if cut:
            leave_out(words_of(row))
        return cut

    def text(self, element: etree._Element, before: str = "") -> str:
        """The words in an element as the final text shows them."""
        if element.tag in OUT:
            return ""
        if element.tag == W + "r" and not self.run_look(element).is_seen:
            leave_out(words_of(element))
            return ""
        if element.tag in (W + "t", FORMULA):
            return element.text or ""
        if element.tag in SPOKEN:
            return SPOKEN[element.tag]
        if element.tag in (W + "footnoteReference", W + "endnoteReference"):
            return f"[{self.number(element)}]"
        text = ""
        for child in element:
            text += self.text(child, text[-1:] or before[-1:])
        high = element.find(f"{W}rPr/{W}vertAlign") if element.tag == W + "r" else None
        return raised(text, before) if value(high) == "superscript" else text

    def run_look(self, run: etree._Element) -> RunLook:
        """How a run's letters are set: by itself, its style, else as its paragraph."""
        properties = run.find(W + "rPr")
        if properties is None:
            return self.look
        style = self.styles.get(value(properties.find(W + "rStyle")), WordStyle())
        return reduce(with_properties, (*style.runs, properties), self.look)

    def paragraph_look(self, properties: etree._Element | None) -> RunLook:
        """How letters of a paragraph are set where its runs say nothing."""
        name = value(properties.find(W + "pStyle")) if properties is not None else ""
        style = self.styles.get(name or self.normal, WordStyle())
        shading = style.shades if properties is None else (*style.shades, properties)
        ground = reduce(lambda below, each: shaded(each, below), shading, self.ground)
        return reduce(with_properties, style.runs, replace(self.defaults, ground=ground))

    # -- notes ---------------------------------------------------------------------------------

    def number(self, reference: etree._Element) -> str:
        """The number of the note that is called: footnotes 1, 2, …, endnotes i, ii, …"""
        kind = "footnotes" if reference.tag == W + "footnoteReference" else "endnotes"
        key = (kind, reference.get(W + "id", ""))
        if key not in self.notes:
            self.called[kind] = position = self.called.get(kind, 0) + 1
            self.notes[key] = counted(position, "1" if kind == "footnotes" else "i")
        return self.notes[key]

    def footnotes(self) -> Iterator[Block]:
        """The notes that the text calls, in the order of their calls."""
        for kind, word in (("footnotes", "Footnote"), ("endnotes", "Endnote")):
            part = self.parts[kind]
            notes = {note.get(W + "id", ""): note for note in (part if part is not None else ())}
            called = [(key, number) for (of, key), number in self.notes.items() if of == kind]
            for key, number in called:
                if key in notes:
                    words = " ".join(self.text(p) for p in notes[key].iter(W + "p"))
                    text = SPACE.sub(" ", words).strip()
                    label = f"{word} {number}"
                    yield Block("footnote", text and f"{number}. {text}", label=label)


def words_of(element: etree._Element) -> str:
    """All words in an element, seen or not."""
    return " ".join(text.text or "" for text in element.iter(W + "t"))
