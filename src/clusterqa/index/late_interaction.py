"""Late interaction: how well each token of a question is matched by the best token of a row.

Khattab and Zaharia 2020. Token vectors are of unit length and kept in 8 bits; what no token of a
row matches is what the row does not say.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clusterqa.index.encoders import Vectors

TokenVectors = NDArray[np.int8]  # shape (tokens, size), unit vectors times `FULL`
FULL = 127


class LateInteraction:
    """The token vectors of rows, memory-mapped: those of row n begin at `bounds[n]`."""

    def __init__(self, folder: Path) -> None:
        self.vectors = np.load(folder / "tokens.npy", mmap_mode="r")
        self.bounds: NDArray[np.int64] = np.load(folder / "token_bounds.npy")

    @property
    def any(self) -> bool:
        """Whether the encoder of this index gives token vectors."""
        return bool(self.vectors.size)

    def of_row(self, row: int) -> TokenVectors:
        """The token vectors of a row."""
        return np.asarray(self.vectors[self.bounds[row] : self.bounds[row + 1]])

    def matches(self, question: Vectors, rows: Iterable[int]) -> Vectors:
        """The cosine of each token's best match, shape (rows, tokens of the question).

        No columns for a question, or an index, without token vectors.
        """
        found = [self.of_row(row) for row in rows]
        if not found or not question.size or not self.any:
            return np.zeros((len(found), 0), np.float32)
        firsts = np.cumsum([0, *(len(tokens) for tokens in found[:-1])])
        similar = (np.concatenate(found).astype(np.float32) / FULL) @ question.T
        return np.asarray(np.maximum.reduceat(similar, firsts, axis=0), np.float32)


def in_8_bits(vectors: Vectors) -> TokenVectors:
    """Unit vectors as they are kept."""
    return np.asarray(np.round(vectors * FULL), np.int8)


def write_token_vectors(folder: Path, rows: Sequence[TokenVectors]) -> None:
    """Write what `LateInteraction` reads."""
    np.save(folder / "tokens.npy", np.concatenate(rows))
    np.save(folder / "token_bounds.npy", np.cumsum([0, *map(len, rows)], dtype=np.int64))
