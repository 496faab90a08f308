"""A refusal says why, and what is missing."""

from datetime import date
from pathlib import Path

import pytest
from works import replaced

from clusterqa.answering.abstention import gaps
from clusterqa.answers import Answer
from clusterqa.assistant import Assistant
from clusterqa.presenting.catalogue import ENGLISH
from clusterqa.presenting.notices import message
from clusterqa.query.works import bearing_works
from clusterqa.types import Inquiry

TODAY = date(2024, 5, 1)
QUESTION = "What is a cluster organisation?"


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask(Inquiry(QUESTION))


def test_a_work_that_is_not_here_is_named(assistant: Assistant) -> None:
    """this test ensures that nothing else answers for a work whose text is missing."""
    answer = assistant.ask(Inquiry("What does the Wax Guide say about operating aid?"))
    assert (answer.status, answer.reason) == ("no_answer", "work_not_present")
    assert [n.message for n in answer.notices] == [
        "Wax Guide is not in this corpus. The missing text can be added from a file with: "
        "clusterqa corpus add"
    ]


def test_a_date_without_a_version_is_said(assistant: Assistant) -> None:
    """this test ensures that a work named for a day without its text is refused, with its days."""
    question = "What is the aid intensity of operating aid under the Honey Regulation?"
    answer = assistant.ask(Inquiry(question, date(2016, 5, 1)))
    assert (answer.status, answer.reason) == ("no_answer", "no_version_for_date")
    assert [n.message for n in answer.notices] == [
        "No text of Honey Regulation for 1 May 2016 is here; what is here applies from 1 January "
        "2018 to 31 December 2030."
    ]
    assert assistant.ask(Inquiry(question, date(2019, 5, 1))).citations


def test_what_applied_before_a_law_that_is_here_is_named(small_index: Path) -> None:
    """this test ensures that of a day before the law that is here, what it replaced is said."""
    assistant = Assistant.open(small_index, today=TODAY)
    replaced(assistant, "wax-guide", by="honey")
    (honey,) = [work for work in assistant.works if work.id == "honey"]
    told = gaps(assistant.library, [honey], date(2016, 5, 1))
    assert [message(notice, ENGLISH) for notice in told] == [
        "Wax Guide is not in this corpus. The missing text can be added from a file with: "
        "clusterqa corpus add",
        "No text of Honey Regulation for 1 May 2016 is here; what is here applies from 1 January "
        "2018 to 31 December 2030.",
    ]


def test_a_refusal_names_the_texts_of_the_date_that_are_not_here(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that a known version without a text is said, and no other."""
    (work,) = [work for work in assistant.works if work.id == "honey"]
    ids = [source.id for source in work.sources]
    assert gaps(assistant.library, [work], date(2024, 1, 1)) == []
    monkeypatch.setattr(assistant.library, "files", {})
    (absent,) = gaps(assistant.library, [work], date(2024, 1, 1))
    assert (absent.code, message(absent, ENGLISH)) == (
        "version_gap",
        "Known but not in this corpus, so not searched: Honey Regulation.",
    )
    monkeypatch.setattr(assistant.library, "files", {ids[0]: "", ids[2]: ""})
    (gap,) = gaps(assistant.library, [work], date(2021, 1, 1))
    assert (gap.code, message(gap, ENGLISH)) == (
        "no_version_for_date",
        "No text of Honey Regulation for 1 January 2021 is here; what is here applies from 1 "
        "January 2018 to 30 June 2020 and from 1 January 2023 to 31 December 2030. The missing "
        "text can be fetched with: clusterqa corpus sync",
    )


def test_what_was_not_searched_bears_on_the_question(assistant: Assistant) -> None:
    """this test ensures that a work is named only for a word of its own names."""
    for question, names in (("How is wax melted?", ["wax-guide"]), ("Who won at chess?", [])):
        works = bearing_works(assistant.library, question, date(2024, 1, 1), "en")
        assert [work.id for work in works] == names


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What ceiling does Regulation (EU) 2023/9999 set?", "Regulation (EU) 2023/9999"),
        ("What does the Honey Regulation 2023/9999 say?", "Regulation 2023/9999"),
        ("What does 1407/2013 say about the ceiling?", "1407/2013"),
    ],
)
def test_an_act_that_is_in_no_list_is_named(
    assistant: Assistant, question: str, named: str
) -> None:
    """this test ensures that nothing else answers for an act that is not known."""
    answer = assistant.ask(Inquiry(question))
    assert (answer.status, answer.reason) == ("no_answer", "not_in_corpus")
    assert answer.notices[0].message.startswith(f"{named} is not in this corpus.")


def test_the_absence_of_one_of_two_works_is_said(assistant: Assistant) -> None:
    """this test ensures that a refusal names what is missing when another named work is here."""
    answer = assistant.ask(
        Inquiry("What moon phases do the Honey Regulation and the Wax Guide forbid?")
    )
    assert answer.status == "no_answer"
    assert "work_not_present" in [notice.code for notice in answer.notices]


@pytest.mark.parametrize("question", ["Was ist ein Bienenhaus?", "¿Qué es una colmena según el?"])
def test_a_language_that_is_not_served_is_told(assistant: Assistant, question: str) -> None:
    """this test ensures that who asks in German or Spanish is told what is understood."""
    answer = assistant.ask(Inquiry(question))
    assert (answer.status, answer.reason) == ("no_answer", "unclear_question")
    codes = [notice.code for notice in answer.notices]
    assert codes == ["time_not_read", "language_not_served"]


@pytest.mark.parametrize(
    ("question", "as_of", "reason"),
    [
        ("And for how long?", None, "unclear_question"),
        ("How much?", None, "unclear_question"),
        ("What does Article 99 of the Honey Regulation say?", None, "provision_not_in_version"),
        ("What does the Wax Guide say about operating aid?", None, "work_not_present"),
        ("What does the Honey Regulation say on aid?", date(2016, 5, 1), "no_version_for_date"),
        ("Who won the chess championship in Reykjavik?", None, "outside_scope"),
    ],
)
def test_a_refusal_has_its_reason(
    assistant: Assistant, question: str, as_of: date | None, reason: str
) -> None:
    """this test ensures that programs are told why there is no answer."""
    answer = assistant.ask(Inquiry(question, as_of))
    assert (answer.status, answer.reason, answer.citations) == ("no_answer", reason, ())


def test_a_provision_of_another_version_is_named(assistant: Assistant) -> None:
    """this test ensures that a provision which is missing on a date names the versions with it."""
    question = "What does Article {} of the Honey Regulation say?"
    later = assistant.ask(Inquiry(question.format("4(2)"), date(2019, 1, 1)))
    never = assistant.ask(Inquiry(question.format("3(4)"), date(2019, 1, 1)))
    assert [later.reason, never.reason] == ["provision_not_in_version"] * 2
    assert [notice.message for notice in (*later.notices, *never.notices)] == [
        "Honey Regulation as it stood on 1 January 2019 has no Article 4(2); versions that have "
        "it: 02018R9001-20230101.",
        "Honey Regulation as it stood on 1 January 2019 has no Article 3(4).",
    ]
