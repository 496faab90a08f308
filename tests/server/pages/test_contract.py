"""The routes for programs as a page, and the head of whatever can be read."""

import html
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from running import page_app
from starlette.testclient import TestClient

from clusterqa.assistant import Assistant


@pytest.fixture(scope="module")
def client(small_index: Path, small_corpus: Path) -> Iterator[TestClient]:
    assistant = Assistant.open(small_index, today=date(2026, 11, 23))
    yield TestClient(page_app(assistant, small_corpus))
    assistant.index.close()


def test_every_route_is_on_the_page(client: TestClient) -> None:
    """this test ensures that the page has each operation, its fields, limits and answers."""
    document = client.get("/openapi.json").json()
    text = html.unescape(re.sub(r"<[^>]*>", "", client.get("/docs").text))
    operations = [(m, path) for path, said in document["paths"].items() for m in said]
    assert len(operations) > 20
    assert [o for o in operations if text.count(f"{o[0].upper()} {o[1]}") < 2] == []
    assert "question body · string · minLength 1, maxLength 2000 · required" in text
    assert "422 Unprocessable Entity" in text


def test_the_page_needs_nothing_from_elsewhere(client: TestClient) -> None:
    """this test ensures that /docs loads only what this server has, and speaks French."""
    page = client.get("/docs", headers={"Accept-Language": "fr"})
    loaded = re.findall(r"""<(?:script|link|img)[^>]*(?:src|href)="([^"]*)""", page.text)
    assert loaded and all(address.startswith("static/") for address in loaded)
    assert "Accès pour les programmes" in page.text


@pytest.mark.parametrize(
    "address",
    [
        "/", "/ask?question=What+is+a+swarm%3F", "/search?q=honey", "/browse", "/docs",
        "/document?work=honey", "/compare?work=honey", "/check", "/openapi.json", "/healthz",
        "/metrics", "/static/style.css", "/v1/documents", "/v1/search?q=honey", "/nowhere",
        "/v1/documents/nothing", "/document?id=nothing", "/compare?work=honey&at=Article+3",
    ],
)  # fmt: skip
def test_head_is_get_without_the_body(client: TestClient, address: str) -> None:
    """this test ensures that HEAD has the status and headers of GET, right or wrong, no body."""
    head, get = client.head(address), client.get(address)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-type"] == get.headers["content-type"]
    assert head.headers.keys() == get.headers.keys()


def test_what_cannot_be_read_has_no_head(client: TestClient) -> None:
    """this test ensures that HEAD of what is only posted to is refused."""
    refused = client.head("/v1/ask")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
