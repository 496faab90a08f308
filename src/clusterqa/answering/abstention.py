"""Why there is no answer: a reason, and notices of what is missing and how to get it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clusterqa.answering.notices import expired
from clusterqa.answers import DaySpan, Facts, Notice, Reason
from clusterqa.corpus.manifest import is_official
from clusterqa.corpus.selection import DEFAULT
from clusterqa.index import Library
from clusterqa.languages.language import served
from clusterqa.law.history import find_provision
from clusterqa.query.understanding import Query
from clusterqa.search.named import absent_places
from clusterqa.search.reader import Reading
from clusterqa.types import Group, Source, Work


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason of a refusal and what there is to say of it."""

    reason: Reason
    notices: tuple[Notice, ...] = ()


def asked_works(library: Library, query: Query) -> list[Work]:
    """The works that a question is limited to, or else names."""
    if not query.documents:
        return list(query.works)
    absent = {source for source in query.documents if not library.has(source)}
    return [
        work
        for work in library.works
        if work.id in query.documents or any(source.id in absent for source in work.sources)
    ]


def refusal_before_reading(
    library: Library, query: Query, named: Sequence[Work], as_of: date, sources: set[str]
) -> Refusal | None:
    """Why a question cannot be answered whatever is found; None if it might be.

    It says nothing to look for, it asks for works or provisions that are not here on the date, or
    it names no work and its subject is that of one whose text is not here.
    """
    if not query.served:
        facts = Facts(languages=tuple(one.code for one in served()))
        return Refusal("unclear_question", (Notice("language_not_served", facts=facts),))
    if not query.subject:
        facts = Facts(lacks="subject")
        return Refusal("unclear_question", (Notice("unclear_question", facts=facts),))
    missing = not_here(library, query, named, as_of)
    if missing and len(missing) == len(named) + len(query.acts):
        return Refusal(reason_of(missing), tuple(missing))
    if query.elsewhere and not named and not query.documents:
        return Refusal("work_not_present", tuple(map(elsewhere, query.elsewhere)))
    gone = absent_places(library, query, sources)
    if gone:
        ended = [expired(work, library) for work in named if library.lapsed(work, as_of)]
        notices = (no_provision(library, work, label, as_of) for work, label in gone)
        return Refusal("provision_not_in_version", (*ended, *notices))
    return None


def reason_of(missing: Sequence[Notice]) -> Reason:
    codes = {notice.code for notice in missing}
    reasons: tuple[Reason, ...] = ("work_not_present", "no_version_for_date")
    return next((reason for reason in reasons if reason in codes), "not_in_corpus")


def refusal_after_reading(
    readings: Sequence[Reading], notices: Sequence[Notice], foreign: float
) -> Refusal:
    """Why what was found does not answer: nothing of the field, or not the fact.

    A cosine below `foreign` is of no sentence of the field.
    """
    nearest_cosine = max((r.hit.scores.sentence for r in readings), default=0.0)
    if nearest_cosine < foreign:
        return Refusal("outside_scope")
    return Refusal("not_in_corpus", tuple(notices))


def not_here(library: Library, query: Query, named: Sequence[Work], as_of: date) -> list[Notice]:
    """A notice for each work and act that a question names and that is not here on the date."""
    return [
        *absences(library, named, as_of),
        *(Notice("not_in_corpus", facts=Facts(work=act, remedy="add")) for act in query.acts),
    ]


def absences(library: Library, named: Sequence[Work], as_of: date) -> list[Notice]:
    """A notice for each named work that has no text here, or none for the date."""
    found = []
    for work in named:
        versions = library.texts(work)
        if not versions:
            found.append(Notice("work_not_present", facts=to_be_had(work, work.short_title)))
        elif not library.texts_read(work, as_of):
            official = any(map(is_official, library.in_force(work, library.day_read(work, as_of))))
            facts = Facts(
                work=work.short_title,
                day=as_of,
                times=times(versions),
                remedy="sync" if official else None,
                group=group_of(work) if official else None,
            )
            found.append(Notice("no_version_for_date", facts=facts))
    return found


def elsewhere(work: Work) -> Notice:
    """That a question is a matter of a work whose text is not here, and how to get it."""
    number = next((name for name in work.names if "/" in name), None)  # 1408/2013
    name = f"{work.short_title} ({number})" if number else work.short_title
    return Notice("stands_elsewhere", facts=to_be_had(work, name))


def to_be_had(work: Work, name: str) -> Facts:
    """A work under a name and how its text comes here: by a sync of its group, or by hand."""
    if any(map(is_official, work.sources)):
        return Facts(work=name, remedy="sync", group=group_of(work))
    return Facts(work=name, remedy="add")


def group_of(work: Work) -> Group | None:
    """The group to be named for a sync; None for the one that comes by default."""
    return work.group if work.group != DEFAULT else None


def times(versions: Sequence[Source]) -> tuple[DaySpan, ...]:
    """The times in which versions applied, joined where one follows the other."""
    spans: list[tuple[date, date]] = []
    for source in sorted(versions, key=lambda source: source.valid_from or date.min):
        first, last = source.valid_from or date.min, source.valid_to or date.max
        if spans and first <= following(spans[-1][1]):
            first, last = spans[-1][0], max(spans.pop()[1], last)
        spans.append((first, last))
    return tuple(
        DaySpan(first if first > date.min else None, last if last < date.max else None)
        for first, last in spans
    )


def following(last: date) -> date:
    return last if last == date.max else last + timedelta(1)


def gaps(library: Library, works: Sequence[Work], as_of: date) -> list[Notice]:
    """What there is to say of works that a question may be about and that were not searched.

    One notice names those of which no text is here, others what they replaced since that day and
    how to get it, or for which days there is a text.
    """
    absent = [work for work in works if is_unread(library, work, as_of)]
    names = tuple(work.short_title for work in absent)
    told = [Notice("version_gap", facts=Facts(works=names))] if absent else []
    told += [
        Notice("work_not_present", facts=to_be_had(work, work.short_title))
        for work in replaced_by(library, works)
        if is_unread(library, work, as_of)
    ]
    here = [work for work in works if library.texts(work)]
    return told + absences(library, here, as_of)


def replaced_by(library: Library, works: Sequence[Work]) -> list[Work]:
    """The works that one of these replaced, at once or by way of others."""
    ids = {work.id for work in works}
    return [work for work in library.works if ids & {heir.id for heir in library.heirs(work)}]


def is_unread(library: Library, work: Work, as_of: date) -> bool:
    """Whether a work applied on a day and no text of it is here."""
    return bool(library.in_force(work, as_of)) and not library.texts(work)


def of_the_search(
    library: Library, query: Query, named: Sequence[Work], sources: set[str], today: date
) -> list[Notice]:
    """What there is to say of a search in vain: in what language, of what day, for what change."""
    language, told = query.language, list[Notice]()
    searched = {library.sources[source][1].language for source in sources}
    if searched and language not in searched:
        facts = Facts(day=query.as_of, language=language, languages=tuple(sorted(searched)))
        told.append(Notice("other_language", facts=facts))
    for work in named:
        if library.lapsed(work, query.as_of):
            told.append(expired(work, library))
        elif query.as_of < today and not library.in_force(work, today):
            facts = Facts(work=work.short_title, day=query.as_of)
            told.append(Notice("superseded_source", facts=facts))
    if query.wants.change:
        told.append(Notice("unclear_question", facts=Facts(lacks="provision")))
    return told


def no_provision(library: Library, work: Work | None, label: str, as_of: date) -> Notice:
    """That a provision does not exist on a date, and which versions of its work have it."""
    having = tuple(
        source.id
        for source in (library.texts(work) if work else ())
        if find_provision(library.document(source.id), label)
    )
    name = work.short_title if work else None
    facts = Facts(work=name, label=label, day=as_of, sources=having)
    return Notice("provision_not_in_version", facts=facts)
