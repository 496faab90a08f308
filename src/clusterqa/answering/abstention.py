"""Why there is no answer: a reason for programs, and in words what is missing and how to get it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from clusterqa.answering.notices import LANGUAGES, day
from clusterqa.corpus.manifest import is_official
from clusterqa.index import Library
from clusterqa.languages.identification import is_unserved, question_language
from clusterqa.law.history import find_provision
from clusterqa.query.understanding import Understood, asks_what_changed, content, named_works
from clusterqa.search.named import absent_places, unlisted_acts
from clusterqa.search.reader import Reading
from clusterqa.types import Notice, Source, Work

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


def asked_works(
    library: Library, question: str, documents: Sequence[str], as_of: date
) -> list[Work]:
    """The works that a question is limited to, or else names.

    "The de minimis Regulation 2023/2832" is not the one that is here under that name.
    """
    if not documents:
        for act in unlisted_acts(question, library.works):
            question = question.replace(act, " ")
        return named_works(question, library.works, as_of)
    absent = {source for source in documents if not library.has(source)}
    return [
        work
        for work in library.works
        if work.id in documents or any(source.id in absent for source in work.sources)
    ]


def refusal_before_reading(
    library: Library, question: str, named: Sequence[Work], as_of: date, sources: set[str]
) -> Refusal | None:
    """Why a question cannot be answered whatever is found; None if it might be.

    It says nothing to look for, or it asks for works or provisions that are not here on the date.
    """
    if is_unserved(question):
        return Refusal("unclear_question", (Notice("language_not_served", UNSERVED),))
    if not content(question):
        return Refusal("unclear_question", (Notice("unclear_question", WHAT_TO_ADD),))
    missing = not_here(library, question, named, as_of)
    if missing and len(missing) == len(named) + len(unlisted_acts(question, library.works)):
        return Refusal(reason_of(missing), tuple(missing))
    gone = absent_places(library, question, sources, as_of)
    if gone:
        notices = tuple(no_provision(library, work, label, as_of) for work, label in gone)
        return Refusal("provision_not_in_version", notices)
    return None


UNSERVED = "English and French are understood here; ask in one of them."
WHAT_TO_ADD = (
    "Say what the question is about: which kind of aid, cost, body or provision, and, if it "
    "matters, of which date."
)


def reason_of(missing: Sequence[Notice]) -> Reason:
    codes = {notice.code for notice in missing}
    reasons: tuple[Reason, ...] = ("work_not_present", "no_version_for_date")
    return next((reason for reason in reasons if reason in codes), "not_in_corpus")


def refusal_after_reading(readings: Sequence[Reading], notices: Sequence[Notice]) -> Refusal:
    """Why what was found does not answer: nothing of the field, or not the fact."""
    nearest_cosine = max((r.hit.scores.sentence for r in readings), default=0.0)
    if nearest_cosine < FOREIGN:
        return Refusal("outside_scope")
    return Refusal("not_in_corpus", tuple(notices))


def not_here(library: Library, question: str, named: Sequence[Work], as_of: date) -> list[Notice]:
    """A notice for each work and act that a question names and that is not here on the date."""
    return [
        *absences(library, named, as_of),
        *(
            Notice("not_in_corpus", f"{act} is not in this corpus. {ADD}")
            for act in unlisted_acts(question, library.works)
        ),
    ]


ADD = "The missing text can be added from a file with: clusterqa corpus add"
SYNC = "The missing text can be fetched with: clusterqa corpus sync"


def absences(library: Library, named: Sequence[Work], as_of: date) -> list[Notice]:
    """A notice for each named work that has no text here, or none for the date."""
    found = []
    for work in named:
        versions = library.texts(work)
        if not versions:
            remedy = SYNC if any(map(is_official, work.sources)) else ADD
            message = f"{work.short_title} is not in this corpus. {remedy}"
            found.append(Notice("work_not_present", message))
        elif not library.texts_in_force(work, as_of):
            message = (
                f"No text of {work.short_title} for {day(as_of)} is here; what is here applies "
                f"{' and '.join(times(versions))}."
            )
            if any(map(is_official, library.in_force(work, as_of))):
                message += f" {SYNC}"
            found.append(Notice("no_version_for_date", message))
    return found


def times(versions: Sequence[Source]) -> list[str]:
    """The times in which versions applied, joined where one follows the other, in words."""
    spans: list[tuple[date, date]] = []
    for source in sorted(versions, key=lambda source: source.valid_from or date.min):
        first, last = source.valid_from or date.min, source.valid_to or date.max
        if spans and first <= following(spans[-1][1]):
            first, last = spans[-1][0], max(spans.pop()[1], last)
        spans.append((first, last))
    return [span_text(first, last) for first, last in spans]


def following(last: date) -> date:
    return last if last == date.max else last + timedelta(1)


def span_text(first: date, last: date) -> str:
    """ "from 1 January 2024 to 31 December 2030"; without the end that is open."""
    begins = f"from {day(first)}" if first > date.min else ""
    ends = f"{'to' if begins else 'until'} {day(last)}" if last < date.max else ""
    return " ".join(filter(None, (begins, ends))) or "at any time"


def gaps(library: Library, works: Sequence[Work], as_of: date) -> list[Notice]:
    """What there is to say of works that a question may be about and that were not searched.

    One notice names those of which no text is here, others say for which days there is one.
    """
    absent = [w for w in works if library.in_force(w, as_of) and not library.texts(w)]
    names = ", ".join(work.short_title for work in absent)
    message = f"Known but not in this corpus, so not searched: {names}."
    told = [Notice("version_gap", message)] if absent else []
    here = [work for work in works if library.texts(work)]
    return told + absences(library, here, as_of)


def of_the_search(
    library: Library, asked: Understood, named: Sequence[Work], sources: set[str], today: date
) -> list[Notice]:
    """What there is to say of a search in vain: in what language, of what day, for what change."""
    language, told = question_language(asked.text), list[Notice]()
    searched = {library.sources[source][1].language for source in sources}
    if searched and language not in searched:
        names = [LANGUAGES.get(code, code) for code in (language, *sorted(searched))]
        message = (
            f"No {names[0]} text that applied on {day(asked.as_of)} is here; "
            f"{' and '.join(names[1:])} ones were searched."
        )
        told.append(Notice("other_language", message))
    for work in named:
        if asked.as_of < today and not library.in_force(work, today):
            until = f"its text of {day(asked.as_of)} was searched; it no longer applies"
            message = f"{work.short_title}: {until}."
            told.append(Notice("superseded_source", message))
    if asks_what_changed(asked.text):
        told.append(Notice("unclear_question", WHICH_CHANGE))
    return told


WHICH_CHANGE = "To see what changed, name the provision, such as Article 27, or what it is about."


def no_provision(library: Library, work: Work | None, label: str, as_of: date) -> Notice:
    """That a provision does not exist on a date, and which versions of its work have it."""
    if work is None:
        message = f"No text that applied on {day(as_of)} and is here has {label}."
        return Notice("provision_not_in_version", message)
    having = [
        source.id
        for source in library.texts(work)
        if find_provision(library.document(source.id), label)
    ]
    other = f"; versions that have it: {', '.join(having)}" if having else ""
    message = f"{work.short_title} as it stood on {day(as_of)} has no {label}{other}."
    return Notice("provision_not_in_version", message)
