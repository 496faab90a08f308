"""A question that is answered by yes or no and clauses in, the answer with the deciding words out.

What a question asks leave for, or holds to be a duty, is set against what the nearest clause
forbids, allows, demands or leaves free. A clause with conditions decides nothing.
"""

from collections.abc import Sequence

from clusterqa.answering.clauses import WORD, Clause, words
from clusterqa.answering.limits import figures_of
from clusterqa.answers import Short, ShortWords
from clusterqa.languages.phrases import names_said
from clusterqa.languages.quantities import figures
from clusterqa.query.understanding import Query

LEAST_NEAR = 0.6  # nearness of the clause that decides
AHEAD = 0.1  # nearness by which it is ahead of a clause that decides otherwise
LONGEST = 260  # chars of the deciding words


def yes_no_answer(query: Query, found: Sequence[Clause]) -> Short | None:
    """Yes or No, with the words that decide; None where it is not certain."""
    if not found or not query.form.yes_no or query.form.several:
        return None
    ranked = sorted(found, key=lambda one: -one.nearness)
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


def decided(query: Query, clause: Clause) -> str | None:
    """What a clause says to the question; None if it does not decide it without a condition."""
    asked, own = query.form.asks, clause.says
    leading = names_said(clause.lead, clause.language, "stating")
    if "only" in own or measured(query, clause):
        return None
    denied = "not" in own | leading
    if "duty" in asked and "leave" not in asked:
        if "frees" in own | leading:
            return "no"
        return "yes" if "binds" in own | leading and not denied else None
    if "forbids" in own or leading & {"forbids", "only"}:
        return None if "if" in own or limited(clause) else "no"
    return "yes" if "lets" in own | leading and not denied else None


def measured(query: Query, clause: Clause) -> bool:
    """Whether question and clause both give figures, which have to be compared."""
    return bool(query.form.given) and bool(figures(clause.text))


def limited(clause: Clause) -> bool:
    """Whether what a clause denies is that something exceeds a limit."""
    return "more" in clause.says or "less" in clause.says


def deciding(clause: Clause, verdict: str) -> tuple[ShortWords, ...]:
    """The clause, if it is short enough, without the sign that ends it."""
    end = len(clause.text.rstrip(" .;,:"))
    if end > LONGEST or len(WORD.findall(clause.text)) < 3:
        return ()
    return (words(clause, verdict, 0, end),)
