"""Word files (.docx) into a `Document`: what the final text shows, changes accepted.

Deletions, hidden text, field codes and tables of contents are left out, insertions kept. Numbers of
lists and headings, which the text itself does not hold, are counted from numbering.xml. Members are
read into memory, each once and within bounds; nothing is written, no entity is expanded.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from clusterqa.errors import CorpusError
from clusterqa.lines import SPACE
from clusterqa.parsers.outline import Block, counted, document_from_blocks, raised
from clusterqa.types import Document

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
LARGEST = 50_000_000  # bytes of XML unpacked, over all members that are read
MOST_MEMBERS = 10_000
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # others unpack without a bound
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError,
          RuntimeError)  # fmt: skip
OUT = {W + name for name in ("del", "moveFrom", "pPr", "rPr", "instrText", "delText", "txbxContent",
                             "delInstrText", "fldData", "rt")}  # fmt: skip
OUT.add(COMPATIBILITY + "Fallback")
WRAPPERS = {W + name for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")}
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
class Package:
    """The members of a docx, read by name; `room` is how many bytes may still be unpacked."""

    archive: zipfile.ZipFile
    source: str
    room: int = LARGEST

    def check(self) -> None:
        names = self.archive.namelist()
        if len(names) > MOST_MEMBERS:
            raise self.refused(f"it has over {MOST_MEMBERS} members")
        for name in names:
            if name.startswith("/") or "\\" in name or ".." in name.split("/"):
                raise self.refused(f"its member {name!r} leads out of the file")

    def refused(self, reason: str) -> CorpusError:
        return CorpusError(f"{self.source}: the Word file is refused, {reason}; save it anew")

    def xml(self, name: str) -> etree._Element | None:
        """The root of a member, None if there is none of that name."""
        infos = [info for info in self.archive.infolist() if info.filename == name]
        if not infos:
            return None
        info = infos[0]
        if len(infos) > 1:
            raise self.refused(f"it has {name!r} twice")
        if info.flag_bits & 1 or info.compress_type not in METHODS:
            raise self.refused(f"{name!r} is encrypted or packed by no usual method")
        if info.file_size > self.room:
            raise self.refused(f"it unpacks to over {LARGEST // 1_000_000} MB")
        with self.archive.open(info) as member:
            content = member.read(self.room + 1)
        self.room -= len(content)
        if self.room < 0:
            raise self.refused(f"it unpacks to over {LARGEST // 1_000_000} MB")
        return self.root(content, name)

    def root(self, content: bytes, name: str) -> etree._Element:
        """The parsed member; the XML of Word declares no document type, so that is refused."""
        try:
            text = content.decode("utf-8-sig").replace(STRICT, W.strip("{}"))
        except UnicodeDecodeError as error:
            raise self.refused(f"{name!r} is not UTF-8 at byte {error.start}") from error
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise self.refused(f"{name!r} declares a document type or entities")
        parser = etree.XMLParser(
            encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True,
            remove_pis=True,
        )  # fmt: skip
        try:
            return etree.fromstring(text.encode(), parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise self.refused(f"{name!r} is no well-formed XML ({reason})") from error

    def related(self, part: str) -> dict[str, str]:
        """The members that a part, or the file itself (""), refers to, by kind."""
        folder, name = posixpath.split(part)
        relations = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, str] = {}
        for relation in relations if relations is not None else ():
            if relation.get("TargetMode") != "External":
                kind = relation.get("Type", "").rpartition("/")[2]
                target = posixpath.join("/", folder, relation.get("Target", ""))
                found.setdefault(kind, posixpath.normpath(target).lstrip("/"))
        return found


@dataclass(slots=True)
class Style:
    """What matters of a paragraph style, inherited from those it is based on."""

    name: str = ""
    level: int | None = None  # of its headings, from 1
    numbering: tuple[str, int] | None = None  # list id, level from 0
    hidden: bool = False


@dataclass(slots=True)
class Level:
    style: str
    pattern: str
    start: int


@dataclass(slots=True)
class Word:
    """Turns the body's paragraphs and tables into blocks, counting lists and notes as it goes."""

    package: Package
    body: etree._Element = field(init=False)
    styles: dict[str, Style] = field(default_factory=dict)
    lists: dict[str, tuple[str, dict[int, Level]]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    parts: dict[str, etree._Element | None] = field(default_factory=dict)
    carried: str = ""

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
            around = list(box.iterancestors())
            if not any(e.tag == COMPATIBILITY + "Fallback" or e.tag in OUT for e in around):
                yield from self.blocks(box)

    def block(self, text: str, style: Style) -> Block:
        mark = self.mark(style.numbering)
        marked = f"{mark} {text}" if mark else text
        if style.name.lower() == "title":
            return Block("title", marked)
        if style.level is not None:
            return Block("heading", marked, style.level)
        return Block("item" if mark else "text", marked)

    def style_of(self, paragraph: etree._Element) -> Style:
        """The paragraph's style with what the paragraph itself says instead."""
        properties = paragraph.find(W + "pPr")
        if properties is None:
            return Style()
        name = value(properties.find(W + "pStyle"))
        style = self.styles.get(name) or Style(name, level_in(name))
        level = outline_level(properties)
        return Style(
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
            if row.find(f"{W}trPr/{W}del") is None
        ]
        columns = max(map(len, rows), default=0)
        for cells in rows:
            if columns < 2:
                for cell in cells:
                    yield from self.blocks(cell)
                continue
            texts = [
                SPACE.sub(" ", " ".join(block.text for block in self.blocks(cell))).strip()
                for cell in cells
            ]
            yield Block("row", " | ".join(texts).strip() if any(texts) else "")

    def text(self, element: etree._Element, before: str = "") -> str:
        """The words in an element as the final text shows them."""
        if element.tag in OUT or (element.tag == W + "r" and self.is_hidden(element)):
            return ""
        if element.tag in (W + "t", FORMULA):
            return element.text or ""
        if element.tag in SPOKEN:
            return SPOKEN[element.tag]
        if element.tag in (W + "footnoteReference", W + "endnoteReference"):
            return f"[{self.number(element)}]"
        text = ""
        for child in element:
            text += self.text(child, (before + text)[-1:])
        high = element.find(f"{W}rPr/{W}vertAlign") if element.tag == W + "r" else None
        return raised(text, before) if value(high) == "superscript" else text

    def is_hidden(self, run: etree._Element) -> bool:
        properties = run.find(W + "rPr")
        if properties is None:
            return False
        vanish = properties.find(W + "vanish")
        if vanish is not None:
            return switched_on(vanish)
        style = self.styles.get(value(properties.find(W + "rStyle")))
        return style is not None and style.hidden

    # -- notes ---------------------------------------------------------------------------------

    def number(self, reference: etree._Element) -> str:
        """The number of the note that is called: footnotes 1, 2, …, endnotes i, ii, …"""
        kind = "footnotes" if reference.tag == W + "footnoteReference" else "endnotes"
        key = (kind, reference.get(W + "id", ""))
        if key not in self.notes:
            position = sum(other == kind for other, _ in self.notes) + 1
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


def wrapped(container: etree._Element, tag: str) -> Iterator[etree._Element]:
    """The container's rows or cells, those in content controls and insertions too."""
    for child in container:
        if child.tag == tag:
            yield child
        elif child.tag in WRAPPERS:
            yield from wrapped(child, tag)


def value(element: etree._Element | None) -> str:
    return element.get(W + "val", "") if element is not None else ""


def switched_on(element: etree._Element) -> bool:
    return element.get(W + "val", "true") not in ("0", "false", "off")


def small(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,6}", text) else None


def level_in(name: str) -> int | None:
    """The level that a style's name says: "heading 2", "Heading2"."""
    found = re.fullmatch(r"heading ?([1-9])", name, re.IGNORECASE)
    return int(found[1]) if found else None


def outline_level(properties: etree._Element | None) -> int | None:
    """The level of a heading from 1, 0 for what is said to be none, None where nothing is said."""
    found = properties.find(W + "outlineLvl") if properties is not None else None
    number = small(value(found)) if found is not None else None
    return None if number is None else (number + 1 if number < 9 else 0)


def numbering(
    properties: etree._Element | None, inherited: tuple[str, int] | None = None
) -> tuple[str, int] | None:
    """The list and depth that paragraph properties name; list 0 takes a paragraph out of any."""
    found = properties.find(W + "numPr") if properties is not None else None
    if found is None:
        return inherited
    name = value(found.find(W + "numId")) or (inherited[0] if inherited else "")
    depth = small(value(found.find(W + "ilvl")))
    if name in ("", "0"):
        return None
    return name, depth if depth is not None else (inherited[1] if inherited else 0)


def read_styles(root: etree._Element | None) -> dict[str, Style]:
    """Styles by id, each with what it takes from the style it is based on."""
    elements = {e.get(W + "styleId", ""): e for e in (root if root is not None else ())
                if e.tag == W + "style"}  # fmt: skip
    found: dict[str, Style] = {}
    for key in elements:
        chain: list[str] = []
        while key in elements and key not in found and key not in chain:
            chain.append(key)
            key = value(elements[key].find(W + "basedOn"))
        for inner in reversed(chain):
            element = elements[inner]
            base = found.get(value(element.find(W + "basedOn")), Style())
            properties, name = element.find(W + "pPr"), value(element.find(W + "name"))
            level, vanish = outline_level(properties), element.find(f"{W}rPr/{W}vanish")
            named = level_in(name)
            found[inner] = Style(
                name,
                named or (base.level if level is None else (level or None)),
                numbering(properties, base.numbering),
                base.hidden if vanish is None else switched_on(vanish),
            )
    return found


def read_lists(root: etree._Element | None) -> dict[str, tuple[str, dict[int, Level]]]:
    """For each list its counter's name and its levels; lists of one kind count on together."""
    if root is None:
        return {}
    kinds = {
        e.get(W + "abstractNumId", ""): read_levels(e) for e in root.iterfind(W + "abstractNum")
    }
    found = {}
    for e in root.iterfind(W + "num"):
        key, kind = e.get(W + "numId", ""), value(e.find(W + "abstractNumId"))
        levels = dict(kinds.get(kind, {}))
        fresh = False
        for override in e.iterfind(W + "lvlOverride"):
            depth = small(override.get(W + "ilvl", ""))
            start = small(value(override.find(W + "startOverride")))
            if depth in levels and start is not None:
                old = levels[depth]
                levels[depth], fresh = Level(old.style, old.pattern, start), True
        found[key] = (f"list {key}" if fresh else f"kind {kind}", levels)
    return found


def read_levels(abstract: etree._Element) -> dict[int, Level]:
    levels = {}
    for element in abstract.iterfind(W + "lvl"):
        depth, start = small(element.get(W + "ilvl", "")), value(element.find(W + "start"))
        if depth is not None:
            levels[depth] = Level(
                value(element.find(W + "numFmt")) or "decimal",
                value(element.find(W + "lvlText")),
                number if (number := small(start)) is not None else 1,
            )
    return levels
