"""Document expansion: the questions that each provision is expected to be asked, beside its words.

People do not ask in the law's words, so the questions that a text answers are searched beside what
it says (Nogueira and others 2019 generate such questions, here they are written by hand). A file of
them in, each linked to the passages it is of; then a question's likeness to them, row by row.
Nothing of them is ever quoted. They are shown only as questions to ask next, once they are proven.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from clusterqa.errors import CorpusError
from clusterqa.index.bm25 import Lexical, build_lexical
from clusterqa.index.encoders import Vectors
from clusterqa.types import Passage, Source, Work

FORMER_NAME = "asked.jsonl"  # of the file of expected questions, until format 4
ENGLISH = "en"  # of an entry that names no language
TEXTS = "expansion.json"
ALIKE = 0.5  # least share of words that the beginnings of one provision's versions have in common
BEGINNING = 120  # chars of a passage that it is known by

Links = NDArray[np.int64]  # shape (links, 2): number of a question, row


# -- the file -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExpectedQuestions:
    """Questions that a provision of a work answers, and how its text begins, in one language."""

    work: str
    label: str
    begins: str
    questions: tuple[str, ...]
    language: str = ENGLISH


def read_expected_questions(path: Path) -> tuple[ExpectedQuestions, ...]:
    """The entries of a file of JSON lines; none if there is no such file.

    Raises `CorpusError` naming the line that is no entry, or a file under its former name.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        if path.with_name(FORMER_NAME).exists():
            raise CorpusError(
                f"{path.with_name(FORMER_NAME)} is called {path.name} now; rename the file"
            ) from None
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: {error}; mend the file or move it away") from error
    return tuple(entry(line, f"{path}, line {n}") for n, line in enumerate(lines, 1) if line)


KEYS = tuple(field.name for field in fields(ExpectedQuestions))


def entry(line: str, place: str) -> ExpectedQuestions:
    try:
        plain = msgspec.json.decode(line, type=dict[str, Any])
        for key in plain.keys() - {*KEYS}:
            raise CorpusError(f"{place}: unknown key {key!r}; use one of {', '.join(KEYS)}")
        return msgspec.convert(plain, ExpectedQuestions)
    except msgspec.DecodeError as error:
        raise CorpusError(
            f"{place}: not an object with work, label, begins and questions ({error}); mend it or "
            "take it out"
        ) from error


def of_unknown_works(
    entries: Iterable[ExpectedQuestions], works: Iterable[Work], path: Path
) -> str | None:
    """One line on entries of works that the manifest does not have; None if there are none."""
    known = {work.id for work in works}
    left_out = [one.work for one in entries if one.work not in known]
    if not left_out:
        return None
    names = " or ".join(map(repr, dict.fromkeys(left_out)))
    return (
        f"{path}: no work of the manifest is called {names}, so what is asked of it is left out "
        f"(entries: {len(left_out)}); correct `work` there or take them out"
    )


# -- passages -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExpectedQuestion:
    """A question in its language and the number of a passage that answers it."""

    language: str
    text: str
    passage: int


def expected_of(
    entries: Sequence[ExpectedQuestions],
    passages: Sequence[Passage],
    sources: Mapping[str, tuple[Work, Source]],
) -> Iterator[ExpectedQuestion]:
    """Each question with the passage that it is of, in every version of the work.

    That is the passage of the label whose text begins most alike. It must begin alike indeed, or
    stand under the same title as one that does: an amended rule is asked the same questions, but a
    label may stand for another rule in another version.
    """
    labelled: dict[tuple[str, ...], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, passage in enumerate(passages):
        work, source = sources[passage.source]
        if passage.kind != "heading":
            labelled[work.id, source.language, passage.label][source.id].append(number)
    for one in entries:
        found = {
            number: likeness(passages[number].text, one.begins)
            for numbers in labelled[one.work, one.language, one.label].values()
            for number in [max(numbers, key=lambda n: likeness(passages[n].text, one.begins))]
        }
        alike = {title(passages[number]) for number, value in found.items() if value >= ALIKE}
        for number, value in found.items():
            if value >= ALIKE or title(passages[number]) in alike - {""}:
                yield from (ExpectedQuestion(one.language, q, number) for q in one.questions)


def title(passage: Passage) -> str:
    """The first title above a passage: that of its article; empty if it has none."""
    return passage.context.partition("\n")[0]


def likeness(text: str, begins: str) -> float:
    """The share of words that two beginnings have in common, in [0, 1] (Jaccard)."""
    first, second = (set(re.findall(r"\w+", t[:BEGINNING].casefold())) for t in (text, begins))
    return len(first & second) / max(1, len(first | second))


# -- the index ----------------------------------------------------------------------------------


class Expansion:
    """Vectors, words and rows of the expected questions, memory-mapped; there may be none."""

    def __init__(self, folder: Path) -> None:
        self.vectors = np.load(folder / "expansion.npy", mmap_mode="r")
        self.links: Links = np.load(folder / "expansion_links.npy")
        self.words = Lexical(folder / "expansion") if len(self.vectors) else None
        self.texts_path = folder / TEXTS

    @cached_property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Language and text of each question; none in an index that was written without them."""
        if not self.texts_path.exists():
            return ()
        return msgspec.json.decode(self.texts_path.read_bytes(), type=tuple[tuple[str, str], ...])

    def numbers_of(self, row: int) -> list[int]:
        """The numbers of the questions of a row."""
        return [int(n) for n in self.links[self.links[:, 1] == row, 0]]

    @cached_property
    def wide(self) -> Vectors:
        """The vectors in single precision, widened once: that takes longer than the product."""
        return np.asarray(self.vectors, np.float32)

    def cosines(self, vector: Vectors, rows: int) -> Vectors:
        """For each of `rows` rows the cosine of its nearest question, 0 for none."""
        return self.best(self.wide @ vector, rows)

    def scores(
        self, tokens: Sequence[str], added: Sequence[str], added_weight: float, rows: int
    ) -> Vectors:
        """For each of `rows` rows the BM25 of its best question, 0 for none."""
        if self.words is None:
            return np.zeros(rows, dtype=np.float32)
        scores = self.words.scores(tokens) + added_weight * self.words.scores(added)
        return self.best(scores.astype(np.float32), rows)

    def covered(self, weights: Mapping[str, float], rows: int) -> Vectors:
        """For each of `rows` rows the share of the stems' weight that its questions hold together.

        In [0, 1]: what is asked in many ways is seldom asked in all the words of one of them.
        """
        found = np.zeros(rows, dtype=np.float32)
        if self.words is None:
            return found
        for token, weight in weights.items():
            having = np.zeros(len(self.vectors), dtype=bool)
            having[self.words.having(token)] = True
            holding = np.zeros(rows, dtype=bool)
            holding[self.links[having[self.links[:, 0]], 1]] = True
            found += np.float32(weight / sum(weights.values())) * holding
        return found

    def holding(self, row: int, stems: Iterable[str]) -> frozenset[str]:
        """Those of the stems that stand in any of a row's questions."""
        numbers = self.links[self.links[:, 1] == row, 0]
        if self.words is None or not len(numbers):
            return frozenset()
        return frozenset(s for s in stems if np.isin(numbers, self.words.having(s)).any())

    def best(self, scores: Vectors, rows: int) -> Vectors:
        found = np.zeros(rows, dtype=np.float32)
        np.maximum.at(found, self.links[:, 1], scores[self.links[:, 0]])
        return found


def write_expansion(
    folder: Path,
    questions: Sequence[tuple[str, str]],
    vectors: Vectors,
    links: Sequence[tuple[int, int]],
) -> None:
    """Write what `Expansion` reads: (language, question) pairs, numbers of these with rows."""
    np.save(folder / "expansion.npy", vectors.astype(np.float16))
    np.save(folder / "expansion_links.npy", np.array(links, dtype=np.int64).reshape(-1, 2))
    (folder / TEXTS).write_bytes(msgspec.json.encode(questions))
    if questions:
        build_lexical(questions, folder / "expansion")
