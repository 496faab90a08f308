"""Acts set out otherwise than the regulations here: soft law, decisions, tables, French."""

import os
from pathlib import Path

import pytest

from clusterqa.parsers import parse
from clusterqa.passages import split_document
from clusterqa.provisions import label_key
from clusterqa.types import Document


def p(text: str, kind: str = "oj-normal") -> str:
    return f'<p class="{kind}">{text}</p>'


def item(mark: str, *content: str) -> str:
    """A mark in a cell of its own beside its text, as the Official Journal sets lists."""
    inner = "".join(c if c.startswith("<") else p(c) for c in content)
    return f"<table><tbody><tr><td>{p(mark)}</td><td>{inner}</td></tr></tbody></table>"


def heading(text: str) -> str:
    return p(text, "oj-ti-grseq-1")


def article(number: str, *content: str) -> str:
    return p(number, "oj-ti-art") + "".join(c if c.startswith("<") else p(c) for c in content)


def act(*parts: str) -> Document:
    page = f"<html><body>{''.join(parts)}</body></html>"
    return parse(page.encode(), "s", "s.xhtml")


def outline(document: Document) -> list[tuple[str, str, str]]:
    """(kind, label, path's last but one) of each provision but the title."""
    nodes = document.provisions
    return [
        (n.kind, n.label, nodes[n.parent].label if n.parent is not None else "")
        for n in nodes
        if n.kind != "title"
    ]


FRAMEWORK = (
    p("COMMUNICATION FROM THE COMMISSION", "oj-doc-ti"),
    p("Framework for aid to kilns", "oj-doc-ti"),
    heading("CONTENTS"),
    heading("1.   INTRODUCTION"),
    item("1.", "Kilns are hot. They stay so."),
    heading("1.3.   Definitions"),
    item("16.", "In this framework:", item("(a)", "‘kiln’ means an oven, such as:",
                                            item("(i)", "a pit;"), item("(ii)", "a tunnel;"))),
    heading("4.   COMPATIBILITY"),
    heading("4.1.   General"),
    heading("4.1.1.   Conditions"),
    item("41.", "The application must name:", item("(a)", "the potter;"), item("(b)", "the clay.")),
    p("It must be signed."),
    heading("4.2.   Cumulation"),
    item("42.", "Aid may be cumulated."),
)  # fmt: skip


def test_headings_of_soft_law_nest_by_their_numbers() -> None:
    """this test ensures that a section stands under its own chapter, not under the one before."""
    assert outline(act(*FRAMEWORK)) == [
        ("heading", "CONTENTS", ""),
        ("heading", "1. INTRODUCTION", ""),
        ("point", "point 1", "1. INTRODUCTION"),
        ("heading", "1.3. Definitions", "1. INTRODUCTION"),
        ("point", "point 16", "1.3. Definitions"),
        ("point", "point 16(a)", "point 16"),
        ("point", "point 16(a)(i)", "point 16(a)"),
        ("point", "point 16(a)(ii)", "point 16(a)"),
        ("heading", "4. COMPATIBILITY", ""),
        ("heading", "4.1. General", "4. COMPATIBILITY"),
        ("heading", "4.1.1. Conditions", "4.1. General"),
        ("point", "point 41", "4.1.1. Conditions"),
        ("point", "point 41(a)", "point 41"),
        ("point", "point 41(b)", "point 41"),
        ("heading", "4.2. Cumulation", "4. COMPATIBILITY"),
        ("point", "point 42", "4.2. Cumulation"),
    ]


def test_an_unnumbered_paragraph_of_soft_law_belongs_to_its_point() -> None:
    """this test ensures that what follows a numbered point without a number is quoted as its."""
    found = [x for x in split_document(act(*FRAMEWORK)) if "It must be signed." in x.text]
    assert [(x.label, x.context.split("\n")) for x in found] == [
        ("point 41", ["4. COMPATIBILITY", "4.1. General", "4.1.1. Conditions"])
    ]


def test_headings_among_recitals_stand_alone() -> None:
    """this test ensures that no heading of a decision's preamble is glued to a recital."""
    document = act(
        p("COMMISSION DECISION", "oj-doc-ti"),
        p("Whereas:"),
        item("(1)", "By letter Italy notified the aid."),
        heading("2.   DESCRIPTION"),
        heading("2.1.   The measure"),
        item("(2)", "The measure is a kiln."),
        p("HAS ADOPTED THIS DECISION:"),
        article("Article 1", "The aid is compatible."),
    )
    assert [(x.kind, x.label, x.text) for x in split_document(document)][2:6] == [
        ("recital", "Recital (1)", "(1) By letter Italy notified the aid."),
        ("heading", "2. DESCRIPTION", "2. DESCRIPTION"),
        ("heading", "2.1. The measure", "2.1. The measure"),
        ("recital", "Recital (2)", "(2) The measure is a kiln."),
    ]


def test_a_table_of_contents_is_not_glued_to_the_formula_before_it() -> None:
    """this test ensures that a heading between the preamble and the first article stands alone."""
    document = act(
        p("Whereas:"), item("(1)", "One."), p("HAS ADOPTED THIS REGULATION:"),
        heading("TABLE OF CONTENTS"), p("Article 1 ... 15"), article("Article 1", "Kilns."),
    )  # fmt: skip
    assert [x.text for x in split_document(document)][2:5] == [
        "HAS ADOPTED THIS REGULATION:",
        "TABLE OF CONTENTS",
        "Article 1 ... 15",
    ]


def test_a_sole_article_is_an_article() -> None:
    """this test ensures that an act whose one article has no number has it under its name."""
    document = act(
        p("Whereas:"), item("(1)", "One."), p("HAS ADOPTED THIS DECISION:"),
        article("Sole Article", "The Annex is amended."),
    )  # fmt: skip
    last = list(split_document(document))[-1]
    assert (last.kind, last.label, last.text) == (
        "article", "Sole Article", "The Annex is amended.",
    )  # fmt: skip


def test_numbers_in_steps_are_marks() -> None:
    """this test ensures that "1.1." joins its text and is a point or paragraph of its own."""
    document = act(
        article("Article 3", p("3.1.   Kilns are hot."), p("3.2.   Clay is red.")),
        p("ANNEX I", "oj-doc-ti"),
        item("1.", "Kilns:"),
        item("1.1.", "electric ones."),
    )
    labelled = [(x.label, x.text) for x in split_document(document) if x.kind != "heading"]
    assert labelled == [
        ("Article 3(1)", "3.1. Kilns are hot."),
        ("Article 3(2)", "3.2. Clay is red."),
        ("Annex I, point 1", "1. Kilns:"),
        ("Annex I, point 1.1", "1.1. electric ones."),
    ]


SPANNED = (
    "<table><tr><td>Aid for</td><td>Small</td><td>Medium</td></tr>"
    "<tr><td rowspan='2'>Research</td><td>70 %</td><td>60 %</td></tr>"
    "<tr><td>80 %</td><td rowspan='3'>75 %</td></tr>"
    "<tr><td colspan='2'>Clusters</td></tr><tr><td>Kilns</td><td>50 %</td></tr></table>"
)


@pytest.mark.parametrize("before", [p("ANNEX II", "oj-doc-ti"), "<h1>Intensities</h1>"])
def test_cells_stay_in_their_columns_beside_one_that_spans_rows(before: str) -> None:
    """this test ensures that a row below a cell of several rows has a place for it, in acts and
    in other pages.
    """
    lines = act(before, SPANNED).text.splitlines()
    assert [line for line in lines if "|" in line] == [
        "Aid for | Small | Medium",
        "Research | 70 % | 60 %",
        "| 80 % | 75 %",
        "Kilns | 50 %",
    ]


def test_rows_apart_from_their_head_have_it_as_context() -> None:
    """this test ensures that a long table is cut between rows, each part with its first row."""
    rows = [f"<tr><td>Scheme {n} (Art. 36-49)</td><td>{n} %</td></tr>" for n in range(80)]
    table = f"<table><tr><td>Aid for</td><td>Most</td></tr>{''.join(rows)}</table>"
    parts = list(split_document(act(p("ANNEX II", "oj-doc-ti"), p("Before."), table)))[1:]
    assert len(parts) > 1
    assert parts[0].text.startswith("Before.\nAid for | Most\nScheme 0 ")
    for part in parts[1:]:
        assert part.text.startswith("Scheme ")
        assert part.text.endswith(" %")
        assert part.context == "Aid for | Most"


def test_the_first_french_title_has_its_number() -> None:
    """this test ensures that "TITRE PREMIER" is Titre I, and its first article Article 1."""
    document = act(p("TITRE PREMIER", "oj-ti-section-1"), article("Article premier", "Le four."))
    assert outline(document) == [("part", "Titre I", ""), ("article", "Article 1", "Titre I")]


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("Article 5a(1)", "Article 5 bis(1)"),
        ("Annex I, Article 3(2)", "Annexe I, Article 3(2)"),
        ("Article 2(102j)", "Article 2(102 undecies)"),
        ("Article 4(1)(ea)", "Article 4(1)(e bis)"),
        ("Chapter III", "Chapitre III"),
    ],
)
def test_labels_compare_across_languages(english: str, french: str) -> None:
    """this test ensures that the same provision of two languages is found by either label."""
    assert label_key(english) == label_key(french)


def test_every_french_provision_has_its_english_twin(official: Path) -> None:
    """this test ensures that texts here in both languages have the same provisions by label."""
    for name, count in (("02014R0651-20230701", 1752), ("32023R2831", 129)):
        english, french = (
            parse((official / file).read_bytes(), name, file)
            for file in (f"{name}.en.xhtml", f"{name}.fr.xhtml")
        )
        labelled = [
            {label_key(x.label) for x in document.provisions if x.kind not in UNTRANSLATED}
            for document in (english, french)
        ]
        assert labelled[0] == labelled[1]
        assert len(labelled[0]) == count


UNTRANSLATED = ("heading", "title", "text")


@pytest.fixture(scope="module")
def official() -> Path:
    named = os.environ.get("CLUSTERQA_MIRROR")
    if not named:
        pytest.skip("CLUSTERQA_MIRROR names no folder of official texts")
    return Path(named)
