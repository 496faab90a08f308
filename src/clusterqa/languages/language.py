"""A language as data: `languages()` reads what is known of each from `languages/*.toml`.

A language is added by adding a file; `served` says that questions in it are answered.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Phrases = tuple[str, ...]
UNITS = ("hour", "day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True, eq=False)  # read once each
class Language:
    """What is known of a language, all words in small letters but those that are shown.

    `telling` are the words, `letters` the letters that tell it from other languages. `months` are
    the names of each month, the full one first; `units` the forms of each unit of `UNITS`.
    `numbers` is the code under which text2num knows it; without one `number_words` count from one.
    `figures` are the words beside a number; `parts` name a part of a year, and `time` says by
    cue ("before", "ago") which phrases stand for it; `asking` and `stating` do so of what a
    question asks for and of what a text says of a figure or a duty.
    """

    code: str
    name: str
    served: bool
    function_words: frozenset[str]
    telling: frozenset[str]
    letters: frozenset[str]
    months: tuple[Phrases, ...]
    units: Mapping[str, Phrases]
    figures: Mapping[str, Phrases]
    parts: Mapping[str, Phrases]
    time: Mapping[str, Phrases]
    asking: Mapping[str, Phrases]
    stating: Mapping[str, Phrases]
    month_homographs: Phrases
    stemmer: str | None
    numbers: str | None
    number_words: Phrases

    @property
    def month_names(self) -> Phrases:
        """The full name of each month, as it is written."""
        return tuple(names[0] for names in self.months)


@cache
def languages() -> Mapping[str, Language]:
    """Every language that there is a file of, by its code, those that are served first."""
    folder = files("clusterqa") / "languages"
    found = [
        read(path.name.removesuffix(".toml"), path.read_text("utf-8"))
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if path.name.endswith(".toml")
    ]
    return {one.code: one for one in sorted(found, key=lambda one: not one.served)}


@cache
def served() -> tuple[Language, ...]:
    """The languages in which questions are answered."""
    return tuple(one for one in languages().values() if one.served)


def read(code: str, text: str) -> Language:
    """The language of a TOML file."""
    plain = tomllib.loads(text)
    months = plain["months"]
    return Language(
        code=code,
        name=plain["name"],
        served=plain["served"],
        function_words=frozenset(plain["function_words"].split()),
        telling=frozenset((plain["function_words"] + " " + plain["own_words"]).split()),
        letters=frozenset(plain["letters"]),
        months=tuple(tuple(names.split()) for names in months["names"]),
        units=phrases(plain["units"]),
        figures=phrases(plain["figures"]),
        parts=phrases(plain.get("parts", {})),
        time=phrases(plain.get("time", {})),
        asking=phrases(plain.get("asking", {})),
        stating=phrases(plain.get("stating", {})),
        month_homographs=tuple(months.get("homographs", ())),
        stemmer=plain.get("stemmer"),
        numbers=plain.get("numbers"),
        number_words=tuple(plain.get("number_words", "").split()),
    )


def phrases(table: Mapping[str, list[str]]) -> Mapping[str, Phrases]:
    return {name: tuple(words) for name, words in table.items()}


@cache
def month_numbers() -> Mapping[str, int]:
    """The number of each month by every name that a language has for it, in small letters."""
    return {
        name.casefold(): number
        for language in languages().values()
        for number, names in enumerate(language.months, 1)
        for name in names
    }


@cache
def month_pattern() -> str:
    """What matches the full name of a month in a language that is served."""
    return "|".join(re.escape(name) for language in served() for name in language.month_names)
