"""A question in, its words of time out as tokens, by the lists of `languages/*.toml`.

The kind of a token is the name of the list that has it ("before", "ago"), or what it is: a day, a
month, a year, a duration, the number of an act. `rule` makes a pattern over kinds of a line such as
"before LINK year".
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from clusterqa.languages.language import served
from clusterqa.languages.quantities import quantities
from clusterqa.references.acts import numbered_acts

YEAR = r"(?:19|20)\d\d"
# The lists of cues that tokens are named by; of two that have a phrase the first has it.
CUES = (
    "now", "yesterday", "tomorrow", "vague", "our_past", "hence", "few", "one", "in", "before",
    "after", "since", "from", "until", "by", "did", "to", "between", "and", "ago", "before_past",
    "in_future", "last", "last_after", "next", "next_after", "this", "at", "the", "each", "fiscal",
    "period", "decade_of", "weekday", "amendment", "act", "event", "story", "own", "half",
)  # fmt: skip
OTHERS = (
    "word", "comma", "stop",
    "day", "no_day", "month_of_year", "year", "years", "split_year", "decade",
    "month", "number", "part", "edge", "holiday", "movable", "unit", "duration", "act_number",
)  # fmt: skip
LETTERS = {kind: chr(0xE000 + n) for n, kind in enumerate((*CUES, *OTHERS))}
EDGES = ("early", "beginning", "middle", "late", "end")
SCAN = re.compile(
    rf"(?<![\w.-])(?P<iso>{YEAR}-\d\d-\d\d)(?![\w-])"
    r"|(?<![\w./-])(?P<dmy>\d{1,2}(?P<sep>[./-])\d{1,2}(?P=sep)(?:\d{4}|\d\d))(?![\w/-])"
    rf"|(?<![\w./-])(?P<ymd>{YEAR}(?P<sep2>[./])\d{{1,2}}(?P=sep2)\d{{1,2}})(?![\w/-])"
    rf"|(?<![\w./-])(?P<my>\d{{1,2}}/{YEAR})(?![\w/-])"
    rf"|(?<![\w./-])(?P<years>{YEAR}[-–/](?:{YEAR}|\d\d))(?![\w/-])"
    rf"|(?<!\w)(?P<decade>{YEAR}['’]?s)\b"
    rf"|(?:(?<=[QqHhTtSs]\d[/-])|(?<=[Ff][Yy])|(?<![\w/])(?<!\d[.,-]))"
    rf"(?P<year>{YEAR})(?!\w)(?![/–-]\d)(?![.,]\d)"
    r"|(?<=\s)(?P<short>['’]\d\d)\b"
    r"|(?<![\w./(-])(?P<number>\d{1,2})(?:er|st|nd|rd|th|e)?(?![\w/%)-])(?!\.\d)"
    r"|(?P<word>[^\W\d_]+\d(?!\w)|\d(?:st|nd|rd|th|er|e|ème)(?!\w)|[^\W\d_]+)"
    r"|(?P<stop>[.,;:?!()])"
)
ADJACENT = re.compile(r"[^\W_]+")


def rule(text: str, **parts: str) -> str:
    """The pattern over `kinds` of a rule: small words are kinds, capital ones other rules.

    All else is as in a regular expression, in which "." is any token; blanks mean nothing.
    """
    text = re.sub(r"[A-Z]+", lambda match: f"(?:{parts[match.group()]})", text)
    return re.sub(r"[a-z_]+", lambda match: LETTERS[match.group()], text).replace(" ", "")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or figure from `start` to `end` of a question; `kind` says what it is."""

    kind: str
    value: Any
    text: str
    start: int
    end: int

    @property
    def is_title(self) -> bool:
        """Whether a year before or after it belongs to a name: "2022 R&D&I Framework"."""
        return self.text.casefold() in words_of("title") or self.text.isupper()

    @property
    def is_during(self) -> bool:
        return self.text.casefold() in words_of("during")

    @property
    def is_end(self) -> bool:
        """Whether it ends a sentence."""
        return self.text in (".", "!", "?")

    @property
    def is_version(self) -> bool:
        return self.text.casefold() in words_of("version")

    @property
    def is_plain(self) -> bool:
        """Whether it is an ordinary word, not one of a name."""
        return self.text.islower() and self.text not in words_of("title")

    @property
    def is_changing(self) -> bool:
        """Whether it asks what changed, or what is new."""
        return self.text.casefold().startswith(words_of("changing"))

    @property
    def is_comparing(self) -> bool:
        return self.text.casefold().startswith(words_of("comparing"))


def kinds(tokens: Iterable[Token]) -> str:
    """The kinds of tokens as patterns that `rule` makes are matched against."""
    return "".join(LETTERS[token.kind] for token in tokens)


@lru_cache(maxsize=512)
def tokens_of(question: str) -> tuple[Token, ...]:
    """The tokens of a question in their order."""
    known = [*acts(question), *durations(question)]
    found: list[Token] = list(known)
    for match in SCAN.finditer(question):
        if not any(one.start < match.end() and match.start() < one.end for one in known):
            found.append(token(match))
    found.sort(key=lambda one: one.start)
    return tuple(dated(list(mended(joined(found)))))


def acts(question: str) -> Iterator[Token]:
    for match in numbered_acts(question):
        numbers = frozenset(map(int, match.group("first", "second")))
        yield Token("act_number", numbers, match.group(), *match.span())


def durations(question: str) -> Iterator[Token]:
    for one in quantities(question):
        text = question[one.start : one.end]
        if one.kind == "duration":
            yield Token("duration", (one.value, one.unit), text, one.start, one.end)
        elif one.kind in ("amount", "percentage"):
            yield Token("word", None, text, one.start, one.end)


def token(match: re.Match[str]) -> Token:
    """The token of a match of `SCAN`; a word is looked up later, with those after it."""
    kind, value = VALUES.get(str(match.lastgroup), no_figure)(match.group())
    return Token(kind, value, match.group(), *match.span())


def day_first(text: str) -> tuple[str, Any]:
    """A day written 15.3.2016, or month first where it can only be so: 7/25/2014."""
    day, month, year = map(int, re.split(r"[./-]", text))
    year += 2000 if year < 100 else 0
    if month > 12 and "/" in text:
        day, month = month, day
    return on(year, month, day)


def on(year: int, month: int, day: int) -> tuple[str, Any]:
    """The kind and value of a day; of one that there is not, that it is not understood."""
    try:
        return "day", date(year, month, day)
    except ValueError:
        return "no_day", None


def split_years(text: str) -> tuple[str, Any]:
    """2019-05 is a month, 2014-2020 are years, 2018/19 is one year that spans two."""
    first, second = re.split(r"[-–/]", text)
    last = int(second) if len(second) == 4 else int(first[:2] + second)
    if last == int(first) + 1 and len(second) == 2:
        return "split_year", None
    if len(second) == 2 and 1 <= int(second) <= 12:
        return "month_of_year", (int(first), int(second))
    return ("years", (int(first), last)) if last > int(first) else ("word", None)


def month_first(text: str) -> tuple[str, Any]:
    month, year = map(int, text.split("/"))
    return ("month_of_year", (year, month)) if 1 <= month <= 12 else ("word", None)


def no_figure(text: str) -> tuple[str, Any]:
    return "word", None


VALUES: dict[str, Callable[[str], tuple[str, Any]]] = {
    "iso": lambda text: on(*map(int, text.split("-"))),
    "dmy": day_first,
    "ymd": lambda text: on(*map(int, re.split(r"[./]", text))),
    "my": month_first,
    "years": split_years,
    "decade": lambda text: ("decade", int(text[:4])),
    "year": lambda text: ("year", int(text)),
    "short": lambda text: ("year", 2000 + int(text[1:])),
    "number": lambda text: ("number", int(re.match(r"\d+", text)[0])),  # type: ignore[index]
    "stop": lambda text: ("comma" if text == "," else "stop", None),
}


NONE = (0, "", None)  # no phrase


def joined(found: list[Token]) -> Iterator[Token]:
    """The tokens with phrases of several words as one, by the longest that fits."""
    words = [one.text.casefold() for one in found]
    place = 0
    while place < len(found):
        looked_up = found[place].kind in ("word", "number")
        length, kind, value = phrase_at(words, place) if looked_up else NONE
        one, last = found[place], found[place + max(length, 1) - 1]
        if length:
            text = " ".join(t.text for t in found[place : place + length])
            one = Token(kind, value, text, one.start, last.end)
        yield one
        place += max(length, 1)


def phrase_at(words: list[str], place: int) -> tuple[int, str, Any]:
    """How many words the longest phrase has that stands there, its kind and value; 0 for none."""
    for phrase, kind, value in lexicon().get(words[place], ()):
        if tuple(words[place : place + len(phrase)]) == phrase:
            return len(phrase), kind, value
    return NONE


@cache
def lexicon() -> dict[str, list[tuple[tuple[str, ...], str, Any]]]:
    """The phrases of time of the languages that are served, by their first word, longest first."""
    found: dict[tuple[str, ...], tuple[str, Any]] = {}
    for text, kind, value in entries():
        phrase = tuple(ADJACENT.findall(text.casefold()))
        found.setdefault(phrase, (kind, value))
    by_first: dict[str, list[tuple[tuple[str, ...], str, Any]]] = {}
    for phrase in sorted(found, key=len, reverse=True):
        by_first.setdefault(phrase[0], []).append((phrase, *found[phrase]))
    return by_first


def entries() -> Iterator[tuple[str, str, Any]]:
    """Every phrase of time with its kind and value."""
    for language in served():
        for name, phrases in language.parts.items():
            yield from ((p, "edge" if name in EDGES else "part", name) for p in phrases)
        for number, names in enumerate(language.months, 1):
            yield from ((name, "month", number) for name in names)
        for day, phrases in language.holidays.items():
            yield from ((p, "movable" if day == "movable" else "holiday", day) for p in phrases)
        for unit, forms in language.units.items():
            yield from ((form, "unit", unit) for form in forms)
        for cue in CUES:
            yield from ((phrase, cue, None) for phrase in language.time.get(cue, ()))
        yield from ((phrase, "number", 1) for phrase in language.time.get("first", ()))


@cache
def words_of(cue: str) -> tuple[str, ...]:
    """The words for a cue in the languages that are served."""
    return tuple(word for language in served() for word in language.time.get(cue, ()))


def mended(found: Iterator[Token]) -> Iterator[Token]:
    """The tokens with misspelt months read, without points that end no sentence and dates.

    A date of a year in two digits is one only where something leads to it: point 3.2.10 is none.
    """
    before: Token | None = None
    for one, after in pairwise((*found, None)):
        assert one is not None
        led = before is not None and before.kind in LEADING
        if one.text == "." and before and before.kind == "month" and is_short(before.text):
            continue
        if one.kind in ("day", "no_day") and re.search(r"\D\d\d$", one.text) and not led:
            one = one if one.text[:4].isdigit() else replace(one, kind="word")
        if one.kind == "month" and not is_month(one, before, after):
            one = replace(one, kind="word")
        if led and one.kind == "word" and after and after.kind == "year":
            month = misspelt(one.text)
            one = replace(one, kind="month", value=month) if month else one
        yield one
        before = one


def is_month(one: Token, before: Token | None, after: Token | None) -> bool:
    """Whether a word is a month, not "may" or "march", which must stand beside what dates it."""
    beside = {token.kind for token in (before, after) if token}
    return one.text not in homographs() or not beside.isdisjoint(("year", "number", "last", "next"))


@cache
def homographs() -> frozenset[str]:
    return frozenset(word for language in served() for word in language.month_homographs)


LEADING = ("at", "in", "before", "after", "since", "until", "from", "by", "edge", "number", "the")


def dated(tokens: list[Token]) -> Iterator[Token]:
    """The tokens with "last year" as the year of what stands before it: "in June of last year".

    Its value is how many years from this one it is.
    """
    words, place = kinds(tokens), 0
    for match in YEAR_OF.finditer(words):
        yield from tokens[place : match.start()]
        pair = tokens[match.start() : match.end()]
        way = next(WAYS[one.kind] for one in pair if one.kind in WAYS)
        if next(one.value for one in pair if one.kind == "unit") == "year":
            text = " ".join(one.text for one in pair)
            pair = [Token("year", way, text, pair[0].start, pair[-1].end)]
        yield from pair
        place = match.end()
    yield from tokens[place:]


WAYS = {"last": -1, "last_after": -1, "this": 0, "next": 1, "next_after": 1}
RELATIVE = "(last|this|next) unit | unit (last_after|next_after)"
YEAR_OF = re.compile(
    "|".join(
        f"(?<={rule('(edge|part|month)')}{rule('(the|in|one)') * ahead})(?:{rule(RELATIVE)})"
        for ahead in range(3)
    )
)


def is_short(month: str) -> bool:
    """Whether it is an abbreviation, behind which a point ends no sentence."""
    return month.casefold() not in {name.casefold() for one in served() for name in one.month_names}


def misspelt(word: str) -> int | None:
    """The number of the month that a word is nearly the name of; None if it is none."""
    from difflib import get_close_matches

    names = {name.casefold(): n for one in served() for n, name in enumerate(one.month_names, 1)}
    found = get_close_matches(word.casefold(), names, 1, 0.8) if len(word) > 4 else []
    return names[found[0]] if found else None
