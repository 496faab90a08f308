"""What no document says is refused."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from clusterqa.answering import check_answer
from clusterqa.answering.gate import said
from clusterqa.answers import Answer, Statement
from clusterqa.assistant import Assistant
from clusterqa.errors import ClusterQAError
from clusterqa.types import Inquiry

TODAY = date(2024, 5, 1)
QUESTION = "What is a cluster organisation?"


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask(Inquiry(QUESTION))


def test_answers_pass_the_gate(assistant: Assistant, answer: Answer) -> None:
    """this test ensures that what the assistant says is in its documents, byte for byte."""
    assert answer.status == "answered"
    assert answer.statements
    check_answer(answer.statements, answer.citations, assistant.library.document)


def test_a_changed_quote_is_refused(assistant: Assistant, answer: Answer) -> None:
    """this test ensures that one changed character in a quote stops an answer."""
    citation = answer.citations[0]
    forged = replace(citation, quote=replace(citation.quote, exact=citation.quote.exact[:-1] + "?"))
    statement = Statement(forged.quote.exact, (forged.n,))
    with pytest.raises(ClusterQAError, match="is not in cluster-definitions as given"):
        check_answer([statement], [forged], assistant.library.document)


@pytest.mark.parametrize(
    "statement",
    [Statement("Clusters are always funded.", (1,)), Statement("x", ()), Statement("x", (9,))],
)
def test_a_statement_without_its_citation_is_refused(
    assistant: Assistant, answer: Answer, statement: Statement
) -> None:
    """this test ensures that words which no citation holds cannot be said."""
    with pytest.raises(ClusterQAError, match="statement without its citation"):
        check_answer([statement], answer.citations, assistant.library.document)


def test_a_forged_lead_in_is_refused(assistant: Assistant, answer: Answer) -> None:
    """this test ensures that the gate proves the lead-ins too."""
    citation = answer.citations[0]
    forged = replace(citation, lead_ins=(replace(citation.quote, exact="Never:"),))
    with pytest.raises(ClusterQAError, match="is not in cluster-definitions as given"):
        check_answer([Statement(said(forged), (1,))], [forged], assistant.library.document)
