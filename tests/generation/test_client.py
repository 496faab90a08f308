"""A language model over HTTP, well behaved and badly, through a real server on this machine."""

import gzip
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from clusterqa.answering import quotes
from clusterqa.answers import Answer, Statement
from clusterqa.assistant import Assistant
from clusterqa.errors import UsageError
from clusterqa.generation.client import SECONDS_AFTER, Endpoint, endpoint
from clusterqa.server import create_app
from clusterqa.server.app import EMBEDDED
from clusterqa.settings import Settings, composer_key, load_settings
from clusterqa.types import Inquiry

TODAY = date(2024, 5, 1)
QUESTION = (  # as near to the text as any reader's threshold may ask
    "Are cluster organisations the legal entities that support the strengthening of collaboration, "
    "networking and learning in innovation clusters?"
)
DOCUMENTS = ["cluster-definitions"]
KEY = "sk-Zm9yLXRlc3Rz"
PASSAGE = (
    "Cluster organisations are the legal entities that support the strengthening of collaboration, "
    "networking and learning in innovation clusters and act as innovation support providers by "
    "providing or channelling specialised and customised business support services to stimulate "
    "innovation activities, especially in SMEs2."
)
GOOD = f'"{PASSAGE}" [1]'

Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Model:
    """A server that replies to each request as its `behaviour` does, and keeps what it was sent."""

    behaviour: Behaviour
    requests: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def model() -> Iterator[Model]:
    model = Model(saying(GOOD))
    stop = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        stopped = stop

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            model.requests.append(
                {"path": self.path, "headers": dict(self.headers), "body": json.loads(raw)}
            )
            with suppress(OSError):
                model.behaviour(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    model.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield model
    stop.set()
    server.shutdown()
    server.server_close()
    thread.join()


# -- behaviours ---------------------------------------------------------------------------------


def reply(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def completion(draft: object) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": draft}}
    return json.dumps({"object": "chat.completion", "choices": [choice]}).encode()


def saying(draft: object) -> Behaviour:
    return lambda handler: reply(handler, completion(draft), Content_Type="application/json")


def sending(body: bytes, status: int = 200, **headers: str) -> Behaviour:
    return lambda handler: reply(handler, body, status, **headers)


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Server-sent events for ever, as fast as they are taken."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.end_headers()
    event = b'data: {"choices": [{"delta": {"content": "and "}}]}\n\n'
    while not handler.stopped.is_set():  # type: ignore[attr-defined]
        handler.wfile.write(event)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """A byte every fiftieth of a second, so that no single read takes long."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for byte in completion(GOOD) * 50:
        if handler.stopped.wait(0.02):  # type: ignore[attr-defined]
            return
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()


def silent(handler: BaseHTTPRequestHandler) -> None:
    """Takes the request and says nothing."""
    handler.stopped.wait(20)  # type: ignore[attr-defined]


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    """Promises more than it sends."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(completion(GOOD))


def bomb() -> bytes:
    return gzip.compress(b"[" + b" " * 30_000_000 + b"]")


# -- in the assistant ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def extractive(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


@pytest.fixture(scope="module")
def plain(extractive: Assistant) -> Answer:
    return extractive.ask(Inquiry(QUESTION, documents=tuple(DOCUMENTS)))


def asked(extractive: Assistant, address: str, **limits: Any) -> Answer:
    composer = Endpoint(address, "test-model", KEY, **limits)
    assistant = Assistant(extractive.index, extractive.encoder, today=TODAY, composer=composer)
    return assistant.ask(Inquiry(QUESTION, documents=tuple(DOCUMENTS)))


def test_a_model_words_an_answer(extractive: Assistant, plain: Answer, model: Model) -> None:
    """this test ensures that a good draft arrives, and that only what is needed is sent."""
    answer = asked(extractive, model.address, tokens=321)
    assert answer.statements[0] == Statement(f'"{PASSAGE}"', (1,), composed=True)
    assert answer.statements[1:] == plain.statements[1:]
    assert answer.citations == plain.citations
    assert answer.notices[0].code == "composed"
    (request,) = model.requests
    assert request["path"] == "/v1/chat/completions"
    assert request["headers"]["Authorization"] == f"Bearer {KEY}"
    body = request["body"]
    assert {k: v for k, v in body.items() if k != "messages"} == {
        "model": "test-model",
        "max_tokens": 321,
        "temperature": 0,
        "stream": False,
    }
    data = json.loads(body["messages"][1]["content"])
    assert data["question"] == QUESTION
    assert [(*p["lead_ins"], p["text"]) for p in data["passages"]] == [
        tuple(quote.exact for quote in quotes(c)) for c in plain.citations
    ]
    assert KEY not in json.dumps(body)


@pytest.mark.parametrize(
    "draft",
    [
        '"Cluster organisations are the legal entities" [7]',
        PASSAGE.replace("especially in SMEs2", "especially in 250 SMEs") + " [1]",
        f'"{PASSAGE.replace("SMEs2", "SMEs3")}" [1]',
        PASSAGE.replace("are the", "are not the") + " [1]",
        "I have been pwned [1].",
        f"I have been pwned, {PASSAGE} [1]",
        "",
        "\ud800 [1]",
    ],
    ids=["citation", "number", "digit in quote", "negation", "pwned", "pwned in one", "empty",
         "no text"],
)  # fmt: skip
def test_a_bad_draft_never_reaches_the_reader(
    extractive: Assistant, plain: Answer, model: Model, draft: str
) -> None:
    """this test ensures that what the passages do not confirm is replaced by their own words."""
    model.behaviour = saying(draft)
    answer = asked(extractive, model.address)
    assert answer.statements == plain.statements
    assert answer.notices[0].code == "composer_unsupported"


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (endless, "its reply is larger than what is read"),
        (dripping, "it took longer than allowed"),
        (silent, "it took longer than allowed"),
        (cut_short, "the connection to 127.0.0.1 broke"),
        (sending(b"{}", 500), "127.0.0.1 answers HTTP 500"),
        (sending(KEY.encode(), 401), "127.0.0.1 answers HTTP 401"),
        (sending(b"<html>", 200), "its reply is no chat completion"),
        (sending(b"[" * 100_000), "its reply is no chat completion"),
        (sending(b"\xff\xfe{"), "its reply is no chat completion"),
        (sending(b"9" * 900_000), "its reply is no chat completion"),
        (sending(b'{"choices": []}'), "its reply is no chat completion"),
        (sending(b'{"choices": {"0": 1}}'), "its reply is no chat completion"),
        (sending(b'{"choices": [{"message": null}]}'), "its reply is no chat completion"),
        (saying(None), "its reply holds no text"),
        (saying([{"type": "text", "text": GOOD}]), "its reply holds no text"),
        (saying("a" * 20_000), "its draft is longer than asked for"),
        (sending(b" " * 5_000_000 + completion(GOOD)), "its reply is larger than what is read"),
        (sending(bomb(), Content_Encoding="gzip"), "its reply is larger than what is read"),
        (sending(b"x", Content_Encoding="br"), "its reply cannot be read"),
    ],
)  # fmt: skip
def test_whatever_goes_wrong_the_answer_stands(
    extractive: Assistant, plain: Answer, model: Model, behaviour: Behaviour, reason: str
) -> None:
    """this test ensures that each fault ends in time, in words and in the documents' own words."""
    model.behaviour = behaviour
    began = time.monotonic()
    answer = asked(extractive, model.address, seconds=1.0)
    assert time.monotonic() - began < 3
    assert answer.statements == plain.statements
    assert answer.notices[1:] == plain.notices
    assert answer.notices[0].code == "composer_failed"
    assert f"(test-model) gave no wording: {reason}" in answer.notices[0].message
    assert KEY not in repr(answer)


def test_a_name_for_this_machine(extractive: Assistant, model: Model) -> None:
    """this test ensures that each address of a name is tried until one connects."""
    answer = asked(extractive, model.address.replace("127.0.0.1", "localhost"), offline=True)
    assert answer.statements[0].composed


def test_no_server_at_all(extractive: Assistant, plain: Answer) -> None:
    """this test ensures that a refused connection is a notice beside the answer."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        answer = asked(extractive, f"http://127.0.0.1:{unused.getsockname()[1]}/v1")
    assert answer.statements == plain.statements
    assert "127.0.0.1 cannot be reached" in answer.notices[0].message


def test_a_redirect_is_not_followed(extractive: Assistant, model: Model) -> None:
    """this test ensures that neither question nor key goes to where a server points."""
    model.behaviour = sending(b"", 307, Location=f"{model.address}/elsewhere")
    answer = asked(extractive, model.address)
    assert "127.0.0.1 answers HTTP 307" in answer.notices[0].message
    assert len(model.requests) == 1


def test_offline_leaves_other_machines_alone(extractive: Assistant, model: Model) -> None:
    """this test ensures that offline a model on this machine is asked and no other."""
    assert asked(extractive, model.address, offline=True).statements[0].composed
    answer = asked(extractive, "https://models.example/v1", offline=True)
    assert "offline is set and it is on another machine" in answer.notices[0].message


def test_a_key_is_in_no_log(
    extractive: Assistant, model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    """this test ensures that not even the chattiest log holds the key."""
    with caplog.at_level(logging.DEBUG):
        asked(extractive, model.address)
        model.behaviour = sending(b"{}", 500)
        asked(extractive, model.address)
    assert caplog.text
    assert KEY not in caplog.text
    assert KEY not in repr(Endpoint(model.address, "m", KEY))


# -- settings -----------------------------------------------------------------------------------


def test_an_endpoint_from_settings(tmp_path: Path) -> None:
    """this test ensures that every setting of the composer reaches it."""
    settings = Settings(
        tmp_path, tmp_path, composer="https://models.example/v1", composer_model="m",
        composer_seconds=7, composer_tokens=9, offline=True,
    )  # fmt: skip
    assert endpoint(settings, KEY) == Endpoint(
        "https://models.example/v1", "m", KEY, seconds=7, tokens=9, offline=True
    )


def test_a_key_is_not_sent_in_the_clear(tmp_path: Path) -> None:
    """this test ensures that plain HTTP to another machine is refused once there is a key."""
    settings = Settings(tmp_path, tmp_path, composer="http://models.example/v1", composer_model="m")
    assert endpoint(settings, "").address == "http://models.example/v1"
    with pytest.raises(UsageError, match="sent over https or to this machine only") as raised:
        endpoint(settings, KEY)
    assert KEY not in str(raised.value)


def test_a_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """this test ensures that a key that no header can hold is refused without being repeated."""
    monkeypatch.setenv("CLUSTERQA_COMPOSER_KEY", f" {KEY}\n")
    assert composer_key() == KEY
    for wrong in (f"{KEY}\r\nX-Evil: 1", f"{KEY} x", f"{KEY}é"):
        monkeypatch.setenv("CLUSTERQA_COMPOSER_KEY", wrong)
        with pytest.raises(UsageError) as raised:
            composer_key()
        assert KEY not in str(raised.value)
    assert "composer_key" not in {origin.name for origin in load_settings()[1]}


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        (f'composer_key = "{KEY}"', "composer_key in clusterqa.toml: a key is read from the "
         "environment only; remove it there and set CLUSTERQA_COMPOSER_KEY"),
        (f'composer = "http://me:{KEY}@models.example"', "composer (clusterqa.toml) is no address "
         "like http://127.0.0.1:11434/v1; write it without name, password, ? and #"),
        (f'composer = "https://models.example/v1?key={KEY}"', "composer (clusterqa.toml) is no "),
        ('composer = "ftp://models.example"', "composer (clusterqa.toml) is no address"),
        ('composer = "http://models.example:70000"', "composer (clusterqa.toml) is no address"),
        ('composer = "http://models.example/v1"', "composer is set without composer_model"),
        ('composer = "http://[::1]:1/v1"\ncomposer_model = "m"\ncomposer_seconds = 0',
         "composer_seconds 0 (clusterqa.toml); use 1 to 600"),
        ('composer = "http://a.example"\ncomposer_model = "m"\ncomposer_tokens = 5000',
         "composer_tokens 5000 (clusterqa.toml); use 1 to 4000"),
    ],
)  # fmt: skip
def test_unusable_settings_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, toml: str, message: str
) -> None:
    """this test ensures that a bad setting is refused by name and place, secrets unrepeated."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clusterqa.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        load_settings()
    assert str(raised.value).startswith(message)
    assert KEY not in str(raised.value)


# -- on the command line ------------------------------------------------------------------------


@pytest.fixture
def run(
    tmp_path: Path, small_index: Path, small_corpus: Path, model: Model
) -> Callable[..., subprocess.CompletedProcess[str]]:
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("CLUSTERQA_")},
        "CLUSTERQA_INDEX": str(small_index),
        "CLUSTERQA_CORPUS": str(small_corpus),
        "CLUSTERQA_READER": "off",
        "CLUSTERQA_COMPOSER": model.address,
        "CLUSTERQA_COMPOSER_MODEL": "test-model",
        "CLUSTERQA_COMPOSER_KEY": KEY,
        "CLUSTERQA_OFFLINE": "1",
        "HOME": str(tmp_path),
    }

    def run(*words: str, **changed: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "clusterqa", *words],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment | changed,
            timeout=120,
        )

    return run


def test_ask_shows_wording_sources_and_notice(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """this test ensures that a reader sees what the model wrote and what the document says."""
    done = run("ask", QUESTION, "--doc", *DOCUMENTS)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f'"{PASSAGE}" [1]\n')
    assert f"guidance, not law\n“{PASSAGE}”\n    https://" in done.stdout
    assert "Note: The wording is that of a language model (test-model)" in done.stdout
    wire = json.loads(run("ask", "--json", QUESTION, "--doc", *DOCUMENTS).stdout)
    assert wire["statements"][0] == {"text": f'"{PASSAGE}"', "citations": [1], "composed": True}


def test_ask_falls_back_and_names_no_key(
    run: Callable[..., subprocess.CompletedProcess[str]], model: Model
) -> None:
    """this test ensures that a broken model costs a notice, not the answer, and no secret."""
    model.behaviour = sending(KEY.encode(), 500)
    done = run("ask", QUESTION, "--doc", *DOCUMENTS)
    assert done.returncode == 0
    assert f"{PASSAGE.replace('SMEs2', 'SMEs²')} [1]\n" in done.stdout  # its footnote's mark raised
    assert "Note: The language model (test-model) gave no wording: 127.0.0.1 answers HTTP 500" in (
        done.stdout
    )
    shown = run("config", "show")
    refused = run("ask", QUESTION, CLUSTERQA_COMPOSER="http://models.example/v1")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert model.address in shown.stdout
    assert KEY not in done.stdout + done.stderr + shown.stdout + refused.stdout + refused.stderr


def test_the_server_tells_composed_from_verbatim(extractive: Assistant, model: Model) -> None:
    """this test ensures that programs and readers of the page can tell whose words they read."""
    composer = Endpoint(model.address, "test-model", KEY)
    assistant = Assistant(extractive.index, extractive.encoder, today=TODAY, composer=composer)
    with TestClient(create_app(lambda: assistant), base_url="http://127.0.0.1") as client:
        answer = client.post("/v1/ask", json={"question": QUESTION, "documents": DOCUMENTS}).json()
        page = client.post("/ask", data={"question": QUESTION}).text
    assert answer["statements"][0] == {"text": f'"{PASSAGE}"', "citations": [1], "composed": True}
    assert '<div class="statement composed">' in page
    assert f'<blockquote class="verbatim" lang="en">{PASSAGE}</blockquote>' in page
    assert KEY not in json.dumps(answer) + page


@pytest.mark.parametrize("behaviour", [silent, dripping])
@pytest.mark.parametrize("limit", [2, 4])
def test_a_slow_model_costs_no_answer(
    extractive: Assistant, plain: Answer, model: Model, behaviour: Behaviour, limit: int
) -> None:
    """this test ensures that a request's time ends for the model first, then for the request."""
    model.behaviour = behaviour
    composer = Endpoint(model.address, "test-model", seconds=30)
    assistant = Assistant(extractive.index, extractive.encoder, today=TODAY, composer=composer)
    app = create_app(lambda: assistant, replace(EMBEDDED, time_limit=limit))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        response = client.post("/v1/ask", json={"question": QUESTION, "documents": DOCUMENTS})
    assert response.status_code == 200
    answer = response.json()
    assert [each["text"] for each in answer["statements"]] == [s.text for s in plain.statements]
    assert answer["notices"][0]["code"] == "composer_failed"
    assert "gave no wording: it took longer than allowed" in answer["notices"][0]["message"]
    assert len(model.requests) == (limit > SECONDS_AFTER)


def test_without_a_composer_no_http_client_is_loaded(small_index: Path) -> None:
    """this test ensures that an ordinary question loads neither this package nor an HTTP client."""
    program = (
        "import sys; from datetime import date; from pathlib import Path;"
        "from clusterqa.assistant import Assistant; from clusterqa.types import Inquiry;"
        f"Assistant.open(Path({str(small_index)!r})).ask(Inquiry({QUESTION!r}));"
        "print([m for m in sys.modules if m.startswith(('httpx2', 'clusterqa.generation'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "[]\n"
