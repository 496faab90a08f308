"""Where a citation points, step by step: `Mention`s of `Place`s, labels, the order of numbers.

A place is a path such as annex I, article 3, paragraph (2); it may lack its beginning ("paragraph
2") and may be a range ("25 to 30"). Labels are written as `provisions` writes them.
"""

import re
from dataclasses import dataclass, replace

from clusterqa.provisions.headings import LATIN_NUMBERS
from clusterqa.provisions.lines import ROMAN

# How wide a place is: a Chapter holds Articles, an Article holds paragraphs.
RANKS = {
    "act": 0, "annex": 1, "part": 2, "title": 3, "chapter": 4, "section": 5, "subsection": 6,
    "article": 8, "recital": 8, "footnote": 8, "paragraph": 10, "subparagraph": 11, "point": 12,
    "indent": 13, "sentence": 14,
}  # fmt: skip
UNLABELLED = {"act", "subparagraph", "indent", "sentence"}


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of place with its number and the groups behind it: article ("27", "5", "a").

    `last` is the number that ends a range; "this" and "that" stand for the numbers of "this
    Article" and "that Article"; `word` is the unit as a label begins with it, "Annexe" in French.
    """

    kind: str
    numbers: tuple[str, ...]
    word: str
    last: str = ""


Place = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A citation as it stands in a text; `work` is the act it names (None: this act).

    `places` hold ranges unexpanded; `labels` count them out. A mention of a whole act has none.
    """

    start: int
    end: int
    words: str
    work: str | None
    places: tuple[Place, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        counted = (label_of(one) for place in self.places for one in expanded(place))
        return tuple(dict.fromkeys(label for label in counted if label))


def label_of(place: Place) -> str:
    """The place in the words of a label: "Article 4(1)(k)", "paragraph 2", "Annex I, Part II"."""
    label, grouped = "", False
    for step in place:
        if step.kind in UNLABELLED and (label or step.kind == "act"):
            continue
        if grouped and step.kind in ("paragraph", "point"):
            label += groups(step.numbers)
            continue
        named = named_step(step)
        label = f"{label}, {named}" if label else named
        deictic = step.numbers in (("this",), ("that",))
        grouped = step.kind in ("article", "paragraph", "point") and not deictic
    return label


def found_label(place: Place) -> str:
    """The label a document gives the place: that of a Section does not name its Chapter."""
    divisions = ("part", "title", "chapter", "section", "subsection")
    steps = [step for step in place if step.kind not in UNLABELLED]
    while len(steps) > 1 and steps[0].kind in divisions and steps[1].kind in divisions:
        steps.pop(0)
    return label_of(tuple(steps) or place)


def named_step(step: Step) -> str:
    if step.numbers in (("this",), ("that",)):
        return f"{step.numbers[0]} {step.word}"
    if not step.numbers:
        return step.word
    first, rest = step.numbers[0], groups(step.numbers[1:])
    if step.kind == "recital":
        return f"{step.word} ({first})"
    if step.kind == "point":
        return f"{step.word} ({first}){rest}"
    if step.kind in UNLABELLED:
        return f"{first} {step.word}"
    return f"{step.word} {first}{rest}"


def groups(numbers: tuple[str, ...]) -> str:
    return "".join(f"({number})" for number in numbers)


def is_range(place: Place) -> bool:
    return any(step.last for step in place)


def expanded(place: Place) -> list[Place]:
    """The places of a range as far as counting gives them; the place itself if it is none."""
    for index, step in enumerate(place):
        if step.last:
            before, after = place[:index], place[index + 1 :]
            base, first = step.numbers[:-1], step.numbers[-1]
            return [
                (*before, replace(step, numbers=(*base, number), last=""), *after)
                for number in counted(first, step.last)
            ]
    return [place]


def counted(first: str, last: str) -> list[str]:
    """The numbers from first to last, both included: "25" to "27", "a" to "c", "38a" to "38c"."""
    if first.isdigit() and last.isdigit() and int(first) < int(last):
        return [str(number) for number in range(int(first), int(last) + 1)]
    if first in ROMAN and last in ROMAN and ROMAN.index(first) < ROMAN.index(last):
        return ROMAN[ROMAN.index(first) : ROMAN.index(last) + 1]
    stem, end = first[:-1], first[-1:]
    if last[:-1] == stem and end.isalpha() and end < last[-1] and (not stem or stem.isdigit()):
        return [stem + chr(code) for code in range(ord(end), ord(last[-1]) + 1)]
    return [first, last]


def order(number: str, *, roman: bool = False) -> tuple[int, int, str]:
    """A key that sorts "2" before "2a" before "10", "36 bis" before "36 ter", "z" before "aa"."""
    if roman and number in ROMAN:
        return (ROMAN.index(number), 0, "")
    found = re.fullmatch(r"(\d+)\s?([a-z]*)", number)
    if not found:
        return (0, len(number), number)
    suffix = found[2]
    return (
        int(found[1]),
        1 + LATIN_NUMBERS.index(suffix) if suffix in LATIN_NUMBERS else len(suffix),
        suffix,
    )


def style(number: str) -> str:
    """How a group counts: "1" in digits, "i" in Roman numbers, "a" in letters."""
    if number[:1].isdigit():
        return "1"
    return "i" if number in ROMAN else "a"


def continued(numbers: tuple[str, ...], tail: tuple[str, ...]) -> tuple[str, ...]:
    """What "(3)" means after "Article 107(2)(a) and": the last group that counts alike gives way.

    A Roman number may be a letter too: (i) after (h).
    """
    for index in range(len(numbers) - 1, 0, -1):
        same = style(numbers[index]) == style(tail[0])
        letters = {style(numbers[index]), style(tail[0])} <= {"a", "i"}
        if same or (letters and style(numbers[index]) == "a"):
            return numbers[:index] + tail
    return numbers + tail
