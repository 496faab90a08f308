"""The law's words for what people say."""

from pathlib import Path

import pytest
from places import PROJECT

from clusterqa.corpus.glossary import read_glossary
from clusterqa.errors import CorpusError
from clusterqa.languages.analysis import analyzer
from clusterqa.query.synonyms import Synonyms

TERMS = {
    "running costs": ["operating aid"],
    "costs": ["eligible costs"],
    "share": ["aid intensity"],
    "SME": ["small and medium-sized enterprises", "SMEs"],
}


def test_the_longest_term_wins() -> None:
    """this test ensures that a word of the question belongs to one term only, found by stem."""
    found = Synonyms(TERMS, analyzer("en")).uses("Which share of running cost, for an SME?")
    assert [(use.said, use.words) for use in found] == [
        ("share", ["aid intensity"]),
        ("running cost", ["operating aid"]),
        ("SME", ["small and medium-sized enterprises", "SMEs"]),
    ]


def test_a_question_in_the_laws_words() -> None:
    """this test ensures that terms are replaced whole, by stem, and nothing else."""
    wording = Synonyms(TERMS, analyzer("en"))
    assert wording.in_law_words("What Shares of a running cost? Shareholders?") == (
        "What aid intensity of a operating aid? Shareholders?"
    )
    assert Synonyms({}, analyzer("en")).in_law_words("What share?") == "What share?"


def test_the_projects_glossary_reads() -> None:
    """this test ensures that the shipped glossary is well formed and every term says something."""
    glossary = read_glossary(PROJECT / "corpus" / "glossary.toml")
    assert glossary["en"]["running costs"] == ["operating aid"]
    assert all(words for terms in glossary.values() for words in terms.values())


@pytest.mark.parametrize("text", ['[en]\nshare = "aid"', "en = 1", "[en\n", "[en]\nshare = [1]"])
def test_a_wrong_glossary_is_named(tmp_path: Path, text: str) -> None:
    """this test ensures that a malformed glossary is a corpus error that names the file."""
    path = tmp_path / "glossary.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"glossary\.toml"):
        read_glossary(path)


def test_no_glossary_is_no_terms(tmp_path: Path) -> None:
    """this test ensures that a corpus without a glossary works."""
    assert read_glossary(tmp_path / "glossary.toml") == {}
