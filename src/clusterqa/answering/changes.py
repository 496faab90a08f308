"""A provision and two dates in, both of its wordings as statements out, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clusterqa.answering.citing import cite, label_of
from clusterqa.answering.evidence import Piece
from clusterqa.answering.gate import check_answer, said
from clusterqa.answering.notices import day
from clusterqa.errors import UsageError
from clusterqa.index import Index
from clusterqa.passages import marker_length
from clusterqa.types import Citation, Compared, Hit, Notice, Outcome, Statement
from clusterqa.versions import Wording, find_provision, folded, history, stood

LONGEST_SIDE = 2500  # chars of a provision that is still set beside another wording of it


@dataclass(frozen=True, slots=True)
class Comparison:
    """A provision's wordings as cited statements, the older first, and what became of it."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    notices: tuple[Notice, ...]
    compared: Compared


def comparison(index: Index, hit: Hit, days: Sequence[date], as_of: date) -> Comparison | None:
    """The provision that a hit stands for as it was on the first and on the last of the days.

    One day is compared with `as_of`; for none the provision's last change is shown. None where a
    text of a day is not here, the document has no days to compare, or the provision is too long to
    be read beside another.
    """
    work, source = index.sources[hit.passage.source]
    document = index.document(source.id)
    label = label_of(hit.passage, document, *hit.best_sentence)
    try:
        since, until = compared_days(index, work.id, label, days, as_of, source.language)
        old = stood(index, work.id, label, since, source.language)
        new = stood(index, work.id, label, until, source.language)
    except UsageError:
        return None
    if since == until or (old.text is None and new.text is None):
        return None
    if label.startswith("Recital") and None in (old.text, new.text):
        return None  # not removed: consolidated texts have no recitals
    if max(len(old.text or ""), len(new.text or "")) > LONGEST_SIDE:
        return None
    became = outcome(old, new)
    both = [wording for wording in (old, new) if wording.text is not None]
    shown = [new] if became == "same" else both
    citations = tuple(
        cited(n, index, wording, label, as_of) for n, wording in enumerate(shown, start=1)
    )
    statements = tuple(Statement(said(c), (c.n,)) for c in citations)
    check_answer(statements, citations, index.document)
    compared = Compared(work.id, label, source.language, since, until, became)
    told = said_of_change(f"{work.short_title}, {label}", compared)
    return Comparison(statements, citations, (told,), compared)


def compared_days(
    index: Index, work: str, label: str, days: Sequence[date], as_of: date, language: str
) -> tuple[date, date]:
    """The two days to compare, the earlier first: those asked about, else around the last change.

    A provision that never changed is compared with its first wording, if the act as adopted is
    here; what an older text said that is not here, nobody knows.
    """
    first, *later = history(index, work, label, language=language)
    adopted = index.sources[first.sources[0]][1].authentic
    if days and min(days) != max([*days, as_of]):
        since = min(days)
        if adopted and first.valid_from and first.valid_from.year == since.year:
            since = max(since, first.valid_from)  # "since 2014", of an act of July 2014
        return since, max(days) if len(days) > 1 else max(as_of, *days)
    begun = [w.valid_from for w in later if w.valid_from and w.valid_from <= as_of]
    if begun:
        return max(begun) - timedelta(1), as_of
    return (first.valid_from if adopted and first.valid_from else as_of), as_of


def cited(n: int, index: Index, wording: Wording, label: str, as_of: date) -> Citation:
    """The citation of a whole provision as one version words it."""
    document = index.document(wording.sources[0])
    provision = find_provision(document, label)
    assert provision is not None
    text = document.text[provision.start : provision.end]
    start = provision.start + marker_length(text.partition("\n")[0])
    end = provision.start + len(text.rstrip())
    piece = Piece(index.passage_at(document.source, start), start, end)
    return cite(n, piece, document, index.sources, as_of)


def outcome(old: Wording, new: Wording) -> Outcome:
    """What became of a provision from one wording to another."""
    if folded(old.text) == folded(new.text):
        return "same"
    if old.text is None:
        return "added"
    return "removed" if new.text is None else "reworded"


def said_of_change(place: str, compared: Compared) -> Notice:
    """What became of a provision between two days, in words."""
    since, until = day(compared.since), day(compared.until)
    if compared.outcome == "same":
        return Notice("unchanged", f"{place}: the same words on {since} and {until}.")
    between = f"between {since} and {until}"
    if compared.outcome == "reworded":
        message = f"{place}: its words changed {between}; the older ones come first."
        return Notice("changed", message)
    return Notice("changed", f"{place}: {compared.outcome} {between}.")
