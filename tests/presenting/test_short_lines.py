"""The short answer is what every interface says first, in the question's language."""

import json
from datetime import date
from pathlib import Path

import pytest

from clusterqa.answers import Answer
from clusterqa.assistant import Assistant
from clusterqa.cli.rendering import answer_text, to_json
from clusterqa.presenting.catalogue import Words
from clusterqa.server.api.formats import markdown
from clusterqa.server.chat.messages import annotations_of, pieces_of
from clusterqa.server.pages.answer_view import AnswerView
from clusterqa.types import Inquiry

TODAY = date(2024, 5, 1)
QUESTION = "For how many years may operating aid be granted for honey clusters?"


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask(Inquiry(QUESTION))


def test_the_short_answer_stands_in_its_quote(answer: Answer) -> None:
    """this test ensures that the words of a short answer are those of the citation they name."""
    assert answer.short is not None
    assert answer.short.kind == "duration"
    for words in answer.short.words:
        quote = next(c.quote for c in answer.citations if c.n == words.citation)
        assert quote.exact[words.start - quote.start : words.end - quote.start] == words.exact
        assert words.exact in answer.short.text


def test_every_interface_begins_with_it(answer: Answer, assistant: Assistant) -> None:
    """this test ensures that terminal, chat, Markdown and page say the short answer first."""
    assert answer.short is not None
    text = answer.short.text
    first = answer_text(answer, 0.1, 3).splitlines()[0]
    assert first == f"{text} [{answer.short.words[0].citation}]"
    pieces = pieces_of(answer, 3)
    assert pieces[0].text == text
    content = "".join(piece.text for piece in pieces)
    mark = annotations_of(pieces)[0].url_citation
    assert content[mark.start_index : mark.end_index] == first.removeprefix(f"{text} ")
    assert markdown(json.loads(to_json(answer))).split("\n\n")[1] == f"**{text}**"
    view = AnswerView(answer, Words("fr"), assistant.works)
    assert view.as_text.split("\n\n")[1] == text
    assert [c.n for c in view.short_sources] == [answer.short.words[0].citation]


def test_a_refusal_has_none(assistant: Assistant) -> None:
    """this test ensures that where nothing answers nothing is said in few words."""
    assert assistant.ask(Inquiry("Who won the World Cup?")).short is None
