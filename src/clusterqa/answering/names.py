"""A question for a name or a meaning and clauses in, the words of a short answer out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from clusterqa.answering.clauses import WORD, Clause, asked_stems, words
from clusterqa.answering.lists import points_of
from clusterqa.answers import Short, ShortWords
from clusterqa.languages.analysis import analyzer
from clusterqa.languages.phrases import Occurrence, names_said
from clusterqa.query.understanding import Query

LONGEST_SUBJECT = 12  # words
LONGEST_MEANING = 60  # words
LEAST_MEANING = 4
NEAR = 0.4  # nearness behind the best at which a clause is about something else
ABOUT = 2  # stems that the question and the clause that says who have in common
ASIDE = re.compile(r" \([^()]*\)")
PRONOUN = re.compile(
    r"(?:it|they|this|these|those|such|he|she|ils?|elles?|ces?|cette)\b", re.IGNORECASE
)
# What a question asks that is no meaning.
DEFINITE = frozenset(
    "duration date share amount count cap floor ending starting latest name called list leave"
    " duty barred".split()
)
PASSIVE = re.compile(r" (?:not )?(?:be|être)\b")
CAPITALS = re.compile(
    r"(?:(?<=[\w,] )|(?<=[(«‘“\"']))"
    r"[A-Z][\w-]+(?: (?:(?:of|on|for|the|and|de|du|des) )*[A-Z][\w-]+)+"
)
BREAK = re.compile(r"[;:.,](?=\s|$)| \(")


def name_answer(query: Query, found: Sequence[Clause]) -> Short | None:
    """The name that a question asks for; None if it asks for none, or it is not certain which."""
    if "name" not in query.form.says or not found:
        return None
    best = max(found, key=lambda one: one.nearness)
    if "called" in query.form.says:
        return called(query, best)
    return subject(query, best, found)


def called(query: Query, clause: Clause) -> Short | None:
    """The only name of several words in a clause that the question does not say itself."""
    analyze = analyzer(clause.language)
    names = [
        one
        for one in CAPITALS.finditer(clause.text)
        if set(analyze(one[0])) - query.subject
        and "acts" not in names_said(one[0], clause.language, "stating")
    ]
    if len({one[0] for one in names}) != 1 or clause.language != query.form.language:
        return None
    taken = words(clause, "plain", *names[0].span())
    return Short("name", query.form.language, (taken,))


def subject(query: Query, clause: Clause, found: Sequence[Clause]) -> Short | None:
    """Who shall or may do it, by the clause; for "it", who the clause before says."""
    place, meant = found.index(clause), clause
    if PRONOUN.match(clause.text) and place and found[place - 1].citation == clause.citation:
        clause = found[place - 1]
    verbs = [one.start for one in clause.said if one.name in ("binds", "lets")]
    passive = verbs and PASSIVE.match(clause.text, clause.text.index(" ", min(verbs)))
    about = asked_stems(query) & {*analyzer(meant.language)(meant.text)}
    if (
        (passive and clause is meant)
        or not verbs
        or len(about) < ABOUT
        or PRONOUN.match(clause.text)
        or clause.language != query.form.language
    ):
        return None
    said = ASIDE.sub("", clause.text[: min(verbs)]).strip()
    end = len(said)
    stems = set(analyzer(clause.language)(said))
    whole = clause.text.startswith(said) and "," not in said
    if (
        not whole
        or not stems
        or stems <= query.subject
        or len(WORD.findall(said)) > LONGEST_SUBJECT
    ):
        return None
    return Short("name", query.form.language, (words(clause, "plain", 0, end),))


def meaning_answer(query: Query, found: Sequence[Clause]) -> Short | None:
    """What a term means that a question asks the meaning of; None without its definition.

    Where no term is asked, one of the nearest clauses may define what it is about.
    """
    ranked = sorted(found, key=lambda one: -one.nearness)
    near = [one for one in ranked if ranked[0].nearness - one.nearness < NEAR]
    asked = "defines" in query.form.asks or not (query.form.asks & DEFINITE or query.form.kinds)
    for clause in found if query.terms else near if asked else ():
        if clause.language == query.form.language and (start := defined(query, clause)):
            said = meaning(clause, start) or introduced(clause, start, found)
            if said:
                return Short("definition", query.form.language, said)
    return None


def meaning(clause: Clause, start: int) -> tuple[ShortWords, ...]:
    """The words from `start` on that say what something is.

    What stands in brackets is left out where they are too long with it.
    """
    text = clause.text
    end = meaning_end(text, start)
    if end == len(text.rstrip(" .;,")):
        return (words(clause, "plain", start, end),)
    aside = ASIDE.search(text, start)
    if aside is not None and (last := meaning_end(text, aside.end())):
        whole = len(WORD.findall(text[start : aside.start()] + text[aside.end() : last]))
        if LEAST_MEANING <= whole <= LONGEST_MEANING and aside.end() < last:
            return (
                words(clause, "plain", start, aside.start()),
                words(clause, "goes_on", aside.end() + 1, last),
            )
    return (words(clause, "plain", start, end),) if end else ()


def introduced(clause: Clause, start: int, found: Sequence[Clause]) -> tuple[ShortWords, ...]:
    """Words that introduce a list, with its points; none where there are too many."""
    if not clause.text.endswith(":"):
        return ()
    points = points_of(found, clause.text)
    begun = words(clause, "plain", start, len(clause.text) - 1)
    return (begun, replace(points[0], pattern="of"), *points[1:]) if points else ()


def defined(query: Query, clause: Clause) -> int | None:
    """Where the words begin that say what the term means; None if a clause does not define it."""
    phrases = [one for one in clause.said if is_defining(clause, one)]
    means = [one for one in phrases if one.name == "means"]
    found = next(iter(means or phrases), None)
    if found is None or len(WORD.findall(clause.text[: found.start])) > LONGEST_SUBJECT:
        return None
    before = set(analyzer(clause.language)(clause.text[: found.start]))
    known = any(stems and stems <= before for term in query.terms for stems in term)
    about = asked_stems(query)
    meant = bool(before & about) if "defines" in query.form.asks else before <= about
    if found.name == "be":
        exact = any(before and before <= stems for term in query.terms for stems in term)
        return found.end + 1 if exact else None
    return found.end + 1 if known or (meant and before and not query.terms) else None


def is_defining(clause: Clause, one: Occurrence) -> bool:
    """Whether a phrase is one that defines: "means", but not "by means of"; "is" only might."""
    return one.name in ("means", "be") and not clause.text[: one.start].endswith("by ")


def meaning_end(text: str, start: int) -> int | None:
    """The end of the sentence, or of the last part of it that is short enough; None: of none."""
    ends = [*breaks(text, start), len(text.rstrip(" .;,"))]
    fitting = [
        end
        for end in ends
        if LEAST_MEANING <= len(WORD.findall(text[start:end])) <= LONGEST_MEANING
    ]
    return None if text.endswith(":") or not fitting else max(fitting)


def breaks(text: str, start: int) -> Iterator[int]:
    """Where a sentence could end early, but for what stands in brackets."""
    for one in BREAK.finditer(text, start):
        before = text[start : one.start()]
        if before.count("(") == before.count(")"):
            yield one.start()
