"""Token vectors are kept in 8 bits, and each token of a question finds its best match in a row."""

from pathlib import Path

import numpy as np
import pytest

from clusterqa.index.late_interaction import LateInteraction, in_8_bits, write_token_vectors

EAST, NORTH = [1.0, 0.0], [0.0, 1.0]
BETWEEN = [0.6, 0.8]


@pytest.fixture
def kept(tmp_path: Path) -> LateInteraction:
    rows = [[EAST, NORTH], [NORTH], [BETWEEN, NORTH, NORTH]]
    write_token_vectors(tmp_path, [in_8_bits(np.array(row, np.float32)) for row in rows])
    return LateInteraction(tmp_path)


def test_the_best_match_of_each_token(kept: LateInteraction) -> None:
    """this test ensures that a token's match is the best of its row alone, in the rows' order."""
    question = np.array([EAST, BETWEEN], np.float32)
    found = kept.matches(question, [2, 0, 1])
    assert found.tolist() == [
        pytest.approx([0.6, 1.0], abs=0.01),
        pytest.approx([1.0, 0.8], abs=0.01),
        pytest.approx([0.0, 0.8], abs=0.01),
    ]


def test_rows_of_one_text_stay_apart(kept: LateInteraction) -> None:
    """this test ensures that each row has its own tokens, as many as were written."""
    assert [len(kept.of_row(row)) for row in range(3)] == [2, 1, 3]
    assert kept.of_row(1).tolist() == [[0, 127]]


def test_without_token_vectors_nothing_matches(tmp_path: Path, kept: LateInteraction) -> None:
    """this test ensures that an index or a question without token vectors gives no columns."""
    none = np.zeros((0, 0), np.float32)
    write_token_vectors(tmp_path, [in_8_bits(none), in_8_bits(none)])
    bare = LateInteraction(tmp_path)
    assert not bare.any and kept.any
    assert bare.matches(np.array([EAST], np.float32), [0, 1]).shape == (2, 0)
    assert kept.matches(none, [0]).shape == (1, 0)
    assert kept.matches(np.array([EAST], np.float32), []).shape == (0, 0)
