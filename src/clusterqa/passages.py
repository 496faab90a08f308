"""A `Document` in, `Passage`s out: provision-sized spans that cover all of its text, in order.

A paragraph, numbered definition, recital or footnote is one passage; a longer one splits at its
points, and text without points at sentence ends. Headings are passages of their own (kind
"heading"), stored to be read but not searched. Nothing overlaps.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clusterqa.languages.language import month_numbers
from clusterqa.provisions.headings import abbreviations
from clusterqa.provisions.lines import ENUMERATOR
from clusterqa.types import Document, Passage, Provision, ProvisionKind

ORDINAL = re.compile(r"(?<![\w.,/])\d{1,4}\.$")
FIRST_WORD = re.compile(r"[^\W\d_]+")
LONGEST = 1500  # chars; a hit should be a pinpoint, not a page
LONGEST_HEAD = 400  # chars of a table's first row that are context of its further rows
CONTAINERS = {"title", "part", "chapter", "section", "annex", "heading", "article"}


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int
    provision: int | None
    heading: bool = False


def split_document(document: Document, *, longest: int = LONGEST) -> Iterator[Passage]:
    """The document's passages in reading order, at most `longest` chars where sentences allow."""
    tree = ProvisionTree(document)
    seen: Counter[str] = Counter()
    for span in tree.spans(longest):
        text = document.text[span.start : span.end]
        label, path = tree.label(span.provision), tree.path(span.provision)
        key = digest(document.source, label, text)
        seen[key] += 1
        yield Passage(
            id=key if seen[key] == 1 else f"{key}-{seen[key]}",
            source=document.source,
            start=span.start,
            end=span.end,
            text=text,
            label=label,
            kind="heading" if span.heading else tree.kind(span.provision),
            path=path,
            context=tree.context(span),
            page=document.page_at(span.start),
        )


def digest(*parts: str) -> str:
    """Sixteen hexadecimal digits of the SHA-256 of the parts."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences in `text`, line by line, list markers left outside.

    A line that is no full sentence (a point of a list, a row of a table) is one span.
    """
    from nupunkt import sent_spans  # here, because a cold question waits for imports

    found = []
    for line in re.finditer(r"[^\n]+", text):
        start = line.start() + marker_length(line.group())
        row = is_row(line.group()) and len(line.group()) <= LONGEST
        whole = [(0, line.end() - start)]  # "(Art. | 36-49)" is no end of a sentence
        split = sent_spans(text[start : line.end()])
        for first, last in whole if row else rejoined(text[start : line.end()], split):
            stripped = text[start + first : start + last]
            left = len(stripped) - len(stripped.lstrip())
            end = start + first + len(stripped.rstrip())
            if end > start + first + left:
                found.append((start + first + left, end))
    return found


def rejoined(line: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, one that ends with "am 1." or "ust." with the "Januar" or "2" that follows it."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and goes_on(line[found[-1][0] : found[-1][1]].rstrip(), line[start:end].lstrip()):
            start = found.pop()[0]
        found.append((start, end))
    return found


def goes_on(before: str, after: str) -> bool:
    """Whether a full stop is that of an ordinal or of a short word for a part of an act."""
    word = FIRST_WORD.match(after)
    if ORDINAL.search(before):
        return word is not None and (word[0].islower() or word[0].casefold() in month_numbers())
    last = before.rpartition(" ")[2].casefold()
    return last in abbreviations() and after[:1].isdigit()


def is_row(line: str) -> bool:
    """Whether a line is a row of a table, its cells parted by bars."""
    return " | " in line or line.startswith("| ")


def marker_length(line: str) -> int:
    found = ENUMERATOR.match(line)
    return found.end() + 1 if found and found.end() < len(line) else 0


class ProvisionTree:
    """The provision tree of one document, asked for spans, labels and context."""

    def __init__(self, document: Document) -> None:
        self.text = document.text
        self.nodes = document.provisions
        self.children: dict[int | None, list[int]] = {}
        for index, node in enumerate(self.nodes):
            self.children.setdefault(node.parent, []).append(index)

    def label(self, index: int | None) -> str:
        """The label a citation uses: that of the nearest provision that is no mere heading line."""
        while index is not None:
            node = self.nodes[index]
            if node.kind != "heading" or node.parent is None or self.holds_text(index):
                return node.label
            index = node.parent
        return "Text"

    def holds_text(self, index: int) -> bool:
        parent = self.nodes[index].parent
        return parent is None or self.nodes[parent].kind not in ("article", "paragraph", "point")

    def kind(self, index: int | None) -> ProvisionKind:
        kind = self.nodes[index].kind if index is not None else "text"
        return "text" if kind == "heading" else kind

    def path(self, index: int | None) -> tuple[str, ...]:
        return tuple(self.nodes[i].label for i in self.ancestors(index))

    def ancestors(self, index: int | None) -> list[int]:
        """Indexes from the root down to `index` itself."""
        found: list[int] = []
        while index is not None:
            found.append(index)
            index = self.nodes[index].parent
        return found[::-1]

    def context(self, span: Span) -> str:
        """Titles from the annex or article down, and the lead-ins above the span, one a line."""
        lines = []
        for index in self.ancestors(span.provision):
            node = self.nodes[index]
            if node.kind in CONTAINERS and node.title:
                lines.append(node.title)
            elif node.start < span.start and (lead := self.lead_in(index)):
                lines.append(lead)
            if node.kind == "article" and (lead := self.lead_in(index)) and node.start < span.start:
                lines.append(lead)
        return "\n".join([*lines, *self.table_head(span.start)])

    def table_head(self, start: int) -> list[str]:
        """The first row of the table that a span goes on with, nothing for any other span."""
        if not is_row(self.text[start : self.line_end(start, len(self.text))]):
            return []
        head = ""
        for line in reversed(self.text[:start].splitlines()):
            if not is_row(line):
                break
            head = line
        return [head] if 0 < len(head) <= LONGEST_HEAD else []

    def lead_in(self, index: int) -> str:
        """The words before a provision's first point, when they introduce it with a colon."""
        kids = self.children.get(index, [])
        if not kids:
            return ""
        lead = self.text[self.body_start(index) : self.nodes[kids[0]].start].strip()
        return lead if lead.endswith(":") and len(lead) <= 600 else ""

    def body_start(self, index: int) -> int:
        """Where a provision's own text begins, after its heading lines."""
        node = self.nodes[index]
        if node.kind not in CONTAINERS:
            return node.start
        kids = self.children.get(index, [])
        limit = self.nodes[kids[0]].start if kids else node.end
        start = self.line_end(node.start, limit)
        title = node.title
        while title and start < limit:
            end = self.line_end(start, limit)
            line = self.text[start:end].rstrip("\n")
            if line not in title:
                break
            start = end
            if node.title.endswith(line):
                break
        return start

    def line_end(self, start: int, limit: int) -> int:
        """Where the line after the one at `start` begins, at most `limit`."""
        newline = self.text.find("\n", start, limit)
        return limit if newline < 0 else newline + 1

    def spans(self, longest: int) -> Iterator[Span]:
        position = 0
        for index in self.children.get(None, []):
            yield from self.cut(position, self.nodes[index].start, None, longest)
            yield from self.provision_spans(index, longest)
            position = self.nodes[index].end
        yield from self.cut(position, len(self.text), None, longest)

    def provision_spans(self, index: int, longest: int) -> Iterator[Span]:
        node = self.nodes[index]
        body = self.body_start(index)
        if node.kind in CONTAINERS:
            yield from self.cut(node.start, min(body, node.end), index, longest, heading=True)
        if self.stays_whole(index, body, longest):
            yield from self.cut(body, node.end, index, longest)
            return
        position = body
        for child in self.children.get(index, []):
            yield from self.cut(position, self.nodes[child].start, index, longest)
            yield from self.provision_spans(child, longest)
            position = self.nodes[child].end
        yield from self.cut(position, node.end, index, longest)

    def stays_whole(self, index: int, body: int, longest: int) -> bool:
        """Whether a provision is one passage: short enough, and no list of units in itself."""
        node, kids = self.nodes[index], self.children.get(index, [])
        if not kids:
            return True
        if node.kind in CONTAINERS and (node.kind != "article" or self.is_list_of_units(kids)):
            return False
        if node.kind == "text" and any(self.nodes[kid].kind == "heading" for kid in kids):
            return False
        return node.end - body <= longest

    def is_list_of_units(self, kids: list[int]) -> bool:
        """Numbered paragraphs and numbered definitions are units; lettered points are not."""
        return any(
            self.nodes[i].kind != "point" or re.search(r"\(\d+[a-z]*\)$", self.nodes[i].label)
            for i in kids
        )

    def cut(
        self, start: int, end: int, index: int | None, longest: int, *, heading: bool = False
    ) -> Iterator[Span]:
        """`start` to `end` without surrounding blanks, in pieces that end where sentences do."""
        text = self.text[start:end]
        first, last = start + len(text) - len(text.lstrip()), start + len(text.rstrip())
        if first >= last:
            return
        begin = first
        if last - first > longest:
            ends = [first + stop for _, stop in sentences(self.text[first:last])]
            for here, following in zip(ends, [*ends[1:], last], strict=True):
                if following - begin > longest and here > begin:
                    yield Span(begin, here, index, heading)
                    begin = here + len(self.text[here:last]) - len(self.text[here:last].lstrip())
        if begin < last:
            yield Span(begin, last, index, heading)


def deepest(provisions: tuple[Provision, ...], start: int, end: int) -> Provision | None:
    """The innermost provision that holds all of `start` to `end`."""
    holding = [p for p in provisions if p.start <= start and end <= p.end]
    return max(holding, key=lambda p: (p.start, -p.end)) if holding else None
