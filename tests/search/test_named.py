"""Provisions that a question asks for by name come first."""

from pathlib import Path

import pytest

from clusterqa.assistant import Assistant
from clusterqa.query.intents import asked_terms
from clusterqa.query.works import unlisted_acts
from clusterqa.search.named import NAMED_WEIGHT
from clusterqa.types import Inquiry, Source, Turn, Work


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index)


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("What is an SME?", ["SME"]),
        ("So what is start of works", ["start of works"]),
        (
            "What exactly counts as a cluster in EU policy language?",
            ["cluster in EU policy language", "cluster"],
        ),
        ("What does undertaking in difficulty mean?", ["undertaking in difficulty", "undertaking"]),
        ("What is meant by 'aid intensity'?", ["aid intensity"]),
        ("Define experimental development.", ["experimental development"]),
        ("Qu'est-ce qu'un pôle d'innovation ?", ["pôle d'innovation"]),
        ("Qu'entend-on par « entreprise unique » ?", ["entreprise unique"]),
        ("How large may the aid be?", []),
        ("When is aid transparent?", []),
    ],
)
def test_the_term_whose_meaning_is_asked(question: str, terms: list[str]) -> None:
    """this test ensures that questions for a meaning are told from others, and terms are bare."""
    assert asked_terms(question) == terms


def first(assistant: Assistant, question: str) -> tuple[str, str, str]:
    """Source, label and quoted text of the best hit."""
    (hit,) = assistant.find(Inquiry(question), k=1)
    return hit.document.id, hit.pinpoint.label, hit.pinpoint.text


@pytest.mark.parametrize(
    "question", ["Article 3(2)", "art. 3.2 Honey Regulation", "What does Article 3 para 2 say?"]
)
def test_a_named_provision_comes_first_and_whole(assistant: Assistant, question: str) -> None:
    """this test ensures that an address leads to its provision, however it is written."""
    source, label, text = first(assistant, question)
    assert (source, label) == ("02018R9001-20230101", "Article 3(2)")
    assert text.startswith("2. The aid intensity") and text.endswith("the aid is granted.")


def test_the_definition_comes_first(assistant: Assistant) -> None:
    """this test ensures that a term's definition is before what else is said of it."""
    _, label, text = first(assistant, "What is a honey house?")
    assert label == "Article 2(b)" and "means" in text


def test_what_a_guide_says_under_the_term(assistant: Assistant) -> None:
    """this test ensures that a heading of a guide answers the question that it is."""
    (hit,) = assistant.find(Inquiry("What is a cluster?"), k=1)
    assert hit.locator.label == "What is a cluster?"


def test_a_provision_that_only_says_where(assistant: Assistant) -> None:
    """this test ensures that areas named after a provision do not lead to that provision."""
    hits = assistant.find(Inquiry("How much aid in Article 3(2) areas?"), k=50)
    assert {hit.scores.named for hit in hits} == {0.0}


def test_a_follow_up_stays_with_its_subject(assistant: Assistant) -> None:
    """this test ensures that articles of the question before gain, and only in follow-ups."""
    history = [Turn("What share of operating costs does the Honey Regulation allow?")]
    hits = assistant.search(Inquiry("And for how long?", history=tuple(history)))
    gained = {hit.passage.label for hit in hits if hit.shares.subject > 0}
    assert gained == {"Article 3(1)", "Article 3(2)", "Article 3(3)"}
    assert hits[0].passage.label in gained
    fresh = assistant.search(
        Inquiry("For how long may aid to a honey house be granted?", history=tuple(history))
    )
    assert {hit.shares.subject for hit in fresh} == {0.0}


LISTED = (
    Work("gber", "x", "GBER", "law", "x", names=("651/2014",)),
    Work("sme", "x", "SME", "soft_law", "x", names=("2003/361/EC",)),
    Work("act", "x", "Act", "law", "x", sources=(Source("a", "act", "en", "x", "32023R1315"),)),
)


@pytest.mark.parametrize(
    ("question", "acts"),
    [
        ("What does Directive 2014/24 say?", ["Directive 2014/24"]),
        (
            "Is it in Regulation (EU) No 1407/2013 or in 717/2014?",
            ["Regulation (EU) No 1407/2013", "717/2014"],
        ),
        ("Que dit le règlement (UE) n° 1407/2013 ?", ["règlement (UE) n° 1407/2013"]),
        ("What does Decision 2012/21/EU say?", ["Decision 2012/21/EU"]),
        ("What do Regulation 651/2014, 2003/361/EC and 2023/1315 say?", []),
        ("Which aid for the years 2014/15, the period 2021/2027 or 3/2024?", []),
    ],
)
def test_acts_that_are_in_no_list(question: str, acts: list[str]) -> None:
    """this test ensures that acts are known by number, and no time is taken for one."""
    assert unlisted_acts(question, LISTED) == acts


def test_an_article_asked_for_is_quoted_from_its_beginning(assistant: Assistant) -> None:
    """this test ensures that the text of an article comes paragraph by paragraph, in order."""
    answer = assistant.ask(Inquiry("What does Article 3 of the Honey Regulation say?"))
    labels = [citation.locator.label for citation in answer.citations]
    assert answer.status == "answered"
    assert labels[:2] == ["Article 3(1)", "Article 3(2)"]


@pytest.mark.parametrize("question", ["How much are the fines under Article 3?", "Article 3 fees"])
def test_more_than_its_text(assistant: Assistant, question: str) -> None:
    """this test ensures that a question that only mentions an article does not ask for its text."""
    (hit,) = assistant.find(Inquiry(question), k=1)
    assert hit.scores.named < NAMED_WEIGHT
