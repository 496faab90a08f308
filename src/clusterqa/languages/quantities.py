"""A text in, the quantities it states out: percentages, amounts, durations, dates, counts.

Numbers stand in digits or, beside the words of a language, in that language's words, which are
read by text2num: "eight years", "vingt et un jours", "acht Jahre".
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import islice, product
from typing import Literal

from clusterqa.languages.days import iso_day
from clusterqa.languages.language import Language, languages, month_numbers, served

Kind = Literal["percentage", "amount", "duration", "date", "count"]

LONGEST_NUMBER = 6  # words: "two hundred and fifty-five thousand"
DIGITS = r"\d{1,3}(?:[ .,]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"
# What a number is not, though it has the digits: the number of a provision, an act or a footnote.
NAMING = re.compile(
    r"(?:\b(?:articles?|paragraphs?|annexe?s?|points?|recitals?|n[o°º]\.?) |[(/\d.,])$",
    re.IGNORECASE,
)
BLANKS = str.maketrans("\u00a0\u202f\u2009", "   ")  # narrow ones and those that do not break
BARE = re.compile(rf"(?<![\w(/.,])(?:{DIGITS})(?![\w/]|[.,]\d)")
WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
MARK = re.compile(r"[^\W\d_]+|[%€]")


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a text states from `start` to `end`.

    The value is a number in its unit: "%", "EUR", a unit of time ("year"), "" for a count. Of a
    date it is the days since 1 January of the year 1, as `date.toordinal` counts them.
    """

    kind: Kind
    value: float
    unit: str
    start: int
    end: int

    @property
    def figure(self) -> str:
        """What it amounts to, however it is written: "10 year", "7.5e+06 EUR"."""
        return f"{self.value:g} {self.unit}".strip()


def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities in a text, in whichever language, in their order; no two overlap."""
    return apart((*figures(text), *numbers(text.translate(BLANKS))))


@lru_cache(maxsize=2**13)  # the passages that are found are found again
def figures(text: str) -> tuple[Quantity, ...]:
    """The quantities in a text that are no mere counts."""
    text = text.translate(BLANKS)
    return apart((*dates(text), *measured(text)))


def counts(text: str) -> bool:
    """Whether a text says how many there are of something."""
    return any(one.kind == "count" for one in quantities(text))


def apart(found: Iterable[Quantity]) -> tuple[Quantity, ...]:
    """Those of the quantities that do not overlap one before them, in the order of the text."""
    kept: list[Quantity] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.start))


def alternatives(words: Iterable[str]) -> str:
    """What matches any of the words, the longest first."""
    return "|".join(re.escape(one).replace(r"\ ", r"\s") for one in sorted(words, key=len)[::-1])


def dates(text: str) -> Iterator[Quantity]:
    """The days that a text names in full: "1 July 2023", "1er juillet 2023", "2023-07-01"."""
    for match in day_pattern().finditer(text):
        with suppress(ValueError):  # of a day that there is not
            yield Quantity("date", full_day(match).toordinal(), "", *match.span())


def full_day(match: re.Match[str]) -> date:
    if match["iso"]:
        return iso_day(match["iso"])
    return date(int(match["year"]), month_numbers()[match["month"].casefold()], int(match["day"]))


@cache
def day_pattern() -> re.Pattern[str]:
    return re.compile(
        r"\b(?P<iso>\d{4}-\d\d-\d\d)\b|\b(?P<day>\d{1,2})(?:er|st|nd|rd|th|\.)?(?: of| de)? "
        rf"(?P<month>{alternatives(month_numbers())})(?: de)? (?P<year>\d{{4}})\b",
        re.IGNORECASE,
    )


# -- numbers beside a word ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of a language beside which a number is one of a kind, in a unit."""

    words: str
    kind: Kind
    unit: str
    language: Language


def every_mark() -> Iterator[Mark]:
    for language in languages().values():
        named: dict[tuple[Kind, str], Iterable[str]] = {
            ("percentage", "%"): language.figures["percent"],
            ("amount", "EUR"): language.figures["currency"],
        }
        named |= {("duration", unit): forms for unit, forms in language.units.items()}
        for (kind, unit), forms in named.items():
            yield from (Mark(form.casefold(), kind, unit, language) for form in forms)


@cache
def marks() -> dict[str, list[Mark]]:
    """The words that a number stands beside, by the last of them, the longest first."""
    found: dict[str, list[Mark]] = {}
    for mark in sorted(every_mark(), key=lambda mark: -len(mark.words)):
        found.setdefault(MARK.findall(mark.words)[-1], []).append(mark)
    return found


def measured(text: str) -> Iterator[Quantity]:
    """Percentages, amounts of money and stretches of time."""
    for match in MARK.finditer(text):
        known = marks().get(match.group().casefold(), ())
        stated = (marked(text, match.end(), mark) for mark in known)
        yield from islice(filter(None, stated), 1)


def marked(text: str, end: int, mark: Mark) -> Quantity | None:
    """The quantity of a mark that ends at a position of a text, if there is a number beside it."""
    start = end - len(mark.words)
    if text[start:end].casefold() != mark.words:
        return None
    if before := number_before(text[max(0, start - 80) : start], mark.language):
        length, value = before
        return Quantity(mark.kind, value, mark.unit, start - length, end)
    after = after_pattern(mark.language).match(text, end)
    if mark.kind != "amount" or after is None:
        return None
    return Quantity(mark.kind, scaled(after, mark.language), mark.unit, start, after.end())


def number_before(text: str, language: Language) -> tuple[int, float] | None:
    """Length and value of the number that a text ends with, an adjective behind it or not."""
    plain = adjective_pattern(language).sub("", text)
    if digits := before_pattern(language).search(plain):
        return len(text) - digits.start(), scaled(digits, language)
    words = [word.start() for word in WORDS.finditer(plain)][-LONGEST_NUMBER:]
    if not words or spelt(plain[words[-1] :], language) is None:
        return None
    values = ((len(text) - start, spelt(plain[start:], language)) for start in words)
    return next((length, value) for length, value in values if value is not None)


@cache
def adjective_pattern(language: Language) -> re.Pattern[str]:
    words = alternatives(language.figures["adjectives"])
    return re.compile(rf"\b(?:{words or '(?!)'})[ -]$", re.IGNORECASE)


@cache
def before_pattern(language: Language) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\d.,(/])({DIGITS})(?: ?({scale_words(language)}))?[ -]?$", re.IGNORECASE
    )


@cache
def after_pattern(language: Language) -> re.Pattern[str]:
    return re.compile(rf" ?({DIGITS})(?: ({scale_words(language)})(?!\w))?", re.IGNORECASE)


def scale_words(language: Language) -> str:
    return alternatives((*language.figures["million"], *language.figures["billion"])) or "(?!)"


def scaled(match: re.Match[str], language: Language) -> float:
    """The value of a number in digits and the word for a million or a billion behind it."""
    millions = [word.casefold() for word in language.figures["million"]]
    scale = 1 if match[2] is None else 1e6 if match[2].casefold() in millions else 1e9
    return in_digits(match[1]) * scale


def in_digits(number: str) -> float:
    """The value of a number in digits: "7,5", "300 000", "300,000", "1.5"."""
    number = re.sub(r"(?<=\d)[\s.,](?=\d{3}(?!\d))", "", number)
    return float(number.replace(",", "."))


def unit_words() -> set[str]:
    """The words beside a number in the languages that are served, in small letters."""
    words = {mark.words for mark in every_mark() if mark.language.served}
    for one in served():
        words.update(one.figures["million"], one.figures["billion"])
        described = product(one.figures["adjectives"], unit_forms(one))
        words.update(map(" ".join, described))
    return words


# -- numbers in words ---------------------------------------------------------------------------


@lru_cache(maxsize=2**12)
def spelt(text: str, language: Language) -> float | None:
    """The value of a cardinal number in words; None for words that are none."""
    words = " ".join(text.casefold().split())
    if language.numbers is None:
        return dict(zip(language.number_words, range(1, 100), strict=False)).get(words)
    from text_to_num import text2num

    try:
        return float(text2num(words, language.numbers))
    except ValueError:
        return None


def with_digits(text: str, language: str) -> str:
    """The text of a language with its cardinal numbers in digits: "8 years" for "eight years".

    A word that is an article too, as French "un", is a number before a unit of time alone.
    """
    spoken = languages()[language]
    pieces, here = list[str](), 0
    for start, end, value in spelt_in(text, spoken):
        article = text[start:end].casefold() in spoken.function_words
        if not article or is_unit(text[end:], spoken):
            pieces += [text[here:start], f"{value:g}"]
            here = end
    return "".join((*pieces, text[here:]))


def is_unit(text: str, language: Language) -> bool:
    """Whether a text begins with a unit of time."""
    word = WORDS.match(text.lstrip())
    return word is not None and word[0].casefold() in unit_forms(language)


def unit_forms(language: Language) -> set[str]:
    return {form for forms in language.units.values() for form in forms}


def spelt_in(text: str, language: Language) -> Iterator[tuple[int, int, float]]:
    """Start, end and value of each number in words, the longest where one is part of another."""
    words, here = list(WORDS.finditer(text)), 0
    for place, first in enumerate(words):
        if first.start() < here or spelt(first[0], language) is None:
            continue
        for last in reversed(words[place : place + LONGEST_NUMBER]):
            value = spelt(text[first.start() : last.end()], language)
            if value is not None:
                here = last.end()
                yield first.start(), here, value
                break


# -- counts -------------------------------------------------------------------------------------


def numbers(text: str) -> Iterator[Quantity]:
    """Numbers beside no unit that name no provision and no act."""
    for match in BARE.finditer(text):
        if not NAMING.search(text[max(0, match.start() - 12) : match.start()]):
            yield Quantity("count", in_digits(match.group()), "", *match.span())
    for match in WORDS.finditer(text):
        value = counted(match.group().casefold())
        if value is not None:
            yield Quantity("count", value, "", *match.span())


@lru_cache(maxsize=2**14)
def counted(word: str) -> float | None:
    """The value of a number word of a language that is served, if it is no article ("un")."""
    values = (spelt(word, one) for one in served() if word not in one.function_words)
    return next((value for value in values if value is not None), None)
