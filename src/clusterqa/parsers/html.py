"""HTML files: acts go to the EUR-Lex parser, any other page is read here as a visitor reads it.

Of a page, what stands in `main` or `article` is its text, else all of its body. Navigation, headers
and footers, asides, forms, scripts and hidden elements are left out. A footnote is where a link
that is only a number leads, further down the page.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from clusterqa.errors import CorpusError
from clusterqa.parsers.eurlex import act_document, flatten, read_body
from clusterqa.parsers.outline import Block, counted, document_from_blocks, raised
from clusterqa.parsers.spans import Spans
from clusterqa.provisions.headings import is_article_alone
from clusterqa.provisions.lines import SPACE
from clusterqa.types import Document

ACT_CLASSES = re.compile(
    r"oj-(normal|note|doc-ti|s?ti-art|ti-section-\d|ti-grseq-\d|ti-tbl|hd-\w+)|eli-subdivision"
    r"|title-(doc|article|annex|division|gr-seq-level|table)(-\w+)?|stitle-article-norm|norm|modref"
)
LEFT_OUT = {"head", "nav", "footer", "aside", "script", "style", "noscript", "template", "iframe",
            "svg", "canvas", "object", "audio", "video", "button", "select", "input", "textarea",
            "dialog", "img", "map", "col", "colgroup", "datalist"}  # fmt: skip
ROLES_OUT = {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alert"}
HIDDEN_CLASSES = {
    "sr-only",
    "visually-hidden",
    "screen-reader-text",
    "headerlink",
    "mw-editsection",
}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = {"address", "article", "blockquote", "body", "caption", "center", "dd", "details", "div",
          "dl", "dt", "fieldset", "figcaption", "figure", "form", "header", "hgroup", "hr",
          "legend", "li", "main", "menu", "ol", "p", "pre", "section", "summary", "table", "ul",
          *HEADINGS}  # fmt: skip
INLINE = {"a", "span", "b", "strong", "em", "i", "font"}
NOTES = {"li", "p", "div", "dd", "td", "tr", "aside"}  # what a footnote can stand in
CALL = re.compile(r"[\[(]?\s*(\d{1,3}|\*{1,3}|[†‡])\s*[\])]?")
BACK = re.compile(
    r"[\[(]?\s*(\d{1,3}|\*{1,3}|[†‡]|[↩↑^⏎⤴←]\ufe0e?|back|jump up)\s*[\])]?[.:]?", re.I
)
NOTICE = re.compile(
    r"captcha|not a robot|(enable|requires?|turn on) javascript|javascript is (disabled|off)"
    r"|checking your browser|access denied|forbidden|not found|does not exist|try again later"
    r"|temporarily unavailable",
    re.IGNORECASE,
)
LONGEST_NOTICE = 1000  # chars


def parse_page(content: bytes, source: str) -> Document:
    """The document in an HTML or XHTML file, whether EUR-Lex made it or anyone else.

    Raises `CorpusError` when the bytes are not UTF-8, hold no text or only a notice.
    """
    body = read_body(content, source)
    return act_document(body, source) if is_act(body) else parse_html(body, source)


def is_act(body: etree._Element) -> bool:
    """Whether the page is law: by EUR-Lex's class names or, without any, by lines "Article 1"."""
    names = {name for element in body.iter("*") for name in element.get("class", "").split()}
    if any(ACT_CLASSES.fullmatch(name) for name in names):
        return True
    articles = [line for line in flatten(body) if is_article_alone(line.text)]
    return len(articles) > 1


def parse_html(body: etree._Element, source: str) -> Document:
    """The document of a page that is no act."""
    root = main_part(body)
    page = HtmlPage(within=root.tag != "body")
    page.look_over(root)
    found = [block for block in page.blocks(root) if block.text]
    text = " ".join(block.text for block in found)
    if len(text) < LONGEST_NOTICE and NOTICE.search(text):
        raise CorpusError(
            f"{source}: the page is no document but a notice or a challenge page; "
            "fetch it again (clusterqa corpus sync) or save it from a browser"
        )
    if not any(block.kind == "heading" and block.level == 1 for block in found):
        title = body.getparent()
        words = title.findtext("head/title") if title is not None else ""
        found[:0] = [Block("title", cleaned(words or ""))] if found else []
    return document_from_blocks(source, [*found, *page.footnotes()])


def main_part(body: etree._Element) -> etree._Element:
    """The page's `main`, its only `article`, or its body."""
    for path in (".//main", './/*[@role="main"]', ".//article"):
        parts = [part for part in body.findall(path) if cleaned("".join(words(part)))]
        if len(parts) == 1:
            return parts[0]
    return body


def words(element: etree._Element) -> Iterator[str]:
    return (str(part) for part in element.itertext())


def cleaned(text: str) -> str:
    return SPACE.sub(" ", text).strip()


@dataclass(slots=True)
class HtmlPage:
    """Turns elements into blocks.

    `calls` are the links that call footnotes and `notes` the elements they lead to, each with the
    footnote's mark; `marks` are the numbers of list items, `blocky` what is a block or holds one.
    """

    within: bool
    calls: dict[etree._Element, str] = field(default_factory=dict)
    notes: dict[etree._Element, str] = field(default_factory=dict)
    marks: dict[etree._Element, str] = field(default_factory=dict)
    blocky: set[etree._Element] = field(default_factory=set)

    def look_over(self, root: etree._Element) -> None:
        """Take note of what holds blocks, of the links that call a footnote and where they lead."""
        self.blocky = around(root, BLOCKS)
        order = {element: n for n, element in enumerate(root.iter("*"))}
        named = {name: e for e in reversed(order) for name in (e.get("id"), e.get("name")) if name}
        headed = around(root, HEADINGS)
        for link in root.iter("a"):
            mark = CALL.fullmatch(cleaned("".join(words(link))))
            target = named.get(link.get("href", "").removeprefix("#"))
            if not mark or target is None or not link.get("href", "").startswith("#"):
                continue
            note = enclosing(target, NOTES)
            # a note stands behind its call; so it holds neither that nor, as a text, a heading
            if note is None or order.get(note, -1) <= order[link] or note in headed:
                continue
            if self.notes.setdefault(note, mark[1]) == mark[1]:
                self.calls[link] = mark[1]

    def footnotes(self) -> Iterator[Block]:
        for note, mark in self.notes.items():
            text = cleaned(self.inline(note, in_note=True))
            yield Block("footnote", text and f"{mark}. {text}", label=f"Footnote {mark}")

    def blocks(self, element: etree._Element) -> Iterator[Block]:
        if element.tag == "table" and not is_layout(element):
            yield from self.table(element)
        elif element.tag == "pre":
            text = "".join(words(element)).replace("\r\n", "\n").strip("\n")
            yield Block("text", text if text.strip() else "")
        elif element.tag == "header":
            for heading in element.iter(*HEADINGS):
                yield from self.blocks(heading)
        elif element.tag in HEADINGS:
            yield Block("heading", cleaned(self.inline(element)), int(element.tag[1]))
        else:
            yield from self.parts(element)

    def parts(self, element: etree._Element) -> Iterator[Block]:
        """The element's own text around its inner blocks; a list item's mark opens its first."""
        if element.tag == "ol":
            self.marks |= dict(item_marks(element))
        mark = self.marks.get(element, "•") if element.tag == "li" else ""
        buffer = element.text or ""
        for child in element:
            if self.is_left_out(child):
                buffer += child.tail or ""
                continue
            if not self.is_block(child):
                buffer += self.inline(child, buffer) + (child.tail or "")
                continue
            text, buffer = cleaned(buffer), child.tail or ""
            if text:
                yield own_block(text, mark)
                mark = ""
            for block in self.blocks(child):
                if mark and block.kind == "text" and block.text:
                    block, mark = own_block(block.text, mark), ""
                yield block
        if cleaned(buffer):
            yield own_block(cleaned(buffer), mark)

    def inline(self, element: etree._Element, before: str = "", *, in_note: bool = False) -> str:
        """The words in an element; a call reads "[1]", a note's own mark and way back nothing."""
        if self.is_left_out(element) and not (in_note and element in self.notes):
            return ""
        if element in self.calls:
            return f"[{self.calls[element]}]"
        if in_note and element.tag == "a" and BACK.fullmatch(cleaned("".join(words(element)))):
            return ""
        if element.tag == "br":
            return " "
        text = element.text or ""
        for child in element:
            apart = " " if self.is_block(child) else ""
            text += apart + self.inline(child, text[-1:] or before[-1:], in_note=in_note) + apart
            text += child.tail or ""
        return raised(text.strip(), before) if element.tag == "sup" else text

    def table(self, table: etree._Element) -> Iterator[Block]:
        """One row a line, the caption before them."""
        for caption in table.findall("caption"):
            yield Block("text", cleaned(self.inline(caption)))
        spans = Spans()
        for row in rows(table):
            if self.is_left_out(row):
                continue
            aligned = spans.aligned(cell for cell in row if cell.tag in ("td", "th"))
            cells = [cleaned(self.inline(cell)) if cell is not None else "" for cell in aligned]
            yield Block("row", " | ".join(cells).strip() if any(cells) else "")

    def is_block(self, element: etree._Element) -> bool:
        """A block, or an inline element around blocks, as some sites wrap whole cards in a link."""
        return element.tag in BLOCKS or (element.tag in INLINE and element in self.blocky)

    def is_left_out(self, element: etree._Element) -> bool:
        tag = element.tag
        if not isinstance(tag, str) or tag in LEFT_OUT or element in self.notes:
            return True
        if tag == "form":  # some sites wrap the whole page in one
            return not any(e.tag in ("main", "article", *HEADINGS) for e in element.iter("*"))
        if tag == "header":  # that of an article holds its title
            return not (self.within and any(e.tag in HEADINGS for e in element.iter("*")))
        return element.get("role") in ROLES_OUT or bool(
            HIDDEN_CLASSES & set(element.get("class", "").split())
        )


def own_block(text: str, mark: str) -> Block:
    return Block("item", f"{mark} {text}") if mark else Block("text", text)


def enclosing(element: etree._Element, tags: set[str]) -> etree._Element | None:
    """The element itself or the nearest one around it that has one of the tags."""
    found: etree._Element | None = element
    while found is not None and found.tag not in tags:
        found = found.getparent()
    return found


def around(root: etree._Element, tags: Iterable[str]) -> set[etree._Element]:
    """The elements of some names and all those around them."""
    found: set[etree._Element] = set()
    for element in root.iter(*tags):
        above: etree._Element | None = element
        while above is not None and above not in found:
            found.add(above)
            above = above.getparent()
    return found


def is_layout(table: etree._Element) -> bool:
    """A table that only places things: one column, or blocks with headings in its cells."""
    columns = [len([c for c in row if c.tag in ("td", "th")]) for row in rows(table)]
    inner = {element.tag for element in table.iter("*")} - {"table"}
    nested = sum(1 for _ in table.iter("table")) > 1
    return max(columns, default=0) < 2 or nested or bool(inner & set(HEADINGS))


def rows(table: etree._Element) -> Iterator[etree._Element]:
    """The table's rows without those of tables inside it."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from child.findall("tr")


def item_marks(list_: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """The items of a numbered list with the number that a browser shows before each."""
    number = whole(list_.get("start"), 1)
    for item in list_.iterchildren("li"):
        number = whole(item.get("value"), number)
        yield item, f"{counted(number, list_.get('type', '1'))}."
        number += 1


def whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,6}", text.strip()) else otherwise
