"""The provisions under construction: which are open, what a line closes, what holds what it opens.

A provision's label is made of that of its home, the innermost open one that is no heading.
"""

from dataclasses import dataclass, field

from clusterqa.provisions.lines import Line, follows, is_first, same_style
from clusterqa.types import Provision, ProvisionKind

RANK: dict[ProvisionKind, int] = {
    "annex": 1, "part": 2, "heading": 2, "chapter": 4, "section": 5,
    "article": 8, "recital": 8, "footnote": 8, "paragraph": 10, "point": 11,
}  # fmt: skip
LEAF = 90  # the rank of a provision that holds no other


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
    defines: bool = False
    end: int = 0
    parent: int | None = None


@dataclass(slots=True)
class Tree:
    """Provisions in reading order; `stack` holds the indexes of those now open, outermost first.

    `floor` is how many of them hold a quotation that is being read: what it closes is within it.
    """

    nodes: list[Open] = field(default_factory=list)
    stack: list[int] = field(default_factory=list)
    floor: int = 0
    labels: set[str] = field(default_factory=set)

    def provisions(self) -> tuple[Provision, ...]:
        return tuple(
            Provision(node.kind, node.label, node.title, node.start, node.end, node.parent)
            for node in self.nodes
        )

    # -- opening and closing ------------------------------------------------------------------

    @property
    def top(self) -> Open:
        return self.nodes[self.stack[-1]]

    def open(self, node: Open) -> None:
        node.parent = self.stack[-1] if self.stack else None
        self.labels.add(node.label)
        self.stack.append(len(self.nodes))
        self.nodes.append(node)

    def close(self, rank: int) -> None:
        """Close every open provision of this rank or a lower one in the hierarchy."""
        while len(self.stack) > self.floor and self.top.rank >= rank:
            self.stack.pop()

    def close_points(self, depth: int) -> None:
        self.close_footnote()
        while len(self.stack) > self.floor and self.top.kind == "point" and self.top.depth > depth:
            self.stack.pop()

    def close_siblings(self, mark: str, depth: int) -> None:
        """Close the points that `mark` follows; those it opens a list within stay open.

        Of points equally deep, (b) follows the open (a), not the (4) around it; a first mark such
        as (a) or (i) opens a list unless it goes on from an open point, as (i) does from (h).
        """
        open_points = [i for i in self.stack[self.floor :] if self.nodes[i].kind == "point"]
        level = [i for i in open_points if self.nodes[i].depth == depth]
        marks = [self.nodes[i].mark for i in level]
        before = [i for i, other in zip(level, marks, strict=True) if follows(mark, other)]
        if not before and is_first(mark):
            return
        if not before:
            same = [i for i, o in zip(level, marks, strict=True) if same_style(mark, o)]
            before = same or level[:1]
        if before:
            del self.stack[self.stack.index(before[-1]) :]

    def close_footnote(self) -> None:
        self.close(LEAF)

    # -- what is open --------------------------------------------------------------------------

    def in_footnote(self) -> bool:
        return bool(self.stack) and self.top.kind == "footnote"

    def in_recital(self) -> bool:
        return bool(self.stack) and self.top.kind == "recital"

    def definition_depth(self) -> int:
        """The depth of the open definition, "(86) ‘research’ means": text below is part of it."""
        return max((self.nodes[i].depth for i in self.stack if self.nodes[i].defines), default=0)

    def point_depth(self) -> int:
        """The depth of the open numbered point of a text without articles, which holds what
        follows it as an article's paragraph does.
        """
        outer = (i for i in self.stack[self.floor :] if self.nodes[i].kind == "point")
        point = next(outer, None)
        if point is None or not self.nodes[point].mark[:1].isdigit():
            return 0
        home = self.nodes[point].parent
        return self.nodes[point].depth if self.is_open_text(home) else 0

    def is_open_text(self, home: int | None) -> bool:
        """Whether a provision is no article nor part of one: numbers in it are not a list's."""
        if home is None:
            return not self.floor
        node = self.nodes[home]
        return node.kind in ("annex", "part") or (
            node.kind == "heading" and self.is_open_text(node.parent)
        )

    def is_quoting(self, home: int | None) -> bool:
        """Whether `home` is the amending provision that quotes what is now read."""
        return self.floor > 0 and home == self.stack[self.floor - 1]

    def paragraph_depth(self) -> int:
        """How deep a line may stand to be a paragraph: as deep as the point that quotes it."""
        return self.nodes[self.stack[self.floor - 1]].depth if self.floor else 0

    def name(self, kind: ProvisionKind, line: Line) -> None:
        """Give the open provision its title, or a further line of it."""
        for index in reversed(self.stack[self.floor :]):
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
        """The label prefixed with the annex it stands in, or the provision that quotes it."""
        if self.floor:
            return f"{self.nodes[self.stack[self.floor - 1]].label}, {label}"
        for index in reversed(self.stack):
            if self.nodes[index].kind == "annex":
                return f"{self.nodes[index].label}, {label}"
        return label
