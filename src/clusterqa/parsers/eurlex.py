"""EUR-Lex XHTML (OJ acts, consolidations old and new, the unclassed Treaty) into a `Document`.

The tree is flattened to lines: one per block, list markers that stand in cells of their own joined
to the text beside them, amendment arrows and mastheads left out. Class names only give a line its
role; where a file has none (the Treaty), the words themselves do.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from clusterqa.errors import CorpusError
from clusterqa.parsers.decoding import markup
from clusterqa.parsers.hiding import take_out_hidden
from clusterqa.parsers.marks import END_OF_CHANGE, MARKS, changed_by, set_behind, unmarked
from clusterqa.parsers.spans import Spans
from clusterqa.provisions import document_from_lines
from clusterqa.provisions.headings import ANNEX, DIVISION, is_article_alone
from clusterqa.provisions.lines import (
    DECLARATION,
    ENUMERATOR,
    SPACE,
    Line,
    Role,
    joined,
)
from clusterqa.types import Document

BLOCKS = {"p", "div", "td", "th", "tr", "table", "tbody", "li", "ul", "ol", "h1", "h2", "h3", "h4",
          "body", "hr", "figure", "dl", "dt", "dd", "txt_te", "blockquote"}  # fmt: skip
SKIPPED_TAGS = {"head", "script", "style", "img", "col", "colgroup", "template", "noscript",
                "iframe", "object", "svg", "canvas", "textarea", "select", "dialog"}  # fmt: skip
SKIPPED_CLASSES = re.compile(
    r"\b(oj-hd-\w+|reference|disclaimer|modref|arrow|hd-modifiers|hd-toc-\d|toc-\d|toc-item|title-toc"
    r"|title-fam-member(-star)?|title-doc-oj-reference|bglang|bgtool|langue)\b"
)
ARROW = re.compile(r"[►▼]\s*[A-Z]\d*\s*")
ROLES: tuple[tuple[str, Role], ...] = (
    (r"\btitle-doc-(first|last)\b", "title"),
    (r"\b(oj-ti-art|title-article-norm)\b", "article"),
    (r"\b(oj-sti-art|stitle-article-norm)\b", "article_title"),
    (r"\b(oj-ti-section-1|title-division-1)\b", "division"),
    (r"\b(oj-ti-section-2|title-division-2)\b", "division_title"),
    (r"\b(oj-ti-grseq-1|title-gr-seq-level-\d|oj-ti-tbl|title-table)\b", "group"),
    (r"\btitle-annex-1\b", "annex"),
    (r"\btitle-annex-2\b", "annex_title"),
    (r"\b(oj-note|footnote)\b", "footnote"),
    (r"\b(oj-signatory|oj-final)\b", "dateline"),
)
NEW_PART = re.compile(
    r"PROTOCOL \(No \d+\)|ANNEX( [IVX]+| TO THE PROTOCOL)?"
    r"|Declarations|[A-Z]\. DECLARATIONS .*|Tables of equivalences.*"
)
PROVISIONS = {"recital", "article", "paragraph", "point", "annex"}
FURNITURE = re.compile(r"ELI: http\S+|ISSN \d{4}-\d{3}[\dX] \(.*\)")


def parse_eurlex(content: bytes, source: str) -> Document:
    """The document in an EUR-Lex XHTML or HTML file.

    Raises `CorpusError` when the bytes are not UTF-8 or hold no text (an empty body) or no
    provision (a challenge page).
    """
    return act_document(read_body(content, source), source)


def act_document(body: etree._Element, source: str) -> Document:
    """The same of a file whose body is read already."""
    lines = without_cover(list(joined(flatten(body))))
    if all(line.role == "body" for line in lines):
        lines = list(roles_from_words(lines))
    if not lines:
        raise CorpusError(
            f"{source}: the file holds no text; fetch it again: clusterqa corpus sync"
        )
    document = document_from_lines(source, assign_title_roles(lines))
    if not any(provision.kind in PROVISIONS for provision in document.provisions):
        raise CorpusError(
            f"{source}: the file is no legal text but a notice or a challenge page; "
            "fetch it again: clusterqa corpus sync"
        )
    return document


def read_body(content: bytes, source: str) -> etree._Element:
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", markup(content, source))
    parser = etree.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(text, parser) if text.strip() else None
    except etree.XMLSyntaxError as error:  # it mends all else; this is a want of memory
        raise CorpusError(f"{source}: the page cannot be read whole; split it") from error
    refuse_what_is_cut(parser, source)
    if root is not None:
        take_out_hidden(root)
    body = root.find("body") if root is not None else None
    if body is None:
        raise CorpusError(f"{source}: no HTML body; fetch it again: clusterqa corpus sync")
    return body


def refuse_what_is_cut(parser: etree.HTMLParser, source: str) -> None:
    """Refuse a page of which the parser lost what stands too deep, or anything else."""
    for entry in parser.error_log:
        if entry.level == etree.ErrorLevels.FATAL:
            reason = " ".join(entry.message.partition(", use ")[0].split())
            raise CorpusError(
                f"{source}: the page cannot be read whole ({reason}); save it anew from a browser"
            )


def without_cover(lines: list[Line]) -> list[Line]:
    """The lines from the act's title on; a consolidation has a cover that bears it too."""
    again = [i for i, line in enumerate(lines) if i and line.role == "title" and lines[0].depth]
    return next((lines[i:] for i in again if lines[i].text == lines[0].text), lines)


def flatten(body: etree._Element) -> Iterator[Line]:
    """Lines in reading order; a block that is only an enumerator joins the block after it."""
    marker, marker_depth, act = "", 0, ""
    of: etree._Element | None = None
    role: Role = "body"
    for element, marked, depth in blocks(body, 0):
        if element is not of:  # the rows of a table are of one element
            of, role = element, role_of(element)
        found = MARKS.fullmatch(marked)
        if found and found["act"] is not None:
            act = found["act"]
            continue
        # footnotes stand at the end of the file, behind what changed the last annex, not them
        line = unmarked(role, marked, depth, "" if role == "footnote" else act)
        if not line.text or FURNITURE.fullmatch(line.text):
            continue
        if role == "body" and is_marker(line.text) and not marker:
            marker, marker_depth = line.text, depth
            continue
        if marker and role != "body":
            yield Line("body", marker, marker_depth)
            marker = ""
        if marker:
            line, marker = replace(set_behind(marker, line), depth=marker_depth), ""
        yield line
    if marker:
        yield Line("body", marker, marker_depth)


def is_marker(text: str) -> bool:
    found = ENUMERATOR.match(text)
    return bool(found and found.end() == len(text)) and text not in ("□", "-")


def blocks(element: etree._Element, depth: int) -> Iterator[tuple[etree._Element, str, int]]:
    """(element, normalised text, list depth) of each block with text of its own."""
    if is_table(element):
        yield from ((element, row, depth) for row in table_rows(element))
        return
    depth += is_list(element)
    buffer = element.text or ""
    for child in element:
        if "modref" in child.get("class", "").split():
            yield child, changed_by(act_of(child)), depth
            buffer += child.tail or ""
        elif is_skipped(child):
            buffer += child.tail or ""
        elif is_block(child):
            yield from own_text(element, buffer, depth)
            yield from blocks(child, depth)
            buffer = child.tail or ""
        else:
            buffer += inline_text(child) + (child.tail or "")
    yield from own_text(element, buffer, depth)


def own_text(
    element: etree._Element, buffer: str, depth: int
) -> Iterator[tuple[etree._Element, str, int]]:
    text = clean(buffer)
    if text:
        yield element, text, depth


def clean(text: str) -> str:
    return SPACE.sub(" ", ARROW.sub("", text.replace("◄", END_OF_CHANGE))).strip()


def act_of(mark: etree._Element) -> str:
    """The CELEX number of the act that a mark of amendment names; empty for the act as adopted."""
    for link in mark.iter("a"):
        found = re.match(r"(\S+): ", link.get("title", ""))
        if found:
            return found[1]
    return ""


def inline_text(element: etree._Element) -> str:
    """The text of an inline element; blocks inside it count as inline.

    Arrows of amendment become marks from the private use area, to be read by `unmarked`.
    """
    if is_skipped(element):
        return ""
    if element.tag == "a" and "►" in "".join(words(element)):
        return changed_by(act_of(element))
    if element.tag == "br":
        return " "
    parts = [element.text or ""]
    for child in element:
        parts += (inline_text(child), child.tail or "")
    return "".join(parts)


def is_skipped(element: etree._Element) -> bool:
    if not isinstance(element.tag, str) or element.tag in SKIPPED_TAGS:
        return True
    if element.get("id", "").startswith("textofimagelink"):
        return True
    return bool(SKIPPED_CLASSES.search(element.get("class", "")))


def is_block(element: etree._Element) -> bool:
    """Block elements, but for a block wrapped in an inline one inside running text."""
    return element.tag in BLOCKS


def is_list(element: etree._Element) -> bool:
    """Whether the element indents what it holds: a list table, a grid, an old margin-left block."""
    if element.tag == "table":
        return True
    return "grid-list" in element.get("class", "").split() or (
        element.tag == "div" and "margin-left" in element.get("style", "")
    )


def is_table(element: etree._Element) -> bool:
    """A table of data; most tables in OJ files only set a marker beside its text."""
    if element.tag != "table" or any(is_skipped(p) for p in element.iter("p")):
        return False
    rows = [row.findall("td") for row in own_rows(element)]
    return any(len(cells) > 2 for cells in rows) or (
        len(rows) > 1 and not all(len(c) == 2 and is_marker_cell(c[0]) for c in rows)
    )


def words(element: etree._Element) -> Iterator[str]:
    return (str(part) for part in element.itertext())


def is_marker_cell(cell: etree._Element) -> bool:
    text = clean("".join(words(cell)))
    return not text or is_marker(text)


def own_rows(table: etree._Element) -> list[etree._Element]:
    """The table's rows without those of tables inside it."""
    return [*table.findall("tr"), *table.findall("tbody/tr"), *table.findall("thead/tr")]


def table_rows(table: etree._Element) -> Iterator[str]:
    spans = Spans()
    for row in own_rows(table):
        aligned = spans.aligned(cell for cell in row if cell.tag in ("td", "th"))
        cells = [clean(" ".join(words(cell))) if cell is not None else "" for cell in aligned]
        if any(cells):
            yield " | ".join(cells)


def role_of(element: etree._Element) -> Role:
    if is_table(element):
        return "row"
    names = element.get("class", "")
    for pattern, role in ROLES:
        if re.search(pattern, names):
            return role
    return "title" if "oj-doc-ti" in names else "body"


def assign_title_roles(lines: list[Line]) -> Iterator[Line]:
    """OJ files give one class to the act's title, "ANNEX I" and the annex's own title."""
    in_annex = False
    previous: Role = "title"
    for line in lines:
        role = line.role
        if role == "title" and ANNEX.match(line.text):
            role, in_annex = "annex", True
        elif role == "title" and in_annex:
            role = "annex_title" if previous in ("annex", "annex_title") else "group"
        previous = role
        yield replace(line, role=role)


def roles_from_words(lines: list[Line]) -> Iterator[Line]:
    """Roles in a file without classes, where headings are lines that say so."""
    starts = [i for i, line in enumerate(lines) if line.text == "PREAMBLE"] or [0]
    previous: Role = "body"
    for line in lines[starts[-1] :]:  # what stands before is the table of contents
        if set(line.text) <= {"-"}:
            continue
        role = role_from_words(line.text, previous)
        previous = role
        yield replace(line, role=role)


def role_from_words(text: str, previous: Role) -> Role:
    if " |" in text or text.startswith("|"):
        return "row"
    if is_article_alone(text):
        return "article"
    if re.match(r"\(ex Article", text) and previous == "article":
        return "article_title"
    if DIVISION.match(text) and text[:4].isupper() and len(text) < 120:
        return "division"
    if NEW_PART.fullmatch(text):
        return "annex"
    if DECLARATION.fullmatch(text) or text in ("Protocols", "Annexes", "Sole Article"):
        return "group"
    if text.isupper() and len(text) < 200:
        return {"division": "division_title", "annex": "annex_title"}.get(previous, "group")  # type: ignore[return-value]
    if re.match(r"\[(\d+|\*)\](\s|$)", text):
        return "footnote"
    return "body"
