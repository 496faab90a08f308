"""The server over real HTTP messages, with an assistant that knows two passages and no more."""

import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.testclient import TestClient

from clusterqa.answers import (
    Answer,
    Citation,
    CiteAs,
    DocumentRef,
    Facts,
    Found,
    IndexRef,
    Links,
    Locator,
    Notice,
    Pinpoint,
    Quote,
    Statement,
)
from clusterqa.errors import IndexUnusable, UsageError
from clusterqa.index import Index
from clusterqa.server import create_app
from clusterqa.server.assistants import Opener
from clusterqa.server.pages.rendering import digest
from clusterqa.types import Inquiry, Passage, Scores, Shares, Source, Turn, Work

COSTS = """\
The eligible costs of operating aid for innovation clusters shall be the personnel and \
administrative costs (including overhead costs) relating to:
(a) animation of the cluster to facilitate collaboration, information sharing and the provision \
or channelling of specialised and customised business support services;
(b) marketing of the cluster to increase participation of new undertakings or organisations and \
to increase visibility;
(c) management of the cluster's facilities; organisation of training programmes, workshops and \
conferences to support knowledge sharing and networking and transnational cooperation."""
CLUSTERS = (
    "Clusters should be considered as regional ecosystems of related industries and competences "
    "featuring a broad array of inter-industry interdependencies."
)
TODAY = date(2026, 11, 23)
OFFICIAL = "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:02014R0651-20230701"
INDEX = IndexRef(id="gen-0001", encoder="none", built_at="2026-11-23T09:00:00Z")
GBER = DocumentRef(
    id="gber@2023-07-01.en",
    work="gber",
    title="Commission Regulation (EU) No 651/2014 of 17 June 2014",
    short_title="GBER",
    language="en",
    celex="02014R0651-20230701",
    eli="http://data.europa.eu/eli/reg/2014/651/2023-07-01",
    version_date=date(2023, 7, 1),
    legal_status="in_force",
    superseded_by=None,
    valid_from=date(2023, 7, 1),
    valid_to=date(2026, 12, 31),
    authentic=False,
)
PAGE = DocumentRef(
    id="cluster-definitions.en",
    work="cluster-definitions",
    title="Cluster Definitions <page> & footnotes",
    short_title="Cluster definitions",
    language="en",
    celex=None,
    eli=None,
    version_date=None,
    legal_status="guidance",
    superseded_by="gber",
    valid_from=None,
    valid_to=None,
    authentic=True,
)
WORKS = (
    Work(
        id="gber",
        title=GBER.title,
        short_title="GBER",
        kind="law",
        publisher="European Commission",
        sources=(
            Source(
                id=GBER.id,
                work="gber",
                language="en",
                title=GBER.title,
                celex=GBER.celex,
                valid_from=GBER.valid_from,
                valid_to=GBER.valid_to,
                authentic=False,
            ),
        ),
    ),
    Work(
        id="cluster-definitions",
        title=PAGE.title,
        short_title="Cluster definitions",
        kind="page",
        publisher="European Cluster Collaboration Platform",
        superseded_by="gber",
    ),
)
EXPIRES = Notice(
    "expires_soon",
    1,
    Facts(work="GBER", until=date(2026, 12, 31)),
    "GBER: this text applies until 31 December 2026; what follows it is not known here.",
)

EMPTY = json.loads(json.dumps(asdict(Facts())))


def passage(id: str, source: str, text: str, label: str) -> Passage:
    return Passage(id, source, 100, 100 + len(text), text, label, "text", ("Chapter III",))


class DemoAssistant:
    """Answers from two passages by one word each; never guesses, never reads the clock."""

    index: Index  # none: the routes that read one are tested over a real one
    index_ref = INDEX
    works = WORKS
    today = TODAY
    absent: tuple[Work, ...] = ()
    foremost: tuple[Notice, ...] = ()
    documents = {GBER.id: GBER, PAGE.id: PAGE}  # noqa: RUF012
    passages = {  # noqa: RUF012
        "eligible": passage("p-27-8", GBER.id, COSTS, "Article 27(8)"),
        "ecosystems": passage("p-def", PAGE.id, CLUSTERS, "What is a cluster?"),
    }

    def __init__(self) -> None:
        self.asked: list[Inquiry] = []

    def ask(self, inquiry: Inquiry) -> Answer:
        self.asked.append(inquiry)
        self._check(inquiry)
        question = inquiry.question
        if question == "break":
            raise RuntimeError("secret detail")
        found = [p for word, p in self.passages.items() if word in question.lower()]
        return Answer(
            id="ans_1",
            question=question,
            as_of=inquiry.as_of or TODAY,
            status="answered" if found else "no_answer",
            statements=tuple(Statement(p.text, (n,)) for n, p in enumerate(found, 1)),
            citations=tuple(self._citation(n, p) for n, p in enumerate(found, 1)),
            notices=(EXPIRES,) if found and found[0].source == GBER.id else (),
            nearest=() if found else tuple(self.find(inquiry)),
            confidence=0.9 if found else 0.1,
            index=INDEX,
            timings_ms={"total": 1.5},
            reason=None if found else "not_in_corpus",
        )

    def find(self, inquiry: Inquiry, *, k: int = 10) -> list[Found]:
        self._check(inquiry)
        said = inquiry.question.lower()
        scores = {p: 0.9 if word in said else 0.2 for word, p in self.passages.items()}
        best = sorted(self.passages.values(), key=lambda p: -scores[p])[:k]
        return [self._found(rank, p, scores[p]) for rank, p in enumerate(best, start=1)]

    def _found(self, rank: int, p: Passage, score: float) -> Found:
        return Found(
            rank,
            score,
            Scores(lexical=1.5, dense=0.25, standing=0.8),
            Shares(lexical=0.6, dense=0.1, named=0.2),
            p.id,
            self.documents[p.source],
            Locator(p.label, p.path),
            p.text,
            p.start,
            p.end,
            Pinpoint(p.label, p.text, p.start, p.end),
        )

    def _check(self, inquiry: Inquiry) -> None:
        if not 0 < len(inquiry.question.strip()) <= 2_000:
            raise UsageError("Ask a question of 1 to 2,000 characters.")
        if unknown := [each for each in inquiry.documents if each not in self.documents]:
            raise UsageError(f"There is no document {unknown[0]!r} in the index.")

    def _citation(self, n: int, p: Passage) -> Citation:
        source = OFFICIAL if p.source == GBER.id else "javascript:alert(1)"
        return Citation(
            n=n,
            passage_id=p.id,
            document=self.documents[p.source],
            locator=Locator(p.label, p.path),
            quote=Quote(p.text, "before ", " after", p.start, p.end),
            links=Links(source=source),
            cite_as=CiteAs(f"EU style, {p.label}", f"OSCOLA style, {p.label}"),
        )


@pytest.fixture
def assistant() -> DemoAssistant:
    return DemoAssistant()


@pytest.fixture
def client(assistant: DemoAssistant) -> TestClient:
    return TestClient(create_app(lambda: assistant))


@pytest.fixture
def closed() -> TestClient:
    """A server whose index is missing."""

    def no_index() -> DemoAssistant:
        raise IndexUnusable("index/ is empty; run: clusterqa ingest")

    return TestClient(create_app(no_index))


class Tags(HTMLParser):
    """The tags of a page with their attributes, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in names]


def history_of(page: str) -> list[str | None]:
    return [each["value"] for each in Tags(page).named("input") if each["name"] == "history"]


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# JSON ------------------------------------------------------------------------------------------


def test_ask_returns_the_answer_as_it_stands(client: TestClient) -> None:
    """this test ensures that nested, slotted dataclasses, tuples and dates reach the wire whole."""
    response = client.post("/v1/ask", json={"question": "Which costs are eligible?"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {
        "id": "ans_1",
        "object": "answer",
        "status": "answered",
        "question": "Which costs are eligible?",
        "understood_as": None,
        "compared": None,
        "checks": [],
        "short": None,
        "related": [],
        "as_of": "2026-11-23",
        "statements": [{"text": COSTS, "citations": [1], "composed": False}],
        "citations": [
            {
                "n": 1,
                "passage_id": "p-27-8",
                "document": {
                    "id": "gber@2023-07-01.en",
                    "work": "gber",
                    "title": "Commission Regulation (EU) No 651/2014 of 17 June 2014",
                    "short_title": "GBER",
                    "language": "en",
                    "celex": "02014R0651-20230701",
                    "eli": "http://data.europa.eu/eli/reg/2014/651/2023-07-01",
                    "version_date": "2023-07-01",
                    "legal_status": "in_force",
                    "superseded_by": None,
                    "valid_from": "2023-07-01",
                    "valid_to": "2026-12-31",
                    "authentic": False,
                },
                "locator": {
                    "label": "Article 27(8)",
                    "path": ["Chapter III"],
                    "page": None,
                    "page_label": None,
                },
                "quote": {
                    "exact": COSTS,
                    "prefix": "before ",
                    "suffix": " after",
                    "start": 100,
                    "end": 100 + len(COSTS),
                },
                "links": {
                    "viewer": "/document?id=gber%402023-07-01.en&start=100"
                    f"&end={100 + len(COSTS)}&check={digest(COSTS)}#quote",
                    "source": OFFICIAL,
                    "pdf": None,
                },
                "cite_as": {
                    "eu": "EU style, Article 27(8)",
                    "oscola": "OSCOLA style, Article 27(8)",
                },
                "lead_ins": [],
                "neighbours": [],
                "amended_by": [],
                "words_until": None,
            }
        ],
        "notices": [
            {
                "code": "expires_soon",
                "citation": 1,
                "facts": EMPTY | {"work": "GBER", "until": "2026-12-31"},
                "message": EXPIRES.message,
            }
        ],
        "nearest": [],
        "confidence": 0.9,
        "index": {"id": "gen-0001", "encoder": "none", "built_at": "2026-11-23T09:00:00Z"},
        "timings_ms": {"total": 1.5},
        "reason": None,
        "confidence_words": "",
        "experience": None,
    }


def test_no_answer_is_a_success(client: TestClient) -> None:
    """this test ensures that a refusal is HTTP 200 with the nearest passages."""
    response = client.post("/v1/ask", json={"question": "Who won the World Cup?"})
    answer = response.json()
    assert response.status_code == 200
    assert (answer["status"], answer["statements"], answer["citations"]) == ("no_answer", [], [])
    assert [near["passage_id"] for near in answer["nearest"]] == ["p-27-8", "p-def"]


def test_ask_passes_everything_on(client: TestClient, assistant: DemoAssistant) -> None:
    """this test ensures that date, documents and history arrive at the assistant typed."""
    body = {
        "question": "And who?",
        "as_of": "2016-03-01",
        "documents": [GBER.id],
        "history": [
            {"question": "What is a cluster?"},
            {"question": "Why?", "as_of": "2015-01-01"},
        ],
    }
    assert client.post("/v1/ask", json=body).status_code == 200
    turns = (Turn("What is a cluster?"), Turn("Why?", date(2015, 1, 1)))
    assert assistant.asked == [Inquiry("And who?", date(2016, 3, 1), (GBER.id,), turns)]


SEARCH_HIT = {
    "rank": 1,
    "score": 0.9,
    "scores": {
        "lexical": 1.5, "dense": 0.25, "sentence": 0.0, "expansion": 0.0, "expansion_words": 0.0,
        "expansion_covered": 0.0, "figure": 0.0, "standing": 0.8, "expanded": 0.0, "named": 0.0,
        "work": 0.0, "subject": 0.0, "matched": 0.0, "matched_worst": 0.0, "matched_best": 0.0,
        "matched_least": 0.0,
    },
    "shares": {
        "lexical": 0.6, "dense": 0.1, "sentence": 0.0, "expansion": 0.0, "expansion_words": 0.0,
        "expansion_covered": 0.0, "figure": 0.0, "named": 0.2, "work": 0.0, "subject": 0.0,
    },
    "passage_id": "p-def",
    "text": CLUSTERS,
    "start": 100,
    "end": 100 + len(CLUSTERS),
    "locator": {
        "label": "What is a cluster?",
        "path": ["Chapter III"],
        "page": None,
        "page_label": None,
    },
    "pinpoint": {
        "label": "What is a cluster?",
        "text": CLUSTERS,
        "start": 100,
        "end": 100 + len(CLUSTERS),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    "search",
    [
        lambda client: client.post("/v1/search", json={"question": "ecosystems", "k": 1}),
        lambda client: client.get("/v1/search", params={"q": "ecosystems", "k": 1}),
        lambda client: client.get("/v1/search?q=ecosystems&k=1&as_of=2023-07-01"),
    ],
)
def test_search_by_body_and_by_url(client: TestClient, search: Callable[[TestClient], Any]) -> None:
    """this test ensures that both ways of searching give the same hits, with where they are."""
    response = search(client)
    assert response.status_code == 200
    (hit,) = response.json()["hits"]
    document = hit.pop("document")
    assert hit == SEARCH_HIT
    assert (document["id"], document["legal_status"]) == ("cluster-definitions.en", "guidance")


def test_probes(client: TestClient) -> None:
    """this test ensures that liveness and readiness are told apart and the index is named."""
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready", "index": "gen-0001"}


# Errors ----------------------------------------------------------------------------------------


def assert_problem(
    response: Any, status: int, title: str, detail: str, param: str | None = None
) -> None:
    assert response.headers["content-type"] == "application/problem+json"
    assert response.status_code == status
    assert response.json() == {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    } | ({"param": param} if param else {})


@pytest.mark.parametrize(
    ("body", "param", "detail"),
    [
        ({}, "question", "question: is missing"),
        (
            {"question": "q", "as_of": "1 July"},
            "as_of",
            "as_of: use a date as YYYY-MM-DD, such as 2023-07-01",
        ),
        (
            {"question": "q", "as_of": 0},
            "as_of",
            "as_of: use a date as YYYY-MM-DD, such as 2023-07-01",
        ),
        (
            {"question": "q", "asof": "2016-01-01"},
            "asof",
            "asof: is no field of this request; leave it out or mend its name",
        ),
        (
            {"question": "q", "history": [{"as_of": None}]},
            "history.0.question",
            "history.0.question: is missing",
        ),
    ],
)
def test_invalid_bodies_name_the_field(
    client: TestClient, body: dict[str, Any], param: str, detail: str
) -> None:
    """this test ensures that a wrong or misspelt field is refused in one line that names it."""
    response = client.post("/v1/ask", json=body)
    assert_problem(response, 422, "Unprocessable Entity", detail, param)


@pytest.mark.parametrize("k", [0, 101, -1])
def test_k_out_of_range(client: TestClient, k: int) -> None:
    """this test ensures that k outside 1 to 100 is refused in the URL and in the body."""
    by_url = client.get("/v1/search", params={"q": "a", "k": k})
    by_body = client.post("/v1/search", json={"question": "a", "k": k})
    bound = "at most 100" if k > 100 else "at least 1"
    for response in (by_url, by_body):
        detail = f"k: has to be {bound}"
        assert_problem(response, 422, "Unprocessable Entity", detail, "k")


def test_broken_json(client: TestClient) -> None:
    """this test ensures that a body which is no JSON is called that."""
    response = client.post("/v1/ask", content=b"{", headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.json()["detail"].startswith("body: is not valid JSON")


def test_a_lone_surrogate_is_refused(client: TestClient) -> None:
    """this test ensures that text which cannot be encoded is a 422, not a crash on the way out."""
    kind = {"content-type": "application/json"}
    value = client.post("/v1/ask", content=b'{"question": "\\ud800"}', headers=kind)
    detail = "question: this is not valid Unicode text"
    assert_problem(value, 422, "Unprocessable Entity", detail, "question")
    name = client.post("/v1/ask", content=b'{"question": "q", "\\ud800": 1}', headers=kind)
    assert name.status_code == 422


def test_usage_errors(client: TestClient) -> None:
    """this test ensures that the assistant's own words reach the caller."""
    response = client.post("/v1/ask", json={"question": "q", "documents": ["x"]})
    assert_problem(response, 422, "Not usable", "There is no document 'x' in the index.")


def turns(number: int) -> list[dict[str, str]]:
    return [{"question": "q"}] * number


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"question": ""}, 422),
        ({"question": " \u00a0\n"}, 422),
        ({"question": "a\0b"}, 200),
        ({"question": "\x1f"}, 200),
        ({"question": "\t\u2003"}, 422),
        ({"question": "q" * 2000}, 200),
        ({"question": "q" * 2001}, 422),
        ({"question": "q", "history": turns(20)}, 200),
        ({"question": "q", "history": turns(21)}, 422),
        ({"question": "q", "history": [{"question": "q" * 2001}]}, 422),
        ({"question": "q", "documents": [PAGE.id] * 50}, 200),
        ({"question": "q", "documents": [PAGE.id] * 51}, 422),
        ({"question": "q", "documents": ["d" * 201]}, 422),
        ({"question": "q", "as_of": "20230701"}, 422),
    ],
)
def test_request_limits(client: TestClient, body: dict[str, Any], status: int) -> None:
    """this test ensures that length of question, history and documents end where they should."""
    assert client.post("/v1/ask", json=body).status_code == status


def test_unknown_places_and_methods(client: TestClient) -> None:
    """this test ensures that 404 and 405 are problems too, the latter naming what is allowed."""
    assert_problem(client.get("/nowhere"), 404, "Not Found", "Not Found")
    refused = client.delete("/v1/ask")
    assert_problem(refused, 405, "Method Not Allowed", "Method Not Allowed")
    assert refused.headers["allow"] == "POST"


def test_unforeseen_errors(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """this test ensures that a defect is logged with the request id and leaks nothing."""
    headers = {"X-Request-Id": "req-7"}
    with caplog.at_level(logging.ERROR):
        response = client.post("/v1/ask", json={"question": "break"}, headers=headers)
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"] == "req-7"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "secret" not in response.text
    assert "POST /v1/ask [req-7]" in caplog.text


def test_no_index(closed: TestClient) -> None:
    """this test ensures that without an index the process is up, not ready, and says the remedy."""
    problem = (503, "Index not usable", "index/ is empty; run: clusterqa ingest")
    assert closed.get("/healthz").status_code == 200
    assert_problem(closed.get("/readyz"), *problem)
    assert_problem(closed.post("/v1/ask", json={"question": "q"}), *problem)
    assert_problem(closed.get("/v1/search?q=q"), *problem)


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search", "/ask"])
def test_large_bodies(client: TestClient, path: str) -> None:
    """this test ensures that more than 256 KiB are refused, whether declared or not."""

    def undeclared() -> Iterator[bytes]:
        for _ in range(270):
            yield b" " * 1024

    kind = "application/x-www-form-urlencoded" if path == "/ask" else "application/json"
    for body in (b" " * (256 * 1024 + 1), undeclared()):
        response = client.post(path, content=body, headers={"content-type": kind})
        assert response.status_code == 413
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["x-content-type-options"] == "nosniff"


def test_a_body_at_the_limit_is_read(client: TestClient) -> None:
    """this test ensures that 64 kB exactly is still accepted."""
    body = json.dumps({"question": "q"}).encode().ljust(256 * 1024)
    response = client.post("/v1/ask", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 200


# Every response --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/nowhere", "/static/style.css", "/openapi.json"]
)
def test_security_headers(client: TestClient, path: str) -> None:
    """this test ensures that pages, data, errors and files carry the same headers."""
    headers = client.get(path).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("given", "echoed"),
    [
        ("aZ09_-", True),
        ("a" * 64, True),
        ("a" * 65, False),
        ("", False),
        ("a b", False),
        ("<x>", False),
    ],
)
def test_request_id(client: TestClient, given: str, echoed: bool) -> None:
    """this test ensures that a sane request id comes back and any other is replaced."""
    returned = client.get("/healthz", headers={"X-Request-Id": given}).headers["x-request-id"]
    assert (returned == given) is echoed
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", returned)


def test_openapi(client: TestClient) -> None:
    """this test ensures that the description is served and declares the problem responses."""
    document = client.get("/openapi.json").json()
    assert {"/healthz", "/readyz", "/v1/ask", "/v1/search"} <= document["paths"].keys()
    responses = document["paths"]["/v1/ask"]["post"]["responses"]
    assert {"200", "413", "422", "500", "503"} <= responses.keys()
    schema = responses["422"]["content"]["application/problem+json"]["schema"]
    assert sorted(schema["properties"]) == ["detail", "param", "status", "title", "type"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_no_pages_from_a_cdn(client: TestClient) -> None:
    """this test ensures that /docs loads nothing from elsewhere, and other browsers are off."""
    assert client.get("/redoc").status_code == 404
    tags = Tags(client.get("/docs").text)
    loaded = [
        *(t.get("src") for t in tags.named("script")),
        *(t["href"] for t in tags.named("link")),
    ]
    assert loaded and not [one for one in loaded if one and "//" in one]


# Opening ---------------------------------------------------------------------------------------


def test_opened_once_in_the_background() -> None:
    """this test ensures that starting opens the assistant once, without waiting for a request."""
    opened = threading.Event()
    count: list[int] = []

    def factory() -> DemoAssistant:
        count.append(1)
        opened.set()
        return DemoAssistant()

    with TestClient(create_app(factory)) as client:
        assert opened.wait(timeout=10)
        assert client.post("/v1/ask", json={"question": "q"}).status_code == 200
        assert client.get("/readyz").status_code == 200
    assert count == [1]


def test_a_failed_opening_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """this test ensures that an index built after the start is found by the next request."""
    attempts = [IndexUnusable("none yet"), None]

    def factory() -> DemoAssistant:
        if error := attempts.pop(0):
            raise error
        return DemoAssistant()

    client = TestClient(create_app(factory))
    assert [client.get("/readyz").status_code for _ in range(3)] == [503, 200, 200]


def test_requests_do_not_wait_for_ever() -> None:
    """this test ensures that a slow opening turns requests away and serves them afterwards."""
    go_on = threading.Event()
    begun = threading.Event()

    def slow() -> DemoAssistant:
        begun.set()
        go_on.wait(timeout=10)
        return DemoAssistant()

    opener = Opener(slow)
    opener.start()
    assert begun.wait(timeout=10)
    with pytest.raises(IndexUnusable, match="still being opened"):
        opener.get(patience=0)
    go_on.set()
    assert opener.get().index_ref == INDEX


# The page --------------------------------------------------------------------------------------


def test_the_page_before_a_question(client: TestClient) -> None:
    """this test ensures that the disclosure comes before the form, which has labels and limits."""
    page = client.get("/").text
    text = text_of(page)
    disclosure = text.index("Automated answers in the words of the documents.")
    assert disclosure < text.index("Your question")
    assert "Not legal advice. Not a website of an EU institution." in text
    (form,) = Tags(page).named("form")
    assert (form["method"], form["action"]) == ("post", "ask")
    (question,) = Tags(page).named("textarea")
    assert (question["name"], question["maxlength"]) == ("question", "2000")
    labels = {label["for"] for label in Tags(page).named("label")}
    assert labels == {"question", "as_of"}
    assert "<title>Ask about EU cluster policy and State aid · clusterqa</title>" in page


def test_the_page_says_what_is_in_here(client: TestClient) -> None:
    """this test ensures that the works are listed before the first question."""
    text = text_of(client.get("/").text)
    expected = "What is in here GBER Law Cluster definitions Web page All documents, versions"
    assert expected in text


def test_an_answer_with_its_sources(client: TestClient) -> None:
    """this test ensures that each statement links to a source with quote, version, status, link."""
    page = client.post("/ask", data={"question": "Which costs are eligible?"}).text
    text = text_of(page)
    assert "<title>Which costs are eligible? · clusterqa</title>" in page
    (chip,) = [link for link in Tags(page).named("a") if link.get("class") == "chip"]
    assert chip["href"] == (
        f"document?id=gber%402023-07-01.en&start=100&end={100 + len(COSTS)}"
        f"&check={digest(COSTS)}#quote"
    )
    assert chip["aria-label"] == "Source 1, GBER Article 27(8)"
    assert [each for each in Tags(page).named("li") if each.get("id") == "source-1"]
    quoted = COSTS.replace("'", "&#39;")
    assert page.count(quoted) == 1  # there to be copied
    lead_in, first, *_ = quoted.split("\n")
    assert f'<p><span class="verbatim">{lead_in}</span></p>' in page
    assert (
        f'<p class="point"><span class="verbatim"><span class="marker">{first[:4]}</span>' in page
    )
    assert text.count(quoted.splitlines()[-1][4:]) == 1  # said once
    assert "In force · version of 1 July 2023 · until 31 December 2026" in text
    assert "A consolidated text has no legal effect; only the Official Journal has." in text
    assert f'href="{OFFICIAL}"' in page
    assert "Cite as EU style, Article 27(8) Copy Cite as (1) OSCOLA OSCOLA style" in text


def test_notices_are_shown(client: TestClient) -> None:
    """this test ensures that what will end is said after the statement, with its source."""
    page = client.post("/ask", data={"question": "Which costs are eligible?"}).text
    notice = page.index(
        "GBER: this text applies until 31 December 2026; what follows it is not known here."
    )
    assert notice > page.index('class="statement"')
    assert '<a href="#source-1">Source 1</a>' in page


def test_guidance_is_called_guidance(client: TestClient) -> None:
    """this test ensures that guidance is not dressed as law and only web links become links."""
    page = client.post("/ask", data={"question": "Which ecosystems?"}).text
    assert "Guidance, not law · replaced by GBER" in text_of(page)
    assert "javascript:" not in page
    assert "consolidated text" not in page.lower()


@pytest.mark.parametrize(
    ("valid_to", "words"),
    [(TODAY, "· until 23 November 2026"), (date(2026, 11, 22), "· applied until 22 November")],
)
def test_the_last_day_is_worded_by_date(
    assistant: DemoAssistant, client: TestClient, valid_to: date, words: str
) -> None:
    """this test ensures that a text which no longer applies is not said to expire."""
    assistant.documents = {**assistant.documents, GBER.id: replace(GBER, valid_to=valid_to)}
    page = client.post("/ask", data={"question": "eligible"}).text
    assert words in text_of(page)


def test_no_answer_on_the_page(client: TestClient) -> None:
    """this test ensures that a refusal says so, shows where to look and what is covered."""
    response = client.post("/ask", data={"question": "Who won the World Cup?"})
    text = text_of(response.text)
    assert response.status_code == 200
    assert "The documents in here do not answer this question." in text
    assert "Nothing in them says what you ask." in text
    assert "They cover GBER, Cluster definitions." in text
    assert "Nearest passages, which are not an answer GBER, Article 27(8)" in text
    assert 'class="chip"' not in response.text


def test_questions_are_escaped(client: TestClient) -> None:
    """this test ensures that a question with markup is shown as text wherever it appears."""
    question = "<script>alert(1)</script> \"'> eligible"
    first = client.post("/ask", data={"question": question}).text
    second = client.post("/ask", data={"question": "why?", "history": history_of(first)}).text
    for page in (first, second):
        assert "<script>" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert history_of(first) == [f"|{question}"]


def test_a_follow_up_carries_the_conversation(client: TestClient, assistant: DemoAssistant) -> None:
    """this test ensures that earlier questions travel with the page, five at most."""
    history: list[str | None] = []
    for number in range(7):
        data = {"question": f"Question {number}?", "as_of": "2016-03-01", "history": history}
        page = client.post("/ask", data=data).text
        history = history_of(page)
    assert history == [f"2016-03-01|Question {n}?" for n in range(2, 7)]
    expected = tuple(Turn(f"Question {n}?", date(2016, 3, 1)) for n in range(1, 6))
    assert assistant.asked[-1] == Inquiry("Question 6?", date(2016, 3, 1), (), expected)
    assert "Question 5? (As of 1 March 2016)" in text_of(page)


def test_a_forged_history_is_dropped(client: TestClient, assistant: DemoAssistant) -> None:
    """this test ensures that hidden fields which make no sense do no harm."""
    forged = ["", "|", "no date|question", "|" + "q" * 2001, "2016-13-01|q", "|a | b"]
    response = client.post("/ask", data={"question": "eligible", "history": forged})
    assert response.status_code == 200
    assert assistant.asked[0].history == (Turn("a | b"),)


@pytest.mark.parametrize("as_of", ["2026-02-30", "yesterday", "<b>"])
def test_a_wrong_date_on_the_page(client: TestClient, assistant: DemoAssistant, as_of: str) -> None:
    """this test ensures that a wrong date is explained beside the form, with the question kept."""
    data = {"question": "eligible", "as_of": as_of, "history": ["|before"]}
    response = client.post("/ask", data=data)
    assert response.status_code == 422
    assert "is not a date. Write it as YYYY-MM-DD" in response.text
    assert "<b>" not in response.text
    assert "eligible</textarea>" in response.text
    (field,) = [each for each in Tags(response.text).named("input") if each.get("id") == "as_of"]
    assert (field["aria-invalid"], field["aria-describedby"]) == ("true", "as_of-hint problem")
    assert history_of(response.text) == ["|before"]
    assert assistant.asked == []


@pytest.mark.parametrize("data", [{}, {"question": "  "}, {"question": "q" * 2001}])
def test_an_unusable_question_on_the_page(client: TestClient, data: dict[str, str]) -> None:
    """this test ensures that an empty or over-long question is explained on the page."""
    response = client.post("/ask", data=data)
    assert response.status_code == 422
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "Ask a question of 1 to 2,000 characters." in response.text
    (question,) = Tags(response.text).named("textarea")
    assert (question["aria-invalid"], question["aria-describedby"]) == ("true", "problem")


def test_bytes_that_are_no_text(client: TestClient) -> None:
    """this test ensures that a form in a broken encoding is refused or read, never a crash."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    response = client.post("/ask", content=b"question=%ff%fe%ed%a0%80", headers=headers)
    assert response.status_code == 200


def test_the_page_without_an_index(closed: TestClient) -> None:
    """this test ensures that people too are told what is missing and how to mend it."""
    for response in (closed.get("/"), closed.post("/ask", data={"question": "eligible"})):
        assert response.status_code == 503
        assert "Whoever runs this can build one: clusterqa ingest" in response.text
        assert "No documents can be read at the moment." in response.text


@pytest.mark.parametrize("question", ["", "eligible ecosystems", "World Cup"])
def test_the_page_stands_alone(client: TestClient, question: str) -> None:
    """this test ensures that only its own files load, and the outline is sound."""
    page = client.post("/ask", data={"question": question}).text
    tags = Tags(page)
    assert tags.named("iframe", "img", "style") == []
    assert tags.named("script") == [{"type": "module", "src": "static/page.js"}]
    assert "</script>" in page and page.count("<script") == 1
    assert [each["href"] for each in tags.named("link")] == ["static/style.css", "static/icon.svg"]
    assert [len(tags.named(name)) for name in ("h1", "main", "header", "footer")] == [1, 1, 1, 1]
    assert not [a for _, a in tags.found if any(n == "style" or n.startswith("on") for n in a)]
    outside = {a["href"] for a in tags.named("a") if "//" in (a["href"] or "")}
    assert outside <= {OFFICIAL}
    ids = [a["id"] for _, a in tags.found if "id" in a]
    assert len(ids) == len(set(ids))
    inside = {a["href"] for a in tags.named("a") if (a["href"] or "").startswith("#")}
    assert inside and inside <= {f"#{id}" for id in ids}


def test_the_style_sheet_is_served(client: TestClient) -> None:
    """this test ensures that the style sheet is there, loads nothing, and has its variants."""
    response = client.get("/static/style.css")
    assert response.headers["content-type"] == "text/css; charset=utf-8"
    assert "url(" not in response.text
    assert "@import" not in response.text
    for variant in ("prefers-color-scheme: dark", "@media print", ":focus-visible"):
        assert variant in response.text
