"""A question in, the works and acts out that it names, and those that it may be about."""

import functools
import re
from collections.abc import Sequence
from datetime import date

from clusterqa.corpus.manifest import applies, last_day
from clusterqa.index import Library
from clusterqa.languages.analysis import analyzer
from clusterqa.query.dates import says_now
from clusterqa.query.stems import content
from clusterqa.references.acts import act_numbers, numbered_acts
from clusterqa.types import Work


def named_works(question: str, works: Sequence[Work], as_of: date) -> list[Work]:
    """The works that a question names, word for word.

    A longer name hides one inside it ("GBER 2008"). Where works share a name, a year in the
    question decides, else the date.
    """
    words = name_words(question)
    found: dict[tuple[int, int], list[Work]] = {}
    for work in works:
        for name in {work.short_title, *work.names}:
            for span in spans(name, words):
                found.setdefault(span, []).append(work)
    longest = [s for s in found if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in found)]
    chosen = [w for span in longest for w in meant(found[span], words, as_of)]
    return list({work.id: work for work in chosen}.values())


def spans(name: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where a name stands in a question; a plain word, not in capitals as "GBER" is, is no name."""
    wanted = name_words(name)
    if not wanted or (len(wanted) == 1 and wanted[0].isalpha() and not name.isupper()):
        return []
    last = len(words) - len(wanted)
    return [(i, i + len(wanted)) for i in range(last + 1) if words[i : i + len(wanted)] == wanted]


def meant(works: Sequence[Work], words: Sequence[str], as_of: date) -> Sequence[Work]:
    """Of works that share a name those whose year is said, those in force, or the last that was."""
    if len(works) == 1:
        return works
    dated = [work for work in works if set(name_words(work.short_title)) & {*words} & YEARS]
    in_force = [work for work in works if any(applies(one, as_of) for one in work.sources)]
    return dated or in_force or ended_last(works, as_of) or works


def ended_last(works: Sequence[Work], day: date) -> Sequence[Work]:
    """Of works whose texts had all ended before a day the one that did last; none if none had."""
    ends = {work.id: last_day(work) or day for work in works}
    ended = [work for work in works if ends[work.id] < day]
    return [work for work in ended if ends[work.id] == max(ends[one.id] for one in ended)][:1]


YEARS = {str(year) for year in range(1990, 2100)}


@functools.lru_cache(maxsize=2**12)  # every question is looked through for every name
def name_words(text: str) -> tuple[str, ...]:
    """The words of a name or a question as compared: "R&D&I" and "651/2014" are one word each."""
    return tuple(re.findall(r"[^\W_]+(?:[&/][^\W_]+)*", text.casefold()))


def without_names(question: str, works: Sequence[Work]) -> str:
    """The question without the works that it names, and the words that lead to them."""
    names = sorted({n for w in works for n in (w.short_title, *w.names)}, key=len, reverse=True)
    pattern = rf"(?:\b(?:under|in|by|of|per) )?(?:the )?\b(?:{'|'.join(map(re.escape, names))})\b"
    return " ".join(re.sub(pattern, "", question, flags=re.IGNORECASE).split())


def unlisted_acts(question: str, works: Sequence[Work]) -> list[str]:
    """The acts that a question names by number and that are no works, as it writes them."""
    known = {number for work in works for number in act_numbers(work)}
    found = [
        match.group()
        for match in numbered_acts(question)
        if frozenset(map(int, match.group("first", "second"))) not in known
    ]
    return list(dict.fromkeys(found))


def repealed_day(
    library: Library, question: str, works: Sequence[Work], as_of: date
) -> date | None:
    """The last day of the texts of the works that a question names and that applied before a day.

    None if it names none, or one of which a text answers on the day, and for a question of now.
    """
    if says_now(question) or any(answers_on(library, work, as_of) for work in works):
        return None
    ends = [s.valid_to for w in works for s in library.texts(w) if s.valid_to]
    return max((end for end in ends if end < as_of), default=None)


def answers_on(library: Library, work: Work, day: date) -> bool:
    return bool(library.in_force(work, day)) or library.lapsed(work, day)


def bearing_works(library: Library, question: str, as_of: date, language: str) -> list[Work]:
    """The works without a text here on a date that a question may be about, by a word of it.

    It is a word of their names that the names of the works that are here lack. Works of other
    groups than the core are known by their subjects instead, for their names are of common words.
    """
    here = [work for work in library.works if library.texts_read(work, as_of)]
    common = GENERIC.union(*(name_stems(work, question, language) for work in here))
    asked = content(question, language) - common
    core = [work for work in library.works if work.group == "core"]
    absent = [work for work in core if work not in here and not work.amends]
    return [work for work in absent if asked & name_stems(work, question, language)]


def name_stems(work: Work, question: str, language: str) -> frozenset[str]:
    """The stems of a work's names; abbreviations only if the question has them: STEP is no step."""
    words = re.findall(r"\w+", " ".join((work.short_title, *work.names)))
    said = set(re.findall(r"\w+", question))
    usual = [word for word in words if not word.isupper() or word in said]
    return frozenset(analyzer(language)(" ".join(usual)))


# Stems in names of works that say of what kind they are, not what they are about.
GENERIC = frozenset(
    "state aid framework regul recommend notic guid faq commun general règlement encadr"
    " ue eu ec".split()
)
