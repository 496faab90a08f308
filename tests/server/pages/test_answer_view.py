"""An answer as its page tells it."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from running import page_app
from starlette.testclient import TestClient

from clusterqa.answers import Answer, Facts, IndexRef, Notice, Statement
from clusterqa.assistant import Assistant
from clusterqa.index import Index, Library
from clusterqa.presenting.catalogue import Words
from clusterqa.server.pages.answer_view import AnswerView, lines_of
from clusterqa.types import Inquiry

TODAY = date(2026, 11, 23)


BARE = Answer("ans_1", "?", TODAY, "answered", (), (), (), (), 0.9, IndexRef("i", "e", ""), {})


@pytest.mark.parametrize(
    ("question", "as_of", "message", "ways"),
    [
        ("How much?", None, "Dites de quoi il s’agit", []),
        ("What does the Wax Guide say about aid?", None, "Absent d’ici : ", []),
        ("What does Article 99 of the Honey Regulation say?", None,
         "Honey Regulation, dans sa version du 23 novembre 2026, n’a pas de disposition", []),
        ("What does the Honey Regulation say on aid?", date(2016, 5, 1),
         "Honey Regulation : aucun texte du 1er mai 2016 n’est ici. Ce qui est ici s’applique "
         "du 1er janvier 2018 au 31 décembre 2030.", []),
        ("What does Article 3(4) of the Honey Regulation say?", date(2019, 1, 1),
         "Honey Regulation, dans sa version du 1er janvier 2019, n’a pas de disposition", []),
        ("What share of operating costs can aid cover?", date(2019, 1, 1),
         "Honey Regulation : ce texte s’appliquait jusqu’au 30 juin 2020 ; aujourd’hui "
         "s’applique celui du 1er janvier 2023.",
         [("02018R9001-20230101", "Article 3(2)", "Lire la version du 1er janvier 2023", True)]),
    ],
)  # fmt: skip
def test_notices_are_told_in_french(
    small_index: Path,
    question: str,
    as_of: date | None,
    message: str,
    ways: list[tuple[str, str, str, bool]],
) -> None:
    """this test ensures that a reader meets no words for operators and no ids, but links."""
    assistant = Assistant.open(small_index, today=TODAY)
    view = AnswerView(assistant.ask(Inquiry(question, as_of)), Words("fr"), assistant.works)
    told = view.banners[0]
    assert told.message[: len(message)] == message
    assert [(w.source, w.label, w.text, w.today) for w in told.ways] == ways
    assistant.index.close()


def test_a_provision_of_later_versions_is_linked(small_index: Path) -> None:
    """this test ensures that versions which have what is missing are links, each language once."""
    assistant = Assistant.open(small_index, today=TODAY)
    sources = ("02018R9001-20200701", "02018R9001-20230101")
    facts = Facts(
        work="Honey Regulation", label="Article 5(1)", day=date(2019, 1, 1), sources=sources
    )
    notice = Notice("provision_not_in_version", facts=facts)
    answer = replace(BARE, status="no_answer", as_of=date(2019, 1, 1), notices=(notice,))
    (told,) = AnswerView(answer, Words("en"), assistant.works).banners
    assert told.message == "Honey Regulation as it stood on 1 January 2019 has no Article 5(1)."
    assert (told.lead, [(w.source, w.label, w.text) for w in told.ways]) == (
        "These versions have it:",
        [
            ("02018R9001-20200701", "Article 5(1)", "the text of 1 July 2020"),
            ("02018R9001-20230101", "Article 5(1)", "the text of 1 January 2023"),
        ],
    )
    assistant.index.close()


def test_points_of_a_statement_stand_under_its_first_line() -> None:
    """this test ensures that a quoted list is shown as one, word for word."""
    assert lines_of("3. The costs shall be:\n(a) wages;\n(b) jars.\nNothing else.") == [
        ("", "3. The costs shall be:"), ("(a) ", "wages;"), ("(b) ", "jars."),
        ("", "Nothing else."),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def client(small_index: Path, small_corpus: Path) -> Iterator[TestClient]:
    assistant = Assistant.open(small_index, today=TODAY)
    yield TestClient(page_app(assistant, small_corpus))
    assistant.index.close()


class WordingAssistant(Assistant):
    """Answers in words of its own, as one with a language model does."""

    def ask(self, inquiry: Inquiry) -> Answer:
        found = super().ask(inquiry)
        own = Statement("Aid ends after seven years.", found.statements[0].citations, composed=True)
        return replace(found, statements=(own,), status="partial")


def test_a_composed_sentence_is_no_quotation(small_index: Path) -> None:
    """this test ensures that a model's words are called that and the source's stand beside them."""
    assistant = WordingAssistant.open(small_index, today=TODAY)
    client = TestClient(page_app(assistant))
    page = client.get("/ask", params={"question": "For how many years may aid be granted?"}).text
    assistant.index.close()
    own = page.index("Aid ends after seven years.")
    assert page.index('<div class="statement composed">') < own < page.index("Put into words by a")
    assert '<blockquote class="statement"' not in page
    quote = '<blockquote class="verbatim" lang="en">Operating aid may be granted to the beekeeper'
    assert quote in page
    assert "It is uncertain that this answers the question, or all of it.</strong>" in page


@pytest.fixture(scope="module")
def library(small_index: Path) -> Iterator[Library]:
    opened = Index.open(small_index)
    yield opened.library
    opened.close()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("ask?question=How+much%3F", 200),
        ("ask?question=What+does+the+Wax+Guide+say+about+aid%3F", 200),
        ("ask?question=What+does+Article+99+of+the+Honey+Regulation+say%3F", 200),
        ("ask?question=What+does+the+Honey+Regulation+say+on+aid%3F&as_of=2016-05-01", 200),
        ("ask?question=Was+darf+der+Imker+und+wie+viel%3F", 200),
        ("ask?question=Who+won+the+World+Cup%3F", 200),
        ("ask?question=What+changed+in+Article+3+of+the+Honey+Regulation+in+2020%3F", 200),
        ("ask?question=For+how+many+years+may+aid+be+granted%3F&as_of=2019-01-01", 200),
        ("ask?question=%20", 422),
        ("ask?question=aid&as_of=tomorrow", 422),
        ("search?q=aid&as_of=tomorrow", 422),
        ("search?q=aid&page=x", 422),
        ("document?id=nothing", 404),
        ("document?work=honey&as_of=1990-01-01", 404),
        ("document?id=02018R9001-20230101&at=Article+3&against=nothing", 404),
        ("file?id=02018R9001-20230101", 404),
        ("compare?work=honey&at=Article+3", 422),
        ("compare?work=nothing&at=Article+3&old=2019-01-01", 404),
        ("compare?work=honey&at=Article+3&old=2030-01-01&new=2019-01-01", 422),
        ("nowhere", 404),
    ],
)
def test_a_french_page_speaks_french(client: TestClient, address: str, status: int) -> None:
    """this test ensures that no notice, refusal or error of a French page is in English."""
    page = client.get(f"/{address}", headers={"Accept": "text/html", "Accept-Language": "fr"})
    assert page.status_code == status
    told = re.findall(
        r'<p class="(?:notice|problem|refusal|hint|meta)[^>]*>(?:(?!lang=).)*?</p>', page.text, re.S
    )
    text = html.unescape(re.sub("<[^>]*>", " ", " ".join(told)))
    words = set(re.findall(r"[^\W\d_]+", text.lower()))
    assert told and not words & {"the", "is", "of", "this", "was", "not", "here", "no", "and"}
