"""What an act defines, and where it then uses the words: `definitions_of`, `uses`.

A definition is a provision that opens with its term in quotation marks: "(92) ‘innovation
clusters’ means …", in French "92. «pôles d'innovation»: …", in German "92. „Innovationscluster“ …".
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clusterqa.provisions.lines import CLOSING, ENUMERATOR
from clusterqa.types import Document, Provision

ALSO = re.compile(r" \((?=[‘“«„\"'])|(?:,| ?\([^()]{1,80}\))? ?(?:or |and |ou |et )?(?=[‘“«„\"'])")
DEFINES = re.compile(
    r"\)?[,:]? ?(?:\([^()]{1,80}\))?,? ?(?:[^.;:‘“«»]{0,60}? )?(?:shall )?(?:means?|refers? to"
    r"|includes?|has the (?:same )?meaning|have the (?:same )?meaning|grants|is|are|shall be)\b"
)
ENTEND = re.compile(r"on entend (?:également )?par «\s?(?P<term>[^»\n]{2,150}?)\s?»")
DEFINES_FR = re.compile(r"\)? ?(?::|, (?=l[ea]s? |l['’]|tout|un|des )| désigne| s['’]entend)")
# What the term in other marks is followed by: by what it means, with a verb, a colon or without.
DEFINES_OTHER = re.compile(r"\)? ?[:,–—-]?\s+(?=\w)")
WORD = re.compile(r"[^\W_]+")
QUOTE_PAIRS = {**CLOSING, "'": "'"}


@dataclass(frozen=True, slots=True)
class Definition:
    """A defined term without its quotation marks; the label and span of the point that defines."""

    term: str
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Use:
    """Where a defined term is used; `label` is that of the definition."""

    start: int
    end: int
    term: str
    label: str


def definitions_of(document: Document) -> list[Definition]:
    """Every term that a point, paragraph or article defines, in the order of the document."""
    found = []
    for node in document.provisions:
        if node.kind in ("point", "paragraph"):
            for term in terms(opening(document.text, node)):
                found.append(Definition(term, node.label, node.start, node.end))
    return found


def opening(text: str, node: Provision) -> str:
    """The first line of a provision, without its enumerator or the mark of a quotation."""
    line = text[node.start : node.end].partition("\n")[0]
    mark = ENUMERATOR.match(line)
    return line[mark.end() :].lstrip() if mark else line


def terms(line: str) -> list[str]:
    """The terms that a line defines: one, or several as in "‘a’ or ‘b’ means"."""
    found: list[str] = []
    position = 0
    while term := quoted_term(line, position):
        found.append(term[0])
        position = term[1]
        also = ALSO.match(line, position)
        if not also:
            break
        position = also.end()
    if not found:
        return [m["term"] for m in ENTEND.finditer(line)]
    defines = {"«": DEFINES_FR, "„": DEFINES_OTHER}.get(line[0], DEFINES)
    return found if defines.match(line, position) else []


def quoted_term(line: str, position: int) -> tuple[str, int] | None:
    """The words in quotation marks at a position; an apostrophe inside does not close them."""
    closing = QUOTE_PAIRS.get(line[position : position + 1])
    if closing is None:
        return None
    for end in range(position + 1, len(line)):
        if line[end] in closing and not line[end + 1 : end + 2].isalnum():
            term = line[position + 1 : end].strip()
            return (term, end + 1) if 1 < len(term) <= 150 else None
    return None


def uses(document: Document, definitions: Iterable[Definition]) -> list[Use]:
    """Where the document uses the defined terms, in singular or plural, longest term first.

    A term's own definition does not use it. Abbreviations match in capitals only.
    """
    text = document.text
    by_first: dict[str, list[tuple[list[str], Definition]]] = {}
    for definition in definitions:
        stems = [stem(word) for word in WORD.findall(definition.term)]
        if stems:
            by_first.setdefault(stems[0], []).append((stems, definition))
    for candidates in by_first.values():
        candidates.sort(key=lambda pair: -len(pair[0]))
    words = [(m.start(), m.end(), stem(m.group())) for m in WORD.finditer(text)]
    return list(matches(text, words, by_first))


def matches(
    text: str,
    words: list[tuple[int, int, str]],
    by_first: dict[str, list[tuple[list[str], Definition]]],
) -> Iterator[Use]:
    index = 0
    while index < len(words):
        start = words[index][0]
        taken = 1
        for stems, definition in by_first.get(words[index][2], ()):
            last = index + len(stems)
            if last > len(words) or [w[2] for w in words[index:last]] != stems:
                continue
            end = words[last - 1][1]
            if is_use(text[start:end], definition.term):
                taken = len(stems)
                if not definition.start <= start < definition.end:
                    yield Use(start, end, definition.term, definition.label)
                break
        index += taken


def is_use(words: str, term: str) -> bool:
    """Whether words that share their stems with a term are that term: no other marks between."""
    if is_abbreviation(term) and not is_abbreviation(words):
        return False
    return WORD.sub("", words).replace("'", "’") == WORD.sub("", term).replace("'", "’")


def is_abbreviation(term: str) -> bool:
    return sum(letter.isupper() for letter in term) > 1 and " " not in term


def stem(word: str) -> str:
    """The word without the ending of its plural, in English and French."""
    folded = word.casefold()
    if len(folded) > 4 and folded.endswith("ies"):
        return folded[:-3] + "y"
    if len(folded) > 4 and folded.endswith(("sses", "xes", "ches", "shes")):
        return folded[:-2]
    if len(folded) > 4 and folded.endswith("aux"):
        return folded[:-2] + "l"
    if len(folded) > 3 and folded[-1] in "sx" and folded[-2:] not in ("ss", "us", "is"):
        return folded[:-1]
    return folded
