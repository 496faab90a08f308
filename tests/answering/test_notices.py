"""What a reader has to know beside an answer is said, and nothing else."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from works import replaced

from clusterqa.answering.notices import experience, newer_laws, notices, premises
from clusterqa.answers import Answer
from clusterqa.assistant import Assistant
from clusterqa.presenting.catalogue import ENGLISH
from clusterqa.presenting.notices import message
from clusterqa.query.intents import granted
from clusterqa.search.reader import untrained
from clusterqa.types import Inquiry

TODAY = date(2024, 5, 1)
QUESTION = "What is a cluster organisation?"


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask(Inquiry(QUESTION))


def test_a_superseded_version_says_so(assistant: Assistant) -> None:
    """this test ensures that an answer for a past date names the date its text ended."""
    past = assistant.ask(Inquiry("What share of operating costs can aid cover?", date(2019, 1, 1)))
    assert past.status == "answered"
    ended = [c for c in past.citations if c.document.valid_to and c.document.valid_to < TODAY]
    assert ended
    assert [n.message for n in past.notices if n.code == "superseded_source"] == [
        "Honey Regulation: this text applied until 30 June 2020; the text of 1 January 2023 "
        "applies today (02018R9001-20230101)."
    ]


def test_guidance_alone_is_called_guidance(answer: Answer) -> None:
    """this test ensures that an answer from a page only is said to be guidance."""
    assert [n.message for n in answer.notices if n.code == "guidance_only"] == [
        "Cluster definitions: this is guidance, not law; the law may differ or have changed since."
    ]


def test_expiry_is_announced_ninety_days_before(assistant: Assistant) -> None:
    """this test ensures that a rule about to end carries a notice, and not before that."""
    question = "What share of operating costs can aid cover?"
    for as_of, expected in ((date(2030, 10, 2), True), (date(2030, 9, 1), False)):
        answer = assistant.ask(Inquiry(question, as_of))
        found = notices(answer.citations, assistant.library, as_of, as_of)
        assert [c.locator.label for c in answer.citations] == ["Article 3(2)"]
        assert ("expires_soon" in {n.code for n in found}) is expected, as_of


def test_another_language_is_said(assistant: Assistant) -> None:
    """this test ensures that a French question answered from an English text says so."""
    answer = assistant.ask(
        Inquiry("Qu'est-ce qu'une organisation de cluster (cluster organisation) ?")
    )
    assert answer.citations
    assert [n.message for n in answer.notices if n.code == "other_language"] == [
        "Cluster definitions: no French text of this version is here; the English one is quoted."
    ]
    assert "other_language" not in {n.code for n in assistant.ask(Inquiry(QUESTION)).notices}


def test_an_amending_act_says_so_and_dies_with_what_it_amends(small_index: Path) -> None:
    """this test ensures that amending text points to the law as amended and not beyond its end."""
    assistant = Assistant.open(small_index, today=TODAY)
    replaced(assistant, "honey", by="cluster-definitions")
    question = "Why did the amending regulation raise the intensity of operating aid?"
    living = assistant.ask(Inquiry("What does Article 1 say?", documents=("32020R9002",)))
    assert [n.code for n in living.notices] == ["amending_act"]
    found = {hit.passage.source for hit in assistant.search(Inquiry(question))}
    assert "32020R9002" in found
    later = {hit.passage.source for hit in assistant.search(Inquiry(question, date(2031, 1, 1)))}
    assert later == {"cluster-definitions"}


def test_a_false_premise_meets_the_provision(assistant: Assistant) -> None:
    """this test ensures that a figure taken for granted is set against the one in the text."""
    question = "Since operating aid may be granted for 15 years, who receives it?"
    answer = assistant.ask(Inquiry(question, date(2019, 1, 1)))
    (citation,) = answer.citations
    forged = replace(citation, quote=replace(citation.quote, exact="not more than 7 years"))
    (notice,) = premises(
        granted("Since operating aid may run 15 years, who receives it?"), [forged]
    )
    assert notice.code == "premise_contradicted"
    assert (notice.facts.asked, notice.facts.said) == (("15 years",), ("7 years",))
    assert premises(granted("Operating aid for 15 years?"), [forged]) == []


@pytest.mark.parametrize(
    ("claim", "text", "told"),
    [
        ("five years", "not exceed 10 years", "takes five years for granted; x says 10 years"),
        ("ten years", "not exceed 10 years", ""),
        ("EUR 200 000", "exceed EUR 300 000", "takes EUR 200 000 for granted; x says EUR 300 000"),
        ("EUR 300,000", "exceed EUR 300 000", ""),
        ("EUR 7.5 million", "aid: EUR 7,5 million", ""),
        ("75 %", "not exceed 50 %", "takes 75 % for granted; x says 50 %"),
        ("50 percent", "not exceed 50 %", ""),
    ],
)
def test_figures_are_compared_by_what_they_amount_to(
    answer: Answer, claim: str, text: str, told: str
) -> None:
    """this test ensures that words and digits are one, and a figure is told as it is written."""
    (first, *_) = answer.citations
    citation = replace(
        first,
        quote=replace(first.quote, exact=text),
        document=replace(first.document, short_title="x"),
        locator=replace(first.locator, label="y"),
        lead_ins=(),
    )
    found = premises(granted(f"Given that it is {claim}, how is it counted?"), [citation])
    assert [message(n, ENGLISH).replace("x, y", "x") for n in found] == (
        [f"The question {told}."] if told else []
    )


def test_confidence_is_said_in_words(assistant: Assistant, answer: Answer) -> None:
    """this test ensures that what a confidence means stands beside it, not a percentage."""
    assert "in 10 answers as sure as this one" in answer.confidence_words
    assert "%" not in answer.confidence_words
    refused = assistant.ask(Inquiry("Who won the chess championship in Reykjavik?"))
    assert refused.confidence_words.startswith("No passage is likely enough")


def test_what_is_right_half_the_time_is_not_called_likely() -> None:
    """this test ensures that each band is called by the share of its answers that were right."""
    found = {
        band: (experience("answered", band, untrained()), right / measured)
        for band, measured, right in untrained().bands
    }
    assert len(found) == 5
    for band, (one, share) in found.items():
        expected = "likely" if share >= 0.75 else "possibly" if share >= 0.5 else "uncertain"
        assert one is not None and one.sureness == expected, (band, share)
    assert len({one.sureness for one, _ in found.values() if one}) == 3


def test_no_legal_effect_is_said_once_of_a_work(assistant: Assistant) -> None:
    """this test ensures that two versions of a work do not say the same of themselves."""
    question = "What changed in Article 4 of the Honey Regulation on 1 January 2023?"
    codes = [notice.code for notice in assistant.ask(Inquiry(question)).notices]
    assert codes.count("no_legal_effect") == 1


def test_guidance_older_than_the_law_says_so(assistant: Assistant) -> None:
    """this test ensures that a guide names the laws whose text is newer than it is."""
    day = date(2024, 1, 1)
    newer = {"Honey Regulation": date(2023, 1, 1)}
    assert newer_laws(date(2016, 6, 1), assistant.library, day) == newer
    assert newer_laws(date(2023, 8, 1), assistant.library, day) == {}
    assert newer_laws(date(2018, 6, 1), assistant.library, date(2020, 1, 1)) == {}
    assert newer_laws(None, assistant.library, day) == {}


def test_a_time_that_is_not_understood_is_said(assistant: Assistant) -> None:
    """this test ensures that an answer of today says so where the question named another time."""
    question = "For how many years could operating aid be granted a few years ago?"
    answer = assistant.ask(Inquiry(question))
    first = answer.notices[0]
    assert first.code == "time_not_understood"
    assert first.message == (
        "The time in your question (“a few years ago”) was not understood; "
        f"this is the law of {ENGLISH.date(answer.as_of)}."
    )
    dated = assistant.ask(Inquiry(question, date(2019, 1, 1)))
    assert "time_not_understood" not in [notice.code for notice in dated.notices]
