"""A provision and two dates in, its wordings on both as statements out, and what became of it.

An article is compared paragraph by paragraph; of the paragraphs those that changed are shown.
"""

from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from clusterqa.answering.citations import cite, label_of
from clusterqa.answering.gate import check_answer, said
from clusterqa.answering.quotes import Piece
from clusterqa.answers import Citation, Compared, Facts, Notice, Outcome, Statement
from clusterqa.errors import NotFound, UsageError
from clusterqa.index import Library
from clusterqa.law.history import Wording, find_provision, folded, history, stood
from clusterqa.passages import CONTAINERS, marker_length
from clusterqa.provisions import article_of
from clusterqa.query.understanding import Query
from clusterqa.types import Document, Hit, Work

LONGEST_SIDE = 2500  # chars of a provision that is still set beside another wording of it
MOST = 5  # changed paragraphs of an article that are shown

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A provision's wordings as cited statements, the older first, and what became of it."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    notices: tuple[Notice, ...]
    compared: Compared


@dataclass(frozen=True, slots=True)
class Sides:
    """A provision as it stood on two days."""

    label: str
    old: Wording
    new: Wording

    @property
    def changed(self) -> bool:
        return folded(self.old.text) != folded(self.new.text)

    @property
    def wordings(self) -> list[Wording]:
        """The older first; one if it did not change, was added or was removed."""
        both = (self.old, self.new) if self.changed else (self.new,)
        return [wording for wording in both if wording.text is not None]

    @property
    def readable(self) -> bool:
        """Whether there are wordings, short enough to be read beside each other."""
        lengths = [len(wording.text or "") for wording in self.wordings]
        return bool(lengths) and max(lengths) <= LONGEST_SIDE


def comparison(library: Library, query: Query, hit: Hit, place: str | None) -> Comparison | None:
    """A place that is named, else the provision that a hit stands for, on the days compared.

    Without days its last change is shown. Where it did not change and what did is asked, that is
    what else changed in its article. None where the text of a day is not here in any language, or
    the wordings are too long to be read beside each other.
    """
    work, source = library.sources[hit.passage.source]
    own = label_of(hit.passage, library.document(source.id), *hit.best_sentence)
    days = query.between
    for language in dict.fromkeys((source.language, *(s.language for s in work.sources))):
        try:
            between = days_here(library, work, place or own, days, query.as_of, language)
            sides = both_sides(library, work, place or own, between, language)
            around = both_sides(library, work, article_of(own), between, language)
        except UsageError:
            continue
        if between[0] == between[1] or lacks_recitals(sides):
            return None
        few = 0 < sum(one.changed for one in around) <= MOST
        if few and not any(one.changed for one in sides) and query.wants.openly:
            sides, place = around, article_of(own)
        label = place or own
        changed = tuple(one.label for one in sides if one.changed)
        compared = Compared(work.id, label, language, *between, became(sides), changed)
        told = said_of_change(work.short_title, label, sides, between)
        return as_said(library, worth_showing(sides, own), told, compared, query.as_of)
    return None


def lacks_recitals(sides: Sequence[Sides]) -> bool:
    """Whether a recital stands in one text alone: consolidations have none, so it did not go."""
    return any(
        one.label.startswith("Recital") and None in (one.old.text, one.new.text) for one in sides
    )


def worth_showing(sides: Sequence[Sides], own: str) -> list[Sides]:
    """Those that changed, at most `MOST`; if none did, the one at `own`, else the first."""
    changed = [one for one in sides if one.changed]
    if changed:
        return [one for one in changed if one.readable][:MOST]
    return sorted((one for one in sides if one.readable), key=lambda one: one.label != own)[:1]


def as_said(
    library: Library, sides: Sequence[Sides], told: Notice, compared: Compared, as_of: date
) -> Comparison | None:
    """The wordings as cited statements, the gate passed; None for none."""
    wordings = [(one.label, wording) for one in sides for wording in one.wordings]
    citations = tuple(
        cited(n, library, wording, label, as_of) for n, (label, wording) in enumerate(wordings, 1)
    )
    statements = tuple(Statement(said(c), (c.n,)) for c in citations)
    check_answer(statements, citations, library.document)
    return Comparison(statements, citations, (told,), compared) if statements else None


def days_here(
    library: Library, work: Work, label: str, days: Days | None, as_of: date, language: str
) -> Days:
    """The days to compare, the earlier not before the first text here; else around the last change.

    Neither is after the end of a work that has lapsed.
    A provision that never changed is compared with its first wording, if the act as adopted is here
    in this language; raises `NotFound` if not, for nobody knows what an older text said.
    """
    if days:
        since, until = (library.day_read(work, day) for day in days)
        begun = [s.valid_from for s in library.texts(work) if s.valid_from]
        earliest = min(begun, default=since)
        return (earliest if since < earliest <= until else since), until
    first, *later = history(library, work.id, label, language=language)
    changed = [w.valid_from for w in later if w.valid_from and w.valid_from <= as_of]
    if changed:
        return max(changed) - timedelta(1), as_of
    if first.valid_from and not library.sources[first.sources[0]][1].authentic:
        raise NotFound(f"{work.short_title}: no {language} text before {first.valid_from}")
    return first.valid_from or as_of, as_of


def both_sides(library: Library, work: Work, label: str, days: Days, language: str) -> list[Sides]:
    """A provision on two days; an article, or one that is too long, by what it consists of.

    Raises `UsageError` where a text of a day is not here.
    """
    old, new = (stood(library, work.id, label, on, language) for on in days)
    documents = [library.document(wording.sources[0]) for wording in (old, new)]
    long = {p.label for d in documents for p in d.provisions if p.end - p.start > LONGEST_SIDE}
    before, after = (leaves(document, label, long) for document in documents)
    if label in before or label in after:
        return [Sides(label, old, new)]
    return [
        Sides(one, replace(old, text=before.get(one)), replace(new, text=after.get(one)))
        for one in dict.fromkeys((*after, *before))
    ]


def leaves(document: Document, label: str, long: Container[str]) -> dict[str, str]:
    """The texts that a provision consists of, by label: itself, or what is in it, in order."""
    top = find_provision(document, label)
    if top is None:
        return {}
    within: dict[int | None, list[int]] = defaultdict(list)
    for number, one in enumerate(document.provisions):
        within[one.parent].append(number)
    waiting, found = [document.provisions.index(top)], dict[str, str]()
    while waiting:
        number = waiting.pop()
        one = document.provisions[number]
        if within[number] and (one.kind in CONTAINERS or one.label in long):
            waiting += reversed(within[number])
        else:
            found.setdefault(one.label, document.text[one.start : one.end])
    return found


def cited(n: int, library: Library, wording: Wording, label: str, as_of: date) -> Citation:
    """The citation of a whole provision as one version words it."""
    document = library.document(wording.sources[0])
    provision = find_provision(document, label)
    assert provision is not None
    text = document.text[provision.start : provision.end]
    start = provision.start + marker_length(text.partition("\n")[0])
    end = provision.start + len(text.rstrip())
    piece = Piece(library.passage_at(document.source, start), start, end)
    return cite(n, piece, document, library.sources, as_of)


def became(sides: Sequence[Sides]) -> Outcome:
    """What became of a provision from one day to another."""
    if not any(one.changed for one in sides):
        return "same"
    if not any(one.old.text for one in sides):
        return "added"
    return "reworded" if any(one.new.text for one in sides) else "removed"


def said_of_change(name: str, place: str, sides: Sequence[Sides], between: Days) -> Notice:
    """What became of a provision between two days, and in which of its parts."""
    outcome = became(sides)
    facts = Facts(work=name, label=place, since=between[0], until=between[1], outcome=outcome)
    if outcome == "same":
        return Notice("unchanged", facts=facts)
    changed = [one.label for one in sides if one.changed]
    if outcome != "reworded" or changed == [place]:
        return Notice("changed", facts=facts)
    labels = tuple(one.label for one in worth_showing(sides, place))
    hidden = len(changed) - len(labels)
    return Notice("changed", facts=replace(facts, labels=labels, hidden=hidden))
