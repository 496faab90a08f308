"""A question that asks for figures and clauses in, the words of a short answer out.

Of the clauses with a figure of the kind asked for the nearest is taken, if no other is about as
near; figures that are coordinated stay together.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile

from clusterqa.answering.clauses import WORD, Clause, asked_stems, words
from clusterqa.answering.limits import Limited, figures_of, runs
from clusterqa.answers import Short, ShortKind, ShortWords
from clusterqa.languages.analysis import analyzer
from clusterqa.languages.phrases import names_said
from clusterqa.languages.quantities import Kind
from clusterqa.query.understanding import Query

ASKED: dict[str, tuple[Kind, ...]] = {
    "duration": ("duration",),
    "date": ("date",),
    "share": ("percentage",),
    "amount": ("amount",),
}
KINDS: dict[Kind, ShortKind] = {
    "percentage": "figure",
    "amount": "figure",
    "duration": "duration",
    "date": "date",
    "count": "count",
}
SUMS: frozenset[Kind] = frozenset(("amount", "percentage"))
DIRECTIONS = {"ending": ("until",), "starting": ("from",), "latest": ("by", "before", "until")}
LIMITED = {"cap": ("most", "within", "plain", "less"), "floor": ("least", "more", "plain")}
CLOSE = 0.06  # nearness by which the best candidate has to be ahead of another figure
NEXT = 2  # clauses behind a share that may add to it
FAR = 0.4  # nearness behind the best at which a clause is about something else
LONGEST = 280  # chars of figures that go together
ENDS = re.compile(r"[,;:.](?=\s|$)| \(")
LAST = 30  # words that may go with the last of several figures


@dataclass(frozen=True, slots=True)
class Candidate:
    """Figures of a clause that are coordinated, from the first to the last."""

    clause: Clause
    run: tuple[Limited, ...]

    @property
    def values(self) -> frozenset[tuple[Kind, float]]:
        return frozenset((one.kind, one.value) for one in self.run)


def figure_answer(query: Query, found: Sequence[Clause]) -> Short | None:
    """The figure that a question asks for; None if it asks for none, or it is not certain which."""
    asked = asked_kinds(query)
    kinds = [candidate(query, found, one) for one in asked]
    if not kinds or None in kinds:
        return None
    best = [one for one in kinds if one]
    parts = [words_of(query, one, found) for one in dict.fromkeys(best)]
    if not all(parts):
        return None
    more = increases(query, best[0], found)
    return Short(KINDS[best[0].run[0].kind], query.form.language, (*joined(parts), *more))


def increases(query: Query, best: Candidate, found: Sequence[Clause]) -> tuple[ShortWords, ...]:
    """What may be added to a share, by the clauses behind it, unless only its base is asked for."""
    base = best.run[0]
    whole = best.run[1:] or "plain" in query.form.says or "bonus" in query.form.says
    if base.kind != "percentage" or base.added or whole or "raised" in best.clause.says:
        return ()
    behind = found[found.index(best.clause) + 1 :]
    near = takewhile(lambda one: one.citation.document == best.clause.citation.document, behind)
    added = [
        (one, figure)
        for one in islice(near, NEXT)
        for figure in figures_of(one, frozenset(("percentage",)))
        if figure.added
    ]
    once = {figure.figure: (one, figure) for one, figure in added}
    own = best.clause.language == query.form.language
    return tuple(
        words(one, "or" if n else "plus", figure.start, figure.end)
        for n, (one, figure) in enumerate(once.values() if own else ())
    )


def asked_kinds(query: Query) -> list[frozenset[Kind]]:
    """The kinds of figure that a question asks for; several, if it asks for more than one.

    Words that may ask for a figure ("share") do not where the question gives one of the kind.
    """
    form = query.form
    if form.counted:
        return [frozenset(("count",))]
    found = [frozenset(kinds) for name, kinds in ASKED.items() if name in form.says]
    other = form.kinds - {kind for kinds in found for kind in kinds}
    if form.several and len(found) == 1 and other:
        return [other, *found]
    if found:
        return found if len(found) > 1 or not form.several else []
    asked = form.kinds or (SUMS if form.says & {"cap", "floor"} else frozenset())
    asked -= {one.kind for one in form.given}
    return [asked] if asked and not form.several else []


def candidate(query: Query, found: Sequence[Clause], kinds: frozenset[Kind]) -> Candidate | None:
    """The figures of the nearest clause that answer; None if others are about as near."""
    known = {one.figure for one in query.form.given}
    every = [
        Candidate(clause, run)
        for clause in found
        for run in told_apart(query, clause, kinds)
        if not all(one.figure in known for one in run)
    ]
    nearest = max((one.clause.nearness for one in every), default=0.0)
    every = [one for one in every if nearest - one.clause.nearness < FAR]
    for fits in conditions(query):
        every = [one for one in every if fits(one)] or every
    ranked = sorted(every, key=lambda one: -one.clause.nearness)
    if not ranked or misdirected(query, ranked[0]):
        return None
    best = ranked[0]
    rivals = [one for one in ranked[1:] if not one.values <= best.values]
    near = rivals and best.clause.nearness - rivals[0].clause.nearness < CLOSE
    return None if near else best


def told_apart(query: Query, clause: Clause, kinds: frozenset[Kind]) -> list[tuple[Limited, ...]]:
    """The figures of a clause, apart where they are limited in different ways.

    Of several matters the one is taken around whose figures more of the question stands; all of
    them where that tells nothing.
    """
    found: list[tuple[Limited, ...]] = []
    for run in runs(clause, figures_of(clause, kinds, query.form.counted)):
        same = found and run[0].pattern in ("plain", found[-1][0].pattern)
        if same and run[0].added == found[-1][0].added and run[0].kind == found[-1][0].kind:
            found[-1] = (*found[-1], *run)
        else:
            found.append(tuple(run))
    around = [held(query, clause, found, place) for place in range(len(found))]
    best = max(around, default=0)
    return found if around.count(best) > 1 else [found[around.index(best)]] if found else []


def held(query: Query, clause: Clause, found: Sequence[tuple[Limited, ...]], place: int) -> int:
    """How many of a question's stems stand around figures, up to those before and after."""
    begin = found[place - 1][-1].end if place else 0
    end = found[place + 1][0].start if place + 1 < len(found) else len(clause.text)
    return len(asked_stems(query) & {*analyzer(clause.language)(clause.text[begin:end])})


def conditions(query: Query) -> Iterator[Callable[[Candidate], bool]]:
    """What the figures have to be by a question's words, wherever any are."""
    bonus = "bonus" in query.form.says and "plain" not in query.form.says
    cap = "cap" in query.form.says
    if not bonus or cap:
        yield lambda one: not one.run[0].added
    if bonus or "plain" in query.form.says:
        yield lambda one: ("raised" in one.clause.says) == bonus
    for name, limits in (LIMITED | DIRECTIONS).items():
        if name in query.form.says:
            yield partial(is_limited, limits)


def is_limited(limits: Collection[str], one: Candidate) -> bool:
    """Whether the first of the figures has one of the limits."""
    return one.run[0].pattern in limits


def misdirected(query: Query, best: Candidate) -> bool:
    """Whether a day is the first where the last is asked for, or the other way round."""
    if best.run[0].kind != "date":
        return False
    asked = [limits for name, limits in DIRECTIONS.items() if name in query.form.says]
    return bool(asked) and not any(best.run[0].pattern in limits for limits in asked)


def words_of(query: Query, one: Candidate, found: Sequence[Clause]) -> tuple[ShortWords, ...]:
    """The words of figures, of a foreign clause the figures alone; empty if it has others.

    Where the words that tell them apart are too many, the first stands for itself.
    """
    clause, run, first = one.clause, one.run, one.run[0]
    own = clause.language == query.form.language
    if not own and first.kind not in ("percentage", "amount", "count"):
        return ()
    end = first.tail if not run[1:] else last_end(clause, run[-1])
    if own and end and end - first.start <= LONGEST:
        return (words(clause, said_as(query, one), first.start, end),)
    others = (
        words(clause, "others" if n == 0 else "or", o.start, o.end) for n, o in enumerate(run[1:])
    )
    return (words(clause, said_as(query, one), first.start, first.end), *others)


def said_as(query: Query, one: Candidate) -> str:
    """The pattern of a figure.

    Where a rule ends there is a threshold: above it, if that is asked, else the figure alone.
    """
    pattern, clause, beyond = one.run[0].pattern, one.clause, "beyond" in query.form.says
    leading = names_said(clause.lead, clause.language, "stating")
    if pattern == "plain" and "more" in leading and beyond:
        return "above"
    return "plain" if pattern == "more" and "forbids" in leading and not beyond else pattern


def last_end(clause: Clause, last: Limited) -> int | None:
    """Where the words end that tell the last of several figures from those before; None: far."""
    found = ENDS.search(clause.text, last.end)
    stop = found.start() if found else len(clause.text)
    said = clause.text[last.end : stop]
    return last.end + len(said.rstrip()) if len(WORD.findall(said)) <= LAST else None


def joined(parts: Iterable[tuple[ShortWords, ...]]) -> tuple[ShortWords, ...]:
    return tuple(one for part in parts for one in part)
