"""Who may ask, how often, how much at once and for how long: every limit of the server."""

import asyncio
import base64
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from running import Held, listening, running, wait_until
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clusterqa.assistant import Assistant
from clusterqa.errors import OutOfTime, UsageError
from clusterqa.query.checks import LONGEST_QUESTION
from clusterqa.records import Database, Keys
from clusterqa.server import create_app, serving
from clusterqa.server.api.inputs import MOST_TURNS
from clusterqa.server.middleware.concurrency import Capacity, is_limited
from clusterqa.server.middleware.hosts import names_of
from clusterqa.server.rates import network_of
from clusterqa.settings import Settings, load_settings

BODY = {"question": "What is a honey house?"}
SLOW = {"question": "Which costs of a honey house are eligible?"}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def basic(key: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'anyone:{key}'.encode()).decode()}"}


@pytest.fixture
def settings(small_settings: Settings, tmp_path: Path) -> Settings:
    return replace(small_settings, records=tmp_path / "records.sqlite")


@pytest.fixture
def keys(settings: Settings) -> Keys:
    return Keys(Database(settings.records))


def served(assistant: Assistant, settings: Settings, **client: Any) -> TestClient:
    return TestClient(create_app(lambda: assistant, settings), **client)


def detail(response: Any) -> str:
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code
    return str(response.json()["detail"])


# Keys --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "setting", "needed"),
    [
        ("127.0.0.1", "auto", False),
        ("::1", "auto", False),
        ("localhost", "auto", False),
        ("0.0.0.0", "auto", True),
        ("192.0.2.1", "auto", True),
        ("example.org", "auto", True),
        ("127.0.0.1", "always", True),
    ],
)
def test_when_a_key_is_needed(
    small_assistant: Assistant, settings: Settings, host: str, setting: str, needed: bool
) -> None:
    """this test ensures that only a server that others cannot reach goes without keys."""
    client = served(small_assistant, replace(settings, host=host, keys=setting))
    assert client.post("/v1/ask", json=BODY).status_code == (401 if needed else 200)


def test_a_key_opens_until_it_is_revoked(
    small_assistant: Assistant, settings: Settings, keys: Keys
) -> None:
    """this test ensures that bearer and browser both get in, and neither once it is revoked."""
    client, key = served(small_assistant, replace(settings, keys="always")), keys.add("ministry")
    for headers in (bearer(key), basic(key)):
        assert client.post("/v1/ask", json=BODY, headers=headers).status_code == 200
        assert client.get("/", headers=headers).status_code == 200
    keys.revoke("ministry")
    for headers in (bearer(key), basic(key)):
        response = client.post("/v1/ask", json=BODY, headers=headers)
        assert (response.status_code, detail(response)) == (
            401, "This key is not known here, or it was revoked.",
        )  # fmt: skip


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer cqa_x", "Basic", "Basic !", "Basic eA==", "Digest x", "x"],
)
@pytest.mark.parametrize("path", ["/v1/documents", "/", "/ask", "/metrics", "/nowhere"])
def test_without_a_key_there_is_nothing(
    small_assistant: Assistant, settings: Settings, authorization: str, path: str
) -> None:
    """this test ensures that page, data, figures and even 404 are for those who have a key."""
    client = served(small_assistant, replace(settings, keys="always"))
    response = client.get(path, headers={"Authorization": authorization})
    assert response.status_code == 401
    assert "key" in detail(response)
    assert response.headers["www-authenticate"].startswith("Bearer ")
    assert "Basic " in response.headers["www-authenticate"]
    assert "x-request-id" in response.headers


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/static/style.css"])
def test_what_needs_no_key(small_assistant: Assistant, settings: Settings, path: str) -> None:
    """this test ensures that probes, the description and the style sheet are open."""
    client = served(small_assistant, replace(settings, keys="always"))
    assert client.get(path).status_code == 200


def test_a_foreign_key_on_loopback_is_ignored(
    small_assistant: Assistant, settings: Settings
) -> None:
    """this test ensures that a client which must send some key can, where none is needed."""
    client = served(small_assistant, settings)
    assert client.post("/v1/ask", json=BODY, headers=bearer("none")).status_code == 200


# Rates -------------------------------------------------------------------------------------------


def test_requests_of_an_address(small_assistant: Assistant, settings: Settings) -> None:
    """this test ensures that the third of two requests a minute is refused, with what is left."""
    limited = replace(settings, address_rate="2/minute")
    app = create_app(lambda: small_assistant, limited)
    one, other = (TestClient(app, client=(f"192.0.2.{n}", 1)) for n in (1, 2))
    found = [one.get("/v1/documents") for _ in range(3)]
    assert [each.status_code for each in found] == [200, 200, 429]
    assert [each.headers["ratelimit"].partition(";t=")[0] for each in found] == [
        '"address";r=1', '"address";r=0', '"address";r=0',
    ]  # fmt: skip
    assert all(each.headers["ratelimit-policy"] == '"address";q=2;w=60' for each in found)
    refused = found[2]
    seconds = int(refused.headers["retry-after"])
    assert 1 <= seconds <= 60
    assert detail(refused).startswith(f"Too many requests; try again in {seconds} second")
    assert "retry-after" not in found[1].headers
    assert other.get("/v1/documents").status_code == 200
    assert one.get("/healthz").status_code == 200


def test_the_time_comes_again(small_assistant: Assistant, settings: Settings) -> None:
    """this test ensures that after Retry-After seconds a request is served."""
    client = served(small_assistant, replace(settings, address_rate="1/second"))
    found = [client.get("/v1/documents") for _ in range(3)]
    late = next(each for each in found if each.status_code == 429)
    time.sleep(int(late.headers["retry-after"]) + 0.1)
    assert client.get("/v1/documents").status_code == 200


def test_requests_of_a_key(small_assistant: Assistant, settings: Settings, keys: Keys) -> None:
    """this test ensures that a key has its own count, wherever it is used from."""
    limited = replace(settings, keys="always", key_rate="2/hour", address_rate="9/minute")
    app = create_app(lambda: small_assistant, limited)
    first, second = bearer(keys.add("first")), bearer(keys.add("second"))
    places = [TestClient(app, client=(f"192.0.2.{n}", 1)) for n in range(3)]
    found = [place.get("/v1/documents", headers=first) for place in places]
    assert [each.status_code for each in found] == [200, 200, 429]
    assert found[2].headers["ratelimit-policy"] == '"address";q=9;w=60, "key";q=2;w=3600'
    assert places[0].get("/v1/documents", headers=second).status_code == 200


def test_guessing_keys_is_limited(small_assistant: Assistant, settings: Settings) -> None:
    """this test ensures that wrong keys count against their address."""
    client = served(small_assistant, replace(settings, keys="always", address_rate="3/minute"))
    codes = [client.get("/", headers=bearer(f"cqa_{n}")).status_code for n in range(5)]
    assert codes == [401, 401, 401, 429, 429]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("a socket", "a socket"),
    ],
)
def test_whom_an_address_stands_for(address: str, network: str) -> None:
    """this test ensures that nobody gets a new count by a new address of the same network."""
    assert network_of(address) == network


def test_a_forwarded_address_is_believed_of_proxies_only(
    small_assistant: Assistant, settings: Settings
) -> None:
    """this test ensures that nobody gets a new count by making an address up."""
    limited = replace(settings, address_rate="2/minute")

    def codes(settings: Settings) -> list[int]:
        with running(lambda: small_assistant, settings) as (address, _):
            return [
                httpx2.get(
                    f"{address}/v1/documents", headers={"X-Forwarded-For": f"192.0.2.{n}"}
                ).status_code
                for n in range(4)
            ]

    assert codes(limited) == [200, 200, 429, 429]
    assert codes(replace(limited, proxies="127.0.0.1")) == [200, 200, 200, 200]


# Names and origins -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "hosts", "called", "status"),
    [
        ("127.0.0.1", "", "127.0.0.1:8000", 200),
        ("127.0.0.1", "", "localhost", 200),
        ("::1", "", "[::1]:8000", 200),
        ("127.0.0.1", "", "LOCALHOST:80", 200),
        ("127.0.0.1", "", "evil.example", 421),
        ("127.0.0.1", "", "127.0.0.1.evil.example:8000", 421),
        ("127.0.0.1", "", "", 421),
        ("127.0.0.1", "qa.example.org", "qa.example.org", 200),
        ("0.0.0.0", "qa.example.org, other.example", "other.example:443", 200),
        ("0.0.0.0", "qa.example.org", "localhost", 421),
        ("0.0.0.0", "", "anything.example", 200),
        ("127.0.0.1", "*", "evil.example", 200),
    ],
)
def test_the_names_a_server_goes_by(
    small_assistant: Assistant, settings: Settings, host: str, hosts: str, called: str, status: int
) -> None:
    """this test ensures that a name somebody points at this machine is not served on loopback."""
    client = served(small_assistant, replace(settings, host=host, hosts=hosts))
    response = client.get("/openapi.json", headers={"Host": called})
    assert response.status_code == status
    assert client.get("/healthz", headers={"Host": called}).status_code == 200
    said = response.json().get("detail", "")
    assert said.startswith("This server does not go by the name") is (status == 421)


def test_loopback_is_the_default() -> None:
    """this test ensures that a server as installed knows its names."""
    assert sorted(names_of(load_settings()[0]) or ()) == ["127.0.0.1", "[::1]", "localhost"]


def test_other_origins_are_shut_out_unless_named(
    small_assistant: Assistant, settings: Settings
) -> None:
    """this test ensures that CORS is off, and on for exactly the origins that are set."""
    asks = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    closed = served(small_assistant, settings)
    assert closed.options("/v1/ask", headers=asks).status_code == 405
    for response in (closed.get("/v1/documents", headers=asks), closed.options("/v1/ask")):
        assert not [name for name in response.headers if name.startswith("access-control")]
    opened = served(small_assistant, replace(settings, origins="https://a.example", keys="always"))
    allowed = opened.options("/v1/ask", headers=asks)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "https://a.example"
    other = opened.options("/v1/ask", headers=asks | {"Origin": "https://b.example"})
    assert "access-control-allow-origin" not in other.headers


# Size, number and time ---------------------------------------------------------------------------


def test_the_body_limit_is_a_setting(small_assistant: Assistant, settings: Settings) -> None:
    """this test ensures that a smaller limit refuses what the default would read."""
    client = served(small_assistant, replace(settings, body_limit=1024))
    response = client.post("/v1/ask", json=BODY | {"as_of": "x" * 1024})
    assert (response.status_code, "1024 bytes" in detail(response)) == (413, True)


def test_a_whole_conversation_is_read(small_assistant: Assistant, settings: Settings) -> None:
    """this test ensures that the most earlier questions of the most characters fit into a body."""
    longest = "é" * LONGEST_QUESTION
    body = {"question": longest, "history": [{"question": longest}] * MOST_TURNS}
    escaped = json.dumps(body).encode()
    assert 6 * LONGEST_QUESTION * MOST_TURNS < len(escaped) < settings.body_limit
    json_type = {"Content-Type": "application/json"}
    response = served(small_assistant, settings).post("/v1/ask", content=escaped, headers=json_type)
    assert response.status_code == 200


def test_a_full_server_turns_away(small_assistant: Assistant, settings: Settings) -> None:
    """this test ensures that one is worked on, one waits, a third gets 503, and no seat is lost."""
    held = Held(small_assistant)
    small = replace(settings, at_work=1, waiting=1)
    with running(lambda: held, small) as (address, _), ThreadPoolExecutor(2) as pool:
        ask = f"{address}/v1/ask"
        served = [pool.submit(httpx2.post, ask, json=SLOW, timeout=20) for _ in range(2)]
        wait_until(lambda: open_requests(address) == 3)  # the one that asks is one of them
        wait_until(lambda: held.at_work == 1)
        began = time.monotonic()
        refused = httpx2.post(ask, json=SLOW)
        assert time.monotonic() - began < 1
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert detail(refused) == "The server is busy; try again in a moment."
        assert httpx2.get(f"{address}/readyz").status_code == 200
        held.go_on.set()
        assert [each.result().status_code for each in served] == [200, 200]
        codes = [httpx2.post(ask, json=SLOW).status_code for _ in range(3)]
        assert codes == [200, 200, 200]


def open_requests(address: str) -> int:
    lines = httpx2.get(f"{address}/metrics").text.splitlines()
    (line,) = [line for line in lines if line.startswith("clusterqa_requests_open ")]
    return int(float(line.split()[1]))


def test_a_request_that_takes_too_long(small_assistant: Assistant, settings: Settings) -> None:
    """this test ensures that the caller hears in time, the work ends, and its seat is free then."""
    held = Held(small_assistant)
    hasty = replace(settings, time_limit=1, at_work=1, waiting=0)
    with running(lambda: held, hasty) as (address, _):
        began = time.monotonic()
        late = httpx2.post(f"{address}/v1/ask", json=SLOW, timeout=10)
        assert (late.status_code, 0.9 < time.monotonic() - began < 3) == (504, True)
        assert detail(late).startswith("This took too long and was given up")
        assert httpx2.post(f"{address}/v1/ask", json=SLOW).status_code == 503
        held.go_on.set()
        wait_until(lambda: held.ended)
        assert isinstance(held.ended[0], OutOfTime)
        wait_until(lambda: httpx2.post(f"{address}/v1/ask", json=SLOW).status_code == 200)


def test_static_files_need_no_seat() -> None:
    """this test ensures that the page of a busy server comes with its style."""
    paths = ["/static/style.css", "/healthz", "/", "/ask", "/v1/ask", "/statics"]
    limited = [is_limited({"type": "http", "method": "GET", "path": path}) for path in paths]
    assert limited == [False, False, True, True, True, True]


def test_a_body_that_does_not_come(small_assistant: Assistant, settings: Settings) -> None:
    """this test ensures that a client which stops in the middle of its body holds no seat."""
    hasty = replace(settings, time_limit=1, at_work=1, waiting=0)
    with running(lambda: small_assistant, hasty) as (address, _):
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as slow:
            head = f"POST /v1/ask HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            slow.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
            answer = slow.recv(65536)
        assert answer.startswith(b"HTTP/1.1 408 ")
        wait_until(lambda: httpx2.post(f"{address}/v1/ask", json=SLOW).status_code == 200)


def test_a_slow_reader_holds_no_seat() -> None:
    """this test ensures that a client which does not read its answer keeps nobody out."""
    statuses = asyncio.run(while_one_reads_slowly())
    assert statuses == [200, 200]


async def while_one_reads_slowly() -> list[int]:
    """What two requests are told over one seat, of whom the first has not read its answer yet."""
    go_on, begun, statuses = asyncio.Event(), asyncio.Event(), []

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("answer")(scope, receive, send)

    async def slow(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
            begun.set()
        else:
            await go_on.wait()

    async def quick(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def nothing() -> Message:
        return {"type": "http.request"}

    capacity = Capacity(answering, at_work=1, waiting=0)
    scope = {"type": "http", "method": "GET", "path": "/v1/documents", "headers": []}
    first = asyncio.create_task(capacity(scope, nothing, slow))
    await begun.wait()
    await capacity(scope, nothing, quick)
    go_on.set()
    await first
    return statuses


async def much(scope: Scope, receive: Receive, send: Send) -> None:
    """An application whose answer is more than the system takes off its hands."""
    if scope["type"] == "http":
        await PlainTextResponse(MUCH)(scope, receive, send)


async def much_in_pieces(scope: Scope, receive: Receive, send: Send) -> None:
    """The same in pieces, of which each waits for the one before."""
    if scope["type"] == "http":
        pieces = (MUCH[n : n + 100_000] for n in range(0, len(MUCH), 100_000))
        await StreamingResponse(pieces)(scope, receive, send)


MUCH = "a" * 10_000_000


@pytest.mark.parametrize("app", [much, much_in_pieces])
def test_a_client_that_does_not_read_is_cut_off(
    settings: Settings, app: ASGIApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that nobody keeps a connection by asking much and reading nothing."""
    monkeypatch.setattr(serving, "READING_SECONDS", 2)
    with listening(app, settings) as (address, server):
        open_ones = server.server_state.connections
        with deaf_client(address) as client:
            wait_until(lambda: open_ones)
            time.sleep(0.2)
            assert open_ones and received(client) > len(MUCH)
        with deaf_client(address) as client:
            wait_until(lambda: open_ones)
            wait_until(lambda: not open_ones, 4)
            assert received(client) < len(MUCH)
        assert not server.server_state.tasks


def deaf_client(address: str) -> socket.socket:
    """A connection with a request sent over it whose answer has nowhere to go until it is read."""
    host, port = address.removeprefix("http://").split(":")
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(10)
    client.connect((host, int(port)))
    client.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    return client


def received(client: socket.socket) -> int:
    """How many bytes come until the connection ends, in whatever way."""
    count = 0
    with suppress(ConnectionError):
        while taken := client.recv(1_000_000):
            count += len(taken)
    return count


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("KEYS", "never", "use auto or always"),
        ("KEY_RATE", "often", "use 600/minute or off"),
        ("ADDRESS_RATE", "0/minute", "use 600/minute or off"),
        ("AT_WORK", "0", "use 1 or more"),
        ("TIME_LIMIT", "0", "use 1 or more"),
        ("BODY_LIMIT", "10", "use 1024 or more"),
    ],
)
def test_limits_that_are_none(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    """this test ensures that a limit which cannot be meant is refused by name."""
    monkeypatch.setenv(f"CLUSTERQA_{name}", value)
    with pytest.raises(UsageError, match=words):
        load_settings()


# For people -------------------------------------------------------------------------------------

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


def test_busy_and_late_in_words(small_assistant: Assistant, settings: Settings) -> None:
    """this test ensures that a person is told that the server is busy, or that it took too long."""
    held, slow = Held(small_assistant), {"question": SLOW["question"]}
    hasty = replace(settings, time_limit=1, at_work=1, waiting=0)
    with running(lambda: held, hasty) as (address, _):
        late, busy = (
            httpx2.get(f"{address}/ask", params=slow, headers=BROWSER, timeout=10) for _ in range(2)
        )
        held.go_on.set()
    assert (late.status_code, busy.status_code) == (504, 503)
    assert "This took too long and was given up" in late.text
    assert "The server is busy. Try again in 1 second." in busy.text
    assert busy.headers["retry-after"] == "1"
