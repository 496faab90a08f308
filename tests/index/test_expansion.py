"""Document expansion: what people are expected to ask, beside what the law says."""

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
from clusterqa.index.expansion import (
    Expansion,
    ExpectedQuestion,
    ExpectedQuestions,
    expected_of,
    likeness,
    of_unknown_works,
    read_expected_questions,
    write_expansion,
)
from clusterqa.languages.analysis import analyzer
from clusterqa.search.reader import read, untrained
from clusterqa.settings import UNTRAINED_MODEL
from clusterqa.types import Inquiry, Passage, Source, Work

QUESTION = "how big a cheque may a bee club get"
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
    begins = "Aid shall not exceed EUR 500 000"
    entry = ExpectedQuestions("act", "Article 4(1)", begins, ("How much?",))
    both = [ExpectedQuestion("en", "How much?", 0), ExpectedQuestion("en", "How much?", 1)]
    assert list(expected_of([entry], passages, SOURCES)) == both
    french = replace(entry, questions=("Combien ?",), language="fr")
    (found,) = expected_of([french], passages, SOURCES)
    assert found == ExpectedQuestion("fr", "Combien ?", 3)
    titled = [replace(p, context="Ceilings\nShown above it") for p in passages[:1]]
    amended = replace(passages[2], context="Ceilings")
    assert list(expected_of([entry], [*titled, amended], SOURCES)) == both
    other = replace(entry, begins="Bees shall be fed in winter by their keepers")
    assert list(expected_of([other], passages, SOURCES)) == []


def test_likeness_counts_words() -> None:
    """this test ensures that beginnings are compared as sets of words, in [0, 1]."""
    assert likeness("One two three", "one two three") == 1
    assert likeness("One two", "three four") == 0


def test_expected_questions_find_a_provision(
    small_corpus: Path, small_index_copy: Path, tmp_path: Path
) -> None:
    """this test ensures that words which no text has lead to what is expected to be asked."""
    corpus = shutil.copytree(small_corpus, tmp_path / "corpus")
    shutil.copy(DATA / "expansion" / "expected_questions.jsonl", corpus)
    stray = '{"work": "wax", "label": "1", "begins": "Wax", "questions": ["Why?"]}\n'
    with (corpus / "expected_questions.jsonl").open("a", encoding="utf-8") as file:
        file.write(stray)
    told: list[str] = []
    works = read_manifest(corpus / "manifest.toml")
    ingest(
        works, corpus, small_index_copy, model=UNTRAINED_MODEL, precision="float32",
        progress=lambda *_: None, warn=told.append,
    )  # fmt: skip
    assert [line.partition(": ")[2][:40] for line in told] == [
        "no work of the manifest is called 'wax',"
    ]
    with closing(Index.open(small_index_copy)) as index:
        assert index.search.expansion.vectors.shape[0] == 1  # what reaches no passage is not kept
        assistant = Assistant(index, index.encoder(), today=date(2019, 5, 1))
        (hit, *_) = assistant.search(Inquiry(QUESTION))
        assert (hit.passage.source, hit.passage.label) == ("32018R9001", "Article 4")
        assert hit.scores.expansion > 0.6 and hit.scores.expansion_words > 0
        assert hit.scores.expansion_covered == pytest.approx(0.812, abs=0.01)  # all but "get"
        assert hit.scores.expanded == 1.0
        assert hit.shares.expansion > hit.shares.dense
        query = assistant.query(Inquiry(QUESTION))
        (reading, *_) = read(index, query, [hit], untrained())
        assert reading.features.expansion == hit.scores.expansion
        assert reading.features.covered > 0.8 > 0.2 > reading.features.covered_own
        assert reading.probability == untrained().expanded.probability(reading.features)
        others = assistant.search(Inquiry(QUESTION, documents=("cluster-definitions",)))
        assert {(h.scores.expansion, h.scores.expanded) for h in others} == {(0.0, 0.0)}
        assert "cheque" not in hit.passage.text


def test_a_corpus_without_expected_questions(tmp_path: Path) -> None:
    """this test ensures that a missing file means none."""
    assert read_expected_questions(tmp_path / "expected_questions.jsonl") == ()


@pytest.mark.parametrize("line", ["no json", "[]", '{"work": "x"}', '{"questions": 3}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    """this test ensures that the file's line is said, with what to do."""
    path = tmp_path / "expected_questions.jsonl"
    good = {"work": "a", "label": "b", "begins": "c", "questions": ["d"]}
    path.write_text(f"{json.dumps(good)}\n{line}\n", encoding="utf-8")
    with pytest.raises(
        CorpusError, match=r"expected_questions\.jsonl, line 2: not an object with work, label"
    ):
        read_expected_questions(path)


def test_a_misspelt_key_is_named(tmp_path: Path) -> None:
    """this test ensures that a key no entry has is refused in one line that says where."""
    path = tmp_path / "expected_questions.jsonl"
    entry = {"work": "a", "label": "b", "begins": "c", "questions": ["d"], "langauge": "fr"}
    path.write_text(json.dumps(entry), encoding="utf-8")
    with pytest.raises(CorpusError) as refusal:
        read_expected_questions(path)
    assert str(refusal.value) == (
        f"{path}, line 1: unknown key 'langauge'; "
        "use one of work, label, begins, questions, language"
    )


def test_entries_of_no_work_are_said() -> None:
    """this test ensures that entries which reach no work are told in one line, with what to do."""
    path = Path("corpus/expected_questions.jsonl")
    entries = [ExpectedQuestions(work, "1", "Aid", ("Why?",)) for work in ("a", "act", "b", "a")]
    assert of_unknown_works(entries, [WORK], path) == (
        "corpus/expected_questions.jsonl: no work of the manifest is called 'a' or 'b', so what is "
        "asked of it is left out (entries: 3); correct `work` there or take them out"
    )
    assert of_unknown_works(entries[1:2], [WORK], path) is None


def test_the_projects_own_questions() -> None:
    """this test ensures that each entry is of a work of the manifest and asks something once."""
    works = {work.id for work in read_manifest(CORPUS / "manifest.toml")}
    entries = read_expected_questions(CORPUS / "expected_questions.jsonl")
    assert len(entries) > 1500
    for one in entries:
        assert one.work in works and one.label and one.begins
        assert one.questions and len(set(one.questions)) == len(one.questions)


def test_what_the_questions_of_a_row_hold_together(tmp_path: Path) -> None:
    """this test ensures that words are counted over all questions of a row, each once."""
    questions = [("en", "Who pays the rent?"), ("en", "How much rent?"), ("fr", "Quel loyer ?")]
    write_expansion(
        tmp_path, questions, np.eye(3, dtype=np.float32), [(0, 0), (1, 0), (1, 2), (2, 1)]
    )
    expansion = Expansion(tmp_path)
    (loyer,) = analyzer("fr")("loyer")
    covered = expansion.covered({"pay": 0.5, "rent": 0.25, loyer: 0.25}, 4)
    assert covered.tolist() == [0.75, 0.25, 0.25, 0.0]
    assert expansion.holding(0, ["pay", "rent", loyer]) == {"pay", "rent"}
    assert expansion.holding(3, ["pay"]) == frozenset()


def test_no_questions_are_expected(tmp_path: Path) -> None:
    """this test ensures that an index without expected questions covers nothing."""
    write_expansion(tmp_path, [], np.zeros((0, 3), np.float32), [])
    expansion = Expansion(tmp_path)
    assert expansion.covered({"pay": 1.0}, 2).tolist() == [0.0, 0.0]
    assert expansion.holding(0, ["pay"]) == frozenset()


def test_the_former_name_of_the_file_is_told(tmp_path: Path) -> None:
    """this test ensures that a corpus folder from before does not lose its expected questions."""
    (tmp_path / "asked.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"asked\.jsonl is called expected_questions\.jsonl now"):
        read_expected_questions(tmp_path / "expected_questions.jsonl")
