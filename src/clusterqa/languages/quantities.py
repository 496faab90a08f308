"""A text in, the quantities it states out: percentages, amounts, durations, dates, counts.

Numbers stand in digits or, beside the words of a language, in that language's words, which are
read by text2num: "eight years", "vingt et un jours", "acht Jahre".
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Literal

from clusterqa.languages.days import iso_day
from clusterqa.languages.language import Language, languages, month_numbers, served

Kind = Literal["percentage", "amount", "duration", "date", "count"]

LONGEST_NUMBER = 6  # words: "two hundred and fifty-five thousand"
DIGITS = r"\d{1,3}(?:[   .,]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"
# What a number is not, though it has the digits: the number of a provision, an act or a footnote.
NAMING = re.compile(
    r"(?:\b(?:articles?|paragraphs?|annexe?s?|points?|recitals?|n[o°º]\.?) |[(/\d.,])$",
    re.IGNORECASE,
)
WORD_BEFORE = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*(?=\W*$)")


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
    return tuple(sorted(apart((*figures(text), *numbers(text))), key=lambda one: one.start))


@lru_cache(maxsize=2**13)  # the passages that are found are found again
def figures(text: str) -> tuple[Quantity, ...]:
    """The quantities in a text that are no mere counts."""
    return tuple(sorted(apart((*dates(text), *measured(text))), key=lambda one: one.start))


def apart(found: Iterable[Quantity]) -> list[Quantity]:
    """Those of the quantities that do not overlap one before them."""
    kept: list[Quantity] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return kept


def counts(text: str) -> bool:
    """Whether a text says how many there are of something."""
    return any(one.kind == "count" for one in quantities(text))


# -- dates --------------------------------------------------------------------------------------


def dates(text: str) -> Iterator[Quantity]:
    """The days that a text names in full: "1 July 2023", "1er juillet 2023", "2023-07-01"."""
    for match in day_pattern().finditer(text):
        try:
            on = full_day(match)
        except ValueError:
            continue
        yield Quantity("date", on.toordinal(), "", match.start(), match.end())


def full_day(match: re.Match[str]) -> date:
    """The day of a match of `day_pattern`; raises `ValueError` for one that does not exist."""
    if match["iso"]:
        return iso_day(match["iso"])
    month = month_numbers()[match["month"].casefold()]
    return date(int(match["year"]), month, int(match["day"]))


@cache
def day_pattern() -> re.Pattern[str]:
    return re.compile(
        r"\b(?P<iso>\d{4}-\d\d-\d\d)\b|\b(?P<day>\d{1,2})(?:er|st|nd|rd|th|\.)?(?: of| de)? "
        rf"(?P<month>{alternatives(month_numbers())})(?: de)? (?P<year>\d{{4}})\b",
        re.IGNORECASE,
    )


# -- numbers beside a word ----------------------------------------------------------------------


def measured(text: str) -> Iterator[Quantity]:
    """Percentages, amounts of money and stretches of time."""
    for match in MARK.finditer(text):
        for mark in marks().get(match.group().casefold(), ()):
            start = match.end() - len(mark.words)
            if text[start : match.end()].casefold() != mark.words:
                continue
            number = number_before(text, start, mark.language)
            if number is None and mark.kind == "amount":
                number = number_after(text, match.end(), mark.language)
            if number is not None:
                first, last, value = number
                span = min(first, start), max(last, match.end())
                yield Quantity(mark.kind, value, mark.unit, *span)
                break


MARK = re.compile(r"[^\W\d_]+|[%€]")


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of a language beside which a number is one of a kind, in a unit."""

    words: str
    kind: Kind
    unit: str
    language: Language


@cache
def marks() -> dict[str, list[Mark]]:
    """The words that a number stands beside, by the last of them, the longest first."""
    found: dict[str, list[Mark]] = {}
    for mark in sorted(every_mark(), key=lambda mark: -len(mark.words)):
        found.setdefault(MARK.findall(mark.words)[-1], []).append(mark)
    return found


def every_mark() -> Iterator[Mark]:
    for language in languages().values():
        for words in language.figures["percent"]:
            yield Mark(words.casefold(), "percentage", "%", language)
        for words in language.figures["currency"]:
            yield Mark(words.casefold(), "amount", "EUR", language)
        for unit, forms in language.units.items():
            yield from (Mark(form.casefold(), "duration", unit, language) for form in forms)


@cache
def folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def number_before(text: str, end: int, language: Language) -> tuple[int, int, float] | None:
    """Start, end and value of the number that ends before a position, adjectives between or not."""
    before = text[max(0, end - 80) : end]
    offset = end - len(before)
    digits = before_pattern(language).search(before)
    if digits:
        return offset + digits.start(), end, in_digits(digits[1]) * scale(digits[2], language)
    adjective = adjective_pattern(language).search(before)
    words = before[: adjective.start()] if adjective else before
    spelt = spelt_before(words, language)
    return (offset + spelt[0], end, spelt[1]) if spelt else None


def number_after(text: str, start: int, language: Language) -> tuple[int, int, float] | None:
    """Start, end and value of the number in digits that follows a position: "EUR 7,5 million"."""
    match = after_pattern(language).match(text, start)
    if match is None:
        return None
    return start, match.end(), in_digits(match[1]) * scale(match[2], language)


@cache
def before_pattern(language: Language) -> re.Pattern[str]:
    scales, words = scale_words(language), alternatives(language.figures["adjectives"])
    adjective = rf"(?:(?:{words})[ -])?" if words else ""
    return re.compile(
        rf"(?<![\d.,(/])({DIGITS})(?:[  ]?({scales}))?[  -]?{adjective}$", re.IGNORECASE
    )


@cache
def after_pattern(language: Language) -> re.Pattern[str]:
    return re.compile(rf"[  ]?({DIGITS})(?:[  ]({scale_words(language)})(?!\w))?", re.IGNORECASE)


@cache
def adjective_pattern(language: Language) -> re.Pattern[str]:
    words = alternatives(language.figures["adjectives"])
    return re.compile(rf"\b(?:{words or '(?!)'}) $", re.IGNORECASE)


def scale_words(language: Language) -> str:
    return alternatives((*language.figures["million"], *language.figures["billion"])) or "(?!)"


def scale(word: str | None, language: Language) -> float:
    if word is None:
        return 1
    return 1e6 if word.casefold() in folded(language.figures["million"]) else 1e9


def in_digits(number: str) -> float:
    """The value of a number in digits: "7,5", "300 000", "300,000", "1.5"."""
    number = re.sub(r"(?<=\d)[\s.,](?=\d{3}(?!\d))", "", number)
    return float(number.replace(",", "."))


def alternatives(words: object) -> str:
    """What matches any of the words, the longest first."""
    ordered = sorted(words, key=lambda word: (-len(word), word))  # type: ignore[call-overload]
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in ordered)


# -- numbers in words ---------------------------------------------------------------------------


def spelt_before(text: str, language: Language) -> tuple[int, float] | None:
    """Start and value of the longest number in words that a text ends with; None for none."""
    found, rest = None, text
    for _ in range(LONGEST_NUMBER):
        word = WORD_BEFORE.search(rest)
        if word is None or (text[word.end() :].strip("-\N{NO-BREAK SPACE} ") and found is None):
            break
        value = spelt(" ".join(text[word.start() :].casefold().split()), language)
        if value is not None:
            found = word.start(), value
        elif found is None:
            break
        rest = rest[: word.start()]
    return found


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
    if word is None:
        return False
    return any(word.group().casefold() in forms for forms in language.units.values())


def spelt_in(text: str, language: Language) -> Iterator[tuple[int, int, float]]:
    """Start, end and value of each number in words, the longest where one is part of another."""
    words, here = list(WORDS.finditer(text)), 0
    for place, first in enumerate(words):
        if first.start() < here or spelt(first.group().casefold(), language) is None:
            continue
        for last in reversed(words[place : place + LONGEST_NUMBER]):
            value = spelt(text[first.start() : last.end()].casefold(), language)
            if value is not None:
                here = last.end()
                yield first.start(), here, value
                break


def unit_words() -> set[str]:
    """The words beside a number in the languages that are served, in small letters."""
    plain = {mark.words for mark in every_mark() if mark.language.served} | {
        word for one in served() for word in (*one.figures["million"], *one.figures["billion"])
    }
    times = {form for one in served() for forms in one.units.values() for form in forms}
    described = {
        f"{adjective} {form}"
        for one in served()
        for adjective in one.figures["adjectives"]
        for forms in one.units.values()
        for form in forms
    }
    return plain | times | described


@lru_cache(maxsize=2**12)
def spelt(words: str, language: Language) -> float | None:
    """The value of a cardinal number in words; None for words that are none."""
    if language.numbers is None:
        return dict(zip(language.number_words, range(1, 100), strict=False)).get(words)
    from text_to_num import text2num

    try:
        return float(text2num(words, language.numbers))
    except ValueError:
        return None


# -- counts -------------------------------------------------------------------------------------

BARE = re.compile(rf"(?<![\w(/.,])(?:{DIGITS})(?![\w/]|[.,]\d)")
WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


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
