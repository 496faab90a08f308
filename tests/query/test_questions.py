"""What a question asks for."""

from datetime import date

import pytest

from clusterqa.errors import UsageError
from clusterqa.languages.quantities import counts, figures
from clusterqa.query.checks import checked
from clusterqa.query.followups import resolve, swapped
from clusterqa.query.intents import (
    asks_count,
    asks_what_changed,
    expected_figures,
    expected_limit,
)
from clusterqa.query.works import named_works
from clusterqa.types import Source, Turn, Work


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("What share can be paid?", "shall not exceed 50 % of the costs", True),
        ("What share can be paid?", "increased by 15 percentage points", True),
        ("What share can be paid?", "shall not exceed EUR 10 million", False),
        ("Above what amount must it be notified?", "EUR 10 million per cluster", True),
        ("For how many years?", "It shall not exceed 10 years.", True),
        ("For how many years?", "granted for up to eight years", True),
        ("How long?", "a period of nine months", True),
        ("Pendant combien d'années ?", "pendant quatre ans", True),
        ("How quickly must we report?", "within 20 working days", True),
        ("Until when does it apply?", "shall apply until 31 December 2026", True),
        ("Jusqu'à quand ? quelle date ?", "jusqu'au 31 décembre 2026", True),
        ("Quel pourcentage ?", "ne dépasse pas 50 % des coûts", True),
    ],
)
def test_figures_of_the_kind_asked_for(question: str, text: str, expected: bool) -> None:
    """this test ensures that a question for a figure tells texts that hold one from others."""
    kinds = expected_figures(question)
    assert kinds
    assert any(one.kind in kinds for one in figures(text)) is expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How has Article 27(4) changed since 2016?", True),
        ("Comment l'article 27(4) a-t-il changé depuis 2016 ?", True),
        ("En quoi la définition a-t-elle été modifiée en 2023 ?", True),
        ("Comment modifier un régime d'aides ?", False),
    ],
)
def test_what_asks_for_a_change(question: str, expected: bool) -> None:
    """this test ensures that questions about a change are told from others, in both languages."""
    assert asks_what_changed(question) is expected


def test_a_question_for_no_figure() -> None:
    """this test ensures that who and why questions expect no figure."""
    assert expected_figures("Who owns the premises?") == frozenset()


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


@pytest.mark.parametrize(
    ("before", "question", "understood"),
    [
        ("What is the threshold for training aid?", "And for process innovation?",
         "What is the threshold for process innovation?"),
        ("What is the rate for building a lab for our cluster?", "and for running one",
         "What is the rate for running one for our cluster?"),
        ("Quel est le seuil pour les pôles ?", "Et pour la formation ?",
         "Quel est le seuil pour la formation ?"),
        ("Can SMEs get vouchers for advice?", "For how long?", None),
        ("Can SMEs get vouchers for advice?", "And for that?", None),
        ("Can SMEs get vouchers?", "And for large undertakings?", None),
    ],
)  # fmt: skip
def test_a_follow_up_puts_something_in_the_place_of_something(
    before: str, question: str, understood: str | None
) -> None:
    """this test ensures that "And for X?" asks the question before of X, not of both."""
    assert swapped(before, question) == understood


def test_a_follow_up_to_long_questions() -> None:
    """this test ensures that earlier questions may together be longer than one may be."""
    first, then = "What is a cluster? " + "Rent. " * 300, "And " + "fees " * 390
    resolved = resolve("For how long?", [Turn(first), Turn(then)])
    assert resolved == f"{first.strip()} {then.strip()} For how long?"


def test_questions_are_folded_and_bounded() -> None:
    """this test ensures that blanks fold and empty or endless questions are refused."""
    assert checked("  What \n is it? ") == "What is it?"
    with pytest.raises(UsageError, match="the question is empty"):
        checked(" \n")
    with pytest.raises(UsageError, match="2001 characters, at most 2000"):
        checked("x" * 2001)


GBER = Work(
    "gber", "General Block Exemption Regulation", "GBER", "law", "x",
    sources=(Source("new", "gber", "en", "x", valid_from=date(2014, 7, 1)),),
    names=("651/2014", "block exemption regulation"),
)  # fmt: skip
OLD = Work(
    "gber-2008", "General Block Exemption Regulation", "GBER 2008", "law", "x",
    sources=(
        Source("old", "gber-2008", "en", "x", None, None, None, None,
               date(2008, 8, 29), date(2014, 6, 30)),
    ),
    names=("800/2008", "block exemption regulation"),
)  # fmt: skip
GUIDE = Work("guide", "Smart Guide", "Smart Guide", "guide", "x")


@pytest.mark.parametrize(
    ("question", "as_of", "named"),
    [
        ("What does the GBER say?", date(2024, 1, 1), ["gber"]),
        ("What did Regulation 800/2008 say?", date(2024, 1, 1), ["gber-2008"]),
        ("What does the block exemption regulation say?", date(2024, 1, 1), ["gber"]),
        ("What does the block exemption regulation say?", date(2010, 1, 1), ["gber-2008"]),
        ("Which regions does the smart guide describe?", date(2024, 1, 1), ["guide"]),
        ("Who guides a smart cluster?", date(2024, 1, 1), []),
    ],
)
def test_works_are_known_by_their_names(question: str, as_of: date, named: list[str]) -> None:
    """this test ensures that a work named in a question is recognised, by date where names meet."""
    assert [work.id for work in named_works(question, [GBER, OLD, GUIDE], as_of)] == named


@pytest.mark.parametrize(
    ("question", "text", "sets"),
    [
        ("What is the minimum duration of the aid?", "It shall not exceed 10 years.", False),
        ("What is the minimum duration of the aid?", "It shall last at least 5 years.", True),
        ("What is the highest rate?", "The aid intensity shall not exceed 50 %.", True),
        ("What is the highest rate?", "The application shall be in writing.", False),
        ("Quel est le plafond ?", "Le montant total n’excède pas 300 000 EUR.", True),
    ],
)
def test_a_limit_of_the_kind_asked_for(question: str, text: str, sets: bool) -> None:
    """this test ensures that a least is not taken for a most."""
    limit = expected_limit(question)
    assert limit is not None and bool(limit.search(text)) is sets


def test_de_minimis_is_no_minimum() -> None:
    """this test ensures that a name which holds "minimis" asks for no limit."""
    assert expected_limit("What is de minimis aid?") is None


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How many members must a cluster have?", True),
        ("How many years may it last?", False),
        ("Combien d'entreprises faut-il ?", True),
        ("How much may it get?", False),
    ],
)
def test_questions_for_a_count(question: str, asked: bool) -> None:
    """this test ensures that how many there are is told from how long and how much."""
    assert asks_count(question) is asked


def test_numbers_that_count() -> None:
    """this test ensures that the number of a provision or an act is no count."""
    assert counts("at least three enterprises") and counts("fewer than 250 persons")
    assert not counts("Article 27, paragraph 2 of Regulation 2023/1315")
    assert not counts("50 % of the costs of ten years")


def test_an_abbreviation_is_a_name_and_a_plain_word_is_none() -> None:
    """this test ensures that what a manifest writes in capitals names a work, "framework" none."""
    work = Work("cisaf", "Framework", "Framework", "soft_law", "x", names=("CISAF",))
    assert named_works("cisaf ceilings for net-zero factories", [work], date(2026, 1, 1)) == [work]
    assert named_works("Which framework applies?", [work], date(2026, 1, 1)) == []
