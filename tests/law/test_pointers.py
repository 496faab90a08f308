"""A definition that only points elsewhere leads there; one that says something itself does not."""

from datetime import date
from pathlib import Path

import pytest

from clusterqa.assistant import Assistant
from clusterqa.law.pointers import pointed_to
from clusterqa.types import Inquiry

TODAY = date(2026, 11, 23)
GBER = "02014R0651-20230701"


@pytest.fixture(scope="module")
def assistant(mirror_index: Path) -> Assistant:
    return Assistant.open(mirror_index, today=TODAY)


def passage_of(assistant: Assistant, label: str, words: str) -> str | None:
    """The label that the passage of a label that holds the words points to."""
    library = assistant.library
    found = next(
        passage
        for _, passage in library.passages_of(GBER, most=2000)
        if passage.label == label and words in passage.text
    )
    place = pointed_to(library, found, TODAY)
    return place.label if place else None


@pytest.mark.parametrize(
    ("label", "words", "expected"),
    [
        ("Article 2(2)", "fulfilling the criteria laid down in Annex I", "Annex I"),
        ("Article 2(92)", "structures or organised groups", None),
        ("Article 27(6)", "shall not exceed 50 %", None),
    ],
)
def test_where_a_definition_leads(
    assistant: Assistant, label: str, words: str, expected: str | None
) -> None:
    """this test ensures that only a definition that ends in a reference leads to what it cites."""
    assert passage_of(assistant, label, words) == expected


def test_what_is_pointed_to_is_quoted_with_it(assistant: Assistant) -> None:
    """this test ensures that who asks what an SME is reads the criteria too."""
    answer = assistant.ask(Inquiry("What is an SME?"))
    labels = [citation.locator.label for citation in answer.citations]
    assert any(label.startswith("Annex I") for label in labels), labels
