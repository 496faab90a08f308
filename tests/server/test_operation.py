"""A server in operation: another index under load, stopping, figures, logs."""

import io
import json
import logging
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import build
from running import Held, running, wait_until
from starlette.testclient import TestClient

from clusterqa.assistant import Assistant
from clusterqa.errors import IndexUnusable
from clusterqa.index import Index, current_name, generations
from clusterqa.index.publishing import point_to
from clusterqa.server import create_app
from clusterqa.server.assistants import Opener
from clusterqa.server.logs import JsonFormatter
from clusterqa.settings import UNTRAINED_MODEL, Settings
from clusterqa.types import Inquiry

NEWEST = "02018R9001-20230101"
SHARE = {"question": "What does Article 3(2) of the Honey Regulation say?"}
HOUSE = {"question": "What is a honey house?"}
ZEBRA = {"question": "Which zebra won the honey cup?"}


# Another index -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_generations(
    small_corpus: Path, small_index: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """An index folder with two generations: aid of 60 % in the older one, of 70 % in the newer."""
    place = tmp_path_factory.mktemp("two")
    corpus, folder = shutil.copytree(small_corpus, place / "corpus"), place / "index"
    shutil.copytree(small_index, folder, copy_function=os.link)
    (folder / ".lock").unlink(missing_ok=True)
    text = corpus / "official" / f"{NEWEST}.en.xhtml"
    changed = text.read_text("utf-8").replace("60 %", "70 %").replace("60\u00a0%", "70\u00a0%")
    text.write_text(changed, "utf-8")
    build(corpus, folder, model=UNTRAINED_MODEL, precision="float32")
    yield folder
    shutil.rmtree(place, ignore_errors=True)


class Opened(list[Assistant]):
    """A factory that remembers what it has opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self) -> Assistant:
        self.append(Assistant.open(self.folder))
        return self[-1]


def test_an_index_is_switched_under_load(
    two_generations: Path, small_settings: Settings, tmp_path: Path
) -> None:
    """this test ensures that no request fails and each sees one generation, whichever it is."""
    older, newer = (path.name for path in generations(two_generations))
    share = {older: "60 %", newer: "70 %"}
    settings = replace(
        small_settings, index=two_generations, records=tmp_path / "r.sqlite", reload_seconds=1
    )
    over, opened = threading.Event(), Opened(two_generations)
    with running(opened, settings) as (address, _), ThreadPoolExecutor(4) as pool:
        wait_until(lambda: httpx2.get(f"{address}/readyz").status_code == 200)
        loads = [pool.submit(asked_until, over, address) for _ in range(4)]
        for name in (older, newer, older):
            point_to(two_generations, name)
            wait_until(lambda: httpx2.get(f"{address}/readyz").json()["index"] == name, 20)  # noqa: B023
        over.set()
        answers = [answer for load in loads for answer in load.result()]
    seen = {answer["index"]["id"] for answer in answers}
    assert seen == {older, newer} and len(answers) > 50
    for answer in answers:
        assert share[answer["index"]["id"]] in answer["statements"][0]["text"].replace(
            "\u00a0", " "
        )
    assert len(opened) == 4
    for past in opened[:-1]:
        wait_until(lambda: is_closed(past.index))  # noqa: B023
    assert not is_closed(opened[-1].index)
    opened[-1].index.close()


def asked_until(over: threading.Event, address: str) -> list[Any]:
    """The answers that one client got; every request of its succeeded."""
    found = []
    with httpx2.Client(base_url=address, timeout=20) as client:
        while not over.is_set():
            response = client.post("/v1/ask", json=SHARE)
            assert response.status_code == 200, response.text
            found.append(response.json())
            for path in (f"/v1/documents/{NEWEST}/passages", "/", "/readyz"):
                assert client.get(path).status_code == 200
    return found


def is_closed(index: Index) -> bool:
    try:
        index.library.passage_counts()
    except sqlite3.ProgrammingError:
        return True
    return False


def test_a_request_keeps_its_generation(two_generations: Path) -> None:
    """this test ensures that the old index stays open for whoever has it, and no longer."""
    older, newer = (path.name for path in generations(two_generations))
    point_to(two_generations, older)
    opener = Opener(lambda: Assistant.open(two_generations), lambda: current_name(two_generations))
    mine = opener.get()
    index = mine.index
    point_to(two_generations, newer)
    opener.renew()
    assert (mine.index_ref.id, opener.get().index_ref.id) == (older, newer)
    assert mine.ask(Inquiry(SHARE["question"])).index.id == older
    del mine
    assert is_closed(index)
    opener.get().index.close()


def test_a_link_to_a_quote_outlives_its_index(
    two_generations: Path, small_settings: Settings, tmp_path: Path
) -> None:
    """this test ensures that an answer's links mark its quotes, and later no other words."""
    older, newer = (path.name for path in generations(two_generations))
    settings = replace(small_settings, index=two_generations, records=tmp_path / "r.sqlite")
    app = create_app(lambda: Assistant.open(two_generations), settings)
    client = TestClient(app)
    point_to(two_generations, older)
    changed, kept = (client.post("/v1/ask", json=body).json() for body in (SHARE, HOUSE))
    assert [marked(client, answer) for answer in (changed, kept)] == [True, True]
    point_to(two_generations, newer)
    app.state.opener.renew()
    again = [client.get(f"/v1/answers/{answer['id']}").json() for answer in (changed, kept)]
    assert [each["citations"] for each in again] == [changed["citations"], kept["citations"]]
    assert [marked(client, answer) for answer in again] == [False, True]
    app.state.opener.get().index.close()


def marked(client: TestClient, answer: Any) -> bool:
    """Whether the first quote is marked where its link leads; else the page says that it is not."""
    cited = answer["citations"][0]
    page = client.get(cited["links"]["viewer"])
    words = "".join(re.findall("<mark>(.*?)</mark>", page.text))
    assert page.status_code == 200
    assert ("so nothing is marked" in page.text) == (words == "")
    return words == "".join(cited["quote"]["exact"].splitlines())


def test_an_index_that_cannot_be_opened_changes_nothing(
    two_generations: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """this test ensures that a damaged newcomer is named once and the old index answers on."""
    older, newer = (path.name for path in generations(two_generations))
    point_to(two_generations, older)
    opener = Opener(lambda: Assistant.open(two_generations), lambda: current_name(two_generations))
    good = opener.get()
    (two_generations / "20990101T000000000000-00000000").mkdir()
    point_to(two_generations, "20990101T000000000000-00000000")
    for _ in range(3):
        opener.renew()
    assert opener.get() is good
    assert len(caplog.records) == 1 and "The new index is not used" in caplog.text
    point_to(two_generations, newer)
    opener.renew()
    assert opener.get().index_ref.id == newer
    (two_generations / "20990101T000000000000-00000000").rmdir()
    opener.get().index.close()


# Starting and stopping ---------------------------------------------------------------------------


def test_what_is_in_flight_is_finished(
    small_assistant: Assistant, small_settings: Settings
) -> None:
    """this test ensures that a stopping server answers what it has begun and takes no more."""
    held = Held(small_assistant)
    with running(lambda: held, small_settings) as (address, server), ThreadPoolExecutor(3) as pool:
        found = [
            pool.submit(httpx2.post, f"{address}/v1/ask", json=SHARE, timeout=20) for _ in range(3)
        ]
        wait_until(lambda: held.at_work == 3)
        server.should_exit = True
        wait_until(lambda: refuses(address))
        held.go_on.set()
        assert [each.result().json()["status"] for each in found] == ["answered"] * 3


def refuses(address: str) -> bool:
    host, port = address.removeprefix("http://").split(":")
    with socket.socket() as client:
        return client.connect_ex((host, int(port))) != 0


def test_the_command_serves_and_stops(
    small_corpus: Path, small_index: Path, tmp_path: Path
) -> None:
    """this test ensures that `serve` gets ready, logs JSON without questions, ends on SIGTERM."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "clusterqa", "serve", "--port", str(port),
        "--index", str(small_index), "--corpus", str(small_corpus),
    ]  # fmt: skip
    records = {"CLUSTERQA_RECORDS": str(tmp_path / "r.sqlite")}
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=os.environ | records, cwd=tmp_path
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: is_ready(address), 60)
        assert httpx2.get(address, headers={"Host": "evil.example"}).status_code == 421
        assert httpx2.post(f"{address}/v1/ask", json=ZEBRA).status_code == 200
        assert httpx2.get(f"{address}/v1/search", params={"q": "zebra"}).status_code == 200
        process.send_signal(signal.SIGTERM)
        log = process.communicate(timeout=30)[1]
    finally:
        process.kill()
    assert "zebra" not in log
    first, *lines = log.splitlines()
    assert first == f"clusterqa: serving on {address}/ (Ctrl-C ends it)"
    entries = [json.loads(line) for line in lines]
    routes = [entry.get("route") for entry in entries if entry["message"] == "request"]
    assert routes == ["unmatched", "/v1/ask", "/v1/search"]
    asked = next(entry for entry in entries if entry["message"] == "answer")
    request = next(entry for entry in entries if entry.get("route") == "/v1/ask")
    assert asked["request_id"] == request["request_id"] and request["status"] == 200


def is_ready(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/readyz").status_code == 200
    except httpx2.TransportError:
        return False


def test_ready_only_while_an_index_is_open(small_settings: Settings, tmp_path: Path) -> None:
    """this test ensures that readiness and its figure are false until an index can be opened."""
    folder = tmp_path / "index"
    client = TestClient(
        create_app(lambda: Assistant.open(folder), replace(small_settings, index=folder))
    )
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    assert "clusterqa_ready 0.0" in client.get("/metrics").text
    shutil.copytree(small_settings.index, folder, copy_function=os.link)
    assert client.get("/readyz").json()["index"] == current_name(folder)
    assert "clusterqa_ready 1.0" in client.get("/metrics").text
    shutil.rmtree(folder)


# Figures and logs --------------------------------------------------------------------------------


def test_metrics(small_assistant: Assistant, small_settings: Settings) -> None:
    """this test ensures that requests, statuses, refusals, stages and the index are counted."""
    client = TestClient(create_app(lambda: small_assistant, small_settings))
    client.post("/v1/ask", json=SHARE)
    refused = client.post("/v1/ask", json=ZEBRA).json()
    client.get("/v1/passages/zebra")
    client.get("/zebra")
    client.post("/v1/ask", content=b" " * 270_000)
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    found = response.text
    for line in (
        'clusterqa_requests_total{method="POST",route="/v1/ask",status="200"} 2.0',
        'clusterqa_requests_total{method="GET",route="/v1/passages/{id}",status="404"} 1.0',
        'clusterqa_requests_total{method="GET",route="unmatched",status="404"} 1.0',
        'clusterqa_turned_away_total{reason="body"} 1.0',
        'clusterqa_answers_total{reason="",status="answered"} 1.0',
        f'clusterqa_answers_total{{reason="{refused["reason"]}",status="no_answer"}} 1.0',
        'clusterqa_stage_seconds_count{stage="search"} 2.0',
        'clusterqa_request_seconds_count{route="/v1/ask"} 2.0',
        f'clusterqa_index_info{{built_at="{small_assistant.index_ref.built_at}",'
        f'encoder="all-MiniLM-L6-v2",id="{small_assistant.index_ref.id}"}} 1.0',
    ):
        assert line in found
    assert 'clusterqa_document_cache_total{from="disk"}' in found
    assert "process_resident_memory_bytes" in found
    assert "zebra" not in found


def logged(client: TestClient, path: str, *, in_full: bool = False, **request: Any) -> list[Any]:
    """The entries that a request leaves in the log, as `serve` writes them."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonFormatter(in_full=in_full))
    logger = logging.getLogger("clusterqa")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        client.post(path, **request)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
    return [json.loads(line) for line in lines.getvalue().splitlines()]


class Broken(Assistant):
    """A real assistant whose questions end in an error that quotes them."""

    def ask(self, inquiry: Inquiry) -> Any:
        raise RuntimeError(f"cannot cope with {inquiry.question}")


def test_logs_have_no_questions(small_assistant: Assistant, small_settings: Settings) -> None:
    """this test ensures that neither answers, refusals nor crashes put a question into the log."""
    broken = Broken(small_assistant.index, small_assistant.encoder)
    client = TestClient(create_app(lambda: small_assistant, small_settings))
    fails = TestClient(create_app(lambda: broken, small_settings))
    history = [{"question": "What of the zebra?"}]
    entries = [
        *logged(client, "/v1/ask", json=ZEBRA | {"history": history}),
        *logged(client, "/v1/search?zebra=1", json=ZEBRA),
        *logged(client, "/v1/ask", json={"question": "zebra", "documents": ["zebra"]}),
        *logged(client, "/ask", data={"question": "zebra"}),
        *logged(client, "/zebra"),
        *logged(fails, "/v1/ask", json=ZEBRA),
    ]
    assert "zebra" not in json.dumps(entries)
    (crash,) = [entry for entry in entries if entry["level"] == "error"]
    assert crash["exception"] == "RuntimeError" and " ask" in crash["frames"][-1]
    assert [e["status"] for e in entries if e["message"] == "request"] == [
        200, 200, 404, 303, 200, 404, 500,
    ]  # fmt: skip
    assert all(len(entry["request_id"]) == 32 for entry in entries)


def test_logs_have_questions_if_wanted(
    small_assistant: Assistant, small_settings: Settings
) -> None:
    """this test ensures that an operator can switch questions on, in answers and in crashes."""
    wanted = replace(small_settings, log_questions=True)
    client = TestClient(create_app(lambda: small_assistant, wanted))
    (answer, _) = logged(client, "/v1/ask", json=ZEBRA)
    assert answer["question"] == ZEBRA["question"]
    broken = Broken(small_assistant.index, small_assistant.encoder)
    fails = TestClient(create_app(lambda: broken, wanted))
    assert "zebra" in json.dumps(logged(fails, "/v1/ask", in_full=True, json=ZEBRA))


def test_the_key_is_logged_by_its_name(
    small_assistant: Assistant, small_settings: Settings
) -> None:
    """this test ensures that the log tells whose request it was and never the key."""
    app = create_app(lambda: small_assistant, replace(small_settings, keys="always"))
    key = app.state.records.keys.add("ministry")
    headers = {"Authorization": f"Bearer {key}"}
    entries = logged(TestClient(app), "/v1/ask", json=ZEBRA, headers=headers)
    assert entries[-1]["key"] == "ministry" and key not in json.dumps(entries)


def test_no_usable_index_is_logged(
    small_settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """this test ensures that the operator reads why there is no index, and the route."""

    def none() -> Assistant:
        raise IndexUnusable("index/ is empty; run: clusterqa ingest")

    client = TestClient(create_app(none, small_settings))
    assert client.post("/v1/ask", json=ZEBRA).status_code == 503
    assert "POST /v1/ask: index/ is empty; run: clusterqa ingest" in caplog.text
