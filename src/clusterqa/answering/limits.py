"""A clause in, its figures out: each with the word that limits it and the words that go with it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from clusterqa.answering.clauses import WORD, Clause
from clusterqa.languages.analysis import analyzer
from clusterqa.languages.language import month_numbers
from clusterqa.languages.phrases import Occurrence, names_said, said
from clusterqa.languages.quantities import Kind, Quantity, quantities

FAR = 60  # chars between a limit and its figure
BETWEEN = 80  # chars between figures that go together
REACH = 7  # words before a limit among which a negation turns it round
TAIL = 9  # words that may go with a figure
LIMITS = ("most", "least", "more", "less", "within", "every")
DAYS = ("until", "from", "before", "by")
ARTICLE = re.compile(r"l'", re.IGNORECASE)
TURNED = {"more": "most", "less": "least"}


@dataclass(frozen=True, slots=True)
class Limited:
    """A figure of a clause: what limits it, `plain` if nothing does, and its span.

    `tail` is where the words end that go with it, `added` whether it is one of percentage points.
    """

    kind: Kind
    value: float
    figure: str
    pattern: str
    added: bool
    start: int
    end: int
    tail: int


def figures_of(clause: Clause, kinds: frozenset[Kind], counted: str | None = None) -> list[Limited]:
    """The figures of the kinds that a clause states, in its order.

    Of counts those are taken that a word with the stem `counted` follows.
    """
    found = [one for one in stated(clause.text) if one.kind in kinds]
    return [
        figure(clause, one) for one in found if one.kind != "count" or is_of(clause, one, counted)
    ]


def is_of(clause: Clause, one: Quantity, counted: str | None) -> bool:
    """Whether the first or second word behind a number has a stem."""
    behind = [word[0] for word in islice(WORD.finditer(clause.text, one.end), 2)]
    return counted in analyzer(clause.language)(" ".join(behind))


@lru_cache(maxsize=2**10)
def said_in(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text."""
    return quantities(text)


def stated(text: str) -> Iterator[Quantity]:
    """The quantities of a text; a day and a month without a year are a date too."""
    for one in said_in(text):
        month = WORD.match(text, one.end + 1)
        if one.kind == "count" and month and month[0].casefold() in month_numbers():
            yield Quantity("date", one.value, "", one.start, month.end())
        elif not ARTICLE.match(text, one.start):  # "l'année" is no figure
            yield one


def figure(clause: Clause, one: Quantity) -> Limited:
    added = "added" in names_said(clause.text[one.start : one.end], clause.language, "stating")
    limited, tail = limit(clause, one), tail_end(clause, one)
    return Limited(one.kind, one.value, one.figure, limited, added, one.start, one.end, tail)


def limit(clause: Clause, one: Quantity) -> str:
    """What is said to limit a figure, right behind it or before it."""
    behind = {other.name for other in clause.said if 0 <= other.start - one.end <= 1}
    names = DAYS if one.kind == "date" else LIMITS
    for name in names:
        if f"{name}_after" in behind:
            return name
    return nearest(clause, one, names)


def nearest(clause: Clause, one: Quantity, names: Sequence[str]) -> str:
    """The last of the named limits before a figure, if it is near and no other figure between.

    In a point of a list it may end the words that introduce it: "shall not exceed:".
    """
    begin = max((other.end for other in said_in(clause.text) if other.end <= one.start), default=0)
    found = last_limit(clause.language, clause.text[begin : one.start], names)
    if found == "plain" and clause.lead and not begin:
        last = max((other.end for other in said_in(clause.lead)), default=0)
        leading = last_limit(clause.language, clause.lead[last:], names)
        return leading if leading in ("most", "least") else "plain"
    return found


def last_limit(language: str, text: str, names: Sequence[str]) -> str:
    """The last of the named limits near the end of a text; a negation before it turns it round."""
    found = [one for one in said(text, language, "stating") if one.name in names]
    if not found or len(text) - found[-1].end > FAR:
        return "plain"
    last = min((one for one in found if one.end == found[-1].end), key=lambda one: one.start)
    turned = last.name in TURNED and negated(language, text[: last.start])
    return TURNED[last.name] if turned else last.name


def negated(language: str, text: str) -> bool:
    """Whether a negation stands near the end of a text, with nothing behind that it stops at."""
    words = [one[0] for one in WORD.finditer(text.rpartition(";")[2])][-REACH:]
    names = [names_said(word, language, "stating") for word in reversed(words)]
    before = next((one for one in names if one & {"apart", "not"}), frozenset[str]())
    return "not" in before and "apart" not in before


def tail_end(clause: Clause, one: Quantity) -> int:
    """Where the words end that go with a figure ("of the eligible costs"); `end` if there are none.

    Behind a count it is the word that says of what. They end before a sign of punctuation, another
    figure of the kind or a word that begins something else. None are taken that go on in a relative
    clause or with "and".
    """
    text, end = clause.text, one.end
    if one.kind == "count":
        return next(WORD.finditer(text, end)).end()
    begun = [other for other in clause.said if other.name == "tail" and other.start == end + 1]
    if not begun or not text[end].isspace():
        return end
    stops = [len(text), *(text.find(sign, end) for sign in ",;:.()")]
    stops += [
        other.start for other in said_in(text) if other.start > end and other.kind == one.kind
    ]
    later = [other for other in clause.said if other.start >= begun[0].end]
    stops += [other.start for other in later if other.name == "tail_apart"]
    words = text[end : min(stop for stop in stops if stop >= 0)].rstrip()
    stop = end + len(words)
    held = [other for other in later if other.end <= stop]
    broken = any(other.name == "apart" or is_loose(other, held) for other in held)
    open_end = any(other.name == "tail" and other.end == stop for other in clause.said)
    return end if broken or open_end or len(WORD.findall(words)) > TAIL else stop


def is_loose(join: Occurrence, held: Sequence[Occurrence]) -> bool:
    """Whether "and" joins other words than those that may go with a figure: "and per project"."""
    after = {other.start for other in held if other.name == "tail"}
    return join.name == "coordinate" and join.end + 1 not in after


def runs(clause: Clause, figures: Sequence[Limited]) -> list[list[Limited]]:
    """The figures, those together that are coordinated: "50 %, or 60 % for small enterprises"."""
    found: list[list[Limited]] = []
    for one in figures:
        if found and joined(clause, found[-1][-1], one):
            found[-1].append(one)
        else:
            found.append([one])
    return found


def joined(clause: Clause, one: Limited, other: Limited) -> bool:
    """Whether two figures of a kind are limited alike and joined by "and" or "or"."""
    between = clause.text[one.end : other.start]
    alike = one.kind == other.kind and other.pattern in ("plain", one.pattern)
    near = len(between) <= BETWEEN and ";" not in between
    return alike and near and "coordinate" in names_said(between, clause.language, "stating")
