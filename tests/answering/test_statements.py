"""Pieces of documents become statements: in order, none twice, points under their lead-in."""

from datetime import date
from pathlib import Path

import pytest

from clusterqa.answering import check_answer
from clusterqa.answering.citations import cite
from clusterqa.answering.gate import said
from clusterqa.answering.quotes import Piece, lead_ins
from clusterqa.answering.statements import distinct, in_reading_order, stated
from clusterqa.answers import Statement
from clusterqa.assistant import Assistant
from clusterqa.errors import ClusterQAError
from clusterqa.types import Inquiry

TODAY = date(2024, 5, 1)
QUESTION = "What is a cluster organisation?"


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


def test_a_point_and_its_lead_in_are_one_statement(assistant: Assistant) -> None:
    """this test ensures that a long list's point is said after the words that introduce it."""
    library, point = assistant.library, "the costs of jars, labels and bottling;"
    document = library.document("32018R9001")
    at = document.text.index(point)
    piece = Piece(
        library.passage_at("32018R9001", at), at, at + len(point), tuple(lead_ins(document, at))
    )
    citation = cite(1, piece, document, library.sources, TODAY)
    statement = stated([(piece, citation)])
    assert statement == Statement(f"The eligible costs shall be:\n{point}", (1,))
    check_answer([statement], [citation], library.document)


def test_points_of_one_list_are_one_statement(assistant: Assistant) -> None:
    """this test ensures that points share their lead-in, and that nothing else is said of them."""
    library = assistant.library
    document, catalogue = library.document("32018R9001"), library.sources
    lead = "The eligible costs shall be:"
    points = ["(a) the wages of the keepers of the honey house;",
              "(c) the costs of training courses on the care of swarms."]  # fmt: skip
    start = document.text.index(lead)
    found = [
        Piece(
            library.passage_at("32018R9001", at), at, at + len(point), ((start, start + len(lead)),)
        )
        for point in points
        if (at := document.text.index(point, start))
    ]
    one, other = (cite(n, piece, document, catalogue, TODAY) for n, piece in enumerate(found, 1))
    whole = Statement("\n".join([lead, *points]), (1, 2))
    assert said(one, other) == whole.text
    check_answer([whole], [one, other], library.document)
    for text, numbers in ((said(one), (1, 2)), (whole.text, (1,)), (points[0], (1,))):
        with pytest.raises(ClusterQAError, match="statement without its citation"):
            check_answer([Statement(text, numbers)], [one, other], library.document)


def test_pieces_are_distinct_and_in_reading_order(assistant: Assistant) -> None:
    """this test ensures that no words are quoted twice and the text's own order is kept."""
    passage = assistant.search(Inquiry(QUESTION))[0].passage
    outer, inner = Piece(passage, 10, 90), Piece(passage, 20, 30)
    later = Piece(passage, 95, 99)
    assert distinct([inner, outer, outer, later]) == [outer, later]
    assert in_reading_order([later, outer]) == [outer, later]
