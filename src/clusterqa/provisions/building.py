"""Lines, one by one, into a document: for each role of a line, the provision that it opens."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from clusterqa.provisions.headings import ADOPTED, DONE, annex, article, division, latin_mark
from clusterqa.provisions.labels import own_number
from clusterqa.provisions.lines import (
    CLOSING,
    DASHES,
    DECLARATION,
    QUOTES,
    Line,
    Role,
    enumerator,
    number_quotes,
    place_headings,
)
from clusterqa.provisions.tree import LEAF, RANK, Open, Tree
from clusterqa.types import Amendment, Document, Page, ProvisionKind

HEADING_NUMBER = re.compile(r"((?:\d{1,2}\.)+\d{0,2}|[IVX]+\.)\s")  # "4.", "4.1.", "4.1", "IV."
LONGEST_NAME = 30  # chars, of an article that has no number
DIVISION_KINDS: dict[str, tuple[ProvisionKind, int]] = {
    "part": ("part", 2), "title": ("part", 3), "chapter": ("chapter", 4),
    "section": ("section", 5), "subsection": ("section", 6),
}  # fmt: skip


def document_from_lines(source: str, lines: Iterable[Line]) -> Document:
    """The document whose text is the lines joined by newlines, with every provision labelled."""
    placed = place_headings(list(lines))
    builder = Builder(preamble=any(line.role == "article" for line in placed))
    for line in number_quotes(placed):
        builder.add(line)
    pages = {page.label: page for page in reversed(builder.pages)}  # where each first shows
    return Document(
        source,
        builder.text(),
        builder.provisions(),
        tuple(sorted(pages.values(), key=lambda page: page.start)),
        merged(builder.amendments),
    )


def merged(amendments: Iterable[Amendment]) -> tuple[Amendment, ...]:
    """The spans in order, those of one act on successive lines as one."""
    found: list[Amendment] = []
    for item in amendments:
        if found and found[-1].act == item.act and found[-1].end + 1 >= item.start:
            found[-1] = Amendment(found[-1].start, item.end, item.act)
        else:
            found.append(item)
    return tuple(found)


@dataclass(slots=True)
class Builder(Tree):
    """A tree that grows line by line; `nested` once a line stood deeper than the margin.

    `begun`: nothing but a heading is there yet of the article; `bracketed`: its paragraphs are
    numbered "(1)", as in German, Hungarian and Romanian, not "1.".
    """

    lines: list[str] = field(default_factory=list)
    length: int = 0
    preamble: bool = True
    nested: bool = False
    begun: bool = False
    bracketed: bool = False
    quote: int = 0
    amendments: list[Amendment] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    def add(self, line: Line) -> None:
        start = self.length
        self.nested = self.nested or line.depth > 0
        self.enter(line)
        if self.stack and self.top.kind == "title":
            self.close(0)
        getattr(self, f"add_{self.role_of(line)}")(line, start)
        self.lines.append(line.text)
        self.amendments += [Amendment(start + a.start, start + a.end, a.act) for a in line.amended]
        self.pages += [Page(start + p.start, p.label) for p in line.pages]
        self.length = start + len(line.text) + 1
        for index in self.stack:
            self.nodes[index].end = start + len(line.text)

    def enter(self, line: Line) -> None:
        """Enter or leave a quotation: what it holds stays within the provision that quotes it."""
        if line.quote == self.quote:
            return
        if self.quote and not line.quote:
            del self.stack[self.floor :]
        self.quote, self.floor = line.quote, 0
        if line.quote and not self.preamble:
            self.close_points(line.depth)
            while self.stack and self.top.kind in ("footnote", "heading"):
                self.stack.pop()
            self.floor = len(self.stack)

    def role_of(self, line: Line) -> Role:
        """Headings inside a list that quote nothing are body: a list holds no articles."""
        inside = line.depth > 0 or line.text[:1] in CLOSING
        if line.role == "body" and not inside and DONE.match(line.text):
            return "dateline"
        if line.role in ("row", "footnote") or (
            line.role == "title" and not self.floor and (self.preamble or not line.depth)
        ):
            return line.role
        if line.role == "title" or (inside and not self.floor):
            return "body"
        return line.role

    def text(self) -> str:
        return "\n".join(self.lines)

    def end_preamble(self) -> None:
        """The act's title and preamble end where its first division, article or annex begins."""
        if self.preamble:
            self.close(0)
        self.preamble = False

    # -- one method per role ---------------------------------------------------------------

    def add_title(self, line: Line, start: int) -> None:
        self.close(0)
        if self.nodes and self.nodes[-1].kind == "title":
            self.stack.append(len(self.nodes) - 1)
            self.nodes[-1].title += " " + line.text
        else:
            self.open(Open("title", "Title", 0, start, title=line.text))

    def add_division(self, line: Line, start: int) -> None:
        heading = line.text.lstrip(QUOTES)
        found = division(heading)
        if not found:
            return self.add_group(line, start)
        self.end_preamble()
        kind, rank = DIVISION_KINDS[found.kind]
        self.close(rank)
        title = heading[found.end :].strip(" .:—–-")
        self.open(Open(kind, self.within_annex(found.label), rank, start, title=title))
        return None

    def add_group(self, line: Line, start: int) -> None:
        self.close(7)
        found = DECLARATION.match(line.text)
        if found:
            self.close(6)
            label, title = f"Declaration {found['number']}", found["title"]
            self.open(Open("annex", label, 6, start, title=title))
        else:
            title = line.text.lstrip(QUOTES)
            self.open(Open("heading", self.within_annex(title), 7, start, title=title))

    def add_subheading(self, line: Line, start: int) -> None:
        """A heading within an article, or one of a text or annex without any, by its number."""
        self.close(9)
        title = line.text.lstrip(QUOTES)
        if self.preamble and self.in_recital():
            self.close(0)
        home = self.home()
        number = HEADING_NUMBER.match(title) if self.is_open_text(home) else None
        rank = (
            min(2 + len(re.findall(r"\w+", number[1])), 7) if number else 7 if home is None else 9
        )
        self.close(rank)
        self.open(Open("heading", self.within_annex(title), rank, start, title=title))

    def add_annex(self, line: Line, start: int) -> None:
        heading = line.text.lstrip(QUOTES)
        found = annex(heading)
        self.end_preamble()
        self.begun = self.bracketed = False
        home = self.within_annex("") if found and not found.number else ""
        self.close(1)
        label = found.label if found else line.text
        title = heading[found.end :].strip(" .:—–-)") if found else ""
        label = self.within_annex(home + label if home.startswith("Protocol") else label)
        self.open(Open("annex", label, 1, start, title=title))

    def add_article(self, line: Line, start: int) -> None:
        found = article(line.text)
        if not found and len(line.text) > LONGEST_NAME:
            return self.add_group(line, start)
        self.end_preamble()
        self.close(RANK["article"])
        label = self.within_annex(found.label if found else line.text)  # "Sole Article"
        self.open(Open("article", label, RANK["article"], start))
        self.begun, self.bracketed = True, False
        return None

    def add_article_title(self, line: Line, start: int) -> None:
        self.name("article", line)

    def add_annex_title(self, line: Line, start: int) -> None:
        self.name("annex", line)

    def add_division_title(self, line: Line, start: int) -> None:
        if self.stack and self.top.kind in ("part", "chapter", "section", "heading"):
            self.name(self.top.kind, line)
        else:
            self.add_group(line, start)

    def add_row(self, line: Line, start: int) -> None:
        self.close_points(line.depth)

    def add_dateline(self, line: Line, start: int) -> None:
        """Place, date and signatures are part of the act, not of its last article."""
        if not (self.stack and self.top.label == "Signature"):
            self.close(0)
            self.open(Open("text", "Signature", LEAF, start))

    def add_footnote(self, line: Line, start: int) -> None:
        number = re.match(r"[(\[]?\s*(\*?\s*\d+|\*+)\s*[)\]]?", line.text)
        if not number:
            return self.add_body(line, start)
        label = f"Footnote {number.group(1).replace(' ', '')}"
        self.close_footnote()
        if line.depth or self.floor:
            self.close_points(line.depth)
        else:
            self.close(RANK["footnote"] if self.within_annex("") else 0)
        if label in self.labels:
            label = self.within_annex(label)
        self.open(Open("footnote", label, LEAF, start))
        return None

    def add_body(self, line: Line, start: int) -> None:
        mark = enumerator(line.text)
        inner = latin_mark(mark.strip("()."))
        if inner and inner in DASHES and line.depth == 0 and self.in_footnote():
            return None
        self.close_footnote()
        if self.preamble:
            return self.add_preamble(inner if mark.startswith("(") else "", line, start)
        if self.begun:
            self.begun, self.bracketed = False, mark == "(1)"
        if not inner or mark in DASHES:
            return self.add_unmarked(line)
        if self.numbers_paragraph(mark) and line.depth <= self.paragraph_depth():
            return self.add_paragraph(inner, line, start)
        return self.add_point(mark, inner, line, start)

    # -- body lines ------------------------------------------------------------------------

    def numbers_paragraph(self, mark: str) -> bool:
        """Whether a mark is a paragraph's: "1.", or "(1)" in an article that begins with one."""
        if self.bracketed:
            return mark.startswith("(") and mark[1].isdigit()
        return mark.endswith(".")

    def add_preamble(self, number: str, line: Line, start: int) -> None:
        if ADOPTED.match(line.text):
            self.close(0)
            self.open(Open("text", "Enacting formula", 0, start))
            return
        if re.fullmatch(r"\d+[a-z]?", number):
            self.close(0)
            self.open(Open("recital", f"Recital ({number})", RANK["recital"], start))
        elif self.stack and self.top.kind == "recital":
            pass
        elif not (self.stack and self.top.label == "Preamble"):
            self.close(0)
            self.open(Open("text", "Preamble", 0, start))

    def add_unmarked(self, line: Line) -> None:
        dash = line.text[:1] in DASHES
        if self.nested:
            self.close_points(max(line.depth, self.definition_depth(), self.point_depth()))
        elif not dash:
            self.close(RANK["point"])

    def add_paragraph(self, number: str, line: Line, start: int) -> None:
        self.close(RANK["paragraph"])
        home = self.home()
        in_article = home is not None and self.nodes[home].kind == "article"
        if self.is_quoting(home):
            label = f"{self.label_of(home)}, paragraph {number}"
        elif in_article:
            label = f"{self.label_of(home)}({own_number(number, self.label_of(home))})"
        else:
            label = self.named_point(home, number)
        self.open(Open("paragraph", label, RANK["paragraph"], start, mark=number))

    def add_point(self, mark: str, inner: str, line: Line, start: int) -> None:
        self.close_points(line.depth)
        self.close_siblings(inner, line.depth)
        home = self.home()
        numbered = home is not None and self.nodes[home].kind in ("article", "paragraph", "point")
        if self.is_quoting(home):
            label = f"{self.label_of(home)}, point ({inner})"
        elif numbered:
            label = f"{self.label_of(home)}({inner})"
        else:
            label = self.named_point(home, inner)
        rank = RANK["point"] + sum(self.nodes[i].kind == "point" for i in self.stack)
        defines = line.text[len(mark) :].lstrip()[:1] in CLOSING
        self.open(Open("point", label, rank, start, line.depth, inner, defines=defines))
