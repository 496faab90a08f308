"""All that people are told, in each language: `words.toml`, one entry a line.

The language of a page is the `lang` of its address, else the best of the browser's Accept-Language,
else English. No cookie remembers it: links carry it on.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from clusterqa.languages.language import languages

LANGUAGES = {"en": "English", "fr": "Français"}
REGULATION = re.compile(r"^Regulation \((EU|EC)\)")  # numbers are the same in every language
REGULATIONS = {"EU": "act.eu", "EC": "act.ec"}


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Words by key and language: `{"home.title": {"en": …, "fr": …}}`."""
    text = (Path(__file__).parent / "words.toml").read_text("utf-8")
    return {".".join(key): entry for key, entry in entries(tomllib.loads(text))}


def entries(table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """The entries of a table and of those in it, each with its path."""
    for name, value in table.items():
        if all(isinstance(text, str) for text in value.values()):
            yield (name,), value
        else:
            yield from (((name, *path), entry) for path, entry in entries(value))


@cache
def act_names() -> dict[str, dict[str, str]]:
    """What works are called in other languages, by their English names: `acts.toml`."""
    return tomllib.loads((Path(__file__).parent / "acts.toml").read_text("utf-8"))


@cache
def variants(key: str) -> tuple[str, ...]:
    """The keys of an entry that has one sentence, or of each where it has several."""
    return tuple(name for name in catalogue() if name == key or name.startswith(f"{key}."))


@cache
def fields_of(text: str) -> frozenset[str]:
    """The names in the braces of a text."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue in one language, called with a key and what stands in its braces."""

    language: str

    def __call__(self, key: str, **fields: object) -> str:
        return catalogue()[key][self.language].format(**fields)

    def known(self, key: str) -> bool:
        return key in catalogue()

    def fullest(self, key: str, fields: Mapping[str, str]) -> str:
        """Of the sentences of a key the one that says most of the fields and lacks the fewest."""
        texts = [catalogue()[name][self.language] for name in variants(key)]
        lacking = {text: len(fields_of(text) - fields.keys()) for text in texts}
        best = min(texts, key=lambda text: (lacking[text], -len(fields_of(text))))
        return best.format(**dict.fromkeys(fields_of(best), "") | dict(fields))

    def counted(self, key: str, number: int) -> str:
        """`key_one` or `key_many` with the number in it."""
        one = str(number) in self("list.singular").split()
        return self(f"{key}_{'one' if one else 'many'}", number=number)

    def date(self, value: date) -> str:
        """`1 July 2023`, as the law writes its dates; in French `1er juillet 2023`."""
        day = self("date.first") if value.day == 1 else value.day
        month = languages()[self.language].month_names[value.month - 1]
        return self("date.whole", day=day, month=month, year=value.year)

    def both(self, items: Sequence[str]) -> str:
        """`(2), (4) and (7)`; empty for none."""
        *others, last = items or [""]
        return self("list.last", others=", ".join(others), last=last) if others else last

    def act(self, name: str) -> str:
        """What a work of an English name is called; another's name as it is."""
        known = act_names().get(name, {}).get(self.language)
        if known or self.language == "en":
            return known or name
        return REGULATION.sub(lambda found: self(REGULATIONS[found[1]]), name)

    def language_name(self, code: str) -> str:
        """What a language is called; its code where nothing is known of it."""
        return self(f"language.{code}") if self.known(f"language.{code}") else code


ENGLISH = Words("en")


def spoken(asked: str | None, accepted: str) -> str:
    """The language of a page: the one asked for, else the first accepted one that it speaks."""
    if asked in LANGUAGES:
        return str(asked)
    ranges = [quality(part) for part in accepted.lower().split(",")]
    for _, name in sorted(ranges, key=lambda found: -found[0]):
        if name.split("-")[0] in LANGUAGES:
            return name.split("-")[0]
    return "en"


def quality(part: str) -> tuple[float, str]:
    """Weight and name of one range of Accept-Language: `fr;q=0.8` is 0.8 and fr."""
    name, _, weight = part.strip().partition(";q=")
    try:
        return (float(weight) if weight else 1.0), name.strip()
    except ValueError:
        return 0.0, name.strip()
