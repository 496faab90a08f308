"""What a page keeps and shows, when another site or a hostile text is behind it."""

from pathlib import Path

import pytest
from running import page_app
from starlette.testclient import TestClient

from clusterqa.assistant import Assistant
from clusterqa.server.pages.rendering import templates


@pytest.fixture(scope="module")
def client(small_index: Path, small_corpus: Path) -> TestClient:
    return TestClient(page_app(Assistant.open(small_index), small_corpus))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, 404),
        ({"Origin": "http://testserver"}, 404),
        ({}, 404),
    ],
)
def test_opinions_come_from_this_site(
    client: TestClient, headers: dict[str, str], status: int
) -> None:
    """this test ensures that no other site can send a reader's opinion; 404: no such answer."""
    form = {"answer": "ans_00000000000000000000", "verdict": "wrong", "back": "ask?q=x"}
    assert client.post("/feedback", data=form, headers=headers).status_code == status


def test_a_page_shows_no_control(client: TestClient) -> None:
    """this test ensures that a question full of escapes comes back as marks."""
    for path in ("/ask", "/search", "/document"):
        page = client.get(
            path, params={"q": "aid \x1b]0;x\x07\u202e\x9b", "id": "a\x1b\u202e"}
        ).text
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(page)


def test_templates_mark_what_they_are_given() -> None:
    """this test ensures that any text that reaches a template is shown as it is, markup escaped."""
    made = templates.env.from_string("<p>{{ text }}</p>").render(text="<b>\x1b[1m\u200b")
    assert made == "<p>&lt;b&gt;␛[1m\ufffd</p>"
