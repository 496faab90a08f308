"""An answer as its page tells it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from running import page_app
from starlette.testclient import TestClient

from clusterqa.answering import in_words
from clusterqa.assistant import Assistant
from clusterqa.index import Index
from clusterqa.presenting.catalogue import Words
from clusterqa.server.pages.answer_view import AnswerView, lines_of
from clusterqa.types import (
    Answer,
    IndexRef,
    Inquiry,
    Notice,
    Statement,
)

TODAY = date(2026, 11, 23)


def test_how_sure_an_answer_is_in_french(index: Index) -> None:
    """this test ensures that the measured experience behind an answer is said in both languages."""
    said = in_words("answered", 0.9)
    view = AnswerView(replace(BARE, confidence_words=said), Words("fr"), ())
    assert AnswerView(view.answer, Words("en"), ()).confidence.message == said
    assert re.fullmatch(
        r"Probable : environ \d+ réponses sur 10 aussi sûres que celle-ci citaient la bonne "
        r"disposition\. Lisez-la dans son contexte\.",
        view.confidence.message,
    )


BARE = Answer("ans_1", "?", TODAY, "answered", (), (), (), (), 0.9, IndexRef("i", "e", ""), {})


@pytest.mark.parametrize(
    ("question", "as_of", "message", "ways"),
    [
        ("How much?", None, "Dites en une phrase complète de quoi il s’agit", []),
        ("What does the Wax Guide say about aid?", None, "Absent d’ici : ", []),
        ("What does Article 99 of the Honey Regulation say?", None,
         "Honey Regulation, dans sa version du 23 novembre 2026, n’a pas de disposition", []),
        ("What does the Honey Regulation say on aid?", date(2016, 5, 1),
         "Honey Regulation : aucun texte du 1er mai 2016 n’est ici. Ce qui est ici s’applique : "
         "du 1er janvier 2018 au 31 décembre 2030.", []),
        ("What does Article 3(4) of the Honey Regulation say?", date(2019, 1, 1),
         "Honey Regulation, dans sa version du 1er janvier 2019, n’a pas de disposition", []),
        ("For how many years may operating aid be granted?", date(2019, 1, 1),
         "Honey Regulation : ce texte s’appliquait jusqu’au 30 juin 2020 ; il ne s’applique plus",
         [("02018R9001-20230101", "Article 3(1)", "Lire la version du 1er janvier 2023", True)]),
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
    assert (told.language, told.message[: len(message)]) == ("fr", message)
    assert [(w.source, w.label, w.text, w.today) for w in told.ways] == ways
    assistant.index.close()


def test_a_provision_of_later_versions_is_linked(small_index: Path) -> None:
    """this test ensures that versions which have what is missing are links, each language once."""
    assistant = Assistant.open(small_index, today=TODAY)
    words = "Honey Regulation as it stood on 1 January 2019 has no Article 5(1); versions that "
    notice = Notice(
        "provision_not_in_version", f"{words}have it: 02018R9001-20200701, 02018R9001-20230101."
    )
    answer = replace(BARE, status="no_answer", as_of=date(2019, 1, 1), notices=(notice,))
    (told,) = AnswerView(answer, Words("en"), assistant.works).banners
    assert told.message == "Honey Regulation, as it stood on 1 January 2019, has no Article 5(1)."
    assert (told.lead, [(w.source, w.label, w.text) for w in told.ways]) == (
        "These versions have it:",
        [
            ("02018R9001-20200701", "Article 5(1)", "the text of 1 July 2020"),
            ("02018R9001-20230101", "Article 5(1)", "the text of 1 January 2023"),
        ],
    )
    other = replace(answer, notices=(Notice("provision_not_in_version", "Said otherwise."),))
    (told,) = AnswerView(other, Words("fr"), assistant.works).banners
    assert (told.language, told.message) == ("en", "Said otherwise.")
    assistant.index.close()


@pytest.fixture(scope="module")
def index(small_index: Path) -> Iterator[Index]:
    opened = Index.open(small_index)
    yield opened
    opened.close()


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
        return replace(found, statements=(own,), reason="unheard_of", status="partial")


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
    assert (
        "It is uncertain that this answers the question, or all of it.</strong> unheard_of" in page
    )
