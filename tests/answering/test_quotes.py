"""What is quoted of a hit: a rule in its company, a list with its lead-in, no half of either."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterqa.answering.quotes import (
    Piece,
    as_list,
    in_company,
    increase_after,
    lead_ins,
    pieces,
)
from clusterqa.assistant import Assistant
from clusterqa.passages import marker_length, sentences, split_document
from clusterqa.provisions import document_from_lines
from clusterqa.provisions.lines import Line
from clusterqa.types import Document, Hit, Scores, Shares

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
                return Hit(passage, cosine, Scores(sentence=cosine), Shares(), best, near)
    raise AssertionError(f"no sentence begins with {words!r}")


def said(document: Document, found: list[Piece]) -> list[list[str]]:
    """The lead-ins and the quote of each piece."""
    return [
        [document.text[a:b] for a, b in (*piece.lead_ins, (piece.start, piece.end))]
        for piece in found
    ]


def quoted(document: Document, words: str) -> list[list[str]]:
    return said(document, pieces(document, hit(document, words)))


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


def test_a_lead_in_is_never_quoted_alone() -> None:
    """this test ensures that a list whose points are passages of their own comes as a whole."""
    points = [f"  ({mark}) {FILLER}" for mark in "abc"]
    ((words,),) = quoted(act("1. The application shall contain:", *points), "The application")
    assert words.startswith("The application shall contain:\n(a) The costs")
    assert words.count("\n(") == 3


def test_a_sentence_that_introduces_a_list_later_in_its_passage_brings_it() -> None:
    """this test ensures that no quote ends with a colon because its list is in another line."""
    document = act("1. Kilns are allowed. " + FILLER, "They shall be:", "  (a) hot;", "  (b) dry.")
    ((words,),) = quoted(document, "They shall be:")
    assert words.endswith("They shall be:\n(a) hot;\n(b) dry.")


def test_a_very_long_list_gives_the_points_that_bear() -> None:
    """this test ensures that those among the near hits are quoted, in the order of the text."""
    points = [f"  ({mark}) kind {mark}: {FILLER[:480]}" for mark in "abcdefgh"]
    document = act("1. The application shall name:", *points)
    cosines = {"The": 0.5, "kind f": 0.48, "kind c": 0.6, "kind a": 0.4}
    lead, *others = (hit(document, words, cosine) for words, cosine in cosines.items())
    found = pieces(document, lead, [lead, *others])
    assert [piece.points for piece in found] == [8, 8]
    assert [[each[:30] for each in words] for words in said(document, found)] == [
        ["The application shall name:", "kind c: The costs are those of"],
        ["The application shall name:", "kind f: The costs are those of"],
    ]


def test_a_very_long_list_of_which_no_point_is_found_gives_the_first() -> None:
    """this test ensures that the lead-in comes with as many points as fit, and that is known."""
    points = [f"  ({mark}) {FILLER[:480]}" for mark in "abcdefgh"]
    document = act("1. The application shall name:", *points)
    found = pieces(document, hit(document, "The application"))
    assert [piece.points for piece in found] == [8]
    assert said(document, found) == [
        ["The application shall name:", "\n".join(point.strip() for point in points[:2])]
    ]


def test_a_list_asked_for_by_its_number_is_quoted_whole() -> None:
    """this test ensures that no points are chosen of a list that the question names."""
    document = act(
        "1. The application shall name:", *(f"  ({m}) {FILLER[:480]}" for m in "abcdefgh")
    )
    lead = hit(document, "The application")
    named = replace(lead, scores=Scores(sentence=0.5, named=1.0))
    (piece,) = pieces(document, named, [named, hit(document, "The costs")])
    assert document.text[piece.start : piece.end].count("\n(") == 8


def test_a_lead_in_of_nothing_loses_its_colon() -> None:
    """this test ensures that a mistake in the law does not end a quote with a colon."""
    document = act("1. " + FILLER, "2. Aid is compatible if the conditions are fulfilled:")
    assert quoted(document, "Aid is") == [["Aid is compatible if the conditions are fulfilled"]]


def test_points_quoted_together_have_their_markers() -> None:
    """this test ensures that what points do not share is marked, and what they share is not."""
    found = [pieces(SCOPE, hit(SCOPE, words))[0] for words in ("kilns of brick", "they are cold")]
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
    found = hit(document, "Aid is")
    whole = Hit(found.passage, 1.0, Scores(), Shares(), (found.passage.start, found.passage.end))
    (piece,) = pieces(document, whole)
    assert document.text[piece.start : piece.end] == ("Aid is allowed. " + FILLER).strip()


def test_the_paragraph_that_increases_a_percentage_is_known() -> None:
    """this test ensures that a base is not read as all there is to get."""
    document = act(
        "1. Aid shall not exceed 30 % of the costs.",
        "2. The intensity may be increased by 10 percentage points for small kilns.",
        "3. Kilns are hot.",
    )
    base, raised, other = (
        pieces(document, hit(document, words))[0] for words in ("Aid", "The intensity", "Kilns")
    )
    found = increase_after(document, base)
    assert found is not None and found.label == "Article 1(2)"
    assert increase_after(document, raised) is None
    assert increase_after(document, other) is None


# -- a sentence and what it leans on -------------------------------------------------------------


TODAY = date(2024, 5, 1)


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Assistant:
    return Assistant.open(small_index, today=TODAY)


def test_a_point_is_quoted_with_its_lead_in(assistant: Assistant) -> None:
    """this test ensures that the words that introduce a list come with a point of it."""
    document = assistant.library.document("32018R9001")
    start = document.text.index("the costs of jars, labels and bottling")
    found = lead_ins(document, start)
    assert [document.text[a:b] for a, b in found] == ["The eligible costs shall be:"]
    assert lead_ins(document, found[0][0]) == []


def spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of a text whose sentences end with a full stop."""
    found, start = [], 0
    for sentence in text.split(". "):
        end = min(len(text), start + len(sentence) + 1)
        found.append((start, end))
        start = end + 1
    return found


@pytest.mark.parametrize(
    ("text", "best", "quoted"),
    [
        ("Operating aid may be granted. It shall not exceed 10 years. Fees shall be public.", 1,
         "Operating aid may be granted. It shall not exceed 10 years."),
        ("Fees reflect costs. Aid is capped at 50 %. However, it may be raised by 15 points.", 1,
         "Aid is capped at 50 %. However, it may be raised by 15 points."),
        ("Fees are due. The rate is 50 %. It may be increased by 15 percentage points.", 1,
         "The rate is 50 %. It may be increased by 15 percentage points."),
        ("Fees are due. Aid shall be 50 % at most. Aid may be doubled in islands.", 2,
         "Aid shall be 50 % at most. Aid may be doubled in islands."),
        ("Access shall be open. This Regulation applies until 2026. Fees are public.", 1,
         "This Regulation applies until 2026."),
        ("Les coûts sont admissibles. Toutefois, la TVA ne l'est pas.", 0,
         "Les coûts sont admissibles. Toutefois, la TVA ne l'est pas."),
    ],
)  # fmt: skip
def test_a_sentence_comes_in_its_company(text: str, best: int, quoted: str) -> None:
    """this test ensures that what a sentence leans on and what limits it are quoted with it."""
    start, end = in_company(spans(text)[best], spans(text), text)
    assert text[start:end] == quoted


# -- whatever the text --------------------------------------------------------------------------

WORDS = [
    "Aid",
    "is",
    "allowed.",
    "It",
    "lasts",
    "means:",
    "50 %",
    "However,",
    "points",
    "increased.",
]
LINES = st.builds(
    lambda depth, marker, words: "  " * depth + marker + " ".join(words),
    st.integers(0, 2),
    st.sampled_from(["", "1. ", "2. ", "(a) ", "(b) ", "(i) ", "— ", "(86) ‘kiln’ "]),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=12),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=14).map(lambda lines: act(*lines)))
def test_no_quote_is_cut_short(document: Document) -> None:
    """this test ensures that quotes are of the text, whole, and that lead-ins come before them."""
    for passage in split_document(document, longest=120):
        spans = [(passage.start + a, passage.start + b) for a, b in sentences(passage.text)]
        for best in spans if passage.kind != "heading" else ():
            found = Hit(
                passage, 0.5, Scores(), Shares(), best, tuple((*span, 0.5) for span in spans)
            )
            quotable = list(pieces(document, found, [found]))
            assert quotable
            for piece in quotable:
                words = document.text[piece.start : piece.end]
                assert words and words == words.strip() and not words.endswith(":")
                assert piece.points or not marker_length(words)
                for start, end in piece.lead_ins:
                    assert document.text[start:end].endswith(":")
                    assert start < end <= piece.start
