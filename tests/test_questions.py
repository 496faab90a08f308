"""What a question asks for."""

import pytest

from clusterqa.errors import UsageError
from clusterqa.questions import checked, expected_figures, resolve
from clusterqa.types import Turn


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("What share can be paid?", "shall not exceed 50 % of the costs", True),
        ("What share can be paid?", "increased by 15 percentage points", True),
        ("What share can be paid?", "shall not exceed EUR 10 million", False),
        ("Above what amount must it be notified?", "EUR 10 million per cluster", True),
        ("For how many years?", "It shall not exceed 10 years.", True),
        ("How quickly must we report?", "within 20 working days", True),
        ("Until when does it apply?", "shall apply until 31 December 2026", True),
        ("Jusqu'à quand ? quelle date ?", "jusqu'au 31 décembre 2026", True),
        ("Quel pourcentage ?", "ne dépasse pas 50 % des coûts", True),
    ],
)
def test_figures_of_the_kind_asked_for(question: str, text: str, expected: bool) -> None:
    """this test ensures that a question for a figure tells texts that hold one from others."""
    figures = expected_figures(question)
    assert figures is not None
    assert bool(figures.search(text)) is expected


def test_a_question_for_no_figure() -> None:
    """this test ensures that who and why questions expect no figure."""
    assert expected_figures("Who owns the premises?") is None


@pytest.mark.parametrize(
    ("question", "resolved"),
    [
        ("And for running it?", "What is a cluster? And for running it?"),
        ("For how long?", "What is a cluster? For how long?"),
        ("Does that hold for large undertakings in assisted areas too, and for which costs?",
         "What is a cluster? Does that hold for large undertakings in assisted areas too, and for "
         "which costs?"),
        ("Which share of the costs of a feasibility study can be covered?",
         "Which share of the costs of a feasibility study can be covered?"),
    ],
)  # fmt: skip
def test_follow_ups_lean_on_the_turn_before(question: str, resolved: str) -> None:
    """this test ensures that only a question that needs it is joined to the one before."""
    assert resolve(question, [Turn("Old one?"), Turn("What is a cluster?")]) == resolved
    assert resolve(question, []) == question


def test_questions_are_folded_and_bounded() -> None:
    """this test ensures that blanks fold and empty or endless questions are refused."""
    assert checked("  What \n is it? ") == "What is it?"
    with pytest.raises(UsageError, match="the question is empty"):
        checked(" \n")
    with pytest.raises(UsageError, match="2001 characters, at most 2000"):
        checked("x" * 2001)
