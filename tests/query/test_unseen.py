"""Characters of a question that nobody sees change nothing of what comes of it."""

from dataclasses import replace

import pytest

from clusterqa.assistant import Assistant
from clusterqa.errors import UsageError
from clusterqa.query.checks import checked
from clusterqa.types import Inquiry, Turn

QUESTION = "What is a cluster organisation?"


def test_an_unseen_character_in_a_question_changes_nothing(small_assistant: Assistant) -> None:
    """this test ensures that the answer is the same to the last byte, its id included."""
    strewn = "\ufeffWh\u200bat is a clus\u00adter \u202eorganisation\u2060?\U000e0041"
    plain, other = (
        replace(small_assistant.ask(Inquiry(text)), timings_ms={}) for text in (QUESTION, strewn)
    )
    assert other == plain
    history = (Turn(QUESTION),), (Turn(strewn),)
    plain, other = (
        replace(small_assistant.ask(Inquiry("And who runs it?", history=turns)), timings_ms={})
        for turns in history
    )
    assert other == plain
    assert small_assistant.search(Inquiry(strewn)) == small_assistant.search(Inquiry(QUESTION))


def test_controls_of_a_question_are_marks() -> None:
    """this test ensures that what is said of a question cannot move a cursor."""
    assert checked("What is\x1b[31m aid?\x07\x9b") == "What is␛[31m aid?␇\ufffd"


def test_a_question_of_unseen_characters_is_empty() -> None:
    """this test ensures that it is refused as one that was not asked."""
    with pytest.raises(UsageError, match="the question is empty"):
        checked("\u200b\u2060 \ufeff")
