"""A text in, the phrases of a language that it says out: `said`, by the names of their tables.

Phrases are compared word by word, whatever their case, blanks and apostrophes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from clusterqa.languages.language import languages

Table = Literal["asking", "stating"]

TOKEN = re.compile(r"[^\W_]+|[-%€»:]")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A phrase that a text says from `start` to `end`, and the name that it stands for."""

    name: str
    start: int
    end: int


@cache
def phrase_index(language: str, table: Table) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """The names that each phrase of a table stands for, by its words; empty without a table."""
    known = languages().get(language)
    phrases = (known.asking if table == "asking" else known.stating) if known else {}
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for name, group in phrases.items():
        for phrase in group:
            words = tuple(TOKEN.findall(phrase.casefold()))
            found[words] = (*found.get(words, ()), name)
    return found


@lru_cache(maxsize=2**12)
def said(text: str, language: str, table: Table) -> tuple[Occurrence, ...]:
    """What a text says of a table, in the order of its ends; a longer phrase before a shorter."""
    index = phrase_index(language, table)
    longest = max(map(len, index), default=0)
    words = [(one.group().casefold(), one.start(), one.end()) for one in TOKEN.finditer(text)]
    found = []
    for last in range(len(words)):
        for first in range(max(0, last + 1 - longest), last + 1):
            names = index.get(tuple(word for word, _, _ in words[first : last + 1]), ())
            found += [Occurrence(name, words[first][1], words[last][2]) for name in names]
    return tuple(found)


def names_said(text: str, language: str, table: Table) -> frozenset[str]:
    """The names that a text says a phrase of."""
    return frozenset(one.name for one in said(text, language, table))
