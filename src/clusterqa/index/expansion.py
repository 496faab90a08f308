"""What people ask of each provision: a file of questions in, each linked to the passages it is of.

People do not ask in the law's words, so what they are known to ask is searched beside what it says
(document expansion; Nogueira and others 2019 generate such questions, here they are written by
hand). Nothing of it is ever quoted or shown.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clusterqa.errors import CorpusError
from clusterqa.types import Passage, Source, Work

ENGLISH = "en"  # of an entry that names no language
ALIKE = 0.5  # least share of words that the beginnings of one provision's versions have in common
BEGINNING = 120  # chars of a passage that it is known by


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions that a provision of a work answers, and how its text begins, in one language."""

    work: str
    label: str
    begins: str
    questions: tuple[str, ...]
    language: str = ENGLISH


def read_asked(path: Path) -> tuple[Asked, ...]:
    """The entries of a file of JSON lines; none if there is no such file.

    Raises `CorpusError` naming the line that is no entry.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: {error}; mend the file or move it away") from error
    return tuple(entry(line, f"{path}, line {n}") for n, line in enumerate(lines, 1) if line)


def entry(line: str, place: str) -> Asked:
    try:
        plain = json.loads(line)
        work, label, begins = (str(plain[name]) for name in ("work", "label", "begins"))
        questions = tuple(map(str, plain["questions"]))
        return Asked(work, label, begins, questions, str(plain.get("language", ENGLISH)))
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(
            f"{place}: not an object with work, label, begins and questions; mend it or take it out"
        ) from error


def links(
    asked: Sequence[Asked], passages: Sequence[Passage], sources: dict[str, tuple[Work, Source]]
) -> Iterator[tuple[str, str, int]]:
    """Each question with its language and the number of a passage, in every version of the work.

    That is the passage of the label whose text begins most alike. It must begin alike indeed, or
    stand under the same title as one that does: an amended rule is asked the same questions, but a
    label may stand for another rule in another version.
    """
    labelled: dict[tuple[str, ...], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, passage in enumerate(passages):
        work, source = sources[passage.source]
        if passage.kind != "heading":
            labelled[work.id, source.language, passage.label][source.id].append(number)
    for one in asked:
        found = {
            number: likeness(passages[number].text, one.begins)
            for numbers in labelled[one.work, one.language, one.label].values()
            for number in [max(numbers, key=lambda n: likeness(passages[n].text, one.begins))]
        }
        alike = {title(passages[number]) for number, value in found.items() if value >= ALIKE}
        for number, value in found.items():
            if value >= ALIKE or title(passages[number]) in alike - {""}:
                yield from ((one.language, question, number) for question in one.questions)


def title(passage: Passage) -> str:
    """The first title above a passage: that of its article; empty if it has none."""
    return passage.context.partition("\n")[0]


def likeness(text: str, begins: str) -> float:
    """The share of words that two beginnings have in common, in [0, 1] (Jaccard)."""
    first, second = (set(re.findall(r"\w+", t[:BEGINNING].casefold())) for t in (text, begins))
    return len(first & second) / max(1, len(first | second))
