"""A question in, its `Times` out: the days it asks about, the two of a change, what is not known.

Words become tokens by the lists of `languages/*.toml`, and a few rules over the kinds of tokens say
what a time is: "number? month year" is a day or a month, "duration ago" is three years ago.

A month stands for its first day, a year for its middle, a season or quarter for a day inside it;
where a question asks what changed, each is the whole time that it names. Numbers and names of acts
are no times, nor are lengths of time and when something in the asker's own story happened.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache

from clusterqa.languages.days import iso_day
from clusterqa.languages.quantities import alternatives
from clusterqa.query.time_words import WAYS, Token, kinds, rule, tokens_of, words_of
from clusterqa.references.acts import act_numbers
from clusterqa.types import Work

LINK = rule("(the|in|at)*")
NEAR = rule("(?!comma|stop).")
POINT = rule(
    "day | month_of_year | number LINK month comma? LINK year | month number comma? LINK year"
    "| edge? LINK (month|part) comma? LINK year | year part | (edge|fiscal|holiday) LINK year"
    "| year",
    LINK=LINK,
)
REFORM = rule(
    "year word? amendment act? | amendment LINK year act? | amendment NEAR{0,2} act_number"
    "| act_number | amendment",
    LINK=LINK,
    NEAR=NEAR,
)


def pattern(text: str) -> str:
    """The pattern of a rule that uses those above."""
    return rule(text, LINK=LINK, NEAR=NEAR, POINT=POINT, REFORM=REFORM)


# What each kind of mention looks like; where several fit, the first.
RULES = {
    "around": "before and after LINK (REFORM|POINT)",
    "offset": "duration (before|after) LINK (REFORM|POINT)",
    "amended": "(before|after|since|in|at) LINK REFORM",
    "title": "act_number LINK number LINK month LINK year",
    "span": "(between LINK POINT and | (from|since|the) LINK POINT (until|to|at)"
    "| (in|period) LINK period? POINT (until|to)) LINK (POINT|now)",
    "years": "(in|period)? (the|in)* period? years",
    "lasting": "(in|the)* (last|this) duration | (in|the)* the last unit",
    "unknown": "(before|after|since) LINK word{0,2} event | our_past NEAR{0,2}? story"
    "| our_past NEAR{0,2} | few unit ago | before_past few unit | (?<!one) unit ago"
    "| before_past duration half | vague | no_day | split_year | in? the* decade"
    "| (in|in_future)? decade_of (the|year|number)* | movable LINK year | number number year"
    "| (last|next|this|at|in) weekday | from last unit"
    "| in (in|the)* number? month (?! (number|comma)* LINK year | last_after | next_after)"
    " (?! (?:(?!stop).)* each)"
    "| in (in|the)* part (?! last_after | next_after"
    " | LINK (word|comma)* (word|year|duration|unit))",
    "relative": "duration ago | one? unit ago | before_past duration"
    "| (in|in_future)? the* duration hence | in_future duration"
    "| (?<!the)(?<!own) (last|next|this) (unit|part|month|holiday)"
    "| (unit|part|month|holiday) (last_after|next_after) | yesterday | tomorrow",
    "linked": "(before|after|since|until|from|by) LINK POINT",
    "point": "((in|one|at|unit) the?)? POINT",
    "now": "now",
}
MENTION = re.compile("|".join(f"(?P<{name}>{pattern(text)})" for name, text in RULES.items()))
LINKED = ("offset", "amended", "linked", "point", "years")
LEAD = re.compile(
    pattern("duration? (before|after|since|until|from|by|in|one|unit|the|at|period)* (?=.)")
)
IN_STORY = re.compile(pattern("story NEAR{0,2} $"))
IN_OWN_CLAUSE = re.compile(pattern("(^|comma|stop) own NEAR* $"))
TO = re.compile(pattern(". (and|until|to|at) (the|in)* (?= (?:(?!and|until|to|at).)* $)"))
OF_A_YEAR = re.compile(pattern("year word? amendment | amendment LINK year"))
# An amendment of a year or by its number, and what leads to it.
CHANGED = re.compile(
    pattern(
        "(before|after|since|in|by|and|at)? LINK"
        " (year word? amendment act? | amendment LINK year act?)"
        "| (before|after|since|in|by|did|and) LINK word? act_number"
    )
)
# A day (month, day) inside a part of a year, the part's first month and how many it has.
PARTS = {
    "first_quarter": (1, 3, (2, 1)), "second_quarter": (4, 3, (4, 15)),
    "third_quarter": (7, 3, (7, 15)), "fourth_quarter": (10, 3, (10, 15)),
    "first_half": (1, 6, (4, 15)), "second_half": (7, 6, (10, 15)),
    "winter": (1, 3, (2, 1)), "spring": (3, 3, (4, 15)),
    "summer": (6, 3, (7, 15)), "autumn": (9, 3, (10, 15)),
}  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class TimeMention:
    """Words of a question that a rule takes for a time; `before` are the tokens ahead of it."""

    rule: str
    tokens: tuple[Token, ...]
    before: tuple[Token, ...]
    after: tuple[Token, ...]

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(token.kind for token in self.tokens)

    @property
    def link(self) -> str:
        """The kind of the word that leads to it, such as "before"."""
        return self.kinds[self.rule == "offset"] if self.rule in LINKED else ""

    @property
    def point(self) -> tuple[Token, ...]:
        """Its tokens without the words that lead to it."""
        lead = LEAD.match(kinds(self.tokens)) if self.rule in LINKED else None
        return self.tokens[lead.end() if lead else 0 :]

    def words(self, question: str) -> str:
        """It as the question writes it, a date without what leads to it."""
        dated = self.rule in ("point", "years")
        return question[self.point[0].start if dated else self.start : self.end]

    @property
    def points_back(self) -> bool:
        """Whether it may mean a day that was named before: "back then"."""
        return self.kinds == ("vague",)

    @property
    def is_story(self) -> bool:
        """Whether it is when something happened in the asker's own story: "founded in 2019"."""
        return bool(IN_STORY.search(kinds(self.before)))

    @property
    def is_own(self) -> bool:
        """Whether its clause tells of the asker: "Our project runs from 2014 to 2020"."""
        return bool(IN_OWN_CLAUSE.search(kinds(self.before)))

    @property
    def is_told(self) -> bool:
        """Whether its sentence tells what another one then asks about: "We grew last year. …?"."""
        end = next((token.text for token in self.after if token.is_end), "")
        return end in (".", "!") and any(token.text == "?" for token in self.after)


@lru_cache(maxsize=512)
def mentions(question: str) -> tuple[TimeMention, ...]:
    """What a question says of time, in its order."""
    tokens = tokens_of(question)
    found: list[TimeMention] = []
    for match in MENTION.finditer(kinds(tokens)):
        start, end = match.span()
        one = TimeMention(str(match.lastgroup), tokens[start:end], tokens[:start], tokens[end:])
        if is_asked(one, bool(found) and follows(one, found[-1])):
            found.append(one)
        elif is_unclear(one):
            found.append(replace(one, rule="unknown"))
    return tuple(found)


def follows(mention: TimeMention, other: TimeMention) -> bool:
    """Whether a mention follows another after "and", and is as much of a time as that one."""
    *before, last = mention.before
    return last.kind == "and" and bool(before) and before[-1].end == other.end


def is_asked(mention: TimeMention, follows: bool) -> bool:
    """Whether a mention is of a time and not of a name: a year needs words that say so."""
    if mention.rule == "relative" and mention.after and mention.after[0].text == "s":
        return False  # tomorrow's champions
    if mention.rule != "point" or [token.kind for token in mention.point] != ["year"]:
        return True
    after = mention.after[0] if mention.after else None
    if after and after.is_title:
        return False
    leads = mention.kinds[-2:-1] in (("in",), ("one",), ("unit",))
    if follows or leads or (after and after.is_version):
        return True
    before = mention.before[-1] if mention.before else None
    ends = after is None or after.kind in ("comma", "stop")
    return bool(ends and before and before.kind == "word" and before.is_plain)


def is_unclear(mention: TimeMention) -> bool:
    """Whether a year that no word dates stands before what is asked: "the 2023 limit"."""
    ahead = mention.after[:TITLE]
    if mention.rule != "point" or not ahead or mention.before[-1:] == ():
        return False
    led = mention.before[-1].kind == "the" and ahead[0].kind in ("word", "the")
    return led and not any(one.is_title for one in ahead)


TITLE = 5  # words within which a year ahead of a title stands: "the 2016 Notice on the notion …"


# -- what is asked ------------------------------------------------------------------------------


def times_in(question: str, works: Sequence[Work], today: date) -> Times:
    """The time of a question; relative times count from `today`, amendments are those of `works`.

    "Before" a date or an amendment is the day before it, unless an earlier day is named beside it
    ("before the 2023 amendment, in 2022"); "after" an amendment is the day it began to apply. An
    amendment is known by its number, or by the year of an act that amends one of the works.
    """
    found = [(one, days_of(one, works, today)) for one in told(question, works)]
    days = [(one, day) for one, named in found for day in named or ()]
    first = min((day for _, day in days), default=today)
    kept = [day for one, day in days if day == first or one.link != "before"]
    unknown = [
        one.words(question)
        for one, named in found
        if named is None and not (days and one.points_back)
    ]
    return Times(tuple(dict.fromkeys(kept)), change_in(question, works, today), tuple(unknown))


def told(question: str, works: Sequence[Work]) -> list[TimeMention]:
    """The mentions of a question that are not part of the name of a work."""
    named = [span for work in works for span in name_spans(question, work)]
    return [
        one for one in mentions(question)
        if not any(start <= one.point[0].start < end for start, end in named)
    ]  # fmt: skip


def name_spans(question: str, work: Work) -> Iterator[tuple[int, int]]:
    """Where a name of a work stands that has a year in it: "RDI Framework 2022"."""
    for name in (work.short_title, *work.names):
        if re.search(r"\b(?:19|20)\d\d$", name) and "/" not in name:
            for match in re.finditer(re.escape(name), question, re.IGNORECASE):
                yield match.span()


def days_in(question: str, works: Sequence[Work], today: date) -> tuple[date, ...]:
    """The days that a question asks about, in its order, each once; `today` for "now"."""
    return times_in(question, works, today).days


def day_in(question: str, works: Sequence[Work], today: date) -> date | None:
    """The one day that a question asks about; None for none and for several."""
    found = days_in(question, works, today)
    return found[0] if len(found) == 1 else None


def says_now(question: str) -> bool:
    """Whether a question says that it is about today."""
    return any(one.rule == "now" for one in mentions(question))


def days_of(mention: TimeMention, works: Sequence[Work], today: date) -> tuple[date, ...] | None:
    """The days that a mention asks about; none for one that asks of none, None for one unknown."""
    if mention.rule in ("lasting", "title") or is_no_question(mention):
        return ()
    if mention.rule == "unknown":
        return None
    if mention.rule == "amended" and mention.link in ("in", "at"):
        return ()
    if mention.rule == "years":
        return None if "period" in mention.kinds or mention.tokens[0].is_during else ()
    if mention.rule == "span":
        return span_days(mention, today)
    try:
        if mention.rule == "around":
            return around(mention, works, today)
        time = stretch(mention, works, today)
    except (ValueError, OverflowError):
        return None
    return (time.day,) if is_of_the_law(mention, time, today) else ()


def is_no_question(mention: TimeMention) -> bool:
    """Whether it is when something happened in a story that leads up to what is asked."""
    relative = mention.rule in ("relative", "unknown")
    return mention.is_story or (relative and (mention.is_told or mention.is_own))


def is_of_the_law(mention: TimeMention, time: Stretch, today: date) -> bool:
    """Whether it is of its day that the law is asked, not since or until when something holds."""
    year = {token.kind for token in mention.point} <= {"year", "part"}
    if mention.link == "since":
        return mention.rule == "amended" or any(one.is_changing for one in mention.before)
    if mention.link == "until":
        return time.last < today
    if mention.link == "from":
        return not year or time.first > today
    if mention.link == "by":
        return not year and time.last < today
    return True


def span_days(mention: TimeMention, today: date) -> tuple[date, ...] | None:
    """The first and the last day of a span that the law is asked of; "our project runs from …"."""
    days = spanned(mention, today)
    if days is None:
        return None
    told = mention.is_own or mention.is_story
    return () if mention.kinds[0] != "between" and (told or days[1] >= today) else days


def around(mention: TimeMention, works: Sequence[Work], today: date) -> tuple[date, date]:
    """The days before and after a time or an amendment; raises `ValueError` as `stretch` does."""
    point = mention.tokens[3:]
    changes = is_reform(point)
    time = amended(point, works) if changes else period(point, today)
    return linked("before", time).day, linked("after", time, applies=changes).day


def is_reform(point: Sequence[Token]) -> bool:
    """Whether a point is an amendment or an act."""
    return any(token.kind in ("amendment", "act_number") for token in point)


def without_days(question: str) -> str:
    """The question without its days, for asking the same of another one."""
    rules = ("around", "amended", "offset", "relative", "linked", "point", "now", "span")
    spans = [
        (one.start, one.end)
        for one in mentions(question)
        if one.rule in rules and not is_no_question(one)
    ]
    return without(question, spans)


def without(question: str, spans: Sequence[tuple[int, int]]) -> str:
    """The question without some spans of it, its blanks mended."""
    for start, end in merged(spans):
        question = f"{question[:start]} {question[end:]}"
    return re.sub(r"\s+(?=[?.!,;])|(?<=\s)\s+", "", question).strip()


def merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, those that overlap as one, the last first."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            start, end = found[-1][0], max(end, found.pop()[1])
        found.append((start, end))
    return found[::-1]


# -- what changed -------------------------------------------------------------------------------


def change_in(question: str, works: Sequence[Work], today: date) -> tuple[date, date] | None:
    """The two days that show what changed at the time a question names; None if it names none.

    They are the last before that day, month or year and the last in it, or `today` for a time
    "since" one; around an amending act, the days before and on which it began to apply.
    """
    found = [one for one in told(question, works) if not is_no_question(one)]
    if spans := [one for one in found if one.rule in ("span", "years")]:
        return spanned(spans[0], today)
    if begun := amended_days(question, works):
        return min(begun) - timedelta(1), max(begun)
    dated = [one for one in found if one.rule in ("linked", "point", "relative", "lasting")]
    if (
        len(dated) != 1
        or dated[0].link == "before"
        or any(t.is_comparing for t in tokens_of(question))
    ):
        return None
    try:
        time = stretch(dated[0], works, today)
    except (ValueError, OverflowError):
        return None
    if dated[0].rule == "lasting":
        return time.first, time.last
    since = dated[0].link in ("since", "from")
    first = time.first if dated[0].link != "after" else time.last
    return first - timedelta(1), max(first, today) if since else ended(time, today)


def spanned(span: TimeMention, today: date) -> tuple[date, date] | None:
    """The first and the last day of a span of time; None where it is none."""
    if span.rule == "years":
        first, last = span.tokens[-1].value
        return date(first, 1, 1), date(last, 12, 31)
    middle = next(TO.finditer(kinds(span.tokens))).start() + 1
    try:
        first = period(span.tokens[1:middle], today).first
        ends = span.tokens[middle + 1 :]
        last = today if ends[-1].kind == "now" else ended(period(ends, today), today)
    except ValueError:
        return None
    return (first, last) if first < last else None


def ended(time: Stretch, today: date) -> date:
    """The last day of a time, but today for one that has begun and not ended."""
    return today if time.first <= today < time.last else time.last


def amended_days(question: str, works: Sequence[Work]) -> list[date]:
    """The days from which the amending acts apply that a question names by number or by year."""
    tokens = tokens_of(question)
    numbers = {token.value for token in tokens if token.kind == "act_number"}
    years = {
        next(t.value for t in tokens[slice(*match.span())] if t.kind == "year")
        for match in OF_A_YEAR.finditer(kinds(tokens))
    }
    return [day for day, year, named in amendments(works) if numbers & named or year in years]


def amendments(works: Sequence[Work]) -> Iterator[tuple[date, int, set[frozenset[int]]]]:
    """The days from which amending acts apply, their years and numbers."""
    for work in works:
        for source in work.sources if work.amends else ():
            if source.valid_from:
                yield source.valid_from, source.valid_from.year, act_numbers(work)


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
    if mention.rule in ("relative", "lasting"):
        return relative(mention, today)
    if mention.rule == "now":
        return Stretch(today, today, today)
    if mention.rule == "amended":
        return linked(mention.link, amended(mention.point, works), applies=True)
    if mention.rule == "offset":
        point = mention.point
        known = amended(point, works) if is_reform(point) else period(point, today)
        count, unit = mention.tokens[0].value
        day = moved(known.day, count if mention.link == "after" else -count, unit)
        return Stretch(day, day, day)
    return linked(mention.link, period(mention.point, today))


def linked(link: str, time: Stretch, *, applies: bool = False) -> Stretch:
    """The time with the day that "before", "after", "until" or "from" make of it."""
    day = {
        "before": lambda: time.first - timedelta(1),
        "after": lambda: time.first if applies else time.last + timedelta(1),
        "until": lambda: time.last,
        "from": lambda: time.first,
    }.get(link, lambda: time.day)()
    return Stretch(time.first, time.last, day)


def amended(tokens: Sequence[Token], works: Sequence[Work]) -> Stretch:
    """The day from which an amendment applies: the one of a number or year, else the latest."""
    year = next((t.value for t in tokens if t.kind == "year"), None)
    number = next((t.value for t in tokens if t.kind == "act_number"), None)
    begun = [
        day for day, of, numbers in amendments(works)
        if (year is None or of == year) and (number is None or number in numbers)
    ]  # fmt: skip
    if not begun:
        raise ValueError("no such amendment is known")
    return Stretch(max(begun), max(begun), max(begun))


def period(tokens: Sequence[Token], today: date) -> Stretch:
    """The time that the tokens of a point name; raises `ValueError` for no such day."""
    said = {token.kind: token.value for token in tokens}
    if "day" in said:
        return Stretch(said["day"], said["day"], said["day"])
    year, month = said.get("month_of_year") or (said["year"], said.get("month", 0))
    year += today.year if year < 100 else 0  # of last year
    if "number" in said:
        day = date(year, month, said["number"])
        time = Stretch(day, day, day)
    elif month:
        time = months(year, month, 1, (month, 1))
    elif "part" in said:
        time = months(year, *PARTS[said["part"]])
    elif "holiday" in said:
        day = iso_day(f"{year}-{said['holiday']}")
        time = Stretch(day, day, day)
    else:
        time = months(year, 1, 12, (7, 1))
    return edge(said["edge"], time) if "edge" in said else time


def months(year: int, first: int, count: int, day: tuple[int, int]) -> Stretch:
    """Some months of a year, and the day (month, day) that stands for them."""
    last = first + count - 1
    begins, ends = date(year, first, 1), date(year, last, monthrange(year, last)[1])
    return Stretch(begins, ends, date(year, *day))


def edge(which: str, time: Stretch) -> Stretch:
    """The beginning, the middle or the end of a time."""
    year = (time.last - time.first).days > 360
    day = {
        "beginning": time.first,
        "early": date(time.first.year, 2, 1) if year else time.first + timedelta(4),
        "middle": date(time.first.year, 7, 15) if year else time.first + timedelta(14),
        "late": date(time.first.year, 12, 1) if year else time.last - timedelta(5),
        "end": time.last,
    }[which]
    return Stretch(time.first, time.last, day)


# -- relative times -----------------------------------------------------------------------------


def relative(mention: TimeMention, today: date) -> Stretch:
    """A time that is counted from today: "last year", "three years ago", "il y a trois ans"."""
    said = {token.kind: token.value for token in mention.tokens}
    if mention.rule == "lasting":
        count, unit = said.get("duration") or (1, said["unit"])
        return Stretch(moved(today, -count, unit), today, today)
    if {"yesterday", "tomorrow"} & {*said}:
        day = today + timedelta(1 if "tomorrow" in said else -1)
        return Stretch(day, day, day)
    ways = [WAYS[kind] for kind in said if kind in WAYS]
    if not ways:
        count, unit = said.get("duration") or (1, said["unit"])
        day = moved(today, count if {"hence", "in_future"} & {*said} else -count, unit)
        return Stretch(day, day, day)
    return beside(said["unit"], ways[0], today) if "unit" in said else nearest(said, ways[0], today)


def beside(unit: str, way: int, today: date) -> Stretch:
    """The unit of time before (-1), around (0) or after (1) today."""
    day = moved(today, way, unit)
    if way == 0 or unit in ("day", "week", "hour"):
        return Stretch(day, day, day)
    if unit == "year":
        return months(day.year, 1, 12, (7, 1))
    if unit == "month":
        return months(day.year, day.month, 1, (day.month, 1))
    quarter = list(PARTS.values())[(day.month - 1) // 3]
    return months(day.year, *quarter)


def nearest(said: dict[str, object], way: int, today: date) -> Stretch:
    """The last or the next month, season or holiday of a name, or the one of this year."""
    name = [
        Token(kind, said[kind], "", 0, 0) for kind in ("part", "month", "holiday") if kind in said
    ]
    of_years = [period([*name, Token("year", more, "", 0, 0)], today) for more in (-1, 0, 1)]
    if way == 0:
        return of_years[1]
    past = [time for time in of_years if time.last < today]
    return past[-1] if way < 0 else next(time for time in of_years if time.first > today)


def moved(day: date, many: float, unit: str) -> date:
    """The day that is so many units after another, or before it where they are below 0."""
    count = int(many)
    if unit in ("hour", "day", "week"):
        return day + timedelta({"hour": 0, "day": 1, "week": 7}[unit] * count)
    ahead = day.year * 12 + day.month - 1 + count * {"month": 1, "quarter": 3, "year": 12}[unit]
    year, month = divmod(ahead, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
