"""What a person reads when a server turns a browser away, whichever layer does."""

import time
from dataclasses import replace
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from clusterqa.assistant import Assistant
from clusterqa.presenting.catalogue import Words
from clusterqa.server import create_app
from clusterqa.server.middleware.problem_pages import Sent, wait
from clusterqa.settings import Settings

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "fr"}
QUESTION = "What is a <honey> house?"
ESCAPED = "What is a &lt;honey&gt; house?"


def refusing(assistant: Assistant, settings: Settings, **limits: Any) -> TestClient:
    """A server at its limit: one request was made, and was the last one for a minute."""
    limited = replace(settings, **({"address_rate": "1/minute"} | limits))
    client = TestClient(create_app(lambda: assistant, limited), follow_redirects=False)
    client.get("/browse")
    return client


def test_a_refused_question_comes_back_in_its_form(
    small_assistant: Assistant, small_settings: Settings
) -> None:
    """this test ensures that a question, its day and those before it survive a limit."""
    client = refusing(small_assistant, small_settings)
    fields = {"question": QUESTION, "as_of": "2019-01-01", "history": ["|Who?", "2016-03-01|When?"]}
    for page in (
        client.post("/ask", data=fields, headers=BROWSER),
        client.get("/ask", params=fields, headers=BROWSER),
    ):
        assert (page.status_code, page.headers["content-type"]) == (429, "text/html; charset=utf-8")
        assert int(page.headers["retry-after"]) > 0
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["vary"] == "Accept, Accept-Language"
        assert int(page.headers["content-length"]) == len(page.content)
        assert "Trop de demandes sont venues d’ici. Réessayez dans" in page.text
        assert ESCAPED in page.text and QUESTION not in page.text
        assert 'value="2019-01-01"' in page.text
        assert page.text.count('type="hidden" name="history"') == 2


def test_programs_get_what_they_got(small_assistant: Assistant, small_settings: Settings) -> None:
    """this test ensures that only a browser on a page is told in a page; the rest is RFC 9457."""
    client = refusing(small_assistant, small_settings)
    asked = [
        client.get("/ask", params={"question": QUESTION}),
        client.get("/v1/documents", headers=BROWSER),
        client.get("/marks?id=x", headers={"Accept": "*/*"}),
        client.get("/a/b", headers=BROWSER),
        client.get("/javascript:alert(1)", headers=BROWSER),
    ]
    assert {page.headers["content-type"] for page in asked} == {"application/problem+json"}


@pytest.mark.parametrize(
    ("path", "limits", "status", "words"),
    [
        ("/nowhere", {"address_rate": "off"}, 404, "Cette page n’existe pas ici."),
        ("/feedback", {"address_rate": "off"}, 405, "Il n’y a rien à lire à cette adresse."),
        ("/browse", {"keys": "always"}, 429, "Trop de demandes"),
        ("/browse", {"keys": "always", "address_rate": "off"}, 401, "titulaires d’une clé"),
        (
            "/browse",
            {"hosts": "example.org", "address_rate": "off"},
            421,
            "ne porte pas le nom",
        ),
    ],
)
def test_every_refusal_is_a_page(
    small_assistant: Assistant,
    small_settings: Settings,
    path: str,
    limits: dict[str, Any],
    status: int,
    words: str,
) -> None:
    """this test ensures that no layer shows a person JSON, and each keeps its headers."""
    page = refusing(small_assistant, small_settings, **limits).get(path, headers=BROWSER)
    assert (page.status_code, words in page.text) == (status, True)
    assert 'role="alert"' in page.text
    assert ("www-authenticate" in page.headers) == (status == 401)


def test_a_body_too_large_keeps_its_question(
    small_assistant: Assistant, small_settings: Settings
) -> None:
    """this test ensures that a long conversation is refused in words, with the last question."""
    client = refusing(small_assistant, small_settings, address_rate="off", body_limit=500)
    page = client.post("/ask", data={"question": QUESTION, "history": "x" * 600}, headers=BROWSER)
    assert (page.status_code, ESCAPED in page.text) == (413, True)
    assert "L’envoi est trop long." in page.text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [("1", "1 second"), ("89", "89 seconds"), ("90", "2 minutes"), ("3600", "60 minutes"),
     ("", "a moment"), ("Wed, 21 Oct 2026 07:28:00 GMT", "a moment")],
)  # fmt: skip
def test_how_long_to_wait(seconds: str, words: str) -> None:
    """this test ensures that Retry-After is said as people say it."""
    assert wait(seconds, Words("en")) == words


def test_a_form_that_does_not_come_is_not_waited_for() -> None:
    """this test ensures that a body which stops in the middle holds up its refusal for a second."""
    arrived = [{"type": "http.request", "body": b"question=Who%3F&as_", "more_body": True}]

    async def receive() -> Message:
        if arrived:
            return arrived.pop()
        await anyio.sleep(20)
        raise AssertionError

    began = time.monotonic()
    sent = Sent({"type": "http", "method": "POST", "path": "/ask", "query_string": b""}, receive)
    form = anyio.run(sent.form)
    assert form and (form.question, time.monotonic() - began < 3) == ("Who?", True)
