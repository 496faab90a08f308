"""What must be read first is the first thing said, by every way in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from clusterqa.assistant import Assistant
from clusterqa.cli.rendering import answer_text
from clusterqa.server.app import create_app
from clusterqa.server.chat.messages import pieces_of
from clusterqa.settings import Settings
from clusterqa.types import Inquiry

TODAY = date(2030, 12, 1)
SHARE = "What share of operating costs can aid cover?"
ENDED = "Honey Regulation ended on 31 December 2030, and what follows it is not known here"
COMMANDS = "clusterqa corpus sync, then clusterqa ingest"


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


@pytest.fixture(scope="module")
def lawless(lawless_index: Path) -> Assistant:
    return Assistant.open(lawless_index, today=TODAY)


@pytest.fixture(scope="module")
def client(assistant: Assistant, small_settings: Settings) -> TestClient:
    return TestClient(create_app(lambda: assistant, small_settings))


@pytest.fixture(scope="module")
def lawless_client(lawless: Assistant, small_settings: Settings) -> TestClient:
    settings = replace(small_settings, index=small_settings.index.with_name("lawless-index"))
    return TestClient(create_app(lambda: lawless, settings))


def page(client: TestClient, day: date, language: str = "en") -> str:
    query = {"question": SHARE, "as_of": day.isoformat(), "lang": language}
    return client.get("/ask", params=query, headers={"Accept": "text/html"}).text


def order(text: str, *parts: str) -> bool:
    """Whether the parts stand in the text, in this order."""
    places = [text.index(part) for part in parts]
    return places == sorted(places)


def test_the_end_of_a_law_is_the_first_line(assistant: Assistant, client: TestClient) -> None:
    """this test ensures that terminal, chat, page, API and Markdown begin with what has ended."""
    day = date(2031, 1, 1)
    answer = assistant.ask(Inquiry(SHARE, day))
    assert answer_text(answer, 0.1, 3).startswith(f"Attention: {ENDED}")
    assert pieces_of(answer, 3)[0].text.startswith(f"Attention: {ENDED}")
    assert order(page(client, day), ENDED, "clusterqa corpus sync", "60 %")
    french = "Honey Regulation a pris fin le 31 décembre 2030"
    assert order(page(client, day, "fr"), french, "clusterqa corpus sync", "60 %")
    sent = client.post("/v1/ask", json={"question": SHARE, "as_of": "2031-01-01"}).json()
    first, cited = sent["notices"][0], sent["citations"][0]
    assert (first["code"], first["citation"]) == ("expired_source", 1)
    assert first["facts"]["until"] == cited["words_until"] == "2030-12-31"
    assert cited["document"]["legal_status"] == "expired"
    assert sent["experience"]["sureness"] != "likely"
    markdown = client.get(f"/v1/answers/{sent['id']}", params={"format": "md"})
    assert markdown.status_code == 200
    assert order(markdown.text, f"**Attention: {ENDED}", "60 %")


def test_before_its_end_it_comes_after_the_answer(assistant: Assistant, client: TestClient) -> None:
    """this test ensures that what is still law is not announced like what has ended."""
    day, soon = date(2030, 12, 31), "this text applies until 31 December 2030; what follows it is"
    for text in (
        answer_text(assistant.ask(Inquiry(SHARE, day)), 0.1, 3),
        "".join(piece.text for piece in pieces_of(assistant.ask(Inquiry(SHARE, day)), 3)),
        page(client, day),
    ):
        assert order(text, "60 %", soon)
        assert text.count(soon) == 1
        assert "Attention" not in text and ENDED not in text


def test_a_provision_goes_on_being_served(client: TestClient) -> None:
    """this test ensures that programs which name a provision get its last text, as expired."""
    query = {"work": "honey", "label": "Article 3(2)", "as_of": "2031-06-01"}
    found = client.get("/v1/provisions", params=query)
    assert found.status_code == 200
    assert "60 %" in found.json()["text"]
    assert found.json()["document"]["legal_status"] == "expired"


@pytest.mark.parametrize("question", [SHARE, "What is a cluster organisation?"])
def test_missing_laws_are_the_first_line(
    lawless: Assistant, lawless_client: TestClient, question: str
) -> None:
    """this test ensures that answers and refusals alike begin with the texts that are missing."""
    answer = lawless.ask(Inquiry(question))
    missing = "The texts of the law are not here yet"
    for text in (answer_text(answer, 0.1, 1), pieces_of(answer, 1)[0].text):
        assert text.startswith(f"Attention: {missing}")
        assert COMMANDS in text.split("\n")[0]
    sent = lawless_client.post("/v1/ask", json={"question": question}).json()
    assert sent["notices"][0]["code"] == "texts_missing"


@pytest.mark.parametrize("address", ["/", "/ask?question=What+is+a+cluster%3F"])
def test_the_page_begins_with_what_is_missing(lawless_client: TestClient, address: str) -> None:
    """this test ensures that the page says it before a first question too, in both languages."""
    ways: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("en", lambda text: "The texts of the law are not here yet" in text),
        ("fr", lambda text: "Les textes du droit ne sont pas encore ici" in text),
    )
    for language, said in ways:
        headers = {"Accept-Language": language, "Accept": "text/html"}
        text = lawless_client.get(address, headers=headers).text
        assert said(text)
        assert text.index("clusterqa corpus sync") < text.index("<form")
