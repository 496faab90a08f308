"""A question in, what it gives to be put against rules out: figures by what they are of, and the
circumstances that hold.

A figure is of a measure if it stands beside one of its words, with nothing between them but words
that say nothing: in "60 staff and 12 million turnover" each is of the one behind it. A figure that
stands beside words of two measures, or of none, is of neither.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from clusterqa.corpus.thresholds import Forms, Thresholds, Unit, WaysOfWriting
from clusterqa.errors import UsageError
from clusterqa.languages.language import Language, languages
from clusterqa.languages.quantities import (
    BLANKS,
    DIGITS,
    Quantity,
    alternatives,
    in_digits,
    quantities,
    spelt_in,
)
from clusterqa.query.form import last_sentence

APOSTROPHES = str.maketrans("‘’", "''")
WORD = re.compile(r"\w+(?:['-]\w+)*'?|[€%]")
PAUSE = re.compile(r"[,;.?!–—]")
MOST_BETWEEN = 4  # words between a figure and what it is of
LARGE = 10_000  # a bare number from here on is an amount of money rather than a head count
UNITS: Mapping[tuple[str, str], Unit] = {
    ("amount", "EUR"): "EUR", ("percentage", "%"): "%", ("duration", "year"): "year",
    ("count", ""): "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GivenFigures:
    """What a question gives.

    `figures` are the values of each measure, in their order; `loose` those of each unit that are of
    no measure. `subjects` are the checks that its words are about, `required` the circumstances
    that its words or those before it name, of which `circumstances` hold; `categories` are rules of
    a check that it asks for. Words `add` figures up, turn a check `round` in its last sentence, ask
    whether something is `too_high`, and are `open` where neither yes nor no would answer.
    """

    figures: Mapping[str, tuple[float, ...]]
    loose: Mapping[Unit, tuple[float, ...]]
    circumstances: frozenset[str]
    subjects: frozenset[str]
    categories: frozenset[tuple[str, str]]
    round: frozenset[str]
    adding: bool
    too_high: bool
    open: bool

    @property
    def any(self) -> bool:
        """Whether there is a figure to be put against a rule."""
        return bool(self.figures or self.loose)


NOTHING = GivenFigures(
    {}, {}, frozenset(), frozenset(), frozenset(), frozenset(),
    adding=False, too_high=False, open=False,
)  # fmt: skip


def given_in(thresholds: Thresholds, typed: str, words: str, language: str) -> GivenFigures:
    """What a question as typed gives; `words` are all of it, with what it leans on."""
    ways = thresholds.reading
    if ways is None:
        return NOTHING
    text = in_figures(typed, ways, languages()[language])
    figures, loose = told_apart(text, thresholds, languages()[language])
    if not (figures or loose):
        return NOTHING
    said, own = plain(words), plain(typed)
    asked = last_sentence(own)
    return GivenFigures(
        figures=figures,
        loose=loose,
        circumstances=circumstances_in(said, thresholds),
        subjects=frozenset(one.id for one in thresholds.check if has(said, one.subject)),
        categories=frozenset(
            (check.id, rule.id)
            for check in thresholds.check
            for rule in check.rule
            if rule.asked and has(own, rule.asked)
        ),
        round=frozenset(c.id for c in thresholds.check if c.reversed and has(asked, c.reversed)),
        adding=bool(phrase(ways.adding).search(own)),
        too_high=bool(phrase(ways.exceeding).search(own)),
        open=bool(phrase(ways.open).search(own)),
    )


def plain(text: str) -> str:
    """A text with one kind of blank and of apostrophe."""
    return text.translate(BLANKS).translate(APOSTROPHES)


@lru_cache(maxsize=2**9)
def phrase(words: tuple[str, ...]) -> re.Pattern[str]:
    """What matches one of the words, the longest first; nothing for none."""
    return re.compile(rf"(?<!\w)(?:{alternatives(words) or '(?!)'})(?!\w)", re.IGNORECASE)


def every_form(forms: Forms) -> tuple[str, ...]:
    return tuple(plain(word) for words in forms.values() for word in words)


def has(text: str, forms: Forms) -> bool:
    """Whether a text has one of the words, in whichever language."""
    return bool(phrase(every_form(forms)).search(text))


# -- circumstances --------------------------------------------------------------------------------


def circumstances_in(text: str, thresholds: Thresholds) -> frozenset[str]:
    """The circumstances that a text names and does not deny; none of a kind that it has two of."""
    assert thresholds.reading is not None
    named = {
        one.id: one.kind
        for one in thresholds.circumstance
        if is_affirmed(text, phrase(every_form(one.words)), thresholds.reading)
    }
    kinds = [kind for kind in named.values() if kind]
    return frozenset(name for name, kind in named.items() if kinds.count(kind) < 2)


def is_affirmed(text: str, words: re.Pattern[str], ways: WaysOfWriting) -> bool:
    """Whether a text has one of the words without a negation shortly before."""
    before = (text[: found.start()] for found in words.finditer(text))
    nearest = (" ".join(WORD.findall(start)[-3:]) for start in before)
    return any(not phrase(ways.negations).search(near) for near in nearest)


# -- figures --------------------------------------------------------------------------------------


def in_figures(text: str, ways: WaysOfWriting, language: Language) -> str:
    """A text with its numbers in digits, scales applied: "12m", "12 million" become "12000000"."""
    scaled = scale(tuple(ways.scales)).sub(lambda found: scaled_up(found, ways), plain(text))
    pieces, here = list[str](), 0
    for start, end, value in spelt_in(scaled, language):
        if scaled[start:end].casefold() not in language.function_words:
            pieces += [scaled[here:start], f"{value:.0f}"]
            here = end
    return "".join((*pieces, scaled[here:]))


@lru_cache(maxsize=8)
def scale(words: tuple[str, ...]) -> re.Pattern[str]:
    """What matches a number and the word for thousands, millions or billions behind it."""
    return re.compile(rf"(?<![\w.,])({DIGITS})[ -]?({alternatives(words)})(?!\w)", re.IGNORECASE)


def scaled_up(found: re.Match[str], ways: WaysOfWriting) -> str:
    return f"{round(in_digits(found[1]) * ways.scales[found[2].casefold()])}"


@dataclass(frozen=True, slots=True)
class FigureInText:
    """A number of a text, its unit and where it stands."""

    value: float
    unit: Unit
    start: int
    end: int


def figures_in(text: str) -> Iterator[FigureInText]:
    """The figures of a text; a large bare number is an amount, though no currency is beside it."""
    for one in quantities(text):
        unit = UNITS.get((one.kind, one.unit))
        if unit is not None:
            yield FigureInText(one.value, money_or_count(one, unit), one.start, one.end)


def money_or_count(one: Quantity, unit: Unit) -> Unit:
    return "EUR" if unit == "" and one.value >= LARGE else unit


def told_apart(
    text: str, thresholds: Thresholds, language: Language
) -> tuple[dict[str, tuple[float, ...]], dict[Unit, tuple[float, ...]]]:
    """The figures of a text by measure, and those of no measure by unit; decoys' are left out."""
    mentions = [
        (one, found.span())
        for one in thresholds.measure
        for found in phrase(every_form(one.words)).finditer(text)
    ]
    figures: dict[str, tuple[float, ...]] = {}
    loose: dict[Unit, tuple[float, ...]] = {}
    everywhere = tuple(figures_in(text))
    for figure in everywhere:
        others = [other for other in everywhere if other is not figure]
        beside = {
            one.id: one
            for one, span in mentions
            if one.unit == figure.unit
            and is_beside(text, figure, span, others, thresholds, language)
        }
        if not beside:
            loose[figure.unit] = (*loose.get(figure.unit, ()), figure.value)
        for one in beside.values() if len(beside) == 1 else ():
            if not one.decoy:
                figures[one.id] = (*figures.get(one.id, ()), figure.value)
    return figures, loose


def is_beside(
    text: str,
    figure: FigureInText,
    span: tuple[int, int],
    others: Iterable[FigureInText],
    thresholds: Thresholds,
    language: Language,
) -> bool:
    """Whether only words that say nothing stand between a figure and a measure's words."""
    assert thresholds.reading is not None
    start, end = span
    if start < figure.end and figure.start < end:
        return True
    low, high = (figure.end, start) if figure.end <= start else (end, figure.start)
    if any(low <= other.start < high for other in others):
        return False
    between = text[low:high]
    words = [word.casefold() for word in WORD.findall(between)]
    silent = {*language.function_words, *map(str.casefold, thresholds.reading.between)}
    silent -= {*thresholds.reading.breaks}
    return (
        len(words) <= MOST_BETWEEN
        and not PAUSE.search(between)
        and all(word in silent for word in words)
    )


def single(values: tuple[float, ...]) -> float | None:
    """The value of a measure that is given one; None for none and for several different ones."""
    return values[0] if len({*values}) == 1 else None


def number_typed(text: str, thresholds: Thresholds) -> float:
    """The number that is typed by itself: "60", "12m", "EUR 1.5 million", "50 %".

    Raises `UsageError` for what is no number.
    """
    ways = thresholds.reading
    digits = in_figures(text, ways, languages()["en"]) if ways else text
    found = re.fullmatch(rf"(?:EUR|€)?\s*({DIGITS})\s*(?:EUR|€|%|years?)?", digits.strip())
    if found is None:
        raise UsageError(f"{text[:40]!r} is not a number; write it like 60, 300000 or 12m")
    return in_digits(found[1])
