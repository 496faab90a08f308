"""A law that has ended, and of which nothing later is here, goes on answering and says so."""

from datetime import date
from pathlib import Path

import pytest
from works import replaced

from clusterqa.answering import experience
from clusterqa.answering.abstention import of_the_search
from clusterqa.answers import Answer, Notice
from clusterqa.assistant import Assistant
from clusterqa.presenting.catalogue import Words
from clusterqa.presenting.notices import message
from clusterqa.search.reader import untrained
from clusterqa.types import Inquiry

LAST, AFTER, LATER = date(2030, 12, 31), date(2031, 1, 1), date(2031, 6, 1)
TODAY = date(2030, 12, 1)
SHARE = "What share of operating costs can aid cover?"
NAMED = "What is the aid intensity of operating aid under the Honey Regulation?"
NEWEST = "02018R9001-20230101"
ENDED = (
    "Honey Regulation ended on 31 December 2030, and what follows it is not known here; quoted is "
    "its last known text. To look for what follows it: clusterqa corpus sync"
)


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


@pytest.fixture
def another(small_index: Path) -> Assistant:
    """One whose works a test may change."""
    return Assistant.open(small_index, today=LATER)


def places(answer: Answer) -> list[tuple[str, str, str]]:
    return [(c.document.id, c.locator.label, c.document.legal_status) for c in answer.citations]


def codes(answer: Answer) -> list[str]:
    return [notice.code for notice in answer.notices]


def test_on_its_last_day_a_law_says_that_it_ends(assistant: Assistant) -> None:
    """this test ensures that the end is announced once, with what is known of what follows."""
    answer = assistant.ask(Inquiry(SHARE, LAST))
    assert places(answer) == [(NEWEST, "Article 3(2)", "in_force")]
    assert [n.message for n in answer.notices if n.code == "expires_soon"] == [
        "Honey Regulation: this text applies until 31 December 2030; what follows it is not known "
        "here."
    ]
    assert "expired_source" not in codes(answer)
    assert " as the text has ended" not in answer.confidence_words


@pytest.mark.parametrize("day", [AFTER, LATER])
@pytest.mark.parametrize("question", [SHARE, NAMED])
def test_after_its_end_a_law_answers_and_says_so_first(
    assistant: Assistant, question: str, day: date
) -> None:
    """this test ensures that the words of the last day are quoted, as of a text that has ended."""
    answer = assistant.ask(Inquiry(question, day))
    before = assistant.ask(Inquiry(question, LAST))
    assert (answer.as_of, answer.status) == (day, before.status)
    assert places(answer) == [(NEWEST, "Article 3(2)", "expired")]
    assert answer.statements == before.statements
    assert answer.confidence == before.confidence
    assert [c.neighbours for c in answer.citations] == [c.neighbours for c in before.citations]
    first, *others = answer.notices
    assert (first.code, first.citation, first.message) == ("expired_source", 1, ENDED)
    assert first.facts.until == LAST
    assert not {"expired_source", "expires_soon", "superseded_source"} & {n.code for n in others}


def test_a_question_of_a_later_today_is_of_today(small_index: Path) -> None:
    """this test ensures that naming an ended law does not move the question to its last day."""
    assistant = Assistant.open(small_index, today=LATER)
    for question in (NAMED, "What is the aid intensity under the Honey Regulation today?", SHARE):
        answer = assistant.ask(Inquiry(question))
        assert (answer.as_of, codes(answer)[0]) == (LATER, "expired_source")


def test_what_is_asked_of_a_past_day_was_the_law_then(another: Assistant) -> None:
    """this test ensures that only words of after the end are said to be of an ended law."""
    answer = another.ask(Inquiry(SHARE, date(2024, 5, 1)))
    assert places(answer) == [(NEWEST, "Article 3(2)", "in_force")]
    assert [n.message for n in answer.notices if n.code == "superseded_source"] == [
        "Honey Regulation: this text applied until 31 December 2030."
    ]
    assert "expired_source" not in codes(answer)


def test_nothing_of_an_ended_law_is_called_likely() -> None:
    """this test ensures that words and band are capped, and the number stays what it is."""
    ended = [Notice("expired_source", 1)]
    for confidence, right, of in ((b, r, n) for b, n, r in untrained().bands):
        plain = experience("answered", confidence, untrained())
        capped = experience("answered", confidence, untrained(), ended)
        assert plain is not None and capped is not None
        expected = "possibly" if right / of >= 0.5 else "uncertain"
        assert (capped.sureness, capped.tenths) == (expected, plain.tenths)


def test_the_cap_is_said_in_words(assistant: Assistant) -> None:
    """this test ensures that the line on confidence gives the reason of its cap."""
    answer = assistant.ask(Inquiry("What does Article 3(2) of the Honey Regulation say?", AFTER))
    assert answer.experience is not None and answer.experience.sureness != "likely"
    assert answer.confidence_words.split(":")[0] in (
        "Possibly, as the text has ended",
        "Uncertain, as the text has ended",
    )


def test_a_replacement_that_is_not_here_is_named(another: Assistant) -> None:
    """this test ensures that who replaced a law is said, where its own text cannot answer."""
    replaced(another, "honey", by="wax-guide")
    another.fixed_today = TODAY
    answer = another.ask(Inquiry(SHARE, AFTER))
    assert answer.notices[0].message.startswith(
        "Honey Regulation ended on 31 December 2030 and was replaced by Wax Guide, whose text is "
        "not here; quoted is its last text."
    )
    assert message(answer.notices[0], Words("fr")).startswith(
        "Honey Regulation a pris fin le 31 décembre 2030 et a été remplacé par Wax Guide"
    )
    (soon,) = [n for n in another.ask(Inquiry(SHARE, LAST)).notices if n.code == "expires_soon"]
    assert soon.message == (
        "Honey Regulation: this text applies until 31 December 2030; Wax Guide follows it."
    )


def test_a_replacement_that_is_here_answers_instead(another: Assistant) -> None:
    """this test ensures that a law with a successor here is not searched after its end."""
    replaced(another, "honey", by="cluster-definitions")
    found = another.search(Inquiry(SHARE), k=20)
    assert {hit.passage.source for hit in found} == {"cluster-definitions"}
    named = another.ask(Inquiry(NAMED))
    assert (named.as_of, "superseded_source" in codes(named)) == (LAST, True)


def test_what_amends_an_ended_law_ends_with_it(another: Assistant) -> None:
    """this test ensures that an amending act is not quoted as if what it amends were the law."""
    answer = another.ask(Inquiry("What does Article 1 say?", documents=("32020R9002",)))
    assert codes(answer) == ["expired_source", "amending_act"]
    assert answer.notices[0].facts.work == "Honey Regulation"


def test_a_comparison_ends_with_the_law(another: Assistant) -> None:
    """this test ensures that no wording is said to have lasted beyond the end of its law."""
    answer = another.ask(
        Inquiry("What changed in Article 3(2) of the Honey Regulation since 2019?")
    )
    assert answer.compared is not None
    assert (answer.compared.outcome, answer.compared.until) == ("reworded", LAST)
    assert codes(answer)[0] == "expired_source"


def test_a_refusal_says_that_the_law_has_ended(another: Assistant) -> None:
    """this test ensures that what a named law does not say is not taken for the law of today."""
    query = another.query(Inquiry(NAMED))
    told = of_the_search(another.library, query, query.works, {NEWEST}, another.today)
    assert [notice.code for notice in told] == ["expired_source"]


def test_a_provision_that_an_ended_law_has_not_is_refused_so(another: Assistant) -> None:
    """this test ensures that the end comes first where a provision is asked for that is not in the
    last text either."""
    refused = another.ask(Inquiry("What does Article 99 of the Honey Regulation say?"))
    assert refused.reason == "provision_not_in_version"
    assert codes(refused) == ["expired_source", "provision_not_in_version"]


def test_missing_laws_are_said_first(lawless_index: Path) -> None:
    """this test ensures that no question of State aid is called off the subject for want of texts.

    It is said before answers too, with the commands that bring the texts.
    """
    assistant = Assistant.open(lawless_index, today=TODAY)
    assert [notice.code for notice in assistant.foremost] == ["texts_missing"]
    questions = (
        "What is a cluster organisation?",
        "Must aid of EUR 8 million be notified to the Commission?",
        "When is a firm in difficulty?",
        "What is the ceiling of regional investment aid?",
    )
    for question in questions:
        answer = assistant.ask(Inquiry(question))
        assert answer.reason != "outside_scope", question
        assert codes(answer)[0] == "texts_missing"
        assert answer.notices[0].message.endswith(
            "To get the texts: clusterqa corpus sync, then clusterqa ingest"
        )


def test_laws_that_are_here_are_not_missing(assistant: Assistant) -> None:
    """this test ensures that nothing is said of missing texts where one is here."""
    assert assistant.foremost == ()
    refused = assistant.ask(Inquiry("Who won the chess championship in Reykjavik?"))
    assert (refused.reason, "texts_missing" in codes(refused)) == ("outside_scope", False)
