"""What a server remembers: answers behind permalinks, feedback that becomes questions, keys."""

import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import build
from starlette.testclient import TestClient

from clusterqa.assistant import Assistant
from clusterqa.errors import ClusterQAError, NotFound, UsageError
from clusterqa.evaluation import read_questions
from clusterqa.records import Answers, Database, Feedback, Keys
from clusterqa.server import create_app
from clusterqa.server.api.formats import latex
from clusterqa.settings import UNTRAINED_MODEL, Settings

QUESTION = "What does Article 3(2) of the Honey Regulation say?"


@pytest.fixture
def settings(small_settings: Settings, tmp_path: Path) -> Settings:
    return replace(small_settings, records=tmp_path / "records.sqlite")


def served(assistant: Assistant, settings: Settings) -> TestClient:
    return TestClient(create_app(lambda: assistant, settings))


def asked(client: TestClient, **more: Any) -> Any:
    response = client.post("/v1/ask", json={"question": QUESTION} | more)
    assert response.status_code == 200
    answer = response.json()
    assert answer["status"] == "answered"
    return answer


def everything_in(file: Path) -> bytes:
    """All bytes of the records, the write-ahead log too, with answers unpacked."""
    found = Database(file)
    answers = Answers(found, keep_days=1000, keep_questions=True)
    ids = [id for (id,) in found.select("SELECT id FROM answers")]
    plain = json.dumps([answers.find(id) for id in ids], ensure_ascii=False).encode()
    return plain + b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))


# Permalinks --------------------------------------------------------------------------------------


def test_a_permalink_shows_the_answer(small_assistant: Assistant, settings: Settings) -> None:
    """this test ensures that an answer is read again as it was given, but for its question."""
    client = served(small_assistant, settings)
    answer = asked(client)
    kept = client.get(f"/v1/answers/{answer['id']}").json()
    assert kept == answer | {"question": "", "understood_as": None}
    assert kept["statements"] and kept["citations"]


def test_no_question_is_kept_unless_wanted(small_assistant: Assistant, settings: Settings) -> None:
    """this test ensures that nothing a person wrote reaches the disk, follow-ups included."""
    client = served(small_assistant, settings)
    asked(client, history=[{"question": "And what of the zebra beekeepers?"}])
    client.post("/v1/search", json={"question": "zebra search"})
    assert b"Honey Regulation say" not in everything_in(settings.records)
    assert b"zebra" not in everything_in(settings.records)
    open_client = served(small_assistant, replace(settings, keep_questions=True))
    id = asked(open_client)["id"]
    assert open_client.get(f"/v1/answers/{id}").json()["question"] == QUESTION


def test_a_permalink_survives_restart_and_ingest(
    small_corpus: Path, small_index_copy: Path, settings: Settings
) -> None:
    """this test ensures that an answer is there for a new process over another generation."""
    first = Assistant.open(small_index_copy)
    answer = asked(served(first, settings))
    first.index.close()
    build(small_corpus, small_index_copy, model=UNTRAINED_MODEL, precision="float32")
    second = Assistant.open(small_index_copy)
    client = served(second, settings)
    assert second.index_ref.id != answer["index"]["id"]
    kept = client.get(f"/v1/answers/{answer['id']}").json()
    assert kept["index"]["id"] == answer["index"]["id"]
    assert kept["citations"] == answer["citations"]
    quote = kept["citations"][0]["quote"]
    text = client.get(f"/v1/documents/{kept['citations'][0]['document']['id']}/text").text
    assert text[quote["start"] : quote["end"]] == quote["exact"]
    second.index.close()


def test_answers_are_forgotten_in_time(small_assistant: Assistant, settings: Settings) -> None:
    """this test ensures that an answer older than it may be is neither shown nor stored."""
    client = served(small_assistant, replace(settings, keep_days=7))
    id = asked(client)["id"]
    long_ago = (datetime.now(UTC).date() - timedelta(days=8)).isoformat()
    with sqlite3.connect(settings.records) as records:
        records.execute("UPDATE answers SET given = ?", (long_ago,))
    response = client.get(f"/v1/answers/{id}")
    assert response.status_code == 404
    assert response.json()["detail"].endswith("they are kept for 7 days.")
    asked(served(small_assistant, replace(settings, keep_days=7)), as_of="2019-01-01")
    assert Database(settings.records).select("SELECT count(*) FROM answers") == [(1,)]


def test_an_answer_is_given_though_it_cannot_be_kept(
    small_assistant: Assistant, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """this test ensures that a broken disk costs the permalink, not the answer."""
    client = served(small_assistant, settings)
    with sqlite3.connect(settings.records) as records:
        records.execute("DROP TABLE answers")
    assert asked(client)["citations"]
    assert "is not kept" in caplog.text and QUESTION not in caplog.text


@pytest.mark.parametrize(
    ("format", "media_type", "words"),
    [
        ("md", "text/markdown; charset=utf-8", "> The aid intensity of operating aid shall"),
        ("bibtex", "application/x-bibtex; charset=utf-8", "\n  number = {02018R9001-20230101},\n"),
        ("csl-json", "application/vnd.citationstyles.csl+json", '"section": "Article 3(2)"'),
    ],
)
def test_formats(
    small_assistant: Assistant, settings: Settings, format: str, media_type: str, words: str
) -> None:
    """this test ensures that an answer can be taken into a text or a reference manager."""
    client = served(small_assistant, settings)
    response = client.get(f"/v1/answers/{asked(client)['id']}", params={"format": format})
    assert (response.status_code, response.headers["content-type"]) == (200, media_type)
    assert words in response.text


def test_bibtex_prints_what_stands_there() -> None:
    """this test ensures that no character of a title is taken for a command of LaTeX."""
    assert latex("50 % of A&B_{x} #1 ~ ^ \\ $") == (
        r"50 \% of A\&B\_\{x\} \#1 \textasciitilde{} \textasciicircum{} \textbackslash{} \$"
    )


# Feedback ----------------------------------------------------------------------------------------


def right(quote: str) -> dict[str, str]:
    return {"document": "02018R9001-20230101", "label": "Article 3(2)", "quote": quote}


def test_feedback_becomes_questions(
    small_assistant: Assistant, settings: Settings, tmp_path: Path
) -> None:
    """this test ensures that what people say right is exported as `eval --questions` reads it."""
    client = served(small_assistant, settings)
    id = asked(client)["id"]
    said: list[dict[str, Any]] = [
        {
            "verdict": "bad_citation",
            "question": "Q1?",
            "expected": [right("shall not exceed 60 %")],
        },
        {"verdict": "wrong", "question": "Q2?", "expected": []},
        {"verdict": "outdated", "question": "Q3?", "note": "see 2024"},
        {"verdict": "incomplete", "expected": [right("60 %")]},
    ]
    for each in said:
        assert client.post("/v1/feedback", json={"answer": id} | each).status_code == 201
    assert Feedback(Database(settings.records)).export(tmp_path / "set") == {
        "feedback_answerable.jsonl": 1,
        "feedback_unanswerable.jsonl": 1,
        "to_judge.jsonl": 2,
    }
    first, second = read_questions(tmp_path / "set")
    assert (first.question, first.answerable, second.question, second.answerable) == (
        "Q1?", True, "Q2?", False,
    )  # fmt: skip
    assert [(g.doc, g.label, g.quote) for g in first.gold] == [
        ("02018R9001-20230101", "Article 3(2)", "shall not exceed 60 %")
    ]
    assert "see 2024" in (tmp_path / "set" / "to_judge.jsonl").read_text("utf-8")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"answer": "ans_0"}, 404),
        ({"verdict": "right"}, 422),
        ({"expected": [right("shall exceed")]}, 404),
        ({"expected": [right(" ")]}, 404),
        ({"expected": [right("60 %") | {"label": "Article 9"}]}, 404),
        ({"expected": [right("60 %") | {"document": "honey"}]}, 404),
        ({"expected": [right("60 %")] * 6}, 422),
        ({"note": "n" * 2001}, 422),
    ],
)
def test_feedback_that_cannot_be_used(
    small_assistant: Assistant, settings: Settings, change: dict[str, Any], status: int
) -> None:
    """this test ensures that feedback on nothing, or with words that stand nowhere, is refused."""
    client = served(small_assistant, settings)
    body = {"answer": asked(client)["id"], "verdict": "wrong"} | change
    response = client.post("/v1/feedback", json=body)
    assert response.status_code == status
    assert Feedback(Database(settings.records)).all() == []


# Keys --------------------------------------------------------------------------------------------


def test_keys_are_hashed_named_and_revocable(tmp_path: Path) -> None:
    """this test ensures that a key opens until it is revoked and can be read nowhere."""
    keys = Keys(Database(tmp_path / "records.sqlite"))
    first, second = keys.add("ministry"), keys.add("other.site")
    assert first != second and keys.holder(first) == "ministry"
    assert keys.holder(first + "x") is None and keys.holder("") is None
    keys.revoke("ministry")
    assert (keys.holder(first), keys.holder(second)) == (None, "other.site")
    assert [(key.name, bool(key.revoked)) for key in keys.all()] == [
        ("ministry", True), ("other.site", False),
    ]  # fmt: skip
    stored = everything_in(tmp_path / "records.sqlite")
    assert second.encode() not in stored and second.removeprefix("cqa_").encode() not in stored
    assert (tmp_path / "records.sqlite").stat().st_mode & 0o077 == 0


def test_keys_that_cannot_be_made_or_revoked(tmp_path: Path) -> None:
    """this test ensures that a name is used once and that revoking says what was not there."""
    keys = Keys(Database(tmp_path / "records.sqlite"))
    keys.add("a")
    keys.revoke("a")
    for name in ("a", "", "a b", "../a", "a" * 65):
        with pytest.raises(UsageError):
            keys.add(name)
    for name in ("a", "b"):
        with pytest.raises(NotFound, match="keys list"):
            keys.revoke(name)


def test_records_that_cannot_be_opened(tmp_path: Path) -> None:
    """this test ensures that a file which holds no records is named, with the remedy."""
    other = tmp_path / "other.sqlite"
    other.write_text("this is no database, but long enough to be taken for one" * 20)
    with pytest.raises(ClusterQAError, match=r"other\.sqlite.*CLUSTERQA_RECORDS"):
        Database(other)
    with pytest.raises(ClusterQAError, match="records cannot be opened"):
        Database(other / "below")


def test_the_commands(tmp_path: Path) -> None:
    """this test ensures that keys and feedback are looked after from the command line."""
    records = ["--records", str(tmp_path / "records.sqlite")]

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "clusterqa", *words, *records]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    made = run("keys", "add", "ministry")
    assert made.returncode == 0 and made.stdout.startswith("cqa_") and made.stdout.count("\n") == 1
    assert "shown only now" in made.stderr
    assert Keys(Database(tmp_path / "records.sqlite")).holder(made.stdout.strip()) == "ministry"
    assert run("keys", "add", "ministry").returncode == 2
    assert run("keys", "revoke", "ministry").stdout == "revoked ministry\n"
    listed = run("keys", "list").stdout
    assert listed.startswith("ministry") and "revoked 20" in listed and "cqa_" not in listed
    exported = run("feedback", "export", str(tmp_path / "set"))
    assert exported.returncode == 0 and "feedback_answerable.jsonl" in exported.stdout
