"""Formex 4, the Publications Office's own XML, into a `Document`; the same text as its XHTML.

Formex carries the structure natively, so an element's name gives a line its role and its nesting.
It also carries what the printed text does not show, and these rules bring it to that:

- Law that was repealed is still in a consolidation, between <?CLG.MDFO ACTION="DELETED"?> and the
  <?CLG.MDFC?> that closes it. It is left out with its footnotes, which have no number. What such
  marks insert or replace is an amendment by their ACTIVE.DOC, the innermost where they are nested.
- <?PAGE NO="2"?> begins a page of the printed text, for a consolidation of its PDF.
- Footnotes stand where they are called; they are collected at the end of their file, numbered in
  reading order, "( 1 )" in a consolidation and "(1)" in the Official Journal. Those of a quotation
  follow it as "(*1)", those of a table end it as one more row.
- Quotation marks, dashes of lists and the spaces in 1 250 000 are markup, and written out.
- Lists of TYPE="NONE" do not indent. Tables of contents, forms given as images and formulas set
  apart are left out.

One difference remains on purpose: where an amount ends a clause the XHTML has a space before the
punctuation mark ("EUR 100 000 ,"), which Formex has not; nothing is added here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from clusterqa.errors import CorpusError
from clusterqa.parsers.decoding import markup
from clusterqa.parsers.marks import (
    MARKS,
    changed_by,
    on_page,
    set_behind,
    side_by_side,
    unmarked,
)
from clusterqa.parsers.spans import Spans
from clusterqa.provisions import document_from_lines
from clusterqa.provisions.lines import SPACE, Line, Role, joined
from clusterqa.types import Document

DEEPEST = 200  # elements nested in each other; the law needs about 20
TEXTS = {"ACT", "AGR", "ANNEX", "CONS.ACT", "CONS.ANNEX", "CONS.DOC", "CONS.OTH.DOC", "CORR",
         "DECISION", "GENERAL", "LETTER", "OPINION", "PROT", "TECH.ANNEX"}  # fmt: skip
SKIPPED = {"CURR.TITLE", "DELETED", "FAM.COMP", "INCL.ELEMENT", "INFO.CONSLEG", "INFO.PROD", "TOC"}
INLINE = {"DATE", "EXPONENT", "FORMULA", "FT", "HT", "IE", "IND", "LINK", "NOTE", "QUOT.END",
          "QUOT.START"}  # fmt: skip
MARKERS = {"NO.GR.SEQ", "NO.P", "NO.PARAG"}
DASHES = {"BULLET": "•", "DASH": "—", "NDASH": "–"}
ROLES: dict[str, Role] = {
    "TI.ART": "article", "STI.ART": "article_title", "SIGNATORY": "dateline", "NOTE": "footnote",
}  # fmt: skip
TITLE_ROLES: dict[str, tuple[Role, Role]] = {
    "DIVISION": ("division", "division_title"),
    "ANNEX": ("annex", "annex_title"),
    "CONS.ANNEX": ("annex", "annex_title"),
    "TECH.ANNEX": ("annex", "annex_title"),
}


def parse_formex(content: bytes, source: str) -> Document:
    """The document in a Formex 4 file.

    Raises `CorpusError` when the bytes are not UTF-8, no well-formed XML, no Formex text or none
    at all, declare entities or are nested without end.
    """
    return document_from_parts([formex_root(content, source)], source)


def document_from_parts(roots: Iterable[etree._Element], source: str) -> Document:
    """The document of an act and its annexes, each with its own footnotes at its end."""
    lines = [line for root in roots for line in part_lines(root, source)]
    if not lines:
        raise CorpusError(
            f"{source}: the file holds no text; fetch it again: clusterqa corpus sync"
        )
    return document_from_lines(source, lines)


def formex_root(content: bytes, source: str) -> etree._Element:
    """The root element of any Formex file; entities are refused before anything is expanded."""
    text = markup(content, source)
    if re.search(r"<!(DOCTYPE|ENTITY)", text):
        raise CorpusError(
            f"{source}: the XML declares a document type or entities, which Formex 4 does not; "
            "fetch it again: clusterqa corpus sync"
        )
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise CorpusError(
            f"{source}: not well-formed XML, or cut off ({reason}); "
            "fetch it again: clusterqa corpus sync"
        ) from error
    refuse_endless_nesting(root, source)
    return root


def refuse_endless_nesting(root: etree._Element, source: str) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise CorpusError(
                f"{source}: elements are nested more than {DEEPEST} deep, which no act needs; "
                "fetch it again: clusterqa corpus sync"
            )


def part_lines(root: etree._Element, source: str) -> list[Line]:
    """The lines of one file, its footnotes last."""
    if root.tag not in TEXTS:
        raise CorpusError(f"{source}: {why_no_text(root)}")
    remove_deleted(root, source)
    mark_changes(root)
    reader = FormexReader(consolidated=root.tag.startswith("CONS."))
    lines = list(joined(reader.lines(root)))
    for mark, note in reader.notes:  # a note may call a further one: the list grows meanwhile
        lines += reader.note_lines(mark, note)
    lines += reader.quoted_note_lines(0)  # of a quotation inside running text
    return lines


def why_no_text(root: etree._Element) -> str:
    if root.tag in ("DOC", "PUBLICATION"):
        files = ", ".join(map(repr, files_named(root))) or "the act's own file"
        return f"this Formex file only describes a document; its text is {files}"
    return (
        f"the XML is no Formex text, its root is <{root.tag}>; "
        "fetch it again: clusterqa corpus sync"
    )


def files_named(doc: etree._Element) -> list[str]:
    """The text files that a describing file (`.doc.xml`) names, the act before its annexes."""
    named = (ref.get("FILE", "") for ref in doc.iter("REF.PHYS"))
    return [name for name in named if name.lower().endswith(".xml")]


def remove_deleted(root: etree._Element, source: str) -> None:
    """Empty the tree of repealed text, whose marks need not be siblings."""
    deletions: set[str] = set()
    for event, node in etree.iterwalk(root, events=("start", "end", "pi")):
        if event == "pi" and node.target == "CLG.MDFO" and node.get("ACTION") == "DELETED":
            deletions.add(node.get("ID", ""))
        elif event == "pi" and node.target == "CLG.MDFC":
            deletions.discard(node.get("IDREF", ""))
        if deletions and event == "start":
            node.text = None
            if node.tag in INLINE:
                node.tag = "DELETED"
        elif deletions:
            node.tail = None
    if deletions:
        raise CorpusError(
            f"{source}: the deletion {min(deletions)!r} has no end, so what is still law cannot be "
            "told; fetch it again: clusterqa corpus sync"
        )


def mark_changes(root: etree._Element) -> None:
    """Write into the text of the tree which act changed it last, and on which page it stands.

    Every piece of text that may begin a line says so anew: footnotes are read out of their order.
    """
    ended = {
        node.get("IDREF", "")
        for _, node in etree.iterwalk(root, events=("pi",))
        if node.target == "CLG.MDFC"
    }
    changes: dict[str, str] = {}
    page = first_page(root)
    for event, node in etree.iterwalk(root, events=("start", "end", "pi")):
        if event == "pi":
            page = page_label(node) or page
            follow(changes, node, ended)
        elif node is root or (is_inline(node) and node.tag != "NOTE"):
            continue
        mark = changed_by(next(reversed(changes.values()), "")) + (page and on_page(page))
        if event == "start":
            node.text = mark + (node.text or "")
        else:
            node.tail = mark + (node.tail or "")


def follow(changes: dict[str, str], node: etree._ProcessingInstruction, ended: set[str]) -> None:
    """Take up the change that begins here, or drop the one that ends; what never ends is none.

    Words changed by implication, a full stop into a semicolon, bear no arrow in the printed text.
    """
    implied = node.get("LEVEL") == "TEXT" and node.get("COMMAND") == "IMPLICIT"
    if node.target == "CLG.MDFO" and node.get("ID") in ended and not implied:
        act = re.search(r"""\sACTIVE\.DOC=(["'])(.*?)\1""", node.text or "")  # no name to `get`
        changes[node.get("ID", "")] = act[2] if act else ""
    elif node.target == "CLG.MDFC":
        changes.pop(node.get("IDREF", ""), None)


def first_page(root: etree._Element) -> str:
    """The page of the Official Journal on which an act or annex begins, which no mark says.

    A consolidation states there where the act as adopted began.
    """
    stated = "" if root.tag.startswith("CONS.") else root.findtext("BIB.INSTANCE/PAGE.FIRST", "")
    return stated.strip().lstrip("0")


def page_label(node: etree._ProcessingInstruction) -> str:
    return node.get("NO", "").strip().lstrip("0") if node.target == "PAGE" else ""


@dataclass(slots=True)
class FormexReader:
    """Reads one file; `notes` are the footnotes called so far, `marks` their marks by id."""

    consolidated: bool
    notes: list[tuple[str, etree._Element]] = field(default_factory=list)
    quoted: list[tuple[str, etree._Element]] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    stars: int = 0
    numbers: int = 0

    def lines(self, element: etree._Element, role: Role = "body", depth: int = 0) -> Iterator[Line]:
        """The lines of a block: its own text, and the blocks in it, after its number if any."""
        if element.tag == "TBL":
            yield from self.table_lines(element, depth)
            return
        role = role_of(element, role)
        depth += element.tag == "LIST" and element.get("TYPE") != "NONE"
        marker, buffer = dash_of(element), element.text or ""
        for child in element:
            if child.tag in MARKERS:
                yield from own_text(buffer, role, depth)
                number = MARKS.sub("", self.inline_text(child))
                marker, buffer = f"{marker} {number}".strip(), ""
            elif is_inline(child):
                buffer += self.inline_text(child)
            else:
                for line in (*own_text(buffer, role, depth), *self.lines(child, role, depth)):
                    if marker:
                        line, marker = replace(set_behind(marker, line), depth=depth), ""
                    yield line
                buffer = ""
            buffer += child.tail or ""
        yield from own_text(buffer, role, depth, marker)
        if element.tag == "QUOT.S":
            yield from self.quoted_note_lines(depth)

    def inline_text(self, element: etree._Element) -> str:
        """The text of an inline element, with the marks that its name stands for."""
        if is_skipped(element):
            return ""
        if element.tag == "NOTE":
            return f" {self.mark(element)}"
        if element.tag in ("QUOT.START", "QUOT.END"):
            return quotation_mark(element.get("CODE", ""))
        parts = [element.text or ""]
        for child in element:
            parts += (self.inline_text(child), child.tail or "")
        text, kind = "".join(parts), element.get("TYPE")
        if element.tag == "HT" and kind == "UC":
            return text.upper()
        return grouped(text) if element.tag == "FT" and kind == "NUMBER" else text

    def table_lines(self, table: etree._Element, depth: int) -> Iterator[Line]:
        """A title, a row a line, and the table's footnotes, numbered on their own, as last row."""
        for title in table.findall("TITLE"):
            yield from self.lines(title, depth=depth)
        notes = table.findall("GR.NOTES/NOTE")
        marks = [self.bracketed(str(number)) for number in range(1, len(notes) + 1)]
        self.marks |= {note.get("NOTE.ID", ""): m for note, m in zip(notes, marks, strict=True)}
        spans = Spans()
        for row in own_rows(table):
            cells = [self.cell(cell) for cell in spans.aligned(row.findall("CELL") or [row])]
            if any(cell.text for cell in cells):
                yield side_by_side(cells, " | ", depth)
        if notes:
            texts = [set_behind(m, self.cell(n)) for m, n in zip(marks, notes, strict=True)]
            yield side_by_side(texts, " ", depth)

    def cell(self, cell: etree._Element | None) -> Line:
        return Line("row", "") if cell is None else side_by_side(list(self.lines(cell)), " ", 0)

    def mark(self, note: etree._Element) -> str:
        """The mark of a footnote called, numbered here, or called again."""
        if "NOTE.REF" in note.attrib:
            return self.marks.get(note.get("NOTE.REF", ""), "")
        quoted = any(True for _ in note.iterancestors("QUOT.S"))
        if quoted or note.get("NUMBERING") == "STAR":
            self.stars += 1
            mark = self.bracketed(f"*{self.stars}")
        else:
            self.numbers += 1
            mark = self.bracketed(str(self.numbers))
        (self.quoted if quoted else self.notes).append((mark, note))
        self.marks[note.get("NOTE.ID", "")] = mark
        return mark

    def bracketed(self, number: str) -> str:
        return f"( {number} )" if self.consolidated else f"({number})"

    def note_lines(self, mark: str, note: etree._Element, depth: int = 0) -> Iterator[Line]:
        for line in joined(self.lines(note, depth=depth)):
            yield set_behind(mark, line) if mark else line
            mark = ""

    def quoted_note_lines(self, depth: int) -> Iterator[Line]:
        for mark, note in self.quoted:
            yield from self.note_lines(mark, note, depth)
        self.quoted.clear()


def own_rows(table: etree._Element) -> Iterator[etree._Element]:
    """The rows and the headings between them, without those of a table inside a cell."""
    for part in table:
        if part.tag in ("ROW", "TI.BLK", "STI.BLK"):
            yield part
        elif part.tag in ("CORPUS", "BLK"):
            yield from own_rows(part)


def own_text(buffer: str, role: Role, depth: int, marker: str = "") -> Iterator[Line]:
    """The line of a text behind its marker; of a repealed item no dash is left."""
    line = unmarked(role, SPACE.sub(" ", buffer).strip(), depth)
    if line.text:
        yield set_behind(marker, line) if marker else line
    elif marker and marker not in DASHES.values():
        yield Line(role, marker, depth)


def is_skipped(element: etree._Element) -> bool:
    """Metadata, processing instructions, and what the printed text leaves out."""
    tag = element.tag
    if not isinstance(tag, str) or tag in SKIPPED or tag.startswith("BIB."):
        return True
    return tag == "FORMULA" and element.get("TYPE") == "OUTLINE"


def is_inline(element: etree._Element) -> bool:
    """Whether the element is part of a line; what is skipped is a part without text."""
    return is_skipped(element) or element.tag in INLINE or element.tag.startswith("REF.")


def dash_of(element: etree._Element) -> str:
    """The dash before an item of a dashed list, which Formex leaves to its readers."""
    above = element.getparent()
    if element.tag != "ITEM" or above is None or element.find("NP") is not None:
        return ""
    return DASHES.get(above.get("TYPE", ""), "")


def role_of(element: etree._Element, inherited: Role) -> Role:
    if element.tag in ROLES:
        return ROLES[element.tag]
    if element.tag in ("TI", "STI"):
        return title_role(element)
    above = element.getparent()
    if above is not None and above.tag == "TI" and above.find("*") is not element:
        return TITLE_ROLES.get(owner(above), (inherited, inherited))[1]
    return inherited


def title_role(element: etree._Element) -> Role:
    """A title's role is that of what it is the title of: "CHAPTER I", "ANNEX I", the act."""
    tag = owner(element)
    other: Role = "title" if tag in TEXTS else "group"
    return TITLE_ROLES.get(tag, (other, other))[element.tag == "STI"]


def owner(title: etree._Element) -> str:
    """The name of the element that a TI or STI, inside its TITLE, is the title of."""
    above = next((e.tag for e in title.iterancestors() if e.tag != "TITLE"), "")
    return str(above)


def quotation_mark(code: str) -> str:
    """The mark of a code point: “2018” is ‘; of any other character, none."""
    mark = chr(int(code, 16)) if re.fullmatch(r"[0-9A-Fa-f]{1,4}", code) else ""
    return mark if mark in "\"'«»‘’‚“”„‹›" else ""


def grouped(number: str) -> str:
    """A number with a space between thousands, as the Office prints it: 5 000, 1 250 000."""
    found = re.match(r"\s*(\d{4,15})(?!\d)", number)
    if not found:
        return number
    digits, first = found[1], len(found[1]) % 3
    groups = [digits[i : i + 3] for i in range(first, len(digits), 3)]
    return " ".join([digits[:first], *groups]).strip() + number[found.end() :]
