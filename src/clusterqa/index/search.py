"""How an index is searched: a vector, words and a mask of rows in, the best rows with scores out.

A row is a distinct pair of context and text: versions that share a paragraph share its row.
Passages point to rows; dates and documents filter rows before they are ranked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from clusterqa.index.bm25 import Lexical
from clusterqa.index.encoders import Vectors
from clusterqa.index.expansion import Expansion
from clusterqa.index.late_interaction import LateInteraction
from clusterqa.index.library import Library

NO_TOKENS = np.zeros((0, 0), np.float32)
Sentence = tuple[int, int, float]  # start and end in the passage, cosine


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows with their scores, arrays of one length: BM25 (0 or more), cosines in [-1, 1].

    `expansion` and `expansion_words` are the cosine and the BM25 of the nearest question that the
    row is expected to be asked, `expansion_covered` the share of the question's words, by their
    rarity, that all of those hold; 0 without any. `sentences` holds for each row those of its
    passage: start, end and cosine, in reading order. `matches` holds for each row the cosine of
    each of the question's tokens to the nearest of its own, shape (rows, tokens); no columns in an
    index without token vectors.
    """

    rows: NDArray[np.int64]
    lexical: NDArray[np.float32]
    dense: NDArray[np.float32]
    expansion: NDArray[np.float32]
    expansion_words: NDArray[np.float32]
    expansion_covered: NDArray[np.float32]
    sentences: list[list[Sentence]]
    matches: Vectors


class Search:
    """The vectors and words of a generation's rows, and which passages have them.

    `passage_numbers`, `passage_rows` and `passage_kinds` are arrays of one length over the
    searchable passages. `expanded_sources` are those of which questions are expected.
    """

    def __init__(self, folder: Path, library: Library) -> None:
        self.library = library
        self.vectors = faiss.read_index(str(folder / "vectors.faiss"))
        self.sentences = np.load(folder / "sentences.npy", mmap_mode="r")
        self.tokens = LateInteraction(folder)
        self.lexical = Lexical(folder / "lexical")
        self.expansion = Expansion(folder)
        self.read_columns()

    def read_columns(self) -> None:
        """What filters need of every searchable passage."""
        numbers, rows, sources, kinds = zip(*self.library.searchable(), strict=True)
        self.passage_numbers = np.array(numbers, dtype=np.int64)
        self.passage_rows = np.array(rows, dtype=np.int64)
        self.source_names = list(dict.fromkeys(sources))
        number_of = {name: number for number, name in enumerate(self.source_names)}
        self.source_numbers = np.array([number_of[s] for s in sources], dtype=np.int32)
        self.passage_kinds = np.array(kinds)
        expanded = np.isin(self.passage_rows, self.expansion.links[:, 1])
        having = np.unique(self.source_numbers[expanded]).tolist()
        self.expanded_sources = frozenset(self.source_names[number] for number in having)

    @property
    def size(self) -> int:
        """How many rows there are."""
        return int(self.vectors.ntotal)

    def nearest(self, vectors: Vectors, allowed: NDArray[np.bool_], k: int) -> NDArray[np.int64]:
        """The allowed rows nearest to each vector, shape (vectors, k); -1 where there are fewer."""
        selector = faiss.IDSelectorBatch(np.flatnonzero(allowed))
        params = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        return np.asarray(self.vectors.search(vectors, k, params=params)[1])

    def of_sources(self, sources: Iterable[str]) -> NDArray[np.bool_]:
        """Mask over the searchable passages: those of the sources."""
        return np.isin(self.source_names, list(sources))[self.source_numbers]

    def first_passages(
        self, usable: NDArray[np.bool_], rows: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """For each row the number of the first usable passage that has it; each must have one."""
        positions = np.full(self.size, -1, dtype=np.int64)
        where = np.flatnonzero(usable)[::-1]
        positions[self.passage_rows[where]] = where
        return np.asarray(self.passage_numbers[positions[rows]], dtype=np.int64)

    def candidates(
        self,
        vector: Vectors,
        tokens: Sequence[str],
        allowed: NDArray[np.bool_],
        *,
        depth: int,
        words: Vectors = NO_TOKENS,
        added: Sequence[str] = (),
        added_weight: float = 0.0,
        named: Sequence[int] = (),
    ) -> Candidates:
        """The best `depth` rows by BM25, by cosine and by expansion, and those `named`.

        All come with every score. `words` are the vectors of the question's tokens.
        `allowed` masks rows; every row returned is allowed. `added`
        tokens count by `added_weight`.
        """
        lexical = self.lexical.scores(tokens) + added_weight * self.lexical.scores(added)
        found = {
            "lexical": lexical.astype(np.float32),
            "expansion": self.expansion.cosines(vector, self.size),
            "expansion_words": self.expansion.scores(tokens, added, added_weight, self.size),
        }
        best = [highest(np.where(allowed, scores, 0), depth) for scores in found.values()]
        found["expansion_covered"] = self.expansion.covered(self.rarities(tokens), self.size)
        (near,) = self.nearest(vector[None], allowed, depth)
        wanted = [row for row in named if allowed[row]]
        rows = np.unique(np.concatenate([*best, near[near >= 0], wanted])).astype(np.int64)
        return Candidates(
            rows=rows,
            dense=self.vectors.reconstruct_batch(rows) @ vector,
            sentences=self.scored_sentences(rows, vector),
            matches=self.tokens.matches(words, rows.tolist()),
            **{name: scores[rows] for name, scores in found.items()},
        )

    def rarities(self, tokens: Iterable[str]) -> dict[str, float]:
        """How rare each stem is in the texts."""
        return {token: self.lexical.rarity(token) for token in tokens}

    def expected_words(self, passage_id: str, stems: Iterable[str]) -> frozenset[str]:
        """Those of the stems that stand in the questions which a passage is expected to be asked.

        Raises `KeyError` if there is no such passage.
        """
        row = self.library.row_of(passage_id)
        return frozenset() if row is None else self.expansion.holding(row, stems)

    def scored_sentences(self, rows: NDArray[np.int64], vector: Vectors) -> list[list[Sentence]]:
        """For each row the spans of its sentences in the passage and their cosines."""
        lists = self.library.row_sentences(rows.tolist())
        numbers = [number for found in lists for _, _, number in found]
        similarity = iter((np.asarray(self.sentences[numbers], np.float32) @ vector).tolist())
        return [[(start, end, next(similarity)) for start, end, _ in found] for found in lists]


def highest(scores: NDArray[np.float32], depth: int) -> NDArray[np.int64]:
    """The positions of the `depth` highest scores above 0, best first."""
    top = np.argsort(-scores, kind="stable")[:depth]
    return top[scores[top] > 0]
