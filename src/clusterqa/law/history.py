"""One provision through time: a work and a label in, its wordings and their differences out."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from clusterqa.corpus.manifest import last_day
from clusterqa.deadline import check_deadline
from clusterqa.errors import NotFound, UsageError
from clusterqa.index import Library
from clusterqa.provisions import label_key
from clusterqa.types import Document, Provision, Reference, Source, Work


@dataclass(frozen=True, slots=True)
class Wording:
    """What a provision said from one day to another; `text` is None while it was not in the law.

    `sources` are the versions that say so, oldest first; `changed_by` names the acts that began to
    apply on `valid_from` and amend the work.
    """

    text: str | None
    valid_from: date | None
    valid_to: date | None
    sources: tuple[str, ...]
    changed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A run of words that two wordings share or that one of them has alone."""

    kind: Literal["same", "removed", "added"]
    text: str


def history(library: Library, work_id: str, label: str, *, language: str = "en") -> list[Wording]:
    """Every distinct wording of a provision, oldest first, over the versions that are present.

    Raises `NotFound` for an unknown work and for a label that none of its versions has.
    """
    work = known_work(library, work_id)
    present = present_versions(library, work, language)
    if not present:
        raise NotFound(f"{work.short_title}: no {language} text is here; {nearest([], date.max)}")
    wordings: list[Wording] = []
    for source in present:
        text = provision_text(library.document(source.id), label)
        last = wordings[-1] if wordings else None
        if last and folded(last.text) == folded(text) and follows(last, source):
            wordings[-1] = Wording(
                last.text, last.valid_from, source.valid_to, (*last.sources, source.id),
                last.changed_by,
            )  # fmt: skip
        else:
            acts = amending_acts(library, work, source) if last else ()
            wordings.append(Wording(text, source.valid_from, source.valid_to, (source.id,), acts))
    if all(wording.text is None for wording in wordings):
        raise NotFound(
            f"{work.short_title}: no version here has {label!r}; labels are like 'Article 27(6)'"
        )
    return wordings


def wording_on(
    library: Library, work_id: str, label: str, as_of: date, *, language: str = "en"
) -> Wording:
    """The provision as it stood on a date.

    Raises `NotFound` when no text of the work for that date is present, naming the nearest, or
    when the version of that date does not have the label.
    """
    found = stood(library, work_id, label, as_of, language)
    if found.text is None:
        raise NotFound(f"{found.sources[0]} has no {label!r}")
    return found


def difference(
    library: Library, work_id: str, label: str, since: date, until: date, *, language: str = "en"
) -> tuple[Wording, Wording, list[Change]]:
    """The provision on two dates and the words that changed; what it came or went with is all.

    Raises `NotFound` as `wording_on` does, but for a label that one of the two texts has, and
    `UsageError` for dates in the wrong order.
    """
    if since > until:
        raise UsageError(f"{since} is after {until}; give the earlier date first")
    old, new = (stood(library, work_id, label, day, language) for day in (since, until))
    if old.text is None and new.text is None:
        raise NotFound(f"neither {old.sources[0]} nor {new.sources[0]} has {label!r}")
    return old, new, changes(old.text or "", new.text or "")


def stood(library: Library, work_id: str, label: str, as_of: date, language: str) -> Wording:
    """The provision on a date, its text None if the version of the date does not have it.

    Where the work has lapsed it is that of its last text, whose `valid_to` says so.
    """
    work = known_work(library, work_id)
    present = present_versions(library, work, language)
    found = [s for s in library.texts_read(work, as_of) if s in present]
    if not found:
        raise NotFound(
            f"{work.short_title}: no {language} text for {as_of} is here; {nearest(present, as_of)}"
        )
    text = provision_text(library.document(found[0].id), label)
    return Wording(text, found[0].valid_from, found[0].valid_to, (found[0].id,))


def applied_until(library: Library, source_id: str, label: str) -> date | None:
    """The last day on which a provision had the words that it has in a source; None for no end.

    That is the last of the versions in a row that have them. A recital, which consolidations leave
    out, lasts as long as its work; a version whose text is not here is taken for another wording.
    """
    work, source = library.sources[source_id]
    if label.startswith("Recital"):
        return last_day(work)
    text = folded(provision_text(library.document(source_id), label))
    versions = [s for s in work.sources if s.language == source.language]
    while text is not None and source.valid_to:
        after = next((s for s in versions if is_next(source, s)), None)
        if after is None or not library.has(after.id):
            break
        if folded(provision_text(library.document(after.id), label)) != text:
            break
        source = after
    return source.valid_to


def is_next(source: Source, other: Source) -> bool:
    """Whether a version begins on the day after another ends."""
    begun, ended = other.valid_from, source.valid_to
    return begun is not None and ended is not None and (begun - ended).days == 1


def cited_on(
    library: Library, reference: Reference, as_of: date, *, language: str = "en"
) -> tuple[str, str] | str:
    """The source and label that a reference leads to on a date, or why it leads nowhere."""
    if reference.work is None or reference.label is None:
        return reference.reason or "a reference to an act as a whole"
    try:
        found = wording_on(library, reference.work, reference.label, as_of, language=language)
    except UsageError as error:
        return str(error)
    return found.sources[0], reference.label


def changes(old: str, new: str) -> list[Change]:
    """The words of two texts in order: shared, only in the old one, only in the new one.

    Words are compared only in lines that differ. Raises `OutOfTime` where a deadline is set.
    """
    found = compared((LINE, WORD), old, new)
    return [
        Change(kind, "".join(change.text for change in alike))
        for kind, alike in groupby(found, key=lambda change: change.kind)
    ]


def compared(units: Sequence[str], old: str, new: str) -> Iterator[Change]:
    """The changes by the first unit, and by the finer ones after it in what it finds different."""
    unit, *finer = units
    for same, before, after in runs(unit, old, new):
        check_deadline()
        if same:
            yield Change("same", after)
        elif finer:
            yield from compared(finer, before, after)
        else:
            sides = (Change("removed", before), Change("added", after))
            yield from (side for side in sides if side.text)


def runs(unit: str, old: str, new: str) -> Iterator[tuple[bool, str, str]]:
    """Both texts in stretches of whole units, and whether a stretch is the same in both."""
    before, after = re.findall(unit, old), re.findall(unit, new)
    matcher = difflib.SequenceMatcher(
        None, [folded(each) for each in before], [folded(each) for each in after], autojunk=False
    )
    for kind, first, last, start, end in matcher.get_opcodes():
        yield kind == "equal", "".join(before[first:last]), "".join(after[start:end])


LINE = r"\S[^\n]*\s*"
WORD = r"\S+\s*"


def find_provision(document: Document, label: str) -> Provision | None:
    """The first provision with this label, however it is spaced or cased."""
    key = label_key(label)
    return next((p for p in document.provisions if label_key(p.label) == key), None)


def provision_text(document: Document, label: str) -> str | None:
    found = find_provision(document, label)
    return document.text[found.start : found.end] if found else None


def known_work(library: Library, work_id: str) -> Work:
    for work in library.works:
        if work_id in (work.id, work.short_title):
            return work
    raise NotFound(f"no work {work_id!r}; see: clusterqa corpus status")


def present_versions(library: Library, work: Work, language: str) -> list[Source]:
    """The versions of a work that the index holds in a language, oldest first."""
    present = [s for s in library.texts(work) if s.language == language]
    return sorted(present, key=lambda source: source.valid_from or date.min)


def absent_versions(library: Library, work_id: str, language: str) -> list[Source]:
    """The versions of a work whose text in a language is known but not here, oldest first."""
    work = known_work(library, work_id)
    absent = [s for s in work.sources if not library.has(s.id) and s.language == language]
    return sorted(absent, key=lambda source: source.valid_from or date.min)


def amending_acts(library: Library, work: Work, source: Source) -> tuple[str, ...]:
    """Short titles of the acts that amend the work and began to apply when this version did."""
    return tuple(
        act.short_title
        for act in library.works
        if work.id in act.amends and any(s.valid_from == source.valid_from for s in act.sources)
    )


def follows(wording: Wording, source: Source) -> bool:
    """Whether a version begins on the day after a wording ends, so that nothing lies between."""
    if wording.valid_to is None or source.valid_from is None:
        return False
    return (source.valid_from - wording.valid_to).days == 1


def nearest(present: Sequence[Source], as_of: date) -> str:
    """The version whose time lies nearest to a date, in words."""
    if not present:
        return "no version of it is; run: clusterqa corpus sync"
    return f"nearest: {min(present, key=lambda source: distance(source, as_of)).id}"


def distance(source: Source, as_of: date) -> int:
    first, last = source.valid_from or date.min, source.valid_to or date.max
    return max((first - as_of).days, (as_of - last).days, 0)


def folded(text: str | None) -> str | None:
    """The text as compared: blanks folded, and typographic apostrophes and quotation marks."""
    return " ".join(text.translate(TYPOGRAPHY).split()) if text is not None else None


TYPOGRAPHY = str.maketrans("‘’“”", "''\"\"")
