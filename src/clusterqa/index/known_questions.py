"""The questions that are known to be asked of rows: a question's likeness to them, row by row."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clusterqa.index.bm25 import Lexical, build_lexical
from clusterqa.index.encoders import Vectors

Links = NDArray[np.int64]  # shape (links, 2): number of a question, row


class KnownQuestions:
    """Vectors, words and rows of known questions, memory-mapped; there may be none."""

    def __init__(self, folder: Path) -> None:
        self.vectors = np.load(folder / "asked.npy", mmap_mode="r")
        self.links: Links = np.load(folder / "asked_links.npy")
        self.words = Lexical(folder / "asked") if len(self.vectors) else None

    @cached_property
    def wide(self) -> Vectors:
        """The vectors in single precision, widened once: that takes longer than the product."""
        return np.asarray(self.vectors, np.float32)

    def cosines(self, vector: Vectors, rows: int) -> Vectors:
        """For each of `rows` rows the cosine of the nearest question, 0 for none."""
        return self.best(self.wide @ vector, rows)

    def scores(
        self, tokens: Sequence[str], added: Sequence[str], added_weight: float, rows: int
    ) -> Vectors:
        """For each of `rows` rows the BM25 of the best question, 0 for none."""
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
            asked = np.zeros(len(self.vectors), dtype=bool)
            asked[self.words.having(token)] = True
            holding = np.zeros(rows, dtype=bool)
            holding[self.links[asked[self.links[:, 0]], 1]] = True
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


def write_known(
    folder: Path,
    questions: Sequence[tuple[str, str]],
    vectors: Vectors,
    links: Sequence[tuple[int, int]],
) -> None:
    """Write what `KnownQuestions` reads: (language, question) pairs, numbers of these with rows."""
    np.save(folder / "asked.npy", vectors.astype(np.float16))
    np.save(folder / "asked_links.npy", np.array(links, dtype=np.int64).reshape(-1, 2))
    if questions:
        build_lexical(questions, folder / "asked")
