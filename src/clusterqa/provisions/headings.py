"""How headings read in each language of the Union: a line in, what it names out, in one wording.

"Artikel 27", "27. cikk" and "Άρθρο 27" are all Article 27, "I PEATÜKK" is Chapter I, "β)" is (b).
The words are data, `headings.toml`; here is only how words and numbers stand together.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LATIN_NUMBERS = (
    "bis", "ter", "quater", "quinquies", "sexies", "septies", "octies", "nonies", "decies",
    "undecies", "duodecies", "terdecies", "quaterdecies",
)  # fmt: skip
LATIN = f"(?:{'|'.join(LATIN_NUMBERS)})"
DIVISIONS = ("part", "title", "chapter", "section", "subsection")
CAPITALS = str.maketrans("ΙΧ", "IX")  # Greek letters that stand for Roman numerals


@dataclass(frozen=True, slots=True)
class Heading:
    """What a line names: its kind, the word and number of its label, where its title may begin."""

    kind: str
    name: str
    number: str
    end: int

    @property
    def label(self) -> str:
        return f"{self.name} {self.number}".strip()


@cache
def words() -> Mapping[str, Mapping[str, Any]]:
    """The rows of `headings.toml` by the code of their language."""
    return tomllib.loads(
        (files("clusterqa") / "provisions" / "headings.toml").read_text(encoding="utf-8")
    )


def named(*keys: str, number_first: bool = False) -> dict[str, str]:
    """Each word that a language has under the keys, folded, with its key."""
    return {
        word.casefold(): key
        for row in words().values()
        for key in keys
        for word in row.get(key, ())
        if not number_first or row.get("number_first")
    }


def either(found: Iterable[str]) -> str:
    """What matches any of the words, the longest first, in capital letters."""
    ordered = sorted({word.upper() for word in found}, key=lambda word: (-len(word), word))
    return "|".join(map(re.escape, ordered)).replace("\\ ", r"\s+")


def listed(key: str) -> list[str]:
    """All words of all languages under a key, as they are written."""
    return [word for row in words().values() for word in row.get(key, ())]


def letters() -> dict[str, str]:
    """The letters a to z for those that number points in other alphabets."""
    alphabets = (row["letters"].split() for row in words().values() if "letters" in row)
    return {mark: chr(ord("a") + n) for alphabet in alphabets for n, mark in enumerate(alphabet)}


LETTERS = letters()
OTHER_LETTERS = "".join(sorted({letter for mark in LETTERS for letter in mark}))
ROMAN = "[IVXLCΙΧ]+"
FIRST = either(row["first"] for row in words().values() if "first" in row)
# "27a", "5 bis"; "27.o-A" in Portuguese, where "1.o" is an ordinal, "27.a" in Croatian and Latvian;
# before the word "27 a" in Finnish and "27/A" in Hungarian
ARTICLE = re.compile(
    rf"[‘“«„\"]?\s?(?:(?:{either(named('article'))})\s+(?:(?P<number>\d+(?:\s{LATIN}|\.?[oº]-[a-z]"
    rf"|\.[a-np-z]|[a-z{OTHER_LETTERS}]*))|{FIRST})\b(?:\.[oº](?!\w))?"
    r"|(?P<before>\d+(?:\.?\s?[a-z]|/[a-z])?)\.?\s+"
    rf"(?:{either(named('article', number_first=True))})\b)",
    re.IGNORECASE,
)
DIVISION = re.compile(
    rf"(?:(?P<kind>{either(named(*DIVISIONS))})\s+"
    rf"(?P<number>(?:{ROMAN}a?|\d+[a-z]?|[A-Z]|[A-Z]{{3,}})\b)(?P<latin>\s{LATIN}\b)?"
    rf"|(?P<before>{ROMAN}|\d+)\.?\s+"
    rf"(?P<behind>{either(named(*DIVISIONS, number_first=True))})\b)",
    re.IGNORECASE,
)
ANNEX = re.compile(
    rf"(?:(?P<kind>{either(named('annex'))}|PROTOCOLE?)"
    rf"(?:\s+(?P<number>{ROMAN}\b|\d+|\(No \d+\)))?"
    rf"|(?P<before>{ROMAN}|\d+)\.?\s+(?P<behind>{either(named('annex', number_first=True))})\b)",
    re.IGNORECASE,
)
ARTICLE_ALONE = re.compile(rf"(?:{ARTICLE.pattern})\.?(?: \(.*\))?", re.IGNORECASE)
ADOPTED = re.compile("|".join(map(re.escape, listed("adopted"))))
DONE = re.compile("|".join(map(re.escape, listed("done"))))
JOINS = "|".join(sorted(map(re.escape, listed("joins")), key=len, reverse=True))


def article(line: str) -> Heading | None:
    """The article that a line is the heading of: "Article 27a" of "27/A. cikk"."""
    found = ARTICLE.match(line)
    if not found:
        return None
    number = found["number"] or found["before"] or "1"
    return Heading("article", "Article", own_number(number), found.end())


def is_article_alone(line: str) -> bool:
    """Whether a line says nothing but an article's number, and perhaps something in brackets."""
    return not line.isupper() and ARTICLE_ALONE.fullmatch(line) is not None


def own_number(number: str) -> str:
    """An article's number with its letter: "27a" for "27.o-A", "27/A" and "27 a"; "5 bis"."""
    digits, between, suffix = re.fullmatch(  # type: ignore[union-attr]
        r"(\d+)(\.?[oº]-|[./]|\s|\.\s)?(.*)", number.lower()
    ).groups()
    blank = " " if between and suffix in LATIN_NUMBERS else ""
    return f"{digits}{blank}{latin_mark(suffix)}"


def division(line: str) -> Heading | None:
    """The part, title, chapter or section that a line is the heading of."""
    found = DIVISION.match(line)
    if not found:
        return None
    number = (found["number"] or found["before"]).upper().translate(CAPITALS)
    if number.casefold() == FIRST.casefold():
        number = "I"
    word = found["kind"] or found["behind"]
    latin = (found["latin"] or "").lower()
    return Heading(*kind_and_name(word, DIVISIONS), f"{number}{latin}", found.end())


def annex(line: str) -> Heading | None:
    """The annex or protocol that a line is the heading of, with or without a number."""
    found = ANNEX.match(line)
    if not found:
        return None
    number = (found["number"] or found["before"] or "").translate(CAPITALS)
    word = found["kind"] or found["behind"]
    return Heading(*kind_and_name(word, ("annex",)), number, found.end())


def kind_and_name(word: str, keys: Sequence[str]) -> tuple[str, str]:
    """The kind that a word of headings stands for, and the word that labels have for it."""
    folded = " ".join(word.casefold().split())
    kind = kinds(*keys).get(folded, "annex")  # a protocol
    own = folded in own_labels() or folded not in kinds(*keys)
    return kind, word.capitalize() if own else kind.capitalize()


kinds = cache(named)


@cache
def own_labels() -> frozenset[str]:
    """The words of headings that stand in labels as they are."""
    rows = [row for row in words().values() if row.get("own_labels")]
    return frozenset(w for row in rows for key in (*DIVISIONS, "annex") for w in row[key])


@cache
def abbreviations() -> frozenset[str]:
    """The short words for parts of an act that end with a full stop: "ust.", "Abs."."""
    keys = ("article", "also_article", "paragraph", "point")
    return frozenset(word for word in named(*keys) if word.endswith("."))


def latin_mark(letters: str) -> str:
    """The mark of a point in the letters a to z: "b" for "β" and "б", as it is in any other."""
    whole = LETTERS.get(letters)
    return whole or "".join(LETTERS.get(letter, letter) for letter in letters)
