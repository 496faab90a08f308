"""What is quoted of a hit: a rule in its company, a list with its lead-in, no half of either."""

import pytest

from clusterqa.answering.evidence import Piece, as_list, lead_ins, piece
from clusterqa.lines import Line
from clusterqa.passages import sentences, split_document
from clusterqa.provisions import document_from_lines
from clusterqa.types import Document, Hit

FILLER = "The costs are those of the kiln and of the clay that is burnt in it. " * 9


def act(*lines: str) -> Document:
    """An article of the lines; blanks before a line nest it in the list above."""
    found = [Line("article", "Article 1")]
    found += [Line("body", line.lstrip(), (len(line) - len(line.lstrip())) // 2) for line in lines]
    return document_from_lines("s", found)


def hit(document: Document, words: str, cosine: float = 0.5) -> Hit:
    """The hit of the passage whose sentence begins with the words."""
    for passage in split_document(document):
        spans = [(passage.start + a, passage.start + b) for a, b in sentences(passage.text)]
        for best in spans:
            if document.text[slice(*best)].startswith(words):
                near = tuple((*span, cosine) for span in spans)
                return Hit(passage, cosine, {"sentence": cosine}, {}, best, near)
    raise AssertionError(f"no sentence begins with {words!r}")


def said(document: Document, found: list[Piece]) -> list[list[str]]:
    """The lead-ins and the quote of each piece."""
    return [
        [document.text[a:b] for a, b in (*piece.lead_ins, (piece.start, piece.end))]
        for piece in found
    ]


def quoted(document: Document, words: str) -> list[list[str]]:
    return said(document, [piece(hit(document, words), document)])


# -- lists --------------------------------------------------------------------------------------

SCOPE = act(
    "1. This Regulation shall not apply to:",
    "  (a) kilns of brick. The Commission may decide that it shall apply to any of them. " + FILLER,
    "  (b) kilns of clay, where:",
    "    (i) they are cold; or",
    "    (ii) they are wet. A wet kiln is no cold kiln.",
    "The Commission shall publish the list. " + FILLER,
)  # fmt: skip


def test_a_point_comes_with_the_words_that_introduce_its_list() -> None:
    """this test ensures that a point of a nested list has the lead-ins of all its lists."""
    start = SCOPE.text.index("they are cold")
    assert [SCOPE.text[a:b] for a, b in lead_ins(SCOPE, start)] == [
        "This Regulation shall not apply to:",
        "kilns of clay, where:",
    ]
    assert lead_ins(SCOPE, SCOPE.text.index("This Regulation")) == []


def test_a_lead_in_goes_before_no_later_sentence() -> None:
    """this test ensures that "shall not apply to:" is not glued to a sentence within a point."""
    assert lead_ins(SCOPE, SCOPE.text.index("A wet kiln")) == []
    assert lead_ins(SCOPE, SCOPE.text.index("The Commission shall publish")) == []


def test_a_later_sentence_of_a_point_is_quoted_from_its_beginning() -> None:
    """this test ensures that what a point says last is read with what it is about."""
    ((lead, words),) = quoted(SCOPE, "The Commission may decide")
    assert lead == "This Regulation shall not apply to:"
    assert words == (
        "kilns of brick. The Commission may decide that it shall apply to any of them."
    )


def test_a_second_list_has_its_own_lead_in() -> None:
    """this test ensures that a list is introduced by the line above it, not by an earlier one."""
    document = act("1. Kilns are:", "  (a) hot;", "Clay is:", "  (a) wet;")
    start = document.text.index("wet")
    assert [document.text[a:b] for a, b in lead_ins(document, start)] == ["Clay is:"]


def test_a_definition_needs_no_lead_in() -> None:
    """this test ensures that "the following definitions apply:" is not quoted before each."""
    document = act(
        "For this Regulation the following definitions apply:", "  (1) ‘kiln’ means an oven;"
    )
    assert quoted(document, "‘kiln’") == [["‘kiln’ means an oven;"]]


def test_points_quoted_together_have_their_markers() -> None:
    """this test ensures that what points do not share is marked, and what they share is not."""
    found = [piece(hit(SCOPE, words), SCOPE) for words in ("kilns of brick", "they are cold")]
    assert said(SCOPE, as_list(found, SCOPE.text))[1] == [
        "This Regulation shall not apply to:",
        "(b) kilns of clay, where:",
        "(i) they are cold; or",
    ]


# -- paragraphs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["Aid may be", "The owner", "Books are"])
def test_a_short_paragraph_is_quoted_whole(words: str) -> None:
    """this test ensures that its rule and its exception stand together, without its number."""
    text = "Aid may be granted to the owner. The owner may be a group. Books are kept."
    assert quoted(act("1. Access is open.", f"2. {text}"), words) == [[text]]


def test_a_paragraph_named_whole_begins_without_its_number() -> None:
    """this test ensures that a quote begins in the same way whichever way it was found."""
    document = act("1. " + FILLER, "2. Aid is allowed. " + FILLER)
    passage = hit(document, "Aid is").passage
    whole = Hit(passage, 1.0, {}, {}, (passage.start, passage.end))
    found = piece(whole, document)
    assert document.text[found.start : found.end] == ("Aid is allowed. " + FILLER).strip()
