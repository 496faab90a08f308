"""Why there is no answer: a reason for programs, and in words what is missing and how to get it."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from clusterqa.answering.notices import day
from clusterqa.corpus import versions_in_force
from clusterqa.index import Index
from clusterqa.naming import absent_places
from clusterqa.questions import content, named_works
from clusterqa.reading import Reading
from clusterqa.types import Notice, Work
from clusterqa.versions import find_provision, nearest

Reason = Literal[
    "not_in_corpus", "work_not_present", "no_version_for_date", "provision_not_in_version",
    "outside_scope", "unclear_question",
]  # fmt: skip
FOREIGN = 0.3  # cosine below which no sentence is of the question's field


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason of a refusal and what there is to say of it."""

    reason: Reason
    notices: tuple[Notice, ...] = ()


def asked_works(index: Index, question: str, documents: Sequence[str], as_of: date) -> list[Work]:
    """The works that a question is limited to, or else names."""
    if not documents:
        return named_works(question, index.works, as_of)
    absent = {source for source in documents if source not in index.files}
    return [
        work
        for work in index.works
        if work.id in documents or any(source.id in absent for source in work.sources)
    ]


def refusal_before_reading(
    index: Index, question: str, named: Sequence[Work], as_of: date, sources: set[str]
) -> Refusal | None:
    """Why a question cannot be answered whatever is found; None if it might be.

    It says nothing to look for, or it asks for works or provisions that are not here on the date.
    """
    if not content(question):
        return Refusal("unclear_question", (Notice("unclear_question", WHAT_TO_ADD),))
    missing = absences(named, index.files, as_of)
    if named and len(missing) == len(named):
        return Refusal(reason_of(missing), tuple(missing))
    gone = absent_places(index, question, sources, as_of)
    if gone:
        notices = tuple(no_provision(index, work, label, as_of) for work, label in gone)
        return Refusal("provision_not_in_version", notices)
    return None


WHAT_TO_ADD = (
    "Say what the question is about: which kind of aid, cost, body or provision, and, if it "
    "matters, of which date."
)


def reason_of(missing: Sequence[Notice]) -> Reason:
    codes = {notice.code for notice in missing}
    return "work_not_present" if "work_not_present" in codes else "no_version_for_date"


def refusal_after_reading(readings: Sequence[Reading], gaps: Sequence[Notice]) -> Refusal:
    """Why what was found does not answer: nothing of the field, or not the fact."""
    nearest_cosine = max((r.hit.parts["sentence"] for r in readings), default=0.0)
    if nearest_cosine < FOREIGN:
        return Refusal("outside_scope")
    return Refusal("not_in_corpus", tuple(gaps))


def absences(named: Sequence[Work], present: Container[str], as_of: date) -> list[Notice]:
    """A notice for each named work that has no text here, or none for the date."""
    found = []
    for work in named:
        versions = [source for source in work.sources if source.id in present]
        if not versions:
            message = (
                f"{work.title} is not in this corpus; clusterqa corpus sync or clusterqa corpus "
                "add brings it."
            )
            found.append(Notice("work_not_present", message))
        elif not any(source in versions for source in versions_in_force(work, as_of)):
            near = nearest(versions, as_of)
            message = f"No text of {work.short_title} for {day(as_of)} is here; {near}."
            found.append(Notice("no_version_for_date", message))
    return found


def gaps(works: Sequence[Work], present: Container[str], as_of: date) -> list[Notice]:
    """One notice that names the works whose text of the date is known but not here; else none."""
    missing = [
        work.short_title
        for work in works
        if (versions := versions_in_force(work, as_of))
        and not any(source.id in present for source in versions)
    ]
    if not missing:
        return []
    message = f"Not here is the text that applied on {day(as_of)} of: {', '.join(missing)}."
    return [Notice("version_gap", message)]


def no_provision(index: Index, work: Work | None, label: str, as_of: date) -> Notice:
    """That a provision does not exist on a date, and which versions of its work have it."""
    if work is None:
        message = f"No text that applied on {day(as_of)} and is here has {label}."
        return Notice("provision_not_in_version", message)
    having = [
        source.id
        for source in work.sources
        if source.id in index.files and find_provision(index.document(source.id), label)
    ]
    other = f"; versions that have it: {', '.join(having)}" if having else ""
    message = f"{work.short_title} as it stood on {day(as_of)} has no {label}{other}."
    return Notice("provision_not_in_version", message)
