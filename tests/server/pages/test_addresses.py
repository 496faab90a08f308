"""The addresses of the pages, without a browser: what each says, right or wrong."""

import html
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from running import page_app
from starlette.testclient import TestClient

from clusterqa.assistant import Assistant

TODAY = date(2026, 11, 23)


def test_a_recital_has_no_later_versions(client: TestClient) -> None:
    """this test ensures that a recital is not called removed because consolidations have none."""
    page = client.get("/document?id=32018R9001&at=Recital+(1)").text
    assert "this recital is of the act as adopted" in page
    assert "not in the law" not in page and "does not have this provision" not in page
    compared = client.get("/compare?work=honey&at=Recital+(1)&old=2019-01-01&new=2024-01-01")
    assert (compared.status_code, "Consolidated texts have none" in compared.text) == (422, True)


@pytest.fixture(scope="module")
def client(small_index: Path, small_corpus: Path) -> Iterator[TestClient]:
    assistant = Assistant.open(small_index, today=TODAY)
    yield TestClient(page_app(assistant, small_corpus))
    assistant.index.close()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("document", 404),
        ("document?id=../../etc/passwd", 404),
        ("document?id=wax-guide", 404),  # listed, but its text is not here
        ("document?work=honey&as_of=1900-01-01", 404),
        ("document?work=honey&as_of=2026-02-30", 422),
        ("document?id=32018R9001&start=-1", 422),
        ("document?id=32018R9001&first=999999999", 200),
        ("document?id=32018R9001&at=Article+3&against=cluster-definitions", 404),
        ("file?id=32018R9001", 404),
        ("file", 422),
        ("search?q=honey&page=11", 422),
        ("search?q=", 200),
        ("compare?work=honey&at=Article+3&old=2024-01-01&new=2019-01-01", 422),
        ("compare?work=honey&at=Article+3", 422),
        ("compare?work=honey&at=Article+3&old=soon", 422),
    ],
)
def test_bad_addresses_are_pages_in_words(client: TestClient, address: str, status: int) -> None:
    """this test ensures that a wrong address gets a page that says what is wrong, never JSON."""
    response = client.get(address)
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert ('role="alert"' in response.text) is (status != 200)


def test_the_home_page_says_what_is_missing(client: TestClient) -> None:
    """this test ensures that known works without a text are named before the first question."""
    assert "Known, but not here, so not searched: Wax Guide." in client.get("/").text
    french = client.get("/?lang=fr").text
    assert "Connus, mais absents d’ici, donc pas consultés : Wax Guide." in french


@pytest.mark.parametrize("as_of", [None, "2019-05-01"])
def test_an_answer_links_to_its_quotes_as_its_page_does(
    client: TestClient, as_of: str | None
) -> None:
    """this test ensures that programs get the page's own links, the date in them included."""
    asked = {"question": "What is the aid intensity of operating aid?", "as_of": as_of}
    answer = client.post("/v1/ask", json=asked).json()
    page = client.get("/ask", params={k: v for k, v in asked.items() if v}).text
    chips = re.findall(r'<a class="chip"[^>]* href="([^"]*)"', page)
    viewers = [citation["links"]["viewer"] for citation in answer["citations"]]
    assert viewers and viewers == [f"/{html.unescape(chip)}" for chip in dict.fromkeys(chips)]
    days = [re.findall(r"as_of=([\d-]*)", viewer) for viewer in viewers]
    assert days == [[as_of] if as_of else []]


def test_feedback_is_on_an_answer_that_was_given(client: TestClient) -> None:
    """this test ensures that what nobody answered cannot be judged, nor in any other words."""
    unknown = client.post("/feedback", data={"answer": "ans_1", "verdict": "wrong"})
    assert (unknown.status_code, 'role="alert"' in unknown.text) == (404, True)
    other = client.post("/feedback", data={"answer": "ans_1", "verdict": "fine"})
    assert (other.status_code, 'role="alert"' in other.text) == (422, True)


def test_a_long_question_is_answered_at_once(client: TestClient) -> None:
    """this test ensures that what does not fit into an address is not sent to one."""
    short = client.post("/ask", data={"question": "What is a swarm?"}, follow_redirects=False)
    assert (short.status_code, short.headers["location"]) == (
        303,
        "ask?question=What%20is%20a%20swarm%3F",
    )
    history = ["|" + "é" * 1_000] * 3
    data = {"question": "What is a swarm?", "history": history}
    assert client.post("/ask", data=data, follow_redirects=False).status_code == 200


@pytest.fixture(scope="module")
def mirror_assistant(mirror_index: Path) -> Iterator[Assistant]:
    assistant = Assistant.open(mirror_index, today=TODAY)
    yield assistant
    assistant.index.close()


def test_the_law_in_its_article(mirror_assistant: Assistant) -> None:
    """this test ensures that the GBER's article shows who amended it and leads to the Treaty."""
    client = TestClient(page_app(mirror_assistant))
    page = client.get("/document?id=02014R0651-20230701&at=Article+27(4)").text
    assert page.count("as amended by 2023/1315") == 2
    assert "document?work=tfeu&amp;at=Article%20107%283%29" in page
    assert "1 July 2023 to 31 December 2026:" in page
    assert 'href="document?id=02014R0651-20230701.fr&amp;at=Article%2027%284%29#place"' in page
    french = client.get("/document?id=02014R0651-20230701.fr&at=Article+27(4)").text
    assert "redevances" in french
    days = "old=2016-01-01&new=2024-01-01"
    assert "<ins>" in client.get(f"compare?work=gber&at=Article+2&{days}").text
    for address in (
        f"compare?work=gber&at=Chapter+III&{days}",
        "document?id=02014R0651-20230701&at=Chapter+III&against=32014R0651",
    ):
        refused = client.get(address)
        assert refused.status_code == 422
        assert "too long to be compared" in refused.text
    definition = client.get("/document?id=02014R0651-20230701&at=Article+2(92)").text
    assert "innovation clusters" in definition
    assert len(definition) < 60_000
    assert 'class="depth-1 numbered asked" id="place"><span class="marker">(92) ' in definition
