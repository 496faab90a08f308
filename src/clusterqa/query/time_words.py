"""A question in, its words of time out as tokens, by the lists of `languages/*.toml`.

The kind of a token is the name of the list that has it ("before", "ago"), or what it is: a day, a
month, a year, a duration, the number of an act.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from typing import Any

from clusterqa.languages.language import Phrases, month_numbers, served
from clusterqa.languages.quantities import quantities
from clusterqa.references.acts import numbered_acts

# The lists of cues that tokens are named by; of two that have a phrase the first has it.
CUES = (
    "now", "yesterday", "tomorrow", "vague", "recent", "former", "our_past", "hence", "hence_in",
    "few", "one", "in", "before", "after", "since", "from", "until", "by", "did", "to", "between",
    "and", "ago", "before_past", "in_future", "last", "last_after", "next", "next_after", "this",
    "at", "the", "each", "fiscal", "period", "decade_of", "weekday", "movable", "amendment", "act",
    "event", "story", "own", "happening", "giving", "who", "which", "past", "present", "could",
    "be", "polite", "half",
)  # fmt: skip
KINDS = (
    *CUES, "word", "comma", "stop", "day", "no_day", "month_of_year", "year", "years",
    "split_year", "decade", "month", "number", "part", "edge", "unit", "units", "duration",
    "act_number",
)  # fmt: skip
EDGES = ("early", "beginning", "middle", "late", "end")
LEADING = ("at", "in", "before", "after", "since", "until", "from", "by", "edge", "number", "the")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or figure from `start` to `end` of a question; `kind` says what it is."""

    kind: str
    value: Any
    text: str
    start: int
    end: int

    def among(self, cue: str) -> bool:
        """Whether it is one of the words for a cue."""
        return self.text.casefold() in words_of(cue)

    def begins(self, cue: str) -> bool:
        """Whether it begins as one of the stems for a cue."""
        return self.text.casefold().startswith(words_of(cue))

    @property
    def is_title(self) -> bool:
        """Whether a year before or after it belongs to a name: "2022 R&D&I Framework"."""
        return self.among("title") or self.text.isupper()


@cache
def words_of(cue: str) -> Phrases:
    """The words for a cue in the languages that are served."""
    return tuple(word for language in served() for word in language.time.get(cue, ()))


def years_in(question: str) -> tuple[date, ...]:
    """The middle of each year that a question names, for one whose words of time are not known."""
    years = [token.value for token in plain_tokens(question) if token.kind == "year"]
    return tuple(date(year, 7, 1) for year in dict.fromkeys(years))


def plain_tokens(question: str) -> Iterator[Token]:
    """The tokens of a question in their order."""
    known = [*acts(question), *figures(question)]
    rest = question
    for one in known:
        rest = rest[: one.start] + "_" * len(one.text) + rest[one.end :]
    found = [
        Token(*VALUES[str(match.lastgroup)](match.group()), match.group(), *match.span())
        for match in scan().finditer(rest)
    ]
    return mended(sorted((*known, *found), key=lambda one: one.start))


def acts(question: str) -> Iterator[Token]:
    for match in numbered_acts(question):
        numbers = frozenset(map(int, match.group("first", "second")))
        yield Token("act_number", numbers, match.group(), *match.span())


def figures(question: str) -> Iterator[Token]:
    """Stretches of time, and the sums and shares whose digits are no year."""
    for one in quantities(question):
        text = question[one.start : one.end]
        if one.kind == "duration" and not 1900 <= one.value < 2100:  # "the 2024 financial year"
            yield Token("duration", (one.value, one.unit), text, one.start, one.end)
        elif one.kind in ("amount", "percentage"):
            yield Token("word", None, text, one.start, one.end)


# -- what a word is -----------------------------------------------------------------------------


@cache
def scan() -> re.Pattern[str]:
    """What matches a token; each group is a key of `VALUES`."""
    year = r"(?:19|20)\d\d"
    phrases = "|".join(sorted(lexicon(), key=len, reverse=True)).replace(" ", r"[^\w.,;:?!()]+")
    return re.compile(
        rf"(?<![\w./-])(?:(?P<ymd>{year}(?P<sep>[-./])\d{{1,2}}(?P=sep)\d{{1,2}})"
        r"|(?P<dmy>\d{1,2}(?P<sep2>[-./])\d{1,2}(?P=sep2)(?:\d{4}|\d\d))"
        rf"|(?P<named>\d{{1,2}}-[^\W\d_]+-{year})"
        rf"|(?P<my>\d{{1,2}}/{year})|(?P<years>{year}[-–/](?:{year}|\d\d)))(?!(?!T\d)[\w/-])"
        rf"|(?<!\w)(?P<decade>{year}['’]?s)\b"
        rf"|(?:(?<=[QHTS]\d[/-])|(?<=FY)|(?<![\w/])(?<!\d[.,-]))"
        rf"(?P<year>{year})(?!\w)(?![/–-]\d)(?![.,]\d)"
        rf"|(?P<short>(?<=\s)['’]\d\d|(?:(?<=FY)|(?<=FY\s))\d\d)\b"
        rf"|\b(?P<phrase>{phrases})(?:\b|(?={year})|(?<=FY)(?=\d\d\b))"
        r"|(?<![\w./(-])(?P<number>\d{1,2})(?:er|st|nd|rd|th|e)?(?![\w/%)-])(?!\.\d)"
        r"|(?P<word>[^\W\d_]+)|(?P<comma>,)|(?P<stop>[.;:?!()])",
        re.IGNORECASE,
    )


@cache
def lexicon() -> dict[str, tuple[str, Any]]:
    """The kind and value of every phrase of time, its words in small letters, one blank between."""
    found: dict[str, tuple[str, Any]] = {}
    for kind, value, phrases in lists():
        for phrase in phrases:
            found.setdefault(plain(phrase), (kind, value))
    return found


def plain(phrase: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", phrase.casefold()))


def lists() -> Iterator[tuple[str, Any, Phrases]]:
    """The phrases of time of the languages that are served, with their kind and value.

    Months are known in every language, as their names are.
    """
    for name, number in month_numbers().items():
        yield "month", number, (name,)
    for language in served():
        for name, phrases in language.parts.items():
            yield "edge" if name in EDGES else "part", name, phrases
        for unit, forms in language.units.items():
            yield "unit", unit, forms
        for cue in CUES:
            yield cue, None, language.time.get(cue, ())
        for number, name in enumerate(language.time["ordinals"], 1):
            yield "number", number, (name,)


def day_first(text: str) -> tuple[str, Any]:
    """A day written 15.3.2016, or month first where it can only be so: 7/25/2014."""
    day, month, year = map(int, re.split(r"[./-]", text))
    if month > 12 and "/" in text:
        day, month = month, day
    return on(year + 2000 if year < 100 else year, month, day)


def month_named(text: str) -> tuple[str, Any]:
    """A day written 15-Mar-2019; no time if there is no such month."""
    day, name, year = text.split("-")
    month = month_numbers().get(name.casefold())
    return on(int(year), month, int(day)) if month else ("word", None)


def on(year: int, month: int, day: int) -> tuple[str, Any]:
    """The kind and value of a day; of one that there is not, that it is not understood."""
    try:
        return "day", date(year, month, day)
    except ValueError:
        return "no_day", None


def in_month(year: int, month: int) -> tuple[str, Any]:
    return ("month_of_year", (year, month)) if 1 <= month <= 12 else ("no_day", None)


def split_years(text: str) -> tuple[str, Any]:
    """2019-05 is a month, 2014-2020 are years, 2018/19 is one year that spans two."""
    first, second = int(text[:4]), int(text[5:])
    last = second if second > 99 else first // 100 * 100 + second
    if last == first + 1 and second < 100:
        return "split_year", None
    if 1 <= second <= 12:
        return "month_of_year", (first, second)
    return ("years", (first, last)) if last > first else ("word", None)


VALUES: dict[str, Callable[[str], tuple[str, Any]]] = {
    "ymd": lambda text: on(*map(int, re.split(r"[./-]", text))),
    "dmy": day_first,
    "named": month_named,
    "my": lambda text: in_month(int(text[-4:]), int(text[:-5])),
    "years": split_years,
    "decade": lambda text: ("decade", int(text[:4])),
    "year": lambda text: ("year", int(text)),
    "short": lambda text: ("year", int(text[-2:]) + (1900 if int(text[-2:]) >= 50 else 2000)),
    "phrase": lambda text: lexicon()[plain(text)],
    "number": lambda text: ("number", int(re.sub(r"\D", "", text))),
    "word": lambda text: ("word", None),
    "comma": lambda text: ("comma", None),
    "stop": lambda text: ("stop", None),
}


# -- what a word is beside others ---------------------------------------------------------------


def mended(found: list[Token]) -> Iterator[Token]:
    """The tokens with misspelt months read, without the point of "Sept." and dates that are none.

    A date of a year in two digits is one only where something leads to it: point 3.2.10 is none.
    """
    before: Token | None = None
    for one, after in pairwise((*found, None)):
        assert one is not None
        if one.text == "." and before and before.kind == "month" and is_short(before.text):
            continue
        led = before is not None and before.kind in LEADING
        bare = not led and re.fullmatch(r"\d\d?\D\d\d?\D\d\d|\d\d/\d{4}", one.text)
        if (bare and one.kind != "month_of_year") or not is_time(one, before, after):
            one = replace(one, kind="present" if one.among("present") else "word")
        elif one.kind == "unit" and one.among("plurals"):
            one = replace(one, kind="units")
        elif one.kind == "word" and led and after and after.kind == "year":
            one = spelt_right(one)
        yield one
        before = one


def is_time(one: Token, before: Token | None, after: Token | None) -> bool:
    """Whether a month or season is one, not "may" or "fall", which must stand beside a time."""
    beside = {token.kind for token in (before, after) if token}
    homographs = {word for language in served() for word in language.month_homographs}
    begins = before is None or before.kind == "stop"
    if one.kind == "month" and (one.text.casefold() if begins else one.text) in homographs:
        return bool(beside & {"year", "number", "last", "next"})
    if one.kind == "part" and one.among("part_homographs"):
        led = before is not None and before.kind in ("in", "the", "last", "next")
        return led or (after is not None and after.kind == "year")
    return True


def is_short(month: str) -> bool:
    """Whether it is an abbreviation, behind which a point ends no sentence."""
    return month.casefold() not in full_months()


def spelt_right(word: Token) -> Token:
    """The month that a word is nearly the name of, or the word."""
    names = full_months()
    found = get_close_matches(word.text.casefold(), names, 1, 0.8) if len(word.text) > 4 else []
    return replace(word, kind="month", value=names[found[0]]) if found else word


@cache
def full_months() -> dict[str, int]:
    """The number of each month by its full name, in small letters."""
    return {name.casefold(): n for one in served() for n, name in enumerate(one.month_names, 1)}
