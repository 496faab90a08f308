"""A document asked where a place is: `Structure` finds labels, what encloses what, what is amended.

An amending act speaks of another act: below "Regulation (EU) No 651/2014 is amended as follows",
"Article 1" is Article 1 of that regulation, whether it instructs or quotes.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

from clusterqa.references.acts import ACT
from clusterqa.references.mentions import find_references
from clusterqa.references.places import (
    Mention,
    Place,
    Step,
    found_label,
    groups,
    label_of,
    order,
    style,
)
from clusterqa.types import Document

AMENDS = re.compile(
    r"\b(?:is|are) (?:hereby )?(?:amended|replaced|inserted|deleted|added|corrected)\b"
    r"|\b(?:est|sont) (?:modifiée?s?|remplacée?s?|insérée?s?|supprimée?s?|ajoutée?s?)\b"
)
ARTICLE_HEAD = re.compile(r"(?:.*, )?Article [^(,]+")
HEADED = {"part", "chapter", "section", "article", "annex", "heading", "title"}
UNAMENDING = {"recital", "footnote", "title", "text"}
CORRELATION = re.compile(r"correlation table|tableau de correspondance", re.IGNORECASE)
CITED = re.compile(
    r"\bpoints? (?:\(?\w+\)(?:\(\w+\))*(?:,? (?:and|or|to|et|ou|à) (?:points? )?|, )?)+"
)
OPENING = " ‘“«\"'"


@dataclass(frozen=True, slots=True)
class Amended:
    """The act that a provision amends, and the place in it, as far as the words go."""

    work: str
    target: str = ""
    quoted: bool = False
    quoter: str = ""  # label of the provision that quotes


class Structure:
    """The provisions of one document, by label and by position.

    `names` are those by which works are cited.
    """

    def __init__(self, document: Document, names: tuple[str, ...] = ()) -> None:
        self.text, self.names = document.text, names
        self.nodes = document.provisions
        self.starts = [node.start for node in self.nodes]
        self.places: dict[str, list[int]] = {}
        self.first_child: dict[int, int] = {}
        for index, node in enumerate(self.nodes):
            self.places.setdefault(node.label, []).append(index)
            if node.parent is not None:
                self.first_child.setdefault(node.parent, node.start)
        self.folded = {folded(label): label for label in self.places}
        self.amendments: dict[int, Amended | None] = {}
        equivalences = self.places.get("Tables of equivalences [*]", [])
        self.unreferring = self.nodes[equivalences[0]].start if equivalences else len(self.text)

    # -- where ------------------------------------------------------------------------------

    def at(self, start: int, end: int) -> int | None:
        """The innermost provision that holds the span."""
        index: int | None = bisect_right(self.starts, start) - 1
        if index == -1:
            return None
        while index is not None and self.nodes[index].end < end:
            index = self.nodes[index].parent
        return index

    def index_of(self, label: str) -> int | None:
        return self.places.get(label, [None])[0]

    def upwards(self, index: int | None) -> list[int]:
        """The provision and those around it, innermost first."""
        found = []
        while index is not None:
            found.append(index)
            index = self.nodes[index].parent
        return found

    def enclosing(self, index: int | None, kind: str) -> int | None:
        """The innermost provision of a kind at or around another."""
        kinds = {"title": {"part"}, "subsection": {"section"}}.get(kind, {kind})
        return next((i for i in self.upwards(index) if self.nodes[i].kind in kinds), None)

    def is_heading(self, start: int, index: int | None) -> bool:
        """Whether what begins at `start` is the line that a provision is headed with."""
        for i in self.upwards(index):
            node = self.nodes[i]
            if node.kind in HEADED and not self.text[node.start : start].strip(OPENING):
                return True
        line = self.text[self.text.rfind("\n", 0, start) + 1 :].partition("\n")[0]
        return bool(re.match(r"Chapter \d+(?: \||$)", line))  # of a customs nomenclature

    def line_before(self, start: int) -> str:
        """What stands before a position in its line."""
        return self.text[self.text.rfind("\n", 0, start) + 1 : start]

    # -- what is there ----------------------------------------------------------------------

    def child(self, base: str, step: Step, number: str) -> str | None:
        """The label of the numbered place directly below `base`, or None."""
        names = [f"{base}({number})", f"{base}, point {number}", f"{base}, point ({number})"]
        if step.kind not in ("article", "paragraph", "point"):
            name = label_of((Step(step.kind, (number,) if number else (), step.word),))
            names = [f"{base}, {name}" if base else name, name]
        if step.kind == "article":
            names = [f"{base}, Article {number}" if base else f"Article {number}"]
        exact = (self.folded.get(folded(name), "") for name in names)
        return next((name for name in exact if self.holds(base, name)), None)

    def holds(self, base: str, label: str) -> bool:
        """Whether a place of that label exists, within `base` if its label does not say so."""
        if label not in self.places or label.startswith(base):
            return label in self.places
        outer = [self.nodes[i] for i in self.places.get(base, [])]
        inner = [self.nodes[i] for i in self.places[label]]
        return any(o.start <= n.start and n.end <= o.end for o in outer for n in inner)

    def siblings(self, label: str, number: str, last: str) -> list[str]:
        """The labels from `label`, whose last number is `number`, to that with `last`."""
        at = label.rindex(number)
        head, tail = label[:at], label[at + len(number) :]
        roman = style(number) == style(last) == "i"
        first, end = order(number, roman=roman), order(last, roman=roman)
        found = {}
        for other in self.places:
            if other.startswith(head) and other.endswith(tail):
                middle = other[len(head) : len(other) - len(tail)]
                if re.fullmatch(r"[\w ]+", middle) and first <= order(middle, roman=roman) <= end:
                    found[order(middle, roman=roman)] = other
        return [found[key] for key in sorted(found)]

    def says_inline(self, base: str, number: str) -> bool:
        """Whether the text of a place has the number in its running text: "(i)", "i)", "10.3."."""
        dotted = f"\n{base.rsplit(' ', 1)[-1]}.{number}."
        texts = [self.text[self.nodes[i].start : self.nodes[i].end] for i in self.places[base]]
        mark = re.compile(rf"\s\(?{re.escape(number)}\)")
        return any(mark.search(CITED.sub("", text)) or dotted in text for text in texts)

    def column(self, start: int, index: int | None) -> str | None:
        """The act whose numbers stand in this column of a correlation table; None elsewhere."""
        titles = [self.nodes[i].label + self.nodes[i].title for i in self.upwards(index)]
        if "|" in self.line_before(start) or not any(CORRELATION.search(title) for title in titles):
            return None
        head = self.text[self.nodes[index or 0].start : start]
        acts = [ACT.search(row) for row in head.split("\n") if "|" in row]
        return acts[0].group() if acts and acts[0] else None

    # -- amendments -------------------------------------------------------------------------

    def amended(self, index: int | None) -> Amended | None:
        """What the provision amends, or what the act whose words it quotes is."""
        if index is None:
            return None
        if index not in self.amendments:
            self.amendments[index] = self.read_amendment(index)
        return self.amendments[index]

    def read_amendment(self, index: int) -> Amended | None:
        node = self.nodes[index]
        around = self.amended(node.parent)
        if node.kind in UNAMENDING:
            return around
        if node.kind == "annex" and around is None:
            return self.annexed(index)
        if around and node.parent is not None:
            outer = self.nodes[node.parent].label
            added = node.label.removeprefix(outer)
            if added == node.label:  # an Article under the heading of a Section, also quoted
                added = node.label.removeprefix(around.quoter)
            if around.quoted or added.startswith(", "):
                target = quoted_place(added, around.target)
                return Amended(around.work, target, quoted=True, quoter=around.quoter or outer)
        return self.instruction(index, around)

    def annexed(self, index: int) -> Amended | None:
        """What an annex replaces, when an article before it amends an annex of another act."""
        for i in range(index):
            amended = self.amended(i)
            if amended and not amended.quoted and amended.target.startswith("Annex"):
                return Amended(amended.work, amended.target, quoted=True)
        return None

    def instruction(self, index: int, around: Amended | None) -> Amended | None:
        """What a provision says it amends, itself no quotation."""
        node = self.nodes[index]
        end = min(node.end, self.first_child.get(index, node.end), node.start + 1200)
        for line in self.text[node.start : end].split("\n"):
            verb = AMENDS.search(line)
            if not verb:
                continue
            named = find_references(line[: verb.start()], self.names)
            acts = [m for m in named if m.work and ACT.search(m.words)]
            if acts and re.fullmatch(
                r"(?:\(?\w{1,3}[.)] )?(?:In |The |À |Dans )?.{0,12}", line[: named[0].start]
            ):
                return Amended(acts[0].work or "", target_of(named, ""))
            if around:
                return Amended(around.work, target_of(named, around.target))
        return around


def folded(label: str) -> str:
    """The label without what versions write in two ways: "Section 2A", "Article 36(1 ter)"."""
    return label.casefold().replace(" ", "")


def quoted_place(added: str, target: str) -> str:
    """The place in the amended act of quoted text, by what its label adds to its parent's."""
    words = added.removeprefix(", ")
    if words.startswith("(") and not added.startswith(", "):
        return target + words
    if found := re.match(r"paragraph (\w+)(.*)", words):
        article = ARTICLE_HEAD.match(target)
        return f"{article.group()}({found[1]}){found[2]}" if article else ""
    if found := re.match(r"point \(?(\w+)\)?(.*)", words):
        return beside(target, found[1]) + found[2] if target else ""
    return words


def beside(target: str, number: str) -> str:
    """The point `number` near the place `target`: beside one that counts alike, else within it."""
    head = ARTICLE_HEAD.match(target)
    if not head:
        return f"{target}, point ({number})" if target else ""
    found = re.findall(r"\(([^()]+)\)", target[head.end() :])
    for index in range(len(found) - 1, -1, -1):
        last = found[index]
        same = style(last) == style(number) or (
            style(number) == "i" and (last, number) == ("h", "i")
        )
        if same and not (index == 0 and style(number) == "1" and len(found) > 1):
            return head.group() + groups((*found[:index], number))
    return target + f"({number})"


def target_of(named: list[Mention], target: str) -> str:
    """Where an instruction's words lead, read one after the other from where they start."""
    for mention in named:
        if mention.places and not target_is_foreign(mention, named):
            target = amended_label(mention.places[0], target) or target
    return target


def target_is_foreign(mention: Mention, named: list[Mention]) -> bool:
    first = next((m.work for m in named if m.work), None)
    return mention.work is not None and mention.work != first


def amended_label(place: Place, target: str) -> str:
    """The label of a place in an act that is not read here, relative to `target` within it."""
    steps = tuple(s for s in place if s.kind not in ("act", "subparagraph", "indent", "sentence"))
    if not steps:
        return "" if any(s.kind == "act" for s in place) else target
    first = steps[0]
    article = ARTICLE_HEAD.match(target)
    if first.numbers == ("this",):
        wanted = r"[^(]+" if first.kind == "article" else r"[^(]+\([^)]*\)"
        narrowed = re.match(wanted, target) if first.kind in ("article", "paragraph") else None
        base = narrowed.group() if narrowed and article else target
        return base + tail_of(steps[1:]) if base else ""
    if first.kind == "paragraph":
        return article.group() + tail_of(steps) if article else ""
    if first.kind == "point":
        near = beside(target, first.numbers[0]) if target else ""
        return near + groups(first.numbers[1:]) + tail_of(steps[1:]) if near else ""
    return found_label(steps)


def tail_of(steps: Place) -> str:
    return "".join(groups(step.numbers) for step in steps if step.numbers != ("this",))
