"""A question in, its words of time out as tokens of one letter each, by the languages' lists.

d day  m month of a year  Y year  M month  N number  P part of a year  E early, end of
F fiscal year  H holiday  h movable one  n now  - yesterday  + tomorrow  b before  a after
s since  f from  u until  k by  I did  w between  & and  2 to  i in  @ at  t the  o one
< last  l dernier  > next  p prochain  = this  g ago  G il y a  r from now  q dans  D duration
U unit  V a few  R amendment  C act  A act's number  v event  X decade  B années  T years
x split year  j period  z vague  Z no such day  S when we  y story  O own  K weekday  e each
, ; stops  . any other word
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from clusterqa.languages.language import served
from clusterqa.languages.quantities import quantities
from clusterqa.references.acts import numbered_acts

YEAR = r"(?:19|20)\d\d"
CUES = {
    "now": "n", "yesterday": "-", "tomorrow": "+", "vague": "z", "our_past": "S", "hence": "r",
    "few": "V", "one": "o", "in": "i", "before": "b", "after": "a", "since": "s", "from": "f",
    "until": "u", "by": "k", "did": "I", "to": "2", "between": "w", "and": "&", "ago": "g",
    "before_past": "G", "in_future": "q", "last": "<", "last_after": "l", "next": ">",
    "next_after": "p", "this": "=", "at": "@", "the": "t", "linking": "t", "each": "e",
    "fiscal": "F", "period": "j", "decade": "B", "weekday": "K", "amendment": "R", "act": "C",
    "event": "v", "story": "y", "own": "O",
}  # fmt: skip
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
    r"|(?<![\w./(-])(?P<number>\d{1,2})(?:er|st|nd|rd|th|e)?(?![\w/%)-])(?!\.\d)"
    r"|(?P<word>[^\W\d_]+\d(?!\w)|\d(?:st|nd|rd|th|er|e|ème)(?!\w)|[^\W\d_]+)"
    r"|(?P<stop>[.,;:?!()])"
)
ADJACENT = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or figure from `start` to `end` of a question; the letter `kind` says what it is."""

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


@lru_cache(maxsize=512)
def tokens_of(question: str) -> tuple[Token, ...]:
    """The tokens of a question in their order."""
    known = [*acts(question), *durations(question)]
    found: list[Token] = list(known)
    for match in SCAN.finditer(question):
        if not any(one.start < match.end() and match.start() < one.end for one in known):
            found.append(token(match))
    found.sort(key=lambda one: one.start)
    return tuple(mended(joined(found)))


def acts(question: str) -> Iterator[Token]:
    for match in numbered_acts(question):
        numbers = frozenset(map(int, match.group("first", "second")))
        yield Token("A", numbers, match.group(), *match.span())


def durations(question: str) -> Iterator[Token]:
    for one in quantities(question):
        text = question[one.start : one.end]
        if one.kind == "duration":
            yield Token("D", (one.value, one.unit), text, one.start, one.end)
        elif one.kind in ("amount", "percentage"):
            yield Token(".", None, text, one.start, one.end)


def token(match: re.Match[str]) -> Token:
    """The token of a match of `SCAN`; a word is looked up later, with those after it."""
    kind, value = (
        VALUES[str(match.lastgroup)](match.group()) if match.lastgroup in VALUES else (".", None)
    )
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
        return "d", date(year, month, day)
    except ValueError:
        return "Z", None


def split_years(text: str) -> tuple[str, Any]:
    """2019-05 is a month, 2014-2020 are years, 2018/19 is one year that spans two."""
    first, second = re.split(r"[-–/]", text)
    last = int(second) if len(second) == 4 else int(first[:2] + second)
    if last == int(first) + 1 and len(second) == 2:
        return "x", None
    if len(second) == 2 and 1 <= int(second) <= 12:
        return "m", (int(first), int(second))
    return ("T", (int(first), last)) if last > int(first) else (".", None)


def month_first(text: str) -> tuple[str, Any]:
    month, year = map(int, text.split("/"))
    return ("m", (year, month)) if 1 <= month <= 12 else (".", None)


def no_figure(text: str) -> tuple[str, Any]:
    return ".", None


VALUES: dict[str, Callable[[str], tuple[str, Any]]] = {
    "iso": lambda text: on(*map(int, text.split("-"))),
    "dmy": day_first,
    "ymd": lambda text: on(*map(int, re.split(r"[./]", text))),
    "my": month_first,
    "years": split_years,
    "decade": lambda text: ("X", int(text[:4])),
    "year": lambda text: ("Y", int(text)),
    "number": lambda text: ("N", int(re.match(r"\d+", text)[0])),  # type: ignore[index]
    "stop": lambda text: ("," if text == "," else ";", None),
}


NONE = (0, "", None)  # no phrase


def joined(found: list[Token]) -> Iterator[Token]:
    """The tokens with phrases of several words as one, by the longest that fits."""
    words = [one.text.casefold() for one in found]
    place = 0
    while place < len(found):
        length, kind, value = (
            phrase_at(words, place) if found[place].kind in ".N" else (0, "", None)
        )
        one, last = found[place], found[place + max(length, 1) - 1]
        if length:
            text = " ".join(t.text for t in found[place : place + length])
            one = Token(kind, value, text, one.start, last.end)
        yield one
        place += max(length, 1)


def phrase_at(words: list[str], place: int) -> tuple[int, str, Any]:
    """How many words the longest phrase has that stands there, its letter and value; 0 for none."""
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
    """Every phrase of time with its letter and value."""
    for language in served():
        for name, phrases in language.parts.items():
            yield from ((p, "E" if name in EDGES else "P", name) for p in phrases)
        for number, names in enumerate(language.months, 1):
            yield from ((name, "M", number) for name in names)
        for day, phrases in language.holidays.items():
            yield from ((p, "h" if day == "movable" else "H", day) for p in phrases)
        for unit, forms in language.units.items():
            yield from ((form, "U", unit) for form in forms)
        for cue, kind in CUES.items():
            yield from ((phrase, kind, None) for phrase in language.time.get(cue, ()))


@cache
def words_of(cue: str) -> tuple[str, ...]:
    """The words for a cue in the languages that are served."""
    return tuple(word for language in served() for word in language.time.get(cue, ()))


def mended(found: Iterator[Token]) -> Iterator[Token]:
    """The tokens with misspelt months read, and without the point of an abbreviated one."""
    tokens = list(found)
    for place, one in enumerate(tokens):
        before = tokens[place - 1] if place else None
        after = tokens[place + 1 : place + 3]
        if one.text == "." and before and before.kind == "M" and is_short(before.text):
            continue
        dated = any(t.kind == "Y" for t in after[:1]) and before and before.kind in "NibasEt"
        month = misspelt(one.text) if one.kind == "." and dated else None
        yield Token("M", month, one.text, one.start, one.end) if month else one


def is_short(month: str) -> bool:
    """Whether it is an abbreviation, behind which a point ends no sentence."""
    return month.casefold() not in {name.casefold() for one in served() for name in one.month_names}


def misspelt(word: str) -> int | None:
    """The number of the month that a word is nearly the name of; None if it is none."""
    from difflib import get_close_matches

    names = {name.casefold(): n for one in served() for n, name in enumerate(one.month_names, 1)}
    found = get_close_matches(word.casefold(), names, 1, 0.8) if len(word) > 4 else []
    return names[found[0]] if found else None
