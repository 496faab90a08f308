"""What people are known to ask, beside what the law says."""

import json
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from places import DATA, PROJECT

from clusterqa.assistant import Assistant, ingest
from clusterqa.corpus.manifest import read_manifest
from clusterqa.errors import CorpusError
from clusterqa.index import Index
from clusterqa.index.expansion import Asked, likeness, links, read_asked
from clusterqa.index.known_questions import KnownQuestions, write_known
from clusterqa.languages.analysis import analyzer
from clusterqa.settings import DEFAULT_MODEL
from clusterqa.types import Inquiry, Passage, Source, Work

CORPUS = PROJECT / "corpus"
OLD, NEW, FRENCH = (
    Source("old", "act", "en", "x"),
    Source("new", "act", "en", "x"),
    Source("french", "act", "fr", "x"),
)
WORK = Work("act", "Act", "Act", "law", "x", sources=(OLD, NEW, FRENCH))
SOURCES = {source.id: (WORK, source) for source in WORK.sources}


def passage(source: str, label: str, text: str) -> Passage:
    return Passage(f"{source}{label}{text}", source, 0, len(text), text, label, "paragraph")


def test_a_question_is_linked_to_every_version_that_says_alike() -> None:
    """this test ensures that a label which stands for another rule elsewhere gets no question."""
    passages = [
        passage("old", "Article 4(1)", "Aid shall not exceed EUR 500 000 for each cluster."),
        passage("new", "Article 4(1)", "Aid shall not exceed EUR 900 000 for each cluster."),
        passage("new", "Article 4(1)", "Member States shall publish the awards in a register."),
        passage("french", "Article 4(1)", "Aid shall not exceed EUR 900 000 for each cluster."),
        passage("new", "Article 4(2)", "Aid shall not exceed EUR 900 000 for each cluster."),
    ]
    asked = Asked("act", "Article 4(1)", "Aid shall not exceed EUR 500 000", ("How much?",))
    both = [("en", "How much?", 0), ("en", "How much?", 1)]
    assert list(links([asked], passages, SOURCES)) == both
    french = replace(asked, questions=("Combien ?",), language="fr")
    assert list(links([french], passages, SOURCES)) == [("fr", "Combien ?", 3)]
    titled = [replace(p, context="Ceilings\nShown above it") for p in passages[:1]]
    amended = replace(passages[2], context="Ceilings")
    assert list(links([asked], [*titled, amended], SOURCES)) == both
    other = Asked("act", "Article 4(1)", "Bees shall be fed in winter by their keepers", ("When?",))
    assert list(links([other], passages, SOURCES)) == []


def test_likeness_counts_words() -> None:
    """this test ensures that beginnings are compared as sets of words, in [0, 1]."""
    assert likeness("One two three", "one two three") == 1
    assert likeness("One two", "three four") == 0


def test_known_questions_find_a_provision(
    small_corpus: Path, small_index_copy: Path, tmp_path: Path
) -> None:
    """this test ensures that words which no text has lead to what they are known to ask about."""
    corpus = shutil.copytree(small_corpus, tmp_path / "corpus")
    shutil.copy(DATA / "asked" / "asked.jsonl", corpus)
    works = read_manifest(corpus / "manifest.toml")
    ingest(
        works, corpus, small_index_copy, model=DEFAULT_MODEL, precision="float32",
        progress=lambda *_: None,
    )  # fmt: skip
    with closing(Index.open(small_index_copy)) as index:
        assert index.known.vectors.shape[0] == 1  # what reaches no passage is not kept
        assistant = Assistant(index, index.encoder(), today=date(2019, 5, 1))
        (hit, *_) = assistant.search(Inquiry("how big a cheque may a bee club get"))
        assert (hit.passage.source, hit.passage.label) == ("32018R9001", "Article 4")
        assert hit.parts["asked"] > 0.6 and hit.parts["asked_words"] > 0
        assert "cheque" not in hit.passage.text


def test_a_corpus_without_known_questions(tmp_path: Path) -> None:
    """this test ensures that a missing file means none."""
    assert read_asked(tmp_path / "asked.jsonl") == ()


@pytest.mark.parametrize("line", ["no json", "[]", '{"work": "x"}', '{"questions": 3}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    """this test ensures that the file's line is said, with what to do."""
    path = tmp_path / "asked.jsonl"
    good = {"work": "a", "label": "b", "begins": "c", "questions": ["d"]}
    path.write_text(f"{json.dumps(good)}\n{line}\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"asked\.jsonl, line 2: not an object with work, label"):
        read_asked(path)


def test_the_projects_own_questions() -> None:
    """this test ensures that each entry is of a work of the manifest and asks something once."""
    works = {work.id for work in read_manifest(CORPUS / "manifest.toml")}
    entries = read_asked(CORPUS / "asked.jsonl")
    assert len(entries) > 1500
    for one in entries:
        assert one.work in works and one.label and one.begins
        assert one.questions and len(set(one.questions)) == len(one.questions)


def test_what_the_questions_of_a_row_hold_together(tmp_path: Path) -> None:
    """this test ensures that words are counted over all questions of a row, each once."""
    questions = [("en", "Who pays the rent?"), ("en", "How much rent?"), ("fr", "Quel loyer ?")]
    write_known(tmp_path, questions, np.eye(3, dtype=np.float32), [(0, 0), (1, 0), (1, 2), (2, 1)])
    known = KnownQuestions(tmp_path)
    (loyer,) = analyzer("fr")("loyer")
    covered = known.covered({"pay": 0.5, "rent": 0.25, loyer: 0.25}, 4)
    assert covered.tolist() == [0.75, 0.25, 0.25, 0.0]
    assert known.holding(0, ["pay", "rent", loyer]) == {"pay", "rent"}
    assert known.holding(3, ["pay"]) == frozenset()


def test_no_questions_are_known(tmp_path: Path) -> None:
    """this test ensures that an index without known questions covers nothing."""
    write_known(tmp_path, [], np.zeros((0, 3), np.float32), [])
    known = KnownQuestions(tmp_path)
    assert known.covered({"pay": 1.0}, 2).tolist() == [0.0, 0.0]
    assert known.holding(0, ["pay"]) == frozenset()
