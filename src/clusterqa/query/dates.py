"""A question in, its `Times` out: the days it asks about, the two of a change, what is not known.

A month stands for its first day, a year for its middle, a season or quarter for a day inside it;
where a question asks what changed, each is the whole time that it names. Lengths of time are no
days, nor is when something in the asker's own story happened.
"""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from clusterqa.languages.quantities import alternatives
from clusterqa.query.mentions import WAYS, TimeMention, kinds, mentions, rule, tokens_of
from clusterqa.query.time_words import Token, words_of
from clusterqa.references.acts import act_numbers
from clusterqa.types import Work

DAY = timedelta(1)
OF_A_YEAR = re.compile(rule("CHANGE"))
# An amendment of a year or by its number, and what leads to it.
CHANGED = re.compile(
    rule(
        "(before|after|since|in|by|and|at)? LINK CHANGE"
        "| (before|after|since|in|by|did|and) LINK word? act_number"
    )
)
# A part of a year: its first month, how many it has, and a day (month, day) inside it.
PARTS = {
    "first_quarter": (1, 3, (2, 1)), "second_quarter": (4, 3, (4, 15)),
    "third_quarter": (7, 3, (7, 15)), "fourth_quarter": (10, 3, (10, 15)),
    "first_half": (1, 6, (4, 15)), "second_half": (7, 6, (10, 15)),
    "winter": (1, 3, (2, 1)), "spring": (3, 3, (4, 15)),
    "summer": (6, 3, (7, 15)), "autumn": (9, 3, (10, 15)),
    "christmas": (12, 1, (12, 25)),
}  # fmt: skip


MAYBE = (("vague",), ("former",))  # "back then" may mean the day that is named beside it


@dataclass(frozen=True, slots=True)
class Times:
    """The time of a question: the days it asks about, in its order, each once.

    `change` are the two days that show what changed at the time it names; None if it names none.
    `unknown` are its words of time that could not be turned into a day.
    """

    days: tuple[date, ...] = ()
    change: tuple[date, date] | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time from its first to its last day, and the day that stands for it."""

    first: date
    last: date
    day: date


# -- what is asked ------------------------------------------------------------------------------


def times_in(question: str, works: Sequence[Work], today: date) -> Times:
    """The time of a question; relative times count from `today`, amendments are those of `works`.

    "Before" a date or an amendment is the day before it, unless an earlier day is named beside it
    ("before the 2023 amendment, in 2022"); "after" an amendment is the day it began to apply. An
    amendment is known by its number, or by the year of an act that amends one of the works.
    """
    found = [(one, days_of(one, works, today)) for one in unnamed(question, works)]
    days = [(one, day) for one, meant in found for day in meant or ()]
    first = min((day for _, day in days), default=today)
    kept = [day for one, day in days if day == first or one.link != "before"]
    unknown = [
        one.words(question) for one, meant in found
        if meant is None and not (days and one.kinds in MAYBE)
    ]  # fmt: skip
    return Times(tuple(dict.fromkeys(kept)), change_in(question, works, today), tuple(unknown))


def day_in(question: str, works: Sequence[Work], today: date) -> date | None:
    """The one day that a question asks about; None for none and for several."""
    found = times_in(question, works, today).days
    return found[0] if len(found) == 1 else None


def says_now(question: str) -> bool:
    """Whether a question says that it is about today."""
    return any(one.rule == "now" for one in mentions(question))


def unnamed(question: str, works: Sequence[Work]) -> list[TimeMention]:
    """The mentions of a question outside the names of works, as "RDI Framework 2022" is one."""
    names = {name for work in works for name in (work.short_title, *work.names)}
    dated = [one for one in names if re.search(r"^[^/]*\b(?:19|20)\d\d$", one)]
    found = re.finditer(alternatives(dated) or "(?!)", question, re.IGNORECASE)
    spans = [match.span() for match in found]
    return [
        one for one in mentions(question)
        if not any(start <= one.point[0].start < end for start, end in spans)
    ]  # fmt: skip


def days_of(mention: TimeMention, works: Sequence[Work], today: date) -> tuple[date, ...] | None:
    """The days that a mention asks about; none for one that asks of none, None for one unknown."""
    if mention.rule in ("lasting", "title") or mention.is_no_question:
        return ()
    if mention.is_unclear_story:
        return None
    if mention.rule == "amended" and mention.link in ("in", "at"):
        return ()
    if mention.rule == "years":
        return None if "period" in mention.kinds or mention.tokens[0].among("during") else ()
    try:
        if mention.rule == "around":
            point = mention.tokens[3:]
            return tuple(linked(link, point, works, today).day for link in ("before", "after"))
        if mention.rule == "amendments":
            return spanned(mention, works, today)
        if mention.rule == "span":
            return span_days(mention, works, today)
        time = stretch(mention, works, today)
    except (ValueError, OverflowError):
        return None
    return (time.day,) if is_of_the_law(mention, time, today) else ()


def span_days(mention: TimeMention, works: Sequence[Work], today: date) -> tuple[date, ...]:
    """The first and the last day of a span that the law is asked of; "our project runs from …"."""
    first, last = spanned(mention, works, today)
    told = mention.is_own or mention.is_story or last >= today
    return () if told and mention.kinds[0] != "between" else (first, last)


def is_of_the_law(mention: TimeMention, time: Stretch, today: date) -> bool:
    """Whether it is of its day that the law is asked, not since or until when something holds."""
    year = {token.kind for token in mention.point} <= {"year", "part"}
    if mention.link == "since":
        changing = any(one.begins("changing") for one in mention.before)
        was = mention.tense == "past" and not (year or mention.is_told or mention.is_own)
        return mention.rule == "amended" or changing or was
    if mention.link == "until":
        return time.last < today
    if mention.link == "from":
        return not year or time.first > today
    return mention.link != "by" or (not year and time.last < today)


def without_days(question: str) -> str:
    """The question without its days, for asking the same of another one."""
    kept = ("title", "years", "lasting", "unknown")
    taken = [
        one for one in mentions(question)
        if not (one.rule in kept or one.is_no_question or one.is_unclear_story)
    ]  # fmt: skip
    return without(question, [(one.start, one.end) for one in taken])


def without(question: str, spans: Sequence[tuple[int, int]]) -> str:
    """The question without some spans of it, its blanks mended."""
    for start, end in spans:
        question = question[:start] + " " * (end - start) + question[end:]
    return re.sub(r"\s+(?=[?.!,;])|(?<=\s)\s+", "", question).strip()


# -- what changed -------------------------------------------------------------------------------


def change_in(question: str, works: Sequence[Work], today: date) -> tuple[date, date] | None:
    """The two days that show what changed at the time a question names; None if it names none.

    They are the last before that day, month or year and the last in it, or `today` for a time
    "since" one; around an amending act, the days before and on which it began to apply.
    """
    found = [one for one in unnamed(question, works) if not one.is_no_question]
    spans = [one for one in found if one.rule in ("amendments", "span", "years")]
    dated = [one for one in found if one.rule in ("linked", "point", "relative", "lasting")]
    try:
        if spans:
            return spanned(spans[0], works, today)
        if begun := amended_days(question, works):
            return min(begun) - DAY, max(begun)
        if len(dated) != 1 or any(token.begins("comparing") for token in tokens_of(question)):
            return None
        return around(dated[0], works, today)
    except (ValueError, OverflowError):
        return None


def around(mention: TimeMention, works: Sequence[Work], today: date) -> tuple[date, date] | None:
    """The last day before a time and the last in it; None for "before" one."""
    time = stretch(mention, works, today)
    if mention.rule == "lasting":
        return time.first, time.last
    first = time.last if mention.link == "after" else time.first
    last = max(first, today) if mention.link in ("since", "from") else ended(time, today)
    return None if mention.link == "before" else (first - DAY, last)


def spanned(span: TimeMention, works: Sequence[Work], today: date) -> tuple[date, date]:
    """The first and the last day of a span of time; raises `ValueError` where it is none."""
    if span.rule == "years":
        first, last = span.tokens[-1].value
        return date(first, 1, 1), date(last, 12, 31)
    if span.rule == "amendments":
        first, last = (
            max(begun(works, one.value, None)) for one in span.tokens if one.kind == "year"
        )
        return first, last
    middle = max(n for n, kind in enumerate(span.kinds) if kind in ("and", "until", "to"))
    begins = period(span.tokens[:middle], works, today).first
    ends = span.tokens[middle:]
    last = today if ends[-1].kind == "now" else ended(period(ends, works, today), today)
    if begins >= last:
        raise ValueError("a span ends after it begins")
    return begins, last


def ended(time: Stretch, today: date) -> date:
    """The last day of a time, but today for one that has begun and not ended."""
    return today if time.first <= today < time.last else time.last


def amended_days(question: str, works: Sequence[Work]) -> list[date]:
    """The days from which the amending acts apply that a question names by number or by year."""
    tokens = tokens_of(question)
    named = [(None, token.value) for token in tokens if token.kind == "act_number"]
    for match in OF_A_YEAR.finditer(kinds(tokens)):
        said = values(tokens[slice(*match.span())])
        named.append((said["year"], None))
    return [day for year, number in named for day in begun(works, year, number)]


def begun(works: Sequence[Work], year: int | None, number: frozenset[int] | None) -> list[date]:
    """The days from which amending acts apply, those of a year or of a number, or all.

    An amendment that is named by no number is one of a work of the core: "the 2023 amendment".
    """
    return [
        source.valid_from
        for work in works
        if work.amends and (work.group == "core" if number is None else number in act_numbers(work))
        for source in work.sources
        if source.valid_from and (year is None or year == source.valid_from.year)
    ]  # fmt: skip


def without_change(question: str) -> str:
    """A question of what changed without what asks it: "How has the ceiling changed since 2014?"

    What is left says where the change is looked for.
    """
    tokens = tokens_of(question)
    spans = [
        (tokens[match.start()].start, tokens[match.end() - 1].end)
        for match in CHANGED.finditer(kinds(tokens))
    ]
    spans += [(one.start, one.end) for one in mentions(question) if one.rule in ("span", "years")]
    return without(question, [*spans, *(match.span() for match in asking().finditer(question))])


@cache
def asking() -> re.Pattern[str]:
    """What matches the verbs that ask what changed."""
    return re.compile(rf"\b(?:{alternatives(words_of('changed'))})\b", re.IGNORECASE)


# -- a time -------------------------------------------------------------------------------------


def stretch(mention: TimeMention, works: Sequence[Work], today: date) -> Stretch:
    """The time of a mention; raises `ValueError` for a day or an amendment that there is not."""
    if mention.rule == "unknown":
        raise ValueError("no rule says what day that is")
    if mention.rule in ("relative", "lasting", "ahead"):
        return relative(mention, today)
    if mention.rule == "now":
        return only(today)
    if mention.rule == "offset":
        count, unit = mention.tokens[0].value
        known = period(mention.point, works, today).day
        return only(moved(known, count if mention.link == "after" else -count, unit))
    return linked(mention.link, mention.point, works, today)


def linked(link: str, point: Sequence[Token], works: Sequence[Work], today: date) -> Stretch:
    """The time of a point with the day that "before", "after", "until" or "from" make of it."""
    time = period(point, works, today)
    days = {
        "before": time.first - DAY,
        "after": time.first if is_reform(values(point)) else time.last + DAY,
        "until": time.last,
        "from": time.first,
    }
    return replace(time, day=days.get(link, time.day))


def values(tokens: Sequence[Token]) -> dict[str, Any]:
    """The value of each kind of token."""
    return {token.kind: token.value for token in tokens}


def is_reform(said: Mapping[str, Any]) -> bool:
    """Whether a point is an amendment or an act."""
    return bool({"amendment", "act_number"} & said.keys())


def only(day: date) -> Stretch:
    return Stretch(day, day, day)


def period(tokens: Sequence[Token], works: Sequence[Work], today: date) -> Stretch:
    """The time that a point names; raises `ValueError` for no such day, no known amendment."""
    said = values(tokens)
    if is_reform(said):
        return only(max(begun(works, said.get("year"), said.get("act_number"))))
    return calendar_time(said, today)


def calendar_time(said: Mapping[str, Any], today: date) -> Stretch:
    if "day" in said:
        return only(said["day"])
    year, month = said.get("month_of_year") or (said["year"], said.get("month", 0))
    year += today.year if year < 100 else 0  # of last year
    if "number" in said:
        return only(date(year, month, said["number"]))
    if month:
        time = months(year, month, 1, (month, 1))
    else:
        time = months(year, *PARTS.get(said.get("part", ""), (1, 12, (7, 1))))
    return edge(said["edge"], time) if "edge" in said else time


def months(year: int, first: int, count: int, day: tuple[int, int]) -> Stretch:
    """Some months of a year, and the day (month, day) that stands for them."""
    last = first + count - 1
    ends = date(year, last, monthrange(year, last)[1])
    return Stretch(date(year, first, 1), ends, date(year, *day))


def edge(which: str, time: Stretch) -> Stretch:
    """The beginning, the middle or the end of a time."""
    year = (time.last - time.first).days > 360
    day = {
        "beginning": time.first,
        "early": date(time.first.year, 2, 1) if year else time.first + 4 * DAY,
        "middle": date(time.first.year, 7, 15) if year else time.first + 14 * DAY,
        "late": date(time.first.year, 12, 1) if year else time.last - 5 * DAY,
        "end": time.last,
    }[which]
    return replace(time, day=day)


# -- relative times -----------------------------------------------------------------------------


def relative(mention: TimeMention, today: date) -> Stretch:
    """A time that is counted from today: "last year", "three years ago", "il y a trois ans"."""
    said = values(mention.tokens)
    count, unit = said.get("duration") or (1, said.get("unit", "day"))
    if mention.rule == "lasting":
        return Stretch(moved(today, -count, unit), today, today)
    way = next((WAYS[kind] for kind in said if kind in WAYS), None)
    if way is None:
        later = {"hence", "hence_in", "in_future", "tomorrow"} & said.keys()
        ahead = later or mention.rule == "ahead"
        return only(moved(today, count if ahead else -count, unit))
    return beside(unit, way, today) if "unit" in said else nearest(said, way, today)


def beside(unit: str, way: int, today: date) -> Stretch:
    """The unit of time before (-1), around (0) or after (1) today."""
    day = moved(today, way, unit)
    quarter = list(PARTS)[(day.month - 1) // 3]
    named: dict[str, Mapping[str, Any]] = {
        "year": {}, "month": {"month": day.month}, "quarter": {"part": quarter},
    }  # fmt: skip
    if way == 0 or unit not in named:
        return only(day)
    return calendar_time({"year": day.year, **named[unit]}, today)


def nearest(said: Mapping[str, Any], way: int, today: date) -> Stretch:
    """The last or the next month or season of a name, or the one of this year."""
    last, this, after = (calendar_time({**said, "year": more}, today) for more in (-1, 0, 1))
    if way == 0:
        return this
    if way < 0:
        return this if this.last < today else last
    return this if this.first > today else after


def moved(day: date, many: float, unit: str) -> date:
    """The day that is so many units after another, or before it where they are below 0."""
    count = int(many)
    if unit in ("hour", "day", "week"):
        return day + timedelta({"hour": 0, "day": 1, "week": 7}[unit] * count)
    ahead = day.year * 12 + day.month - 1 + count * {"month": 1, "quarter": 3, "year": 12}[unit]
    year, month = divmod(ahead, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
