"""A version in words."""

from datetime import date
from pathlib import Path

import pytest

from clusterqa.answers import Answer
from clusterqa.assistant import Assistant
from clusterqa.presenting.answers import version_text
from clusterqa.presenting.catalogue import ENGLISH
from clusterqa.types import Inquiry

TODAY = date(2024, 5, 1)
QUESTION = "What is a cluster organisation?"


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask(Inquiry(QUESTION))


def test_a_text_of_a_past_day_was_in_force_on_it(assistant: Assistant) -> None:
    """this test ensures that a text which has ended is not said to be in force."""
    question = "What does Article 3(2) of the Honey Regulation say?"
    answer = assistant.ask(Inquiry(question, date(2019, 5, 1)))
    assert version_text(answer.citations[0].document, ENGLISH, answer.as_of) == (
        "text of 1 January 2018, in force on 1 May 2019, until 30 June 2020"
    )
    assert version_text(
        assistant.ask(Inquiry(question)).citations[0].document, ENGLISH, date.today()
    ) == ("consolidated 1 January 2023, in force, applies until 31 December 2030")
