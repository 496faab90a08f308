"""A question that is answered by yes or no and clauses in, the answer with the deciding words out.

What a question asks leave for, or holds to be a duty, is set against what the nearest clause
forbids, allows, demands or leaves free. A clause with conditions decides nothing.
"""

from collections.abc import Sequence

from clusterqa.answering.clauses import WORD, Clause, words
from clusterqa.answers import Short, ShortWords
from clusterqa.languages.phrases import names_said
from clusterqa.query.understanding import Query

LEAST_COVERED = 0.5  # of a question's stems that the deciding clause holds
AHEAD = 0.1  # nearness by which it is ahead of a clause that decides otherwise
LONGEST = 260  # chars of the deciding words


def yes_no_answer(query: Query, found: Sequence[Clause]) -> Short | None:
    """Yes or No, with the words that decide; None where it is not certain."""
    if not found or not query.form.yes_no or "against" in query.form.says:
        return None
    ranked = sorted(found, key=lambda one: -one.nearness)
    best = ranked[0]
    verdict = decided(query, best)
    if verdict is None or best.covered < LEAST_COVERED or best.language != query.form.language:
        return None
    near = [one for one in ranked[1:] if best.nearness - one.nearness < AHEAD]
    if any(decided(query, one) not in (None, verdict) for one in near):
        return None
    said = deciding(best, verdict)
    return Short("yes_no", query.form.language, said) if said else None


def decided(query: Query, clause: Clause) -> str | None:
    """What a clause says to the question; None if it does not decide it without a condition."""
    says = names_said(f"{clause.lead} {clause.text}", clause.language, "stating")
    leave, duty = "leave" in query.form.says, "duty" in query.form.says
    if "only" in says or leave == duty:
        return None
    no, yes = ("forbids", "lets") if leave else ("frees", "binds")
    if no in says:
        return "no"
    return "yes" if yes in says and "not" not in clause.says else None


def deciding(clause: Clause, verdict: str) -> tuple[ShortWords, ...]:
    """The clause, if it is short enough, without the sign that ends it."""
    end = len(clause.text.rstrip(" .;,:"))
    if end > LONGEST or len(WORD.findall(clause.text)) < 3:
        return ()
    return (words(clause, verdict, 0, end),)
