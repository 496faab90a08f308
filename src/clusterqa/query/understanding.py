"""Words typed in, a `Query` out: what a question says, read once for all that comes after.

Nothing below asks a question's words again: retrieval, reading, abstention and answers take what
they need from the `Query`. Its parts come from the modules beside this one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from clusterqa.index import Library
from clusterqa.languages.analysis import Analyzer, analyzer
from clusterqa.languages.identification import is_served, question_language
from clusterqa.provisions.headings import named
from clusterqa.query.checks import checked
from clusterqa.query.dates import change_in, times_in, without_change, without_days
from clusterqa.query.followups import in_context, joined, leans, resolve, subject_turns
from clusterqa.query.form import QuestionForm, form
from clusterqa.query.given import NOTHING, GivenFigures, given_in
from clusterqa.query.intents import Wants, asked_terms, asks_what_changed, granted, wants
from clusterqa.query.stems import content
from clusterqa.query.subjects import absent_of_subject
from clusterqa.query.synonyms import Synonym, Synonyms, wording
from clusterqa.query.time_words import years_in
from clusterqa.query.works import bearing_works, named_works, repealed_day, unlisted_acts
from clusterqa.types import Inquiry, Turn, Work

if TYPE_CHECKING:
    from clusterqa.query.pinpoints import Address

Stems = frozenset[str]
Dated = Literal["request", "question", "conversation", "repeal", "today"]

PARTS = 5  # questions in one that are looked up each by itself
ADDRESSABLE = re.compile(rf"\d|\b(?:{'|'.join(named('annex', 'also_annex'))})\b", re.IGNORECASE)
NAME = re.compile(r"(?<=[\w,;:)] )[A-Z][\w&-]*|\b[A-Z]{2,}\w*\b")


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it was read.

    In words: `typed` with blanks folded; `text` standing alone, with what it leans on; `words` what
    is searched, without its days, for they decide what text is searched; `language` is a code,
    `stemmed` that of the language whose stems it is searched by, English where no text is in its
    own, `served` says whether questions in it can be answered, `words_known` whether its words of
    time and intent are read.

    In time: `as_of` is the day whose law is asked about and `dated` what decided it; `days` are all
    that its own words name, in their order; `between` are the two that it compares; `unknown` are
    the words of time that could not be turned into a day, none where the request says the day.

    In law: `works` that it names, `acts` that it names by number and that are not among the works,
    `bearing` works without a text here that it may be about, `elsewhere` those that it is about by
    its subject, `addresses` of provisions that it names; `asks_text` says that it asks for nothing
    but their text.

    For the search: `tokens` are the stems of `words`, `subject` those that say what `text` is
    about, `uses` where it uses terms of the glossary, `law_words` the words as the law has them,
    `terms` for each term whose meaning is asked the stems it is known by, `names` stems of names.

    For the answer: `wants` is what it wants to know, `form` how it asks.

    `history` are the turns that it was read with, `before` the last of them as a query; `encoded`
    is what is encoded of it, with the questions before it; `parts` are the questions in it, where
    it holds several; `granted` are clauses that it takes for granted; `given` are its figures and
    what they are of, to be put against rules.
    """

    typed: str
    text: str
    words: str
    encoded: str
    language: str
    as_of: date
    dated: Dated
    works: tuple[Work, ...]
    acts: tuple[str, ...]
    bearing: tuple[Work, ...]
    elsewhere: tuple[Work, ...]
    addresses: "tuple[Address, ...]"
    asks_text: bool
    tokens: tuple[str, ...]
    subject: Stems
    uses: tuple[Synonym, ...]
    law_words: str
    terms: tuple[frozenset[Stems], ...]
    names: Stems
    wants: Wants
    form: QuestionForm
    granted: str
    stemmed: str = "en"
    served: bool = True
    words_known: bool = True
    days: tuple[date, ...] = ()
    unknown: tuple[str, ...] = ()
    between: tuple[date, date] | None = None
    documents: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    before: "Query | None" = None
    parts: "tuple[Query, ...]" = ()
    given: GivenFigures = NOTHING

    @property
    def compares(self) -> bool:
        """Whether it is about more than one day."""
        return len(self.days) > 1 or self.wants.change


def understand(inquiry: Inquiry, library: Library, today: date) -> Query:
    """What an inquiry asks, given the turns before it, and of which day.

    Raises `UsageError` for a question that cannot be read.
    """
    typed, history, works = checked(inquiry.question), inquiry.history, library.works
    times, leaning = times_in(typed, works, today), leans(typed, history)
    language = question_language(f"{history[-1].question} {typed}" if leaning else typed)
    stemmed = stemmed_as(language, library)
    days = times.days or (() if is_served(language) else years_in(typed))
    turns = tuple(subject_turns(typed, history, stemmed)) if leaning else ()
    text = joined(typed, turns, works, dated=bool(days), language=stemmed) if turns else typed
    change = asks_what_changed(text)
    since = len(days) == 1 and (asks_what_changed(typed) if turns else change)
    as_of, dated = day_asked(inquiry, () if since else days, today)
    if not (inquiry.as_of or days):
        last = repealed_day(library, text, named_works(text, works, as_of), as_of)
        as_of, dated = (last, "repeal") if last else (as_of, dated)
    words = searched(text, days, stemmed, change=change)
    known = Known(library, language, as_of, dated, inquiry.documents)
    return replace(
        known.query(typed, text, words, change=change),
        encoded=with_turns(typed, turns or inquiry.history) if inquiry.history else words,
        served=language == stemmed,
        words_known=is_served(language),
        days=days,
        unknown=() if inquiry.as_of else times.unknown,
        between=compared_days((typed, text) if change else (), days, works, as_of),
        history=turns,
        before=known.alone(resolve(turns[-1].question, turns[:-1])) if turns else None,
        parts=tuple(map(known.alone, questions_in(words, stemmed))) if not turns else (),
        given=given_in(library.thresholds, without_days(typed) or typed, text, language),
    )


def stemmed_as(language: str, library: Library) -> str:
    """The language by whose stems a question is searched: its own if it is served or texts are."""
    return language if is_served(language) or language in library.languages else "en"


def with_turns(typed: str, turns: Sequence[Turn]) -> str:
    """A question in the light of the turns before it, without their days."""
    before = [without_days(turn.question) for turn in reversed(turns)]
    return in_context(without_days(typed) or typed, before)


def day_asked(inquiry: Inquiry, days: Sequence[date], today: date) -> tuple[date, Dated]:
    """The day that is asked about, the last of several that the words name, and what says so."""
    if inquiry.as_of:
        return inquiry.as_of, "request"
    if days:
        return max(days), "question"
    before = inquiry.history[-1].as_of if inquiry.history else None
    return (before, "conversation") if before else (today, "today")


def compared_days(
    changing: Sequence[str], days: Sequence[date], works: Sequence[Work], as_of: date
) -> tuple[date, date] | None:
    """The two days that a question compares, the earlier first; None if it names none.

    `changing` are the words, if any, that ask what changed and may say when.
    """
    for words in changing:
        if found := change_in(words, works, as_of):
            return found
    named = days if len(days) > 1 else (*days, as_of)
    return (min(named), max(named)) if min(named) < max(named) else None


def searched(text: str, days: Sequence[date], language: str, *, change: bool) -> str:
    """A question without its days; of one that asks what changed, what may have changed."""
    words = without_change(text) if change else text
    words = without_days(words) if days else words
    return words if content(words, language) else without_days(text) or text


def questions_in(words: str, language: str) -> tuple[str, ...]:
    """The questions in it, each on its own, where it holds several, the first few; else none."""
    found = [p.strip() for p in re.findall(r"[^?]+\?", words) if len(content(p, language)) > 1]
    turns = [Turn(part) for part in found]
    alone = tuple(resolve(part, turns[:n]) for n, part in enumerate(found[:PARTS]))
    return alone if len(found) > 1 else ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a question before its words are read: language, day, documents."""

    library: Library
    language: str
    as_of: date
    dated: Dated
    documents: tuple[str, ...]

    def alone(self, text: str) -> Query:
        """A question that is searched as it stands."""
        return self.query(text, text, text, change=asks_what_changed(text))

    def query(self, typed: str, text: str, words: str, *, change: bool) -> Query:
        """A question from its words as typed, standing alone and as searched."""
        works, language = self.library.works, self.language
        stemmed = stemmed_as(language, self.library)
        analyze, said = analyzer(stemmed), wording(self.library, language)
        acts = unlisted_acts(text, works)
        wanted, taken = wants(typed, words, change=change), granted(text)
        addresses, asks_text = self.places(words)
        return Query(
            typed=typed,
            text=text,
            words=words,
            encoded=words,
            language=language,
            stemmed=stemmed,
            as_of=self.as_of,
            dated=self.dated,
            documents=self.documents,
            works=tuple(named_works(without(text, acts), works, self.as_of)),
            acts=tuple(acts),
            bearing=tuple(bearing_works(self.library, text, self.as_of, stemmed)),
            elsewhere=tuple(absent_of_subject(self.library, text, self.as_of)),
            addresses=addresses,
            asks_text=asks_text,
            tokens=tuple(analyze(words)),
            subject=content(text, stemmed),
            uses=tuple(said.uses(words)),
            law_words=said.in_law_words(words),
            terms=tuple(stems_of(term, analyze, said) for term in asked_terms(words)),
            names=frozenset(stem for name in NAME.findall(words) for stem in analyze(name)),
            wants=wanted,
            form=form(typed, text, language, count=wanted.count, granted=taken),
            granted=taken,
        )

    def places(self, words: str) -> "tuple[tuple[Address, ...], bool]":
        """The provisions that words name, and whether they say nothing but that.

        One that stands for a kind of area ("in 107(3)(c) areas") is not asked about.
        """
        if not ADDRESSABLE.search(words):
            return (), False
        from clusterqa.query.pinpoints import addresses, asks_its_text, is_area  # seldom needed

        works = self.library.works
        found = [a for a in addresses(words, works, self.as_of) if not is_area(words, a.span)]
        return tuple(found), bool(found) and asks_its_text(words, found, works, self.language)


def without(text: str, acts: Sequence[str]) -> str:
    """The text without acts: "the de minimis Regulation 2023/2832" is not the one of that name."""
    for act in acts:
        text = text.replace(act, " ")
    return text


def stems_of(term: str, analyze: Analyzer, said: Synonyms) -> frozenset[Stems]:
    """The stems by which a term is known: as it is said and in the law's words."""
    return frozenset(frozenset(analyze(words)) for words in (term, said.in_law_words(term)))
