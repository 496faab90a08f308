"""Does a quote support a sentence? Decided by words, figures and their order, without a model.

A sentence is compared with the parts of the quotes that it draws on: the sentences or list points
that share its words, and the words that introduce them. It is supported only if
- it is those parts with words left out: all its words, but for articles and the like, stand there
  in the same order, singular or plural;
- its numbers with their units, amounts, percentages and dates are an unbroken run of those there,
  each after the same word ("exceed 50 %", "until 31 December");
- of a part with "shall", "may" or "must" it keeps all that stands before, which says whom the rule
  is for; of each of several parts it keeps most words, so that no two are spliced into a third;
- every "shall", "may", "not", "unless", "only", "at least", "or" there is in it, and no other, so
  that no half of a sentence turns its meaning round.
What this lets through and what it costs is measured in docs/decisions/0025.
"""

import functools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from clusterqa.languages.analysis import WORD
from clusterqa.languages.language import month_numbers, month_pattern
from clusterqa.languages.quantities import alternatives, unit_words, with_digits

LEAST_WORDS = 3  # a sentence of fewer is a fragment
LEAST_OF_EACH = 0.8  # share of its words that each of several parts keeps in a sentence

# What conditions or denies a rule, and what else turns or limits it: neither may be added or lost.
CONDITIONS = {
    "en": "not no nor neither never none nothing without unless except exception exclude excluded"
    " excluding only solely exclusively provided derogation prejudice notwithstanding however if"
    " where when until",
    "fr": "ne n pas non ni jamais aucun aucune sans sauf excepté exception exclure exclu exclue"
    " seul seule seulement uniquement exclusivement dérogation préjudice toutefois si lorsque"
    " jusqu",
}
MODALS = {
    "en": "shall must may can should could will would might",
    "fr": "doit doivent peut peuvent devrait devraient pourrait pourraient",
}
TURNING = {
    "en": "most least maximum minimum exceed exceeding more less fewer than or either all any some"
    " both each every for in under per within before after during between to with by which that"
    " whose who",
    "fr": "plus moins maximum minimum excède excèdent excéder excédant dépasse dépassent dépasser"
    " dépassant ou soit tout tous toute toutes chaque quelque certains certaines pour dans par avec"
    " durant pendant entre avant après dont lequel laquelle lesquels lesquelles à au aux",
}
# What a sentence may add, and what it may leave out without a trace.
FREE = {
    "en": frozenset(
        "a an the and is are be been being it its they them their this these those has have do does"
        " there s".split()
    ),
    "fr": frozenset(
        "le la les l un une des du de d et est sont être il elle ils elles leur leurs ce cet cette"
        " ces qui que qu c en y se s".split()
    ),
}
UNIT = rf"(?:{alternatives(unit_words())}|billions?)"
# A date, a place in an act ("107(3)(a)") or a number, after the word before it.
FIGURE = re.compile(
    r"(?:(?P<word>[^\W\d_]+) )?(?P<before>(?:eur|€|euros?) ?)?"
    rf"(?:(?P<date>\d{{4}}-\d\d(?:-\d\d)?)|(?P<place>\d+(?:\(\w+\))+)"
    rf"|(?P<number>\d+(?:\.\d+)*)(?P<units>(?: ?{UNIT}(?!\w))*))"
)
DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)? )?(?P<month>{month_pattern()})"
    r" (?P<year>\d{4})\b",
    re.IGNORECASE,
)
TOKEN = re.compile(rf"\d{{4}}-\d\d(?:-\d\d)?|{WORD.pattern}|[%€]")
PART_END = re.compile(r"\n+|;\s+|(?<=[.!?])\s+(?=[^\W\d_a-zà-ÿ]|\()")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a language that matter beyond their order, as they are compared."""

    conditions: frozenset[str]
    turning: frozenset[str]
    modals: frozenset[str]


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """A text as it is compared: words and figures in reading order, and the words that turn it.

    `subject` are the words before its first modal: whom or what the rule is for.
    """

    words: tuple[str, ...]
    figures: tuple[str, ...]
    turning: Counter[str]
    conditions: frozenset[str]
    subject: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence or list point of a quote; `lead` holds the parts that introduce it."""

    text: str
    lead: tuple["Part", ...] = ()


def objection(prose: str, spans: Sequence[str], parts: Sequence[Part], language: str) -> str | None:
    """Why the parts do not support a sentence, None if they do.

    `prose` is the sentence with its quotations, without their marks; `spans` are the quotations.
    """
    said = reading(prose, language)
    if len(said.words) < LEAST_WORDS:
        return "it is a fragment"
    chosen = drawn_on(said, spans, parts, language)
    wanted = {part for each in chosen for part in (*each.lead, each)}
    drawn = [part for part in parts if part in wanted]
    held = reading("\n".join(part.text for part in drawn), language)
    if not {*said.words} <= {*held.words}:
        return "a word is not in the passage"
    if not is_run(said.figures, held.figures):
        return "a figure is not in the passage"
    if said.turning != held.turning:
        return "a condition or negation is not as in the passage"
    if not in_order(said.words, held.words):
        return "its words are in another order"
    if not all(is_run(reading(part.text, language).subject, said.words) for part in drawn):
        return "whom the rule is for is left out"
    if len(chosen) > 1 and not all(keeps_most(said, part, language) for part in chosen):
        return "it splices sentences of the passage"
    return None


def keeps_most(said: SentenceReading, part: Part, language: str) -> bool:
    words = {*reading(part.text, language).words}
    return len({*said.words} & words) >= LEAST_OF_EACH * len(words)


def is_run(some: Sequence[str], all_of_them: Sequence[str]) -> bool:
    """Whether some stand there one after the other, nothing between them left out."""
    starts = range(len(all_of_them) - len(some) + 1)
    return any(all_of_them[n : n + len(some)] == some for n in starts)


def in_order(some: Sequence[str], all_of_them: Sequence[str]) -> bool:
    """Whether the words stand there in that order, others between them or not."""
    rest = iter(all_of_them)
    return all(word in rest for word in some)


def drawn_on(
    said: SentenceReading, spans: Sequence[str], parts: Sequence[Part], language: str
) -> list[Part]:
    """The parts that a sentence quotes, and the fewest others that hold its words."""
    held = {part: reading(part.text, language) for part in parts}
    chosen = [part for part in parts if any(overlap(span, part.text) for span in spans)]
    left = {*said.words}.difference(*(held[part].words for part in chosen))
    while left:
        best = max(parts, key=lambda part: bearing(held[part], left, said))
        if left.isdisjoint(held[best].words):
            break
        chosen.append(best)
        left.difference_update(held[best].words)
    return chosen


def bearing(held: SentenceReading, left: set[str], said: SentenceReading) -> tuple[int, int]:
    """How many of the words left a part holds, then how many of all."""
    return len(left & {*held.words}), len({*said.words} & {*held.words})


def overlap(span: str, text: str) -> bool:
    """Whether a quotation and a part have a stretch in common, which either may go beyond."""
    pieces = [piece.strip() for piece in PART_END.split(span)]
    return any(piece and (piece in text or text in piece) for piece in pieces)


def parts_of(quote: str, lead: tuple[Part, ...] = ()) -> list[Part]:
    """The parts of a quote; one that ends with a colon introduces those after it."""
    found: list[Part] = []
    for piece in PART_END.split(quote):
        if piece.strip():
            found.append(Part(piece.strip(), lead))
            lead = (*lead, found[-1]) if piece.rstrip().endswith(":") else lead
    return found


@functools.lru_cache(maxsize=512)
def reading(text: str, language: str) -> SentenceReading:
    """The text as it is compared, in its language ("en", "fr"; English for any other)."""
    language = language if language in FREE else "en"
    known = vocabulary(language)
    plain = with_iso_dates(normalised(text, language))
    words = [singular(word) for word in TOKEN.findall(plain) if word not in FREE[language]]
    return SentenceReading(
        words=tuple(words),
        figures=tuple(figure(found, language) for found in FIGURE.finditer(plain)),
        turning=Counter(word for word in words if word in known.turning),
        conditions=frozenset(words) & known.conditions,
        subject=before_first(known.modals, words),
    )


def singular(word: str) -> str:
    """The word without the s of a plural; stems would make one word of polluter and pollution."""
    return word[:-1] if len(word) > 3 and word[-1] == "s" != word[-2] else word


def before_first(modals: frozenset[str], words: Sequence[str]) -> tuple[str, ...]:
    """The words before the first modal; none if there is none."""
    places = (place for place, word in enumerate(words) if word in modals)
    return tuple(words[: next(places, 0)])


@functools.cache
def vocabulary(language: str) -> Vocabulary:
    """The vocabulary of a language that `FREE` has."""
    conditions, modals, others = (
        frozenset(map(singular, words[language].split())) for words in (CONDITIONS, MODALS, TURNING)
    )
    return Vocabulary(conditions, conditions | modals | others, modals)


def normalised(text: str, language: str) -> str:
    """The text in small letters, one blank between words, numbers as digits with a point."""
    text = re.sub(r"\s+", " ", text.casefold()).replace("’", "'")
    text = re.sub(r"n't\b", " not", text.replace("cannot", "can not").replace("can't", "can not"))
    text = re.sub(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)", lambda m: m[0].replace(" ", ""), text)
    text = re.sub(r"(?<=\d),(?=\d)", ".", text)
    return with_digits(text, language)


def with_iso_dates(text: str) -> str:
    """The text with every date as one word: "2023-07-01", "2023-07"."""

    def iso(match: re.Match[str]) -> str:
        month = month_numbers()[match["month"].casefold()]
        day = f"-{int(match['day']):02}" if match["day"] else ""
        return f"{match['year']}-{month:02}{day}"

    return DATE.sub(iso, text)


def figure(match: re.Match[str], language: str) -> str:
    """A figure in one spelling, after the word before it: "least 10 %", "than eur 5 million"."""
    units = re.sub(r"per ?cent\b", "%", match["units"] or "")
    words = [word.removesuffix("s") for word in re.findall(r"%|€|[^\W\d_]+", units)]
    money = {"eur", "euro", "€"}
    before = match["word"] if match["word"] and match["word"] not in FREE[language] else ""
    currency = ["eur"] if match["before"] or money & {*words} else []
    number = match["date"] or match["place"] or match["number"]
    spelt = [before, *currency, number, *(word for word in words if word not in money)]
    return " ".join(word for word in spelt if word)
