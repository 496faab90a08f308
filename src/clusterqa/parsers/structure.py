"""Lines of a legal text in, a `Document` with its provision tree out.

Every parser of official texts reduces its format to `Line`s (what stands there, in which role, how
deep in nested lists); the grammar of articles, paragraphs and points is applied here, once.
Labels follow one scheme: "Article 27(8)(a)", "Article 2(92)", "Annex I, Article 3(2)",
"Recital (12)", "Footnote 19". An unnumbered subparagraph has the label of its paragraph.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from clusterqa.types import Document, Page, Provision, ProvisionKind

Role = Literal[
    "title", "division", "division_title", "group", "subheading", "annex", "annex_title",
    "article", "article_title", "body", "row", "footnote", "dateline",
]  # fmt: skip

ENUMERATOR = re.compile(
    r"(?P<number>\d+[a-z]{0,2})\.(?=\s|$)"
    r"|\((?P<bracket>\d+[a-z]{0,2}|[a-z]{1,4})\)(?=\s|$)"
    r"|(?P<halfopen>\d+[a-z]?|[a-z]{1,2})\)(?=\s|$)"
    r"|(?P<dash>[—–-]|•|□)(?=\s|$)"
)
DIVISION = re.compile(
    r"(?P<kind>PART|TITLE|CHAPTER|SECTION|SUBSECTION|PARTIE|TITRE|CHAPITRE|SOUS-SECTION)\s+"
    r"(?P<number>[IVXLC]+|\d+[a-z]?|[A-Z]|[A-Z]{3,})\b",
    re.IGNORECASE,
)
ARTICLE = re.compile(r"Article\s+(?P<number>\d+[a-z]*|premier)\b", re.IGNORECASE)
ANNEX = re.compile(
    r"(?P<kind>ANNEXE?|PROTOCOLE?)(?:\s+(?P<number>[IVXLC]+\b|\d+|\(No \d+\)))?",
    re.IGNORECASE,
)
RANK: dict[ProvisionKind, int] = {
    "annex": 1, "part": 2, "heading": 2, "chapter": 4, "section": 5,
    "article": 8, "recital": 8, "footnote": 8, "paragraph": 10, "point": 11,
}  # fmt: skip
DIVISION_KINDS: dict[str, tuple[ProvisionKind, int]] = {
    "part": ("part", 2), "partie": ("part", 2), "title": ("part", 3), "titre": ("part", 3),
    "chapter": ("chapter", 4), "chapitre": ("chapter", 4), "section": ("section", 5),
    "subsection": ("section", 6), "sous-section": ("section", 6),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the normalised text; `depth` counts the lists it is nested in."""

    role: Role
    text: str
    depth: int = 0


@dataclass(slots=True)
class Open:
    """A provision under construction; `rank` orders it, `depth` and `mark` place list items."""

    kind: ProvisionKind
    label: str
    rank: int
    start: int
    depth: int = 0
    mark: str = ""
    title: str = ""
    end: int = 0
    parent: int | None = None


def document_from_lines(
    source: str, lines: Iterable[Line], *, pages: tuple[Page, ...] = ()
) -> Document:
    """The document whose text is the lines joined by newlines, with every provision labelled."""
    builder = Builder()
    for line in place_headings(list(lines)):
        builder.add(line)
    return Document(source, builder.text(), builder.provisions(), pages)


def place_headings(lines: list[Line]) -> list[Line]:
    """A heading right before an article or division stands above it, any other within one."""
    placed: list[Line] = []
    above = False
    for line in reversed(lines):
        if line.role == "group" and not above:
            line = Line("subheading", line.text, line.depth)
        elif line.role != "group":
            above = line.role in ("article", "division", "annex")
        placed.append(line)
    return placed[::-1]


def enumerator(text: str) -> str:
    """The enumerator that opens a line, as written ("1.", "(a)", "—"), or an empty string."""
    found = ENUMERATOR.match(text)
    return found.group() if found else ""


@dataclass(slots=True)
class Builder:
    """Adds lines one by one; `stack` holds the indexes of the provisions now open."""

    nodes: list[Open] = field(default_factory=list)
    stack: list[int] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    length: int = 0
    preamble: bool = True
    nested: bool = False

    def add(self, line: Line) -> None:
        start = self.length
        self.nested = self.nested or line.depth > 0
        getattr(self, f"add_{self.role_of(line)}")(line, start)
        self.lines.append(line.text)
        self.length = start + len(line.text) + 1
        for index in self.stack:
            self.nodes[index].end = start + len(line.text)

    def role_of(self, line: Line) -> Role:
        """An article or annex quoted inside a list belongs to an amending point: it is body."""
        quoted = line.depth > 0 or line.text[:1] in '‘“«"'
        if quoted and line.role not in ("row", "footnote"):
            return "body"
        return line.role

    def text(self) -> str:
        return "\n".join(self.lines)

    def provisions(self) -> tuple[Provision, ...]:
        return tuple(
            Provision(node.kind, node.label, node.title, node.start, node.end, node.parent)
            for node in self.nodes
        )

    # -- one method per role ---------------------------------------------------------------

    def add_title(self, line: Line, start: int) -> None:
        self.close(0)
        if self.nodes and self.nodes[-1].kind == "title":
            self.stack.append(len(self.nodes) - 1)
            self.nodes[-1].title += " " + line.text
        else:
            self.open(Open("title", "Title", 0, start, title=line.text))

    def add_division(self, line: Line, start: int) -> None:
        found = DIVISION.match(line.text)
        if not found:
            return self.add_group(line, start)
        self.preamble = False
        kind, rank = DIVISION_KINDS[found["kind"].lower()]
        self.close(rank)
        label = f"{found['kind'].capitalize()} {found['number'].upper()}"
        title = line.text[found.end() :].strip(" .:—–-")
        self.open(Open(kind, self.within_annex(label), rank, start, title=title))

    def add_group(self, line: Line, start: int) -> None:
        self.close(7)
        self.open(Open("heading", self.within_annex(line.text), 7, start, title=line.text))

    def add_subheading(self, line: Line, start: int) -> None:
        self.close(9)
        rank = 9 if self.home() is not None else 7
        self.open(Open("heading", self.within_annex(line.text), rank, start, title=line.text))

    def add_annex(self, line: Line, start: int) -> None:
        found = ANNEX.match(line.text)
        self.preamble = False
        self.close(1)
        label = (
            f"{found['kind'].capitalize()} {found['number'] or ''}".strip() if found else line.text
        )
        title = line.text[found.end() :].strip(" .:—–-)") if found else ""
        self.open(Open("annex", label, 1, start, title=title))

    def add_article(self, line: Line, start: int) -> None:
        found = ARTICLE.match(line.text)
        if not found:
            return self.add_group(line, start)
        self.preamble = False
        self.close(RANK["article"])
        label = self.within_annex(f"Article {found['number'].lower().replace('premier', '1')}")
        self.open(Open("article", label, RANK["article"], start))

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
        self.close(RANK["paragraph"])

    def add_footnote(self, line: Line, start: int) -> None:
        number = re.match(r"[(\[]?\s*(\*?\s*\d+|\*+)\s*[)\]]?", line.text)
        if not number:
            return self.add_body(line, start)
        self.close(RANK["footnote"] if self.within_annex("") else 0)
        label = f"Footnote {number.group(1).replace(' ', '')}"
        self.open(Open("footnote", label, RANK["footnote"], start))
        return None

    def add_body(self, line: Line, start: int) -> None:
        mark = enumerator(line.text)
        inner = mark.strip("().")
        if self.stack and self.top.kind == "footnote":
            self.close(RANK["footnote"])
        if self.preamble:
            return self.add_preamble(inner if mark.startswith("(") else "", line, start)
        if not inner or mark in "—–-•□":
            return self.add_unmarked(line)
        if mark.endswith(".") and line.depth == 0:
            return self.add_paragraph(inner, line, start)
        return self.add_point(mark, inner, line, start)

    # -- body lines ------------------------------------------------------------------------

    def add_preamble(self, number: str, line: Line, start: int) -> None:
        if re.match(r"(HAS|HAVE) ADOPTED|ONT? ADOPTÉ|A ADOPTÉ", line.text):
            self.close(0)
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
        dash = line.text[:1] in "—–-•□"
        if self.nested:
            self.close_points(line.depth)
        elif not dash:
            self.close(RANK["point"])

    def add_paragraph(self, number: str, line: Line, start: int) -> None:
        self.close(RANK["paragraph"])
        home = self.home()
        in_article = home is not None and self.nodes[home].kind == "article"
        label = f"{self.label_of(home)}({number})" if in_article else self.named_point(home, number)
        self.open(Open("paragraph", label, RANK["paragraph"], start, mark=number))

    def add_point(self, mark: str, inner: str, line: Line, start: int) -> None:
        self.close_points(line.depth)
        while (
            self.stack and self.top.kind == "point" and not self.opens_under(self.top, mark, line)
        ):
            self.stack.pop()
        home = self.home()
        numbered = home is not None and self.nodes[home].kind in ("article", "paragraph", "point")
        label = f"{self.label_of(home)}({inner})" if numbered else self.named_point(home, inner)
        rank = RANK["point"] + sum(self.nodes[i].kind == "point" for i in self.stack)
        self.open(Open("point", label, rank, start, depth=line.depth, mark=mark))

    def opens_under(self, item: Open, mark: str, line: Line) -> bool:
        """Whether `mark` begins a list inside the open `item`, rather than following it."""
        if line.depth != item.depth:
            return line.depth > item.depth
        siblings = [self.nodes[i].mark for i in self.stack if self.nodes[i].kind == "point"]
        return is_first(mark) and not any(follows(mark, other) for other in siblings)

    # -- the stack -------------------------------------------------------------------------

    @property
    def top(self) -> Open:
        return self.nodes[self.stack[-1]]

    def open(self, node: Open) -> None:
        node.parent = self.stack[-1] if self.stack else None
        self.stack.append(len(self.nodes))
        self.nodes.append(node)

    def close(self, rank: int) -> None:
        """Close every open provision of this rank or a lower one in the hierarchy."""
        while self.stack and self.top.rank >= rank:
            self.stack.pop()

    def close_points(self, depth: int) -> None:
        while self.stack and self.top.kind == "point" and self.top.depth > depth:
            self.stack.pop()

    def name(self, kind: ProvisionKind, line: Line) -> None:
        """Give the open provision its title, or a further line of it."""
        for index in reversed(self.stack):
            node = self.nodes[index]
            if node.kind == kind:
                node.title = f"{node.title} {line.text}".strip()
                return

    def home(self) -> int | None:
        """The innermost open provision that gives its label to what it holds."""
        return next((i for i in reversed(self.stack) if self.nodes[i].kind != "heading"), None)

    def label_of(self, index: int | None) -> str:
        return self.nodes[index].label if index is not None else ""

    def named_point(self, home: int | None, number: str) -> str:
        return f"{self.label_of(home)}, point {number}".removeprefix(", ")

    def within_annex(self, label: str) -> str:
        """The label prefixed with the annex, and the part of the annex, that it stands in."""
        for index in self.stack:
            if self.nodes[index].kind == "annex":
                return f"{self.nodes[index].label}, {label}"
        return label


ROMAN = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split()


def is_first(mark: str) -> bool:
    return mark.strip("().") in ("1", "a", "i", "aa")


def follows(mark: str, other: str) -> bool:
    """Whether `mark` comes right after `other` in some style: (b) after (a), (ii) after (i)."""
    one, two = other.strip("()."), mark.strip("().")
    if one.isdigit() and two.isdigit():
        return int(two) == int(one) + 1
    if one in ROMAN and two in ROMAN and ROMAN.index(two) == ROMAN.index(one) + 1:
        return True
    return (
        len(one) == len(two) == 1 and one.isalpha() and two.isalpha() and ord(two) == ord(one) + 1
    )
