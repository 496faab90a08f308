"""Citations in, places out: each `Reference` names a work and a label there, or says why not.

What an act says of itself is looked up among the labels of the version it stands in, relative to
the provision it stands in. Labels in other works are taken at their word: their text is not read.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from clusterqa.references.acts import (
    ACT,
    EC_TREATY,
    FUNCTIONING,
    LISBON,
    RENUMBERED,
    THE_TREATY,
    Works,
    act_key,
)
from clusterqa.references.mentions import find_references
from clusterqa.references.places import (
    UNLABELLED,
    Mention,
    Place,
    Step,
    expanded,
    found_label,
    is_range,
    label_of,
)
from clusterqa.references.structure import Amended, Structure, amended_label
from clusterqa.types import Document, Reference, Work

FORMER = re.compile(r"(?:^|[(\s;])(?:ex|former) (?:[^()]*, )?$|^\(ex [^)]*$")

Found = list[tuple[str | None, str | None, str | None]]  # work, label, reason


class Unresolved(Exception):
    """A citation leads nowhere; the message is the reason a reader gets."""


def resolve(
    mention: Mention, *, document: Document, label: str, works: Iterable[Work]
) -> list[Reference]:
    """What a mention that stands in the provision `label` of the document refers to."""
    known = Works(works)
    structure = Structure(document, known.cited_as)
    return Resolver(document.source, structure, known).resolve(mention, structure.index_of(label))


def references_of(document: Document, works: Iterable[Work]) -> list[Reference]:
    """Every citation in the document, in order; one reference for each place it names.

    A heading such as "Article 27" cites nothing, nor do the tables of old and new numbers that end
    the Treaty.
    """
    known = Works(works)
    structure = Structure(document, known.cited_as)
    resolver = Resolver(document.source, structure, known)
    found: list[Reference] = []
    for mention in find_references(document.text, known.cited_as):
        index = structure.at(mention.start, mention.end)
        if structure.is_heading(mention.start, index):
            continue
        if mention.start >= structure.unreferring:
            continue
        found += resolver.resolve(mention, index)
    return found


class Resolver:
    """Resolves the mentions of one document, in order: instructions to amend follow each other."""

    def __init__(self, source: str, structure: Structure, works: Works) -> None:
        self.source, self.structure, self.works = source, structure, works
        self.own = works.own(source)
        self.is_the_treaty = self.own is not None and self.own == works.find(THE_TREATY)
        self.running: tuple[int | None, str] = (None, "")

    def resolve(self, mention: Mention, index: int | None) -> list[Reference]:
        try:
            found = self.found(mention, index)
        except Unresolved as problem:
            return [Reference(mention.start, mention.end, None, None, str(problem))]
        return [
            Reference(mention.start, mention.end, work, label, reason)
            for work, label, reason in dict.fromkeys(found)
        ]

    def found(self, mention: Mention, index: int | None) -> Found:
        if column := self.structure.column(mention.start, index):
            return self.in_named_work(replace(mention, work=column), index)
        if mention.work:
            return self.in_named_work(mention, index)
        before = self.structure.line_before(mention.start)
        if FORMER.search(before):
            raise Unresolved("the number that the provision bore before, in a text not read here")
        first = mention.places[0][0]
        if first.word == "Protocol" and first.numbers != ("this",) and not self.is_the_treaty:
            return self.in_named_work(replace(mention, work=FUNCTIONING), index)
        amended = self.structure.amended(index)
        of_this_act = any(step.kind == "act" for step in mention.places[0])
        if amended and (amended.quoted or not of_this_act or re.search("[‘“«]", before)):
            return self.in_amended_work(mention, index, amended)
        return [part for place in mention.places for part in self.inside(place, index)]

    # -- other acts -------------------------------------------------------------------------

    def in_named_work(self, mention: Mention, index: int | None) -> Found:
        work = self.named_work(mention, self.is_old_treaty(mention))
        if work == self.own and mention.places:
            main = tuple((Step("act", ("this",), ""), *place) for place in mention.places)
            return [part for place in main for part in self.inside(place, index)]
        labels = [found_label(one) for place in mention.places for one in expanded(place)]
        if not self.works.has_language(work, "fr"):
            labels = [in_english(label) for label in labels]
        return [(work, label or None, None) for label in labels or [""]]

    def is_old_treaty(self, mention: Mention) -> bool:
        """Whether "the Treaty" is the EC Treaty: in an act before 2009 or the title of one."""
        if mention.work != THE_TREATY:
            return False
        if self.works.is_before_lisbon(self.source):
            return True
        before = self.structure.text[max(0, mention.start - 200) : mention.start]
        acts = list(ACT.finditer(before))
        if not acts or re.search(r"[;\n]", before[acts[-1].end() :]):
            return False
        key = act_key(acts[-1].group())
        return key is not None and key[1] < LISBON

    def named_work(self, mention: Mention, is_old: bool) -> str:
        name = EC_TREATY if is_old else mention.work or ""
        found = self.works.find(name)
        if found:
            return found
        if name == EC_TREATY:
            treaty = self.works.treaty
            name = treaty.short_title if treaty else f"of the {FUNCTIONING}"
            raise Unresolved(ec_treaty_reason(mention, name))
        if re.match(r"(that|the said|the same|ce|cette|ledit|ladite|dudit|an act) ", name):
            raise Unresolved(f"it is not said by number or name what “{mention.words}” refers to")
        raise Unresolved(f"{name[:1].upper()}{name[1:]} is not among the documents")

    def in_amended_work(self, mention: Mention, index: int | None, amended: Amended) -> Found:
        """A bare citation in an amending provision is one of the act it amends."""
        work = self.works.find(amended.work)
        target = amended.target if amended.quoted else self.target_so_far(index, amended)
        places = [one for place in mention.places for one in expanded(place)]
        labels = [amended_label(place, target) for place in places]
        if labels[0] and not amended.quoted:
            self.running = (index, labels[0])
        if work is None:
            raise Unresolved(f"{amended.work}, which is amended here, is not among the documents")
        if work == self.own:
            return [part for place in mention.places for part in self.inside(place, index)]
        missing = f"of the amended act, but it is not said in which provision: “{mention.words}”"
        return [(work, label or None, None if label else missing) for label in labels]

    def target_so_far(self, index: int | None, amended: Amended) -> str:
        """What the words before in the same instruction lead to, else the instructions above."""
        if self.running[0] == index:
            return self.running[1]
        parent = self.structure.nodes[index].parent if index is not None else None
        around = self.structure.amended(parent)
        return around.target if around and around.work == amended.work else amended.target

    # -- this act ---------------------------------------------------------------------------

    def inside(self, place: Place, index: int | None) -> Found:
        try:
            return [(self.own, label, None) for label in self.labels(place, index)]
        except Unresolved as problem:
            return [(self.own, None, str(problem))]

    def labels(self, place: Place, index: int | None) -> list[str]:
        """The labels of a place in this document; several for a range."""
        steps = tuple(step for step in place if step.kind not in UNLABELLED)
        absolute = any(step.kind == "act" for step in place)
        if not steps:
            return [self.around(index, place)]
        base, rest = self.base(steps, index, absolute=absolute)
        for step in rest:
            base = self.below(base, step)
        last = steps[-1]
        if not is_range(steps) or last.last == "":
            return [base]
        return self.structure.siblings(base, last.numbers[-1], last.last) or [base]

    def around(self, index: int | None, place: Place) -> str:
        """Where "the first subparagraph" is: in the paragraph, point or article around it."""
        for kind in ("paragraph", "article", "point", "annex"):
            found = self.structure.enclosing(index, kind)
            if found is not None:
                return self.structure.nodes[found].label
        raise Unresolved(f"“{label_of(place)}” stands in no provision that has subparagraphs")

    def base(self, steps: Place, index: int | None, *, absolute: bool) -> tuple[str, Place]:
        """The label of the widest place named, and the steps still to go from there."""
        first = steps[0]
        if first.numbers == ("this",):
            return self.this(first, index), steps[1:]
        if first.kind == "paragraph":
            return self.article_around(first, index), steps
        if first.kind == "point" and not absolute:
            return self.nearest(first, index), steps
        if absolute or first.kind in ("annex", "recital"):
            return "", steps
        return self.home(first, index), steps

    def this(self, step: Step, index: int | None) -> str:
        found = self.structure.enclosing(index, step.kind)
        if found is None:
            raise Unresolved(f"“this {step.word}” stands in no {step.word}")
        return self.structure.nodes[found].label

    def article_around(self, step: Step, index: int | None) -> str:
        for kind in ("article", "annex"):
            found = self.structure.enclosing(index, kind)
            if found is not None:
                return self.structure.nodes[found].label
        raise Unresolved(f"{label_of((step,))} stands in no Article, so it is not said of which")

    def nearest(self, step: Step, index: int | None) -> str:
        """The innermost place around that has such a point."""
        number = step.numbers[0]
        for i in self.structure.upwards(index):
            label = self.structure.nodes[i].label
            if self.structure.child(label, step, number):
                return label
        for i in self.structure.upwards(index):
            if self.structure.nodes[i].kind in ("paragraph", "article", "point", "recital"):
                label = self.structure.nodes[i].label
                if self.structure.says_inline(label, number):
                    return label
        where = self.structure.nodes[index].label if index is not None else "the text"
        raise Unresolved(f"no provision around {where} has a point ({number}) in this version")

    def home(self, step: Step, index: int | None) -> str:
        """The annex around, when it has such a place of its own; else the act itself."""
        for i in self.structure.upwards(index):
            node = self.structure.nodes[i]
            inner = node.kind in ("annex", "part", "chapter", "section")
            if inner and step.kind == "article" and node.kind != "annex":
                continue
            if inner and self.structure.child(node.label, step, step.numbers[0]):
                return node.label
        return ""

    def below(self, base: str, step: Step) -> str:
        """The label of a step's place under `base`, number by number."""
        for position, number in enumerate(step.numbers or ("",)):
            inner = replace(step, kind="point") if position else step
            found = self.structure.child(base, inner, number)
            inline = position or step.kind == "point"
            if found is None and base and inline and self.structure.says_inline(base, number):
                return base
            if found is None:
                raise Unresolved(self.absence(base, step, position, number))
            base = found
        return base

    def absence(self, base: str, step: Step, position: int, number: str) -> str:
        if step.kind == "recital":
            recitals = any(node.kind == "recital" for node in self.structure.nodes)
            if not recitals:
                return "this version prints no recitals; they stand in the act as published"
            return f"there is no recital {number} in this version"
        if not base:
            name = label_of((replace(step, numbers=step.numbers[:1]),))
            return f"there is no {name} in this version"
        digits = number[:1].isdigit() and "(" not in base
        if position or step.kind in ("paragraph", "point"):
            word = "paragraph" if digits and step.kind != "point" else "point"
            shown = number if word == "paragraph" else f"({number})"
            return f"{base} has no {word} {shown} in this version"
        return f"{base} has no {label_of((step,))} in this version"


def in_english(label: str) -> str:
    """The label of a work that is here in English only, cited in French."""
    words = {"Annexe": "Annex", "Chapitre": "Chapter", "Partie": "Part", "Titre": "Title",
             "Sous-section": "Subsection"}  # fmt: skip
    return re.sub(r"[A-Z][a-z-]+", lambda m: words.get(m.group(), m.group()), label)


def ec_treaty_reason(mention: Mention, treaty: str) -> str:
    """Why a citation of the EC Treaty is not looked up, and what its articles are in the other."""
    numbers = [
        number
        for place in mention.places
        for one in expanded(place)
        for number in [one[0].numbers[0]]
        if number in RENUMBERED
    ]
    said = "the Treaty here is the EC Treaty, which is not among the documents"
    now = "; ".join(
        f"its Article {number} is now Article {RENUMBERED[number]} {treaty}"
        for number in dict.fromkeys(numbers)
    )
    return f"{said}; {now}" if now else said
