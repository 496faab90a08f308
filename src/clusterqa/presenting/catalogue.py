"""Every word of the page, in each of its languages: `web/words.toml`, one entry a line.

The language is the `lang` of the address, else the best of the browser's Accept-Language, else
English. No cookie remembers it: links carry it on.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from clusterqa.languages.language import languages

WEB = Path(__file__).parent.parent / "web"
LANGUAGES = {"en": "English", "fr": "Français"}


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Words by key and language: `{"home.title": {"en": …, "fr": …}}`."""
    tables = tomllib.loads((WEB / "words.toml").read_text("utf-8"))
    return {f"{part}.{key}": entry for part, keys in tables.items() for key, entry in keys.items()}


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue in one language, called with a key and what stands in its braces."""

    language: str

    def __call__(self, key: str, **fields: object) -> str:
        return catalogue()[key][self.language].format(**fields)

    def known(self, key: str) -> bool:
        return key in catalogue()

    def counted(self, key: str, number: int) -> str:
        """`key.one` or `key.many` with the number in it."""
        one = number == 1 or (number == 0 and self.language == "fr")
        return self(f"{key}_{'one' if one else 'many'}", number=number)

    def date(self, value: date) -> str:
        """`1 July 2023`, as the law writes its dates; in French `1er juillet 2023`."""
        day = "1er" if value.day == 1 and self.language == "fr" else value.day
        return f"{day} {languages()[self.language].month_names[value.month - 1]} {value.year}"

    def listed(self, items: list[str]) -> str:
        return ", ".join(items)


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
