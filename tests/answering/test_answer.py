"""Which day and which parts of a question an answer is for."""

from datetime import date
from pathlib import Path

import pytest
from works import replaced

from clusterqa.answers import Answer
from clusterqa.assistant import Assistant
from clusterqa.types import Inquiry, Turn

TODAY = date(2024, 5, 1)
QUESTION = "What is a cluster organisation?"


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask(Inquiry(QUESTION))


def test_an_act_that_was_replaced_answers_from_its_last_text(small_index: Path) -> None:
    """this test ensures that a replaced act which is named is quoted as it last stood, and so said.

    A question of today is not answered from it.
    """
    assistant = Assistant.open(small_index, today=date(2031, 5, 1))
    replaced(assistant, "honey", by="cluster-definitions")
    answer = assistant.ask(
        Inquiry("What is the aid intensity of operating aid under the Honey Regulation?")
    )
    assert (answer.as_of, bool(answer.citations)) == (date(2030, 12, 31), True)
    assert "superseded_source" in [notice.code for notice in answer.notices]
    answer = assistant.ask(
        Inquiry("What is the aid intensity of operating aid under the Honey Regulation today?")
    )
    assert (answer.as_of, answer.reason) == (date(2031, 5, 1), "no_version_for_date")


def test_a_date_in_the_question_is_the_date_asked_about(assistant: Assistant) -> None:
    """this test ensures that a year in the words counts, after a date given apart from them."""
    question = "What share of operating costs could aid cover in 2019?"
    assert {c.document.id for c in assistant.ask(Inquiry(question)).citations} == {"32018R9001"}
    assert assistant.ask(Inquiry(question, date(2024, 1, 1))).as_of == date(2024, 1, 1)
    later = assistant.ask(Inquiry("And for jars?", history=(Turn(question, date(2019, 2, 1)),)))
    assert later.as_of == date(2019, 2, 1)


def test_several_questions_are_answered_part_by_part(assistant: Assistant) -> None:
    """this test ensures that each of two questions asked at once gets its provision."""
    question = (
        "What does Article 4(2) of the Honey Regulation say? "
        "And what does Article 3(2) of the Honey Regulation say?"
    )
    labels = [citation.locator.label for citation in assistant.ask(Inquiry(question)).citations]
    assert labels == ["Article 3(2)", "Article 4(2)"]
