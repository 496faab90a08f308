"""A question that is answered by yes or no and clauses in, the answer with the deciding words out.

What a question asks for, leave, a duty or whether something is something else, is set against what
the verb of the nearest clause says: it lets or forbids, demands or frees, is or is not. A verb of a
relative clause decides nothing, nor does a rule whose exception is what is asked about. A point of
a list is what the words that introduce it say of all its points.
"""

import re
from collections.abc import Sequence
from typing import Literal

from clusterqa.answering.clauses import WORD, Clause, words
from clusterqa.answering.limits import figures_of
from clusterqa.answers import Short, ShortWords
from clusterqa.languages.analysis import analyzer
from clusterqa.languages.phrases import Occurrence, names_said
from clusterqa.languages.phrases import said as phrases_said
from clusterqa.languages.quantities import figures
from clusterqa.query.stems import content, own_stems
from clusterqa.query.understanding import Query

Verdict = Literal["yes", "no"]

LEAST_NEAR = 0.6  # nearness of the clause that decides
AHEAD = 0.1  # nearness by which it is ahead of a clause that decides otherwise
LONGEST = 260  # chars of the deciding words
CONDITION = 2  # stems of a question in a condition that is then a duty
VERBS = ("forbids", "lets", "binds", "frees")
OPPOSITE: dict[Verdict, Verdict] = {"yes": "no", "no": "yes"}
BREAK = re.compile(r"[,;:](?=\s)| \(")
CLAUSE_SIGNS = re.compile(r"[,;:()]")


def yes_no_answer(query: Query, found: Sequence[Clause]) -> Short | None:
    """Yes or No, with the words that decide; None where it is not certain."""
    if not found or not query.form.yes_no or query.form.several:
        return None
    ranked = sorted(found, key=lambda one: (one.text.endswith(":"), -one.nearness))
    best = ranked[0]
    asks = query.form.asks
    holds = "premise" in asks or ("still" in asks and asks & {"cap", "share", "amount"})
    if holds and (said := premise(query, best)):
        return Short("yes_no", query.form.language, said)
    if "against" in asks:
        return None
    verdict = decided(query, best)
    if verdict is None or best.nearness < LEAST_NEAR or best.language != query.form.language:
        return None
    near = [one for one in ranked[1:] if best.nearness - one.nearness < AHEAD]
    if any(decided(query, one) not in (None, verdict) for one in near):
        return None
    said = deciding(best, verdict)
    return Short("yes_no", query.form.language, said) if said else None


def premise(query: Query, clause: Clause) -> tuple[ShortWords, ...]:
    """The one figure of a kind that a clause sets, and whether it is the one that is asked about.

    Of several kinds of figure one that differs decides.
    """
    if clause.language != query.form.language:
        return ()
    found = []
    for given in query.form.given:
        stated = figures_of(clause, frozenset((given.kind,)))
        if len(stated) == 1:
            found.append((stated[0].figure == given.figure, stated[0]))
    if not found:
        return ()
    same, one = min(found, key=lambda pair: pair[0])
    return (words(clause, "yes" if same else "no", one.start, one.tail),)


# -- what a clause says to a question -------------------------------------------------------------


def decided(query: Query, clause: Clause) -> Verdict | None:
    """What a clause says to the question; None if it does not decide it."""
    if measured(query, clause) or asks_exception(query, clause):
        return None
    if query.form.sought == "duty":
        return of_duty(query, clause)
    if query.form.sought:
        verdict = of_leave(query, clause)
        return OPPOSITE[verdict] if verdict and query.form.sought == "barred" else verdict
    return of_class(query, clause)


def of_duty(query: Query, clause: Clause) -> Verdict | None:
    """Whether a clause demands what is asked about, or leaves it free.

    Leave that is given on a condition demands the condition.
    """
    verbs = {one.name for one in main_verbs(clause)} or names_said(
        clause.lead, clause.language, "stating"
    ) & {"binds", "frees"}
    if "frees" in verbs:
        return "no"
    if "forbids" not in verbs and "binds" in verbs:
        return "yes"
    if "forbids" in verbs or not ({"lets"} & verbs or is_held(clause)):
        return None
    return "yes" if meets_condition(query, clause) else None


def meets_condition(query: Query, clause: Clause) -> bool | None:
    """Whether the condition of a clause is what the question is about; None if it has none."""
    begun = next((one.start for one in clause.said if one.name == "if"), None)
    if begun is None:
        return None
    stems = {*analyzer(clause.language)(clause.text[begun:])}
    return len(stems & query.subject) >= CONDITION


def of_leave(query: Query, clause: Clause) -> Verdict | None:
    """Whether a clause allows what is asked about or excludes it."""
    verbs = {one.name for one in main_verbs(clause)} & {"forbids", "lets"}
    if len(verbs) > 1:
        return None
    if not verbs and (listed := of_list(clause)):
        return listed if is_about(query, clause.text, clause) else None
    if verbs == {"lets"}:
        return "yes"
    apart = limited(clause) or of_other_class(query, clause)
    return "no" if verbs and not apart and meets_condition(query, clause) is not False else None


def of_list(clause: Clause) -> Verdict | None:
    """What the words that introduce a point say of it: that it is in, or out."""
    if not clause.lead:
        return None
    leading = names_said(clause.lead, clause.language, "stating")
    if leading & {"forbids", "only"} or ({"not"} & leading and leading & {"lists", "lets"}):
        return None if leading & {"more", "less", "if"} else "no"
    return "yes" if leading & {"lists", "lets"} else None


def of_class(query: Query, clause: Clause) -> Verdict | None:
    """Whether a clause says that something is what the question asks whether it is."""
    held = next((one for one in clause.said if one.name in ("holds", "be")), None)
    if held is None or "if" in clause.says:
        return None
    sides = clause.text[: held.start], clause.text[held.end :]
    if not all(is_about(query, side, clause) for side in sides):
        return None
    return "no" if denied(clause, held) else "yes"


def of_other_class(query: Query, clause: Clause) -> bool:
    """Whether what a clause denies is that something is of a kind that is not asked about."""
    held = next((one for one in clause.said if one.name == "holds"), None)
    return held is not None and not is_about(query, clause.text[held.end :], clause)


def is_held(clause: Clause) -> bool:
    return any(one.name == "holds" and not denied(clause, one) for one in clause.said)


def is_about(query: Query, text: str, clause: Clause) -> bool:
    """Whether words of a clause share a stem with what is asked about."""
    return bool(matter(query) & {*analyzer(clause.language)(text)})


def matter(query: Query) -> frozenset[str]:
    """The stems of what a question is about, without those of words that every rule has."""
    said = query.subject | content(query.law_words, query.language)
    return said - own_stems(query.language)


def denied(clause: Clause, one: Occurrence) -> bool:
    """Whether a negation stands before or in a phrase, or right behind it."""
    before = CLAUSE_SIGNS.split(clause.text[: one.start])[-1]
    behind = " ".join(WORD.findall(clause.text[one.end :])[:1])
    near = f"{before} {clause.text[one.start : one.end]} {behind}"
    return "not" in names_said(near, clause.language, "stating")


# -- the verbs of a clause ------------------------------------------------------------------------


def main_verbs(clause: Clause) -> list[Occurrence]:
    """The verbs by which a clause lets, forbids, demands or frees, but for relative clauses.

    Of verbs that overlap the longest counts: "may not" is not "may".
    """
    found = [one for one in clause.said if one.name in VERBS]
    whole = [one for one in found if not any(is_part(one, other) for other in found)]
    return [one for one in whole if not is_subordinate(clause, one)]


def is_part(one: Occurrence, other: Occurrence) -> bool:
    length = one.end - one.start
    return other.start <= one.start and one.end <= other.end and length < other.end - other.start


def is_subordinate(clause: Clause, one: Occurrence) -> bool:
    """Whether a relative pronoun stands between the sign of punctuation before a verb and it."""
    before = CLAUSE_SIGNS.split(clause.text[: one.start])[-1]
    return "relative" in names_said(before, clause.language, "stating")


def measured(query: Query, clause: Clause) -> bool:
    """Whether question and clause both give figures, which have to be compared."""
    return bool(query.form.given) and bool(figures(clause.text))


def limited(clause: Clause) -> bool:
    """Whether what a clause denies is that something exceeds a limit."""
    return "more" in clause.says or "less" in clause.says


def asks_exception(query: Query, clause: Clause) -> bool:
    """Whether the question shares words with the exception of a clause that its rule has not."""
    begun = next((one.start for one in clause.said if one.name == "only"), None)
    if begun is None:
        return False
    analyze, asked = analyzer(clause.language), query.subject - own_stems(query.language)
    rule, exception = ({*analyze(t)} for t in (clause.text[:begun], clause.text[begun:]))
    return bool(asked & (exception - rule)) or not asked & rule


# -- the words ------------------------------------------------------------------------------------


def deciding(clause: Clause, verdict: Verdict) -> tuple[ShortWords, ...]:
    """The clause, or its first part that has its verb, without the sign that ends it.

    What is left out may hold conditions or exceptions, which is then said.
    """
    whole = len(clause.text.rstrip(" .;,:"))
    if len(WORD.findall(clause.text)) < 2:
        return ()
    verb = max((one.end for one in main_verbs(clause)[:1]), default=0)
    ends = [one.start() for one in BREAK.finditer(clause.text) if verb < one.start() <= LONGEST]
    end = whole if whole <= LONGEST else max(ends, default=0)
    if not end:
        return ()
    names = {one.name for one in phrases_said(clause.text, clause.language, "stating")}
    limits = "only" in names or (verdict == "yes" and "if" in names)
    return (words(clause, f"{verdict}_limited" if limits else verdict, 0, end),)
