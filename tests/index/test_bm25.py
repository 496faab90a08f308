"""BM25: which words count, and scores equal to those of the library that builds the index."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterqa.index.bm25 import Lexical, build_lexical
from clusterqa.languages.analysis import analyzer

TEXTS = [
    ("en", "Aid for innovation clusters shall not exceed EUR 7,5 million per cluster."),
    ("en", "Operating aid for clusters is limited to ten years."),
    ("en", "Training aid covers personnel costs."),
    ("fr", "Les aides aux pôles d’innovation sont limitées à dix ans."),
]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "What is the aid for clusters?", ["aid", "cluster"]),
        ("en", "EUR 7,5 million", ["eur", "7.5", "million"]),
        ("en", "EUR 7.5 million", ["eur", "7.5", "million"]),
        ("en", "Article 27(8)(a)", ["articl", "27", "8"]),
        ("en", "know-how", ["know-how", "know", "how"]),
        ("en", "snake_case", ["snake", "case"]),
        ("fr", "Quelles sont les aides d’exploitation?", ["aid", "exploit"]),
        ("fr", "l'innovation", ["innov"]),
        ("de", "Die Beihilfen der Mitgliedstaaten", ["beihilf", "mitgliedstaat"]),
        ("en", "the of and", []),
        ("en", "", []),
    ],
)
def test_tokens_are_the_stems_that_carry_meaning(
    language: str, text: str, expected: list[str]
) -> None:
    """this test ensures that function words go, stems and numbers stay, compounds are opened."""
    assert analyzer(language)(text) == expected


def test_an_analyzer_is_made_once() -> None:
    """this test ensures that a language's stemmer is not built for every question."""
    assert analyzer("en") is analyzer("en")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lexical")
    build_lexical(TEXTS, path)
    return path


def test_scores_are_those_of_bm25s(folder: Path) -> None:
    """this test ensures that the column sums are what the library itself computes."""
    tokens = analyzer("en")("operating aid for clusters, 7.5 million")
    expected = bm25s.BM25.load(str(folder)).get_scores(tokens)
    np.testing.assert_allclose(Lexical(folder).scores(tokens), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("question", "best"),
    [("limit of 7.5 million", 0), ("how many years of operating aid", 1), ("training", 2)],
)
def test_the_row_that_shares_rare_words_comes_first(folder: Path, question: str, best: int) -> None:
    """this test ensures that rows are numbered as given and rare words weigh most."""
    assert int(np.argmax(Lexical(folder).scores(analyzer("en")(question)))) == best


def test_equal_texts_give_equal_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    """this test ensures that words are numbered as they come, not in the order of a set."""
    script = (
        "import sys; from pathlib import Path; from clusterqa.index.bm25 import build_lexical; "
        "build_lexical([('en', 'red clay, white clay'), ('en', 'clay kilns')], Path(sys.argv[1]))"
    )
    written = []
    for seed in ("1", "2"):
        command = [sys.executable, "-c", script, str(tmp_path / seed)]
        subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": seed}, check=True)
        written.append({path.name: path.read_bytes() for path in (tmp_path / seed).iterdir()})
    assert written[0] == written[1]
    vocabulary = json.loads(written[0]["vocab.index.json"])
    assert vocabulary == {"red": 0, "clay": 1, "white": 2, "kiln": 3, "": 4}


def test_unknown_words_score_nothing(folder: Path) -> None:
    """this test ensures that a question without a known word gives zero for every row."""
    lexical = Lexical(folder)
    assert lexical.scores(["kubernetes"]).tolist() == [0, 0, 0, 0]
    assert lexical.scores([]).tolist() == [0, 0, 0, 0]


LANGUAGES: list[Callable[[str], list[str]]] = [analyzer("en"), analyzer("fr")]


@given(text=st.text(max_size=60))
def test_any_text_gives_lower_case_words(text: str) -> None:
    """this test ensures that the analyzers take any text and never give an empty token."""
    for tokens in LANGUAGES:
        assert all(token and " " not in token for token in tokens(text))
