"""Passages: spans of a document that cover it, in order, each a unit of law."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterqa.passages import deepest, marker_length, sentences, split_document
from clusterqa.provisions import document_from_lines
from clusterqa.provisions.lines import Line, Role
from clusterqa.types import Document, Passage

WORDS = [
    "Aid", "for", "kilns", "is", "allowed.", "It", "lasts", "ten", "years;", "‘clay’", "means:",
    "earth", "50 %", "No", "1.", "Art.", "27(2)", "(b)", "—", "and", "EUR 7,5", "million.",
]  # fmt: skip
MARKERS = ["", "", "1. ", "2. ", "(a) ", "(b) ", "(i) ", "(ii) ", "(86) ‘kiln’ ", "— ", "‘(c) "]
ROLES: list[Role] = [
    "title", "division", "division_title", "group", "annex", "annex_title", "article",
    "article_title", "body", "body", "body", "body", "row", "footnote", "dateline",
]  # fmt: skip
HEADINGS = {
    "division": "CHAPTER I",
    "annex": "ANNEX I",
    "article": "Article 2",
    "footnote": "(1) OJ.",
}

TEXTS = st.builds(
    lambda marker, words: marker + " ".join(words),
    st.sampled_from(MARKERS),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=25),
)


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    found = []
    for role in draw(st.lists(st.sampled_from(ROLES), min_size=1, max_size=25)):
        text = HEADINGS.get(role) or draw(TEXTS)
        found.append(Line(role, text, draw(st.integers(0, 2))))
    return found


DOCUMENTS = lines().map(lambda found: document_from_lines("s", found))


def act(*entries: tuple[Role, str]) -> Document:
    return document_from_lines("s", [Line(role, text) for role, text in entries])


def outline(document: Document, longest: int = 1500) -> list[tuple[str, str, str]]:
    """(kind, label, text) of each passage."""
    return [(p.kind, p.label, p.text) for p in split_document(document, longest=longest)]


ACT = act(
    ("article", "Article 27"),
    ("article_title", "Aid for kilns"),
    ("body", "1. Aid for kilns is allowed."),
    ("body", "2. It shall not exceed:"),
    ("body", "(a) 50 % of the costs;"),
    ("body", "(b) ten years."),
)


def test_a_paragraph_is_a_passage_and_a_heading_another() -> None:
    """this test ensures that headings stand alone and points stay with their paragraph."""
    assert outline(ACT) == [
        ("heading", "Article 27", "Article 27\nAid for kilns"),
        ("paragraph", "Article 27(1)", "1. Aid for kilns is allowed."),
        (
            "paragraph",
            "Article 27(2)",
            "2. It shall not exceed:\n(a) 50 % of the costs;\n(b) ten years.",
        ),
    ]


def test_a_long_paragraph_splits_at_its_points() -> None:
    """this test ensures that points of a long paragraph are passages with its lead-in above."""
    passages = list(split_document(ACT, longest=40))
    assert [(p.label, p.text, p.context) for p in passages[2:]] == [
        ("Article 27(2)", "2. It shall not exceed:", "Aid for kilns"),
        ("Article 27(2)(a)", "(a) 50 % of the costs;", "Aid for kilns\n2. It shall not exceed:"),
        ("Article 27(2)(b)", "(b) ten years.", "Aid for kilns\n2. It shall not exceed:"),
    ]
    assert passages[3].path == ("Article 27", "Article 27(2)", "Article 27(2)(a)")


def test_numbered_definitions_are_passages_of_their_own() -> None:
    """this test ensures that each definition of an article is one passage, headings aside."""
    document = act(
        ("article", "Article 2"),
        ("article_title", "Definitions"),
        ("body", "The following definitions apply:"),
        ("body", "(1) ‘clay’ means earth;"),
        ("group", "Definitions for kilns"),
        ("body", "(2) ‘kiln’ means an oven."),
    )
    assert outline(document) == [
        ("heading", "Article 2", "Article 2\nDefinitions"),
        ("article", "Article 2", "The following definitions apply:"),
        ("point", "Article 2(1)", "(1) ‘clay’ means earth;"),
        ("heading", "Article 2", "Definitions for kilns"),
        ("point", "Article 2(2)", "(2) ‘kiln’ means an oven."),
    ]
    assert list(split_document(document))[-1].context == (
        "Definitions\nThe following definitions apply:\nDefinitions for kilns"
    )


def test_text_without_points_splits_where_sentences_end() -> None:
    """this test ensures that a long text is cut between sentences, never within one."""
    document = act(
        ("article", "Article 1"), ("body", "Clay is red. Kilns are hot. Pots are round.")
    )
    assert [text for _, _, text in outline(document, 30)] == [
        "Article 1",
        "Clay is red. Kilns are hot.",
        "Pots are round.",
    ]


def test_the_act_title_is_no_context_of_its_articles() -> None:
    """this test ensures that the title and preamble stand beside the articles, not above them."""
    document = act(
        ("title", "REGULATION No 1"),
        ("body", "Whereas clay is red,"),
        ("article", "Article 1"),
        ("body", "1. Kilns are hot."),
    )
    assert [(p.label, p.path, p.context) for p in split_document(document)] == [
        ("Title", ("Title",), "REGULATION No 1"),
        ("Preamble", ("Preamble",), ""),
        ("Article 1", ("Article 1",), ""),
        ("Article 1(1)", ("Article 1", "Article 1(1)"), ""),
    ]


def test_a_heading_under_an_equal_heading_is_no_part_of_it() -> None:
    """this test ensures that the title of a provision ends where its first child begins."""
    document = act(("division_title", "Kilns"), ("group", "Kilns"), ("body", "Kilns are hot."))
    assert [(kind, text) for kind, _, text in outline(document)] == [
        ("heading", "Kilns"),
        ("heading", "Kilns"),
        ("text", "Kilns are hot."),
    ]


def test_ids_are_stable_and_tell_equal_texts_apart() -> None:
    """this test ensures that ids depend on source, label and text, and repeat for none."""
    document = act(
        ("article", "Article 1"), ("body", "Pots."), ("article", "Article 1"), ("body", "Pots.")
    )
    ids = [p.id for p in split_document(document)]
    assert ids[2:] == [f"{ids[0]}-2", f"{ids[1]}-2"]
    assert ids == [p.id for p in split_document(document)]
    assert re.fullmatch(r"[0-9a-f]{16}", ids[0])


def test_deepest_is_the_innermost_provision_that_holds_the_span() -> None:
    """this test ensures that a span is placed in its point, or in what holds all of it."""
    start = ACT.text.index("50 %")
    found = deepest(ACT.provisions, start, start + 4)
    assert found is not None and found.label == "Article 27(2)(a)"
    wider = deepest(ACT.provisions, start, ACT.text.index("ten") + 3)
    assert wider is not None and wider.label == "Article 27(2)"
    assert deepest((), 0, 1) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. Clay is red. Kilns are hot.", ["Clay is red.", "Kilns are hot."]),
        (
            "2. It may not exceed:\n(a) 50 %;\n(b) ten years.",
            ["It may not exceed:", "50 %;", "ten years."],
        ),
        ("— EUR 7,5 million per kiln;", ["EUR 7,5 million per kiln;"]),
        ("(1)", ["(1)"]),
        ("", []),
        (" \n ", []),
    ],
)  # fmt: skip
def test_sentences_leave_list_markers_outside(text: str, expected: list[str]) -> None:
    """this test ensures that sentences are found line by line without their markers."""
    assert [text[start:end] for start, end in sentences(text)] == expected


@settings(max_examples=80, deadline=None)
@given(document=DOCUMENTS, longest=st.integers(20, 400))
def test_passages_cover_the_document_once_and_in_order(document: Document, longest: int) -> None:
    """this test ensures that passages are spans, do not overlap and leave only blanks out."""
    passages = list(split_document(document, longest=longest))
    assert [document.text[p.start : p.end] for p in passages] == [p.text for p in passages]
    assert all(before.end <= after.start for before, after in pairwise(passages))
    edges = [0, *(edge for p in passages for edge in (p.start, p.end)), len(document.text)]
    between = [document.text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    assert "".join(between).strip() == ""
    assert all(p.text and p.text == p.text.strip() for p in passages)


@settings(max_examples=60, deadline=None)
@given(document=DOCUMENTS, longest=st.integers(20, 400))
def test_passages_are_short_unless_they_are_one_sentence(document: Document, longest: int) -> None:
    """this test ensures that only an unbreakable passage is longer than asked."""
    passages = list(split_document(document, longest=longest))
    long = [p.text for p in passages if len(p.text) > longest and len(sentences(p.text)) > 1]
    assert long == []


def fingerprint(passages: list[Passage]) -> list[tuple[str, str, str]]:
    return [(p.id, p.label, p.text) for p in passages]


@settings(max_examples=60, deadline=None)
@given(document=DOCUMENTS)
def test_passage_ids_are_unique_and_the_same_each_time(document: Document) -> None:
    """this test ensures that no two passages share an id and that a second run gives the same."""
    passages = list(split_document(document))
    assert len({p.id for p in passages}) == len(passages)
    assert fingerprint(passages) == fingerprint(list(split_document(document)))


@settings(max_examples=100, deadline=None)
@given(text=st.lists(TEXTS, max_size=4).map("\n".join) | st.text(max_size=80))
def test_sentences_cover_all_words_but_markers(text: str) -> None:
    """this test ensures that sentences lie inside the text, apart, and leave no word out."""
    spans = sentences(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    outside = list(text)
    for start, end in spans:
        outside[start:end] = " " * (end - start)
    for line in re.finditer(r"[^\n]+", text):
        first = line.start() + marker_length(line.group())
        assert "".join(outside[first : line.end()]).strip() == ""
