"""What changed is shown in both wordings; what did not is said to be the same."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from clusterqa.answering import check_answer
from clusterqa.answering.comparison import Sides, became
from clusterqa.answers import Answer, Compared
from clusterqa.assistant import Assistant
from clusterqa.law.history import Wording
from clusterqa.types import Inquiry, Turn

TODAY = date(2024, 5, 1)
QUESTION = "What is a cluster organisation?"


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask(Inquiry(QUESTION))


def test_two_days_get_both_wordings(assistant: Assistant) -> None:
    """this test ensures that a question about then and now is answered from both versions."""
    question = (
        "What did Article 3(2) of the Honey Regulation say in 2019, and what does it say now?"
    )
    answer = assistant.ask(Inquiry(question))
    assert [c.document.id for c in answer.citations] == ["32018R9001", "02018R9001-20230101"]
    assert len({c.locator.label for c in answer.citations}) == 1
    assert "changed" in {n.code for n in answer.notices}
    assert answer.compared == Compared(
        "honey", "Article 3(2)", "en", date(2019, 7, 1), TODAY, "reworded", ("Article 3(2)",)
    )
    check_answer(answer.statements, answer.citations, assistant.library.document)


def test_a_rule_that_did_not_change_says_so(assistant: Assistant) -> None:
    """this test ensures that one wording is shown once, and its constancy said."""
    answer = assistant.ask(Inquiry("What changed in the definition of a honey house since 2019?"))
    assert len(answer.citations) == 1
    assert "unchanged" in {n.code for n in answer.notices}
    assert answer.compared
    assert (answer.compared.since, answer.compared.outcome) == (date(2018, 12, 31), "same")


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What changed in Article 3(2) of the Honey Regulation in 2020?",
         date(2019, 12, 31), date(2020, 12, 31)),
        ("What changed in Article 3(2) of the Honey Regulation since 2018?",
         date(2018, 1, 1), TODAY),
        ("How has Article 3(2) of the Honey Regulation changed?", date(2020, 6, 30), TODAY),
    ],
)  # fmt: skip
def test_what_is_compared_is_told(
    assistant: Assistant, question: str, since: date, until: date
) -> None:
    """this test ensures that a program learns which provision and which days are compared."""
    assert assistant.ask(Inquiry(question)).compared == Compared(
        "honey", "Article 3(2)", "en", since, until, "reworded", ("Article 3(2)",)
    )


@pytest.mark.parametrize(
    ("sides", "outcome"),
    [
        ([("a", "a"), (None, None)], "same"),
        ([("a", "a"), ("b", "c")], "reworded"),
        ([("a", "a"), (None, "c")], "reworded"),
        ([(None, "a"), (None, "b")], "added"),
        ([("a", None), ("b", None)], "removed"),
    ],
)
def test_what_became_of_a_provision(
    sides: list[tuple[str | None, str | None]], outcome: str
) -> None:
    """this test ensures that an article is added or removed only with all that is in it."""
    both = [[Wording(text, None, None, ()) for text in pair] for pair in sides]
    assert became([Sides(str(n), *pair) for n, pair in enumerate(both)]) == outcome


def test_what_older_texts_said_is_not_guessed(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that a rule is called unchanged only since the act as adopted."""
    question = "How has the definition of a honey house changed?"
    compared = assistant.ask(Inquiry(question)).compared
    assert compared and (compared.since, compared.outcome) == (date(2018, 1, 1), "same")
    work, first = assistant.library.sources["32018R9001"]
    consolidated = (work, replace(first, authentic=False))
    monkeypatch.setitem(assistant.library.sources, first.id, consolidated)
    assert assistant.ask(Inquiry(question)).compared is None


def test_what_has_no_days_is_not_compared(assistant: Assistant) -> None:
    """this test ensures that a guide without dates is quoted, not called unchanged since today."""
    answer = assistant.ask(Inquiry("How does a cluster policy differ from backing winners?"))
    assert (answer.status, answer.compared) == ("answered", None)
    assert "unchanged" not in {n.code for n in answer.notices}


def test_a_named_article_is_compared_paragraph_by_paragraph(assistant: Assistant) -> None:
    """this test ensures that the changed paragraphs of an article are shown, and no others."""
    answer = assistant.ask(Inquiry("What changed in Article 3 of the Honey Regulation in 2020?"))
    assert [(c.document.id, c.locator.label) for c in answer.citations] == [
        ("32018R9001", "Article 3(2)"),
        ("02018R9001-20200701", "Article 3(2)"),
    ]
    assert answer.notices[0].message == (
        "Honey Regulation, Article 3: (2) changed between 31 December 2019 and 31 December 2020; "
        "the older words come first."
    )
    check_answer(answer.statements, answer.citations, assistant.library.document)


def test_an_unchanged_article_says_so(assistant: Assistant) -> None:
    """this test ensures that constancy is said of the whole article, with both days."""
    answer = assistant.ask(Inquiry("What changed in Article 3 of the Honey Regulation in 2022?"))
    assert answer.notices[0].message == (
        "Honey Regulation, Article 3: the same words on 31 December 2021 and 31 December 2022."
    )
    assert len(answer.citations) == 1


def test_an_article_that_gained_paragraphs_is_shown_whole(assistant: Assistant) -> None:
    """this test ensures that what was one text and is two is set beside them, not called gone."""
    answer = assistant.ask(
        Inquiry("What changed in Article 4 of the Honey Regulation on 1 January 2023?")
    )
    assert [c.locator.label for c in answer.citations] == ["Article 4", "Article 4"]
    assert "Article 4: changed between 31 December 2022 and" in answer.notices[0].message


def test_a_recital_is_not_called_removed(assistant: Assistant) -> None:
    """this test ensures that a consolidated text, which has no recitals, removed none."""
    answer = assistant.ask(Inquiry("What changed in recital 2 of the Honey Regulation since 2018?"))
    assert (answer.reason, answer.compared) == ("provision_not_in_version", None)
    assert [notice.message for notice in answer.notices] == [
        "Honey Regulation as it stood on 1 May 2024 has no Recital (2); versions that have it: "
        "32018R9001."
    ]


def test_what_an_act_changed_is_what_it_amends_before_and_after(assistant: Assistant) -> None:
    """this test ensures that an amending act is met with the text it led to, not with its own."""
    answer = assistant.ask(Inquiry("What did Regulation 2020/9002 change about operating aid?"))
    assert {c.document.work for c in answer.citations} == {"honey"}
    assert "between 30 June 2020 and 1 July 2020" in answer.notices[0].message


def test_a_day_without_a_text_is_said_beside_what_is_compared(assistant: Assistant) -> None:
    """this test ensures that of two days named the one of which no text is here is not hidden."""
    answer = assistant.ask(Inquiry("Compare the aid intensity of operating aid in 2010 and 2024."))
    (absent, *_) = answer.notices
    assert (absent.code, absent.facts.day) == ("no_version_for_date", date(2010, 7, 1))


def test_a_follow_up_may_ask_what_changed(assistant: Assistant) -> None:
    """this test ensures that "what changed?" is asked of the question before, not dropped."""
    before = Turn("What is the aid intensity of operating aid under the Honey Regulation?")
    answer = assistant.ask(Inquiry("What changed in 2023?", history=(before,)))
    assert answer.understood_as == f"{before.question} What changed in 2023?"
    assert answer.compared is not None and answer.compared.label == "Article 3(2)"
