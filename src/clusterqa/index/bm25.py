"""BM25 over the stems of passages: an index that bm25s builds, memory-mapped.

Lucene's BM25 (k1 1.5, b 0.75).
"""

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clusterqa.languages.analysis import analyzer


def build_lexical(texts: Iterable[tuple[str, str]], folder: Path) -> None:
    """Write the index of (language, text) pairs, one a row, into the folder.

    Words are numbered as they come, so that equal texts give equal bytes in any process.
    """
    import bm25s

    vocabulary: dict[str, int] = {}
    rows = [
        [vocabulary.setdefault(token, len(vocabulary)) for token in analyzer(language)(text)]
        for language, text in texts
    ]
    model = bm25s.BM25(k1=1.5, b=0.75, method="lucene")
    model.index((rows, vocabulary), show_progress=False)
    model.save(str(folder), show_progress=False)


class Lexical:
    """BM25 scores of every row for a question; rows are numbered as they were given.

    Reads the arrays that bm25s wrote, scores by term in sparse columns: importing bm25s for these
    few lines would take a fifth of a cold answer's second.
    """

    def __init__(self, folder: Path) -> None:
        self.weights, self.rows, self.columns = (
            np.load(folder / f"{name}.index.npy", mmap_mode="r")
            for name in ("data.csc", "indices.csc", "indptr.csc")
        )
        self.vocabulary = json.loads((folder / "vocab.index.json").read_text(encoding="utf-8"))
        self.size = int(json.loads((folder / "params.index.json").read_text("utf-8"))["num_docs"])

    def span(self, token: str) -> slice:
        """Where the rows that have a stem stand, and its weights in them."""
        column = self.vocabulary.get(token)
        if column is None:
            return slice(0, 0)
        return slice(int(self.columns[column]), int(self.columns[column + 1]))

    def having(self, token: str) -> NDArray[np.int32]:
        """The rows that have a stem."""
        return np.asarray(self.rows[self.span(token)], np.int32)

    def rarity(self, token: str) -> float:
        """How rare a stem is, from 1 in no row to .1 in all: its inverse document frequency."""
        span = self.span(token)
        rows = span.stop - span.start
        return max(0.1, 1 - math.log(1 + rows) / math.log(1 + self.size))

    def scores(self, tokens: Sequence[str]) -> NDArray[np.float32]:
        """BM25 of each row, 0 where no token occurs; shape (rows,)."""
        total = np.zeros(self.size, dtype=np.float32)
        for token in tokens:
            span = self.span(token)
            total[self.rows[span]] += self.weights[span]
        return total
