"""What every page has in common: escaping, languages, words beside a quote."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from running import page_app
from starlette.testclient import TestClient

from clusterqa.assistant import Assistant
from clusterqa.server.pages.rendering import WEB, beginning, ending, is_consolidation, templates

TEMPLATES = sorted((WEB / "templates").glob("*.html"))
TODAY = date(2026, 11, 23)


def test_what_is_called_without_legal_effect() -> None:
    """this test ensures that the Treaties as printed in the Official Journal are not."""
    assert is_consolidation("02014R0651-20230701")
    assert not any(map(is_consolidation, ("12012E/TXT", "32014R0651", "", None)))


def test_words_beside_a_quote_are_whole() -> None:
    """this test ensures that what is cut off before and after a quote is cut between words."""
    assert [ending("a b"), beginning("a b")] == ["a b", "a b"]
    long = "beekeeping " * 30
    assert ending(long).startswith("… beekeeping ") and ending(long).endswith("beekeeping ")
    assert beginning(long).endswith("beekeeping …")


@pytest.fixture(scope="module")
def client(small_index: Path, small_corpus: Path) -> Iterator[TestClient]:
    assistant = Assistant.open(small_index, today=TODAY)
    yield TestClient(page_app(assistant, small_corpus))
    assistant.index.close()


def test_pages_differ_by_language(client: TestClient) -> None:
    """this test ensures that a cache is told, and that links carry a chosen language on."""
    response = client.get("/browse?lang=fr")
    assert response.headers["vary"] == "Accept-Language"
    assert 'href="search?lang=fr"' in response.text
    assert "lang=fr" not in client.get("/browse", headers={"accept-language": "fr"}).text


def test_quotes_are_escaped_everywhere(client: TestClient) -> None:
    """this test ensures that what an address says comes back as text."""
    bad = "<script>alert(1)</script>"
    for address in (
        "document?id=",
        "document?id=32018R9001&at=",
        "search?q=",
        "compare?work=honey&at=",
    ):
        page = client.get(address + bad).text
        assert "<script>alert" not in page, address
    back = client.post("/feedback", data={"answer": "ans_1", "verdict": "wrong", "back": bad})
    assert "<script>alert" not in back.text


def test_autoescape_is_on() -> None:
    """this test ensures that no template is left out of escaping."""
    escape = templates.env.autoescape
    assert callable(escape) and [p.name for p in TEMPLATES if not escape(p.name)] == []
    assert TEMPLATES and not [p.name for p in TEMPLATES if "| safe" in p.read_text("utf-8")]
