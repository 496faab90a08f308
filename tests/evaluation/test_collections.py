"""Collections with texts of their own; expected figures are worked out by hand."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clusterqa.assistant import Assistant
from clusterqa.cli import app
from clusterqa.errors import ClusterQAError, CorpusError, UsageError
from clusterqa.evaluation import (
    Collection,
    Entry,
    Result,
    auroc,
    compare,
    coverage_risk,
    draw_curves,
    figures_of,
    measure,
    open_collection,
    read_collection,
    read_results,
    reliability,
    save_run,
)
from clusterqa.evaluation.datasets.beir import judged_rankings
from clusterqa.evaluation.datasets.collection import document_of, work_of
from clusterqa.evaluation.datasets.legalbench_rag import (
    CharacterSpan,
    SpanQuestion,
    origin_offsets,
    span_result,
)
from clusterqa.evaluation.datasets.reading import Evidence
from clusterqa.evaluation.datasets.squad import occurrences
from clusterqa.evaluation.figures import calibration_error
from clusterqa.index.build import distinct_rows
from clusterqa.parsers import parse
from clusterqa.passages import split_document
from clusterqa.settings import UNTRAINED_MODEL

LICENCE = "A licence is granted for ten years and may be renewed once."
HARBOUR = "Ships wait outside the harbour until the pilot comes on board."
BEES = "Bees tell each other by a dance where flowers are to be found."
FILLER = " ".join(
    f"In year {n} the council met, heard the reports and adjourned." for n in range(60)
)
CORPUS = [
    {"_id": "x-licence", "title": "Term of a licence", "text": LICENCE},
    {"_id": "x-harbour", "title": "Arrival of ships", "text": HARBOUR},
    {"_id": "x-bees", "title": "Honey bees", "text": BEES},
    {"_id": "x-twin", "title": "Honey bees", "text": BEES},
    {"_id": "x-long", "title": "Chronicle", "text": f"{FILLER} Comets were seen twice. {FILLER}"},
    {"_id": "x-blank", "title": "Only a title about volcanoes", "text": " "},
]
QUERIES = [
    {"_id": "q1", "text": "How do bees show each other where flowers are?"},
    {"_id": "q2", "text": "When were comets seen?"},
    {"_id": "q3", "text": "For how many years is a licence granted?"},
    {"_id": "q4", "text": "Nobody has judged this one."},
]
JUDGED = [("q1", "x-twin", 1), ("q2", "x-long", 2), ("q3", "x-licence", 1), ("q3", "x-bees", 0)]


def write_lines(path: Path, lines: Sequence[object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "sixtexts"
    write_lines(folder / "corpus.jsonl", CORPUS)
    write_lines(folder / "queries.jsonl", QUERIES)
    rows = ["query-id\tcorpus-id\tscore", *(f"{q}\t{e}\t{grade}" for q, e, grade in JUDGED)]
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def work(small_index_copy: Path) -> Path:
    """A folder for a collection's index that has an encoder already: exporting one takes long."""
    (small_index_copy / "collection.json").write_text('{"made_from": ""}', encoding="utf-8")
    return small_index_copy


def opened(collection: Collection, folder: Path) -> Assistant:
    return open_collection(
        collection, folder, model=UNTRAINED_MODEL, precision="float32", progress=lambda *_: None
    )


def values(results: Sequence[Result]) -> dict[str, float]:
    return {name: round(figure.value, 4) for name, figure in figures_of(results).items()}


# -- texts --------------------------------------------------------------------------------------


def test_entries_in_a_document() -> None:
    """this test ensures that an entry is a provision whose id is its label and is not searched."""
    entries = [Entry("x-1", "Bees", "They dance."), Entry("x-2", "", "Ships wait.\n\nLong.")]
    entries += [Entry("x-3", "Only a title", " "), Entry("x-4", "", "")]
    document, starts = document_of("set", entries)
    assert document.text == "x-1\nBees\nThey dance.\nShips wait.\n\nLong.\nOnly a title\n"
    assert starts == {"x-1": 9, "x-2": 21, "x-3": 40}
    assert [document.text[starts[name] :].split()[0] for name in starts] == [
        "They",
        "Ships",
        "Only",
    ]
    passages = [p for p in split_document(document) if p.kind != "heading"]
    assert [p.label for p in passages] == ["x-1", "x-2", "x-3"]
    work = work_of("set")
    rows, _ = distinct_rows(passages, {"set": (work, work.sources[0])})
    texts = [row.text for row in rows.values()]
    assert texts == ["Bees\nThey dance.", "Ships wait.\n\nLong.", "Only a title"]


def test_titles_left_out(beir: Path) -> None:
    """this test ensures that without titles only the texts are indexed, under a name of its own."""
    found = read_collection(beir, titles=False)
    assert found.name == "sixtexts-no-titles"
    assert found.documents[0].text.startswith(f"{LICENCE}\n{HARBOUR}\n{BEES}\n{BEES}\nIn year 0")
    assert [p.label for p in found.documents[0].provisions][-1] == "x-long"


def test_an_unchanged_collection_is_not_built_again(beir: Path, work: Path) -> None:
    """this test ensures that an index is reused until a text or the encoder's precision changes."""
    first = opened(read_collection(beir), work).index_ref.id
    assert opened(read_collection(beir), work).index_ref.id == first
    write_lines(beir / "corpus.jsonl", [*CORPUS, {"_id": "x-new", "text": "Comets have tails."}])
    assert opened(read_collection(beir), work).index_ref.id != first


def test_a_folder_with_something_else_is_left_alone(beir: Path, small_index_copy: Path) -> None:
    """this test ensures that the index of a corpus is not overwritten by that of a collection."""
    before = (small_index_copy / "CURRENT").read_text()
    with pytest.raises(UsageError, match=r"holds something else .* absent folder with --work"):
        opened(read_collection(beir), small_index_copy)
    assert (small_index_copy / "CURRENT").read_text() == before


# -- rankings -----------------------------------------------------------------------------------


def test_ranking_figures() -> None:
    """this test ensures that the figures of rankings are those worked out by hand."""
    judged = {"q1": {"a": 1, "b": 1, "c": 0}, "q2": {"c": 2}, "q3": {"d": 1}}
    late = [(f"z{n}", 1.0 - n / 100) for n in range(10)]
    rankings = {
        "q1": [("c", 0.9), ("a", 0.8), ("d", 0.7), ("b", 0.6)],
        "q2": [*late, ("c", 0.1)],
    }
    results = judged_rankings(rankings, judged)
    assert [result.first_rank for result in results] == [2, 11, None]
    assert values(results[:1]) == {
        "nDCG@10": 0.6509,  # (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3))
        "R@10": 1.0,
        "R@100": 1.0,
        "AP@10": 0.5,  # (1/2 + 2/4) / 2
        "RR@10": 0.5,
        "P@1": 0.0,
    }
    assert values(results) == {
        "nDCG@10": 0.217,
        "R@10": 0.3333,
        "R@100": 0.6667,
        "AP@10": 0.1667,
        "RR@10": 0.1667,
        "P@1": 0.0,
    }


def test_a_collection_is_ranked(beir: Path, work: Path) -> None:
    """this test ensures that judged queries are ranked by entry, equal texts one after the other.

    A long entry is several passages and stands in the ranking once.
    """
    found = read_collection(beir)
    report = measure(opened(found, work), found, lambda *_: None)
    rankings = {result.id: [entry for entry, _ in result.ranking] for result in report.results}
    assert list(rankings) == ["q1", "q2", "q3"]
    assert rankings["q1"][:2] == ["x-bees", "x-twin"]
    assert rankings["q2"][0] == "x-long"
    assert rankings["q3"][0] == "x-licence"
    assert all(len(entries) == len(set(entries)) == 6 for entries in rankings.values())
    assert sum(p.label == "x-long" for p in split_document(found.documents[0])) > 2
    assert report.groups["all"]["R@10"].value == 1.0
    assert list(report.groups) == ["all"]
    assert report.to_table().startswith("sixtexts: 3 questions\n\nall  ")
    assert "coverage_risk" not in report.to_json()


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("corpus.jsonl", '{"_id": "x"', "Input data was truncated"),
        ("corpus.jsonl", '["x"]', "Expected `object`, got `array`"),
        ("corpus.jsonl", '{"_id": "x"}', "Object missing required field `text`"),
        ("corpus.jsonl", '{"_id": "x-bees", "text": "again"}', "_id x-bees occurs twice"),
        ("corpus.jsonl", '{"_id": "x y", "text": "again"}', "_id 'x y' is empty or holds white"),
        ("queries.jsonl", '{"_id": "q9", "text": " "}', "the question is empty"),
        ("qrels/test.tsv", "q1 x-bees 1", "expected query, entry and grade, with tabs between"),
        ("qrels/test.tsv", "q9\tx-bees\t1", "query q9 is not in queries.jsonl"),
        ("qrels/test.tsv", "q1\tx-wasps\t1", "entry x-wasps is not in corpus.jsonl"),
        ("qrels/test.tsv", "q1\tx-bees\tgood", "invalid literal"),
    ],
)
def test_bad_lines_of_a_collection(beir: Path, name: str, line: str, message: str) -> None:
    """this test ensures that a line that cannot be used is named with its file and number."""
    path = beir / name
    number = len(path.read_text().splitlines()) + 1
    path.write_text(f"{path.read_text()}{line}\n", encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        read_collection(beir)
    assert str(caught.value).startswith(f"{path}, line {number}: ")
    assert message in str(caught.value)
    assert str(caught.value).endswith("; correct the line")


@pytest.mark.parametrize("folder", ["empty", "absent"])
def test_unknown_layout(tmp_path: Path, folder: str) -> None:
    """this test ensures that a folder of no known layout is refused with the layouts there are."""
    (tmp_path / "empty").mkdir()
    write_lines(tmp_path / "empty" / "dev_answerable.jsonl", [{"id": "a1", "question": "Why?"}])
    with pytest.raises(CorpusError) as caught:
        read_collection(tmp_path / folder)
    for words in ("no collection; name a folder", "BEIR", "LegalBench-RAG", "SQuAD", "CLAPnq"):
        assert words in str(caught.value)


# -- spans --------------------------------------------------------------------------------------


def test_character_precision_and_recall() -> None:
    """this test ensures that characters are counted within files, over the first k passages."""
    query = SpanQuestion("t-1", "what?", (CharacterSpan("f", 0, 10), CharacterSpan("g", 5, 15)))
    retrieved = [CharacterSpan("f", 5, 25), CharacterSpan("g", 0, 10), CharacterSpan("h", 0, 10)]
    result = span_result(query, retrieved)
    assert {name: round(value, 4) for name, (value, _) in result.parts.items()} == {
        "precision@1": 0.25,
        "precision@5": 0.25,  # (5 + 5) / (20 + 10 + 10)
        "precision@10": 0.25,
        "recall@1": 0.25,
        "recall@5": 0.5,
        "recall@10": 0.5,
    }
    assert result.first_rank == 1
    assert values([result, span_result(query, [])])["precision@5"] == 0.125


def test_offsets_in_the_file() -> None:
    """this test ensures that offsets count characters of the file, not of the text as parsed."""
    text = "\ufeffFirst line.\r\n\r\nSecond line.\r\n"
    document = parse(text.encode(), "f.txt", "f.txt")
    offsets = origin_offsets(document, text)
    for word in ("First", "Second", "line."):
        place = document.text.index(word)
        assert text[offsets[place] :].startswith(word)
    with pytest.raises(CorpusError, match=r"f.txt: the text as parsed is not that of the file"):
        origin_offsets(document, "First line.")


TERMS = (
    "Data we keep\r\n\r\nWe keep your address for two years after you close the account.\r\n\r\n"
    "Data we share\r\n\r\nWe share your order history with couriers and with nobody else.\r\n"
)


def spans_folder(folder: Path, text: str, start: int, end: int, **changes: object) -> Path:
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    (corpus / "Shop.txt").write_bytes(text.encode())
    snippet = {"file_path": "terms/Shop.txt", "span": [start, end], "answer": text[start:end]}
    tests = [{"query": "How long is my address kept?", "snippets": [snippet | changes]}]
    (folder / "terms.json").write_text(json.dumps({"tests": tests}), encoding="utf-8")
    return folder


def test_spans_are_measured_in_the_file(tmp_path: Path, work: Path) -> None:
    """this test ensures that a passage is counted where its file has it, line ends included."""
    start = TERMS.index("We keep")
    end = TERMS.index("\r\n\r\nData we share")
    found = read_collection(spans_folder(tmp_path / "terms", TERMS, start, end))
    assert [work.short_title for work in found.works] == ["Shop"]
    (result,) = measure(opened(found, work), found, lambda *_: None).results
    assert result.first_rank == 1
    assert result.parts["precision@1"] == (1.0, 1.0)
    assert result.parts["recall@1"] == (1.0, 1.0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"span": [3]}, "Expected `array` of length 2 - at `$.tests[0].snippets[0].span`"),
        ({"span": [4, 100000]}, "test 1: span 4 to 100000 is not in terms/Shop.txt"),
        (
            {"answer": "other words"},
            "test 1: span 16 to 30 of terms/Shop.txt does not hold its answer",
        ),
        ({"file_path": "terms/Other.txt"}, "test 1: terms/Other.txt is not in "),
        ({"file_path": None}, "Expected `str`, got `null` - at `$.tests[0].snippets[0].file_path`"),
    ],
)
def test_bad_snippets(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    """this test ensures that a snippet that names no text is refused with its place."""
    folder = spans_folder(tmp_path / "terms", TERMS, 16, 30, **changes)
    with pytest.raises(CorpusError) as caught:
        read_collection(folder)
    assert str(caught.value).startswith(str(folder / "terms.json"))
    assert message in str(caught.value)


# -- reading ------------------------------------------------------------------------------------


def squad_question(name: str, question: str, *answers: str) -> dict[str, Any]:
    found = [{"text": answer, "answer_start": 0} for answer in answers]
    return {"id": name, "question": question, "answers": found, "is_impossible": not answers}


def squad(folder: Path, *questions: dict[str, Any]) -> Path:
    folder.mkdir()
    ships = {"context": f"{HARBOUR} The pilot is paid by the port.", "qas": []}
    paragraphs = [{"context": f"{LICENCE} It costs 100 euro.", "qas": list(questions)}, ships]
    data = {"version": "v2.0", "data": [{"title": "Rules", "paragraphs": paragraphs}]}
    (folder / "small.json").write_text(json.dumps(data), encoding="utf-8")
    return folder


ASKED = (
    squad_question("s1", "For how many years is a licence granted?", "ten years", "ten"),
    squad_question("s2", "What is the airspeed of an unladen swallow in winter?"),
)


def test_answers_stand_as_words() -> None:
    """this test ensures that an answer is found as a word, and inside one only if it must be."""
    assert list(occurrences("10", "In 1910, 10 of 100.")) == [Evidence(9, 11, True)]
    assert list(occurrences("mark", "Denmark")) == [Evidence(3, 7, True)]
    assert Evidence(9, 11, whole=True).is_in(9, 11)
    assert not Evidence(9, 11, whole=True).is_in(10, 30)
    assert Evidence(9, 11, whole=False).is_in(10, 30)
    assert not Evidence(9, 11, whole=False).is_in(11, 30)


def test_reading_questions_are_asked(tmp_path: Path, work: Path) -> None:
    """this test ensures that answers count by what they quote and refusals by whether they are due.

    The confidence of a refusal is judged by what it held back.
    """
    found = read_collection(squad(tmp_path / "squad", *ASKED))
    report = measure(opened(found, work), found, lambda *_: None)
    right, refused = report.results
    assert (right.status, right.first_rank, right.right, right.sound) == ("answered", 1, 1, True)
    assert (refused.status, refused.citations, refused.sound) == ("no_answer", 0, False)
    assert refused.parts == {"abstention_rate": (1.0, 1.0)}
    assert values(report.results) | {"calibration_error": 0} == {
        "hit@1": 1.0,
        "hit@5": 1.0,
        "hit@10": 1.0,
        "answer_rate": 1.0,
        "right_answer_rate": 1.0,
        "citation_precision": 1.0 / right.citations,
        "rightly_cited_answers": 1.0,
        "abstention_rate": 1.0,
        "auroc": 1.0,
        "calibration_error": 0,
    }
    assert [point["coverage"] for point in report.to_json()["coverage_risk"]] == [0.5, 1.0]
    assert "coverage and risk" in report.to_table()


def clapnq_line(name: str, question: str, text: str, *chosen: str) -> dict[str, Any]:
    output = {"answer": "yes" if chosen else "", "selected_sentences": list(chosen)}
    passage = {"title": "Nature", "text": text, "sentences": [text]}
    return {"id": name, "input": question, "passages": [passage], "output": [output]}


def test_long_answers_count_by_their_sentences(tmp_path: Path, work: Path) -> None:
    """this test ensures that a quote is right when it shares words with a selected sentence."""
    text = f"{HARBOUR} {BEES}"
    lines = [
        clapnq_line("c1", "how do bees show each other where flowers are", text, f"{BEES} "),
        clapnq_line("c2", "how do bees show each other where flowers are", text, HARBOUR),
    ]
    write_lines(tmp_path / "nq" / "answerable.jsonl", lines)
    write_lines(tmp_path / "nq" / "other.jsonl", [clapnq_line("c3", "who pays?", HARBOUR)])
    found = read_collection(tmp_path / "nq")
    assert len(found.documents[0].provisions) == 2
    report = measure(opened(found, work), found, lambda *_: None)
    assert [result.right for result in report.results[:2]] == [1, 0]
    assert [result.answerable for result in report.results] == [True, True, False]
    assert list(report.groups) == ["all", "answerable", "other"]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (squad_question("s1", "Who?", "nobody"), "article 1: question s1: an answer in the para"),
        (ASKED[1] | {"answers": [{"text": "ten"}]}, "article 1: question s2: an answer in the"),
        (
            {"id": "s1"},
            "Object missing required field `question` - at `$.data[0].paragraphs[0].qas[1]`",
        ),
        (ASKED[0] | {"question": ""}, "article 1: the question is empty"),
        (ASKED[1], "id s2 occurs twice"),
    ],
)
def test_bad_reading_questions(tmp_path: Path, question: dict[str, Any], message: str) -> None:
    """this test ensures that a question that cannot be judged is refused with its place."""
    with pytest.raises(CorpusError) as caught:
        read_collection(squad(tmp_path / "squad", ASKED[1], question))
    assert str(tmp_path / "squad") in str(caught.value)
    assert message in str(caught.value)


def test_bad_clapnq_lines(tmp_path: Path) -> None:
    """this test ensures that a selected sentence which is not in the passage is refused."""
    lines = [clapnq_line("c1", "who?", BEES, BEES), clapnq_line("c2", "who?", BEES, HARBOUR)]
    write_lines(tmp_path / "nq" / "answerable.jsonl", lines)
    with pytest.raises(CorpusError, match=r"line 2: selected sentence 'Ships .* is not in the pas"):
        read_collection(tmp_path / "nq")


# -- runs and curves ----------------------------------------------------------------------------


def reply(name: str, confidence: float, *, sound: bool, rank: int | None = 1) -> Result:
    answered = confidence >= 0.5
    return Result(
        name, "plain", {"hit@1": (float(rank == 1), 1.0)}, (float(answered and sound),),
        status="answered" if answered else "no_answer", confidence=confidence, sound=sound,
        first_rank=rank, citations=int(answered), right=int(answered and sound),
    )  # fmt: skip


REPLIES = (
    reply("a", 0.95, sound=True),
    reply("b", 0.85, sound=False, rank=3),
    reply("c", 0.15, sound=True, rank=None),
    reply("d", 0.12, sound=False),
)


def test_a_run_is_read_as_it_was_saved(tmp_path: Path) -> None:
    """this test ensures that results and rankings survive being saved."""
    save_run(tmp_path / "replies.jsonl", REPLIES)
    assert read_results(tmp_path / "replies.jsonl") == REPLIES
    first = json.loads((tmp_path / "replies.jsonl").read_text().splitlines()[0])
    assert first == {
        "id": "a",
        "type": "plain",
        "parts": {"hit@1": [1.0, 1.0]},
        "merit": [1.0],
        "answerable": True,
        "status": "answered",
        "confidence": 0.95,
        "sound": True,
        "first_rank": 1,
        "citations": 1,
        "right": 1,
    }


def test_rankings_are_saved_for_other_programs(beir: Path, tmp_path: Path) -> None:
    """this test ensures that rankings are a TREC run, read again to the same results."""
    judged = {"q1": {"x-twin": 1}, "q2": {"x-long": 2}}
    results = judged_rankings({"q1": [("x-bees", 0.7), ("x-twin", 0.1 + 0.2)]}, judged)
    save_run(tmp_path / "ranked.run", results)
    assert (tmp_path / "ranked.run").read_text().splitlines() == [
        "q1 Q0 x-bees 1 0.7 clusterqa",
        "q1 Q0 x-twin 2 0.30000000000000004 clusterqa",
    ]
    assert read_collection(beir).read_run(tmp_path / "ranked.run") == results[:1]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{}", "Object missing required field `id`"),
        ("q1 Q0", "JSON is malformed"),
        ('{"id": 1}', "Expected `str`, got `int`"),
    ],
)
def test_bad_runs(tmp_path: Path, line: str, message: str) -> None:
    """this test ensures that a file which is no run is refused with the line that shows it."""
    (tmp_path / "run").write_text(line, encoding="utf-8")
    with pytest.raises(CorpusError, match=rf"run, line 1: {message}"):
        read_results(tmp_path / "run")


def test_comparison() -> None:
    """this test ensures that differences are over shared questions, with what changed in each."""
    now = (
        reply("b", 0.85, sound=True),
        reply("c", 0.15, sound=True, rank=2),
        reply("a", 0.95, sound=False),
        reply("new", 0.5, sound=True),
    )
    found = compare(REPLIES, now)
    assert (found.questions, found.only_before, found.only_now) == (3, 1, 1)
    hits = found.differences["hit@1"]
    assert (round(hits.before, 4), round(hits.now, 4), round(hits.value, 4)) == (
        0.3333,
        0.6667,
        0.3333,
    )
    assert (hits.low, hits.high) == (0.0, 1.0)
    assert list(found.differences) == ["hit@1", "calibration_error"]
    (better,), (worse,) = found.better, found.worse
    assert (better.id, better.what) == ("b", "first right at 3 → 1; citations right 0/1 → 1/1")
    assert (worse.id, worse.what) == ("a", "citations right 1/1 → 0/1")
    assert found.to_json()["better"] == [{"id": "b", "type": "plain", "what": better.what}]
    table = found.to_table().splitlines()
    assert table[0] == "compared on 3 questions; only before: 1, only now: 1"
    assert "  hit@1                       0.333  0.667  +0.333   +0.000 to +1.000" in table
    assert table[-2:] == ["worse: 1", "  a (plain): citations right 1/1 → 0/1"]


def test_nothing_to_compare() -> None:
    """this test ensures that runs of different questions are not compared."""
    with pytest.raises(CorpusError, match="no question in common"):
        compare(REPLIES[:1], REPLIES[1:])


def test_the_same_run_differs_by_nothing() -> None:
    """this test ensures that a run compared with itself has no difference and no change."""
    found = compare(REPLIES, REPLIES)
    assert {(d.value, d.low, d.high) for d in found.differences.values()} == {(0.0, 0.0, 0.0)}
    assert (found.better, found.worse) == ((), ())


def test_coverage_and_risk() -> None:
    """this test ensures that risk is the share that is wrong among the surest, ties together."""
    points = [(p.confidence, p.coverage, round(p.risk, 4)) for p in coverage_risk(REPLIES)]
    assert points == [(0.95, 0.25, 0.0), (0.85, 0.5, 0.5), (0.15, 0.75, 0.3333), (0.12, 1.0, 0.5)]
    tied = (*REPLIES[:1], reply("e", 0.95, sound=False))
    assert [(p.coverage, p.risk) for p in coverage_risk(tied)] == [(1.0, 0.5)]


def test_calibration() -> None:
    """this test ensures that confidence is held against what is right, bin by bin."""
    bins = [(round(b.confidence, 4), b.right, b.n) for b in reliability(REPLIES)]
    assert bins == [(0.135, 0.5, 2), (0.85, 0.0, 1), (0.95, 1.0, 1)]
    confidence, sound = np.array([0.95, 0.85, 0.15, 0.12]), np.array([True, False, True, False])
    assert calibration_error(confidence, sound) == pytest.approx((0.73 + 0.85 + 0.05) / 4)
    assert values(REPLIES)["calibration_error"] == 0.4075
    assert calibration_error(np.array([1.0, 0.0]), np.array([True, False])) == 0.0


def test_auroc_takes_arrays() -> None:
    """this test ensures that AUROC reads arrays as it reads lists."""
    assert auroc(np.array([0.9, 0.5]), np.array([0.5, 0.1])) == 0.875


def test_curves_are_drawn(tmp_path: Path) -> None:
    """this test ensures that the same results give the same SVG file, with both curves named."""
    pytest.importorskip("matplotlib")
    for name in ("one.svg", "two.svg"):
        draw_curves(tmp_path / name, REPLIES)
    drawn = (tmp_path / "one.svg").read_bytes()
    assert drawn == (tmp_path / "two.svg").read_bytes()
    for words in (b"<svg", b"coverage: share answered", b"share right"):
        assert words in drawn
    with pytest.raises(CorpusError, match="the curves cannot be written"):
        draw_curves(tmp_path / "absent" / "one.svg", REPLIES)


def test_a_missing_library_is_named(
    tmp_path: Path, beir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that one line says how to install what an evaluation lacks."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(ClusterQAError) as caught:
        draw_curves(tmp_path / "one.svg", REPLIES)
    assert "matplotlib is missing" in str(caught.value)
    with pytest.raises(ClusterQAError, match=r"ir-measures is missing.*'clusterqa\[eval\]'"):
        read_collection(beir)


# -- the command --------------------------------------------------------------------------------


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, small_index: Path, small_corpus: Path) -> Any:
    monkeypatch.setenv("CLUSTERQA_PRECISION", "float32")
    monkeypatch.setenv("CLUSTERQA_INDEX", str(small_index))
    monkeypatch.setenv("CLUSTERQA_CORPUS", str(small_corpus))

    def run(*words: object) -> None:
        app(["eval", "--quiet", *map(str, words)], standalone_mode=False)

    return run


def test_a_collection_from_the_command_line(
    command: Any, beir: Path, work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """this test ensures that a collection is measured, saved and compared with its saved run."""
    run = tmp_path / "six.run"
    command("--collection", beir, "--work", work, "--run", run)
    assert capsys.readouterr().out.startswith("sixtexts: 3 questions\n")
    assert run.read_text().startswith("q1 Q0 x-bees 1 ")
    command("--collection", beir, "--work", work, "--compare", run, "--json")
    report = json.loads(capsys.readouterr().out)
    assert list(report) == ["collection", "index", "groups", "results", "comparison"]
    assert report["comparison"]["differences"]["R@10"]["value"] == 0.0
    with pytest.raises(UsageError, match="no curves, for its questions are only searched"):
        command("--collection", beir, "--work", work, "--curves", tmp_path / "c.svg")


def test_a_question_set_from_the_command_line(
    command: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """this test ensures that a question set has runs, comparisons and curves too."""
    pytest.importorskip("matplotlib")
    gold = {"doc": "cluster-definitions", "label": "What is a cluster?", "quote": "can be measured"}
    one: dict[str, Any] = {"id": "a1", "question": "Can the effects of clusters be measured?"}
    one |= {"as_of": None, "type": "seed", "answerable": True, "gold": [gold], "alternatives": []}
    two = {"id": "u1", "question": "What is the airspeed of a swallow?", "answerable": False}
    write_lines(tmp_path / "q" / "x_answerable.jsonl", [one])
    write_lines(tmp_path / "q" / "x_unanswerable.jsonl", [one | two | {"gold": []}])
    run, curves = tmp_path / "q.jsonl", tmp_path / "q.svg"
    command("--questions", tmp_path / "q", "--run", run, "--curves", curves)
    assert "AUROC of confidence" in capsys.readouterr().out
    assert [result.id for result in read_results(run)] == ["a1", "u1"]
    assert all(result.sound is not None for result in read_results(run))
    assert curves.stat().st_size > 1000
    command("--questions", tmp_path / "q", "--compare", run)
    assert "compared on 2 questions; only before: 0, only now: 0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "name what to measure: --questions DIR or --collection DIR"),
        (("--questions", "a", "--collection", "b"), "one of them"),
        (
            ("--collection", "b", "--run", "absent/x.run"),
            "--run absent/x.run: name a file in a fol",
        ),
        (("--collection", "b", "--curves", "."), "--curves .: name a file in a folder that exists"),
        (("--collection", "b", "--compare", "absent"), "--compare absent: no such file; name one"),
    ],
)
def test_unusable_options(command: Any, words: tuple[str, ...], message: str) -> None:
    """this test ensures that options which cannot work are refused before anything is measured."""
    with pytest.raises(UsageError) as caught:
        command(*words)
    assert message in str(caught.value)
