"""The provisions that a question names: how people write them, and where they lead."""

import os
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import PROJECT

from clusterqa.corpus.manifest import read_manifest
from clusterqa.parsers import parse
from clusterqa.provisions import document_from_lines
from clusterqa.provisions.lines import Line
from clusterqa.query.pinpoints import Address, addresses, denoted
from clusterqa.types import Document, Work

MIRROR = os.environ.get("CLUSTERQA_MIRROR", "")
TODAY = date(2026, 11, 23)


@cache
def works() -> tuple[Work, ...]:
    return read_manifest(PROJECT / "corpus" / "manifest.toml")


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("Was steht in Artikel 27 Absatz 6 GBER?", ("gber", "Article 27(6)")),
        ("Art. 27 Abs. 6 GBER", ("gber", "Article 27(6)")),
        ("artikel 27, lid 6, GBER", ("gber", "Article 27(6)")),
        ("articolo 27 GBER", ("gber", "Article 27")),
        ("art. 27 ust. 6 GBER", ("gber", "Article 27(6)")),
        ("artículo 107 TFUE", ("tfeu", "Article 107")),
        ("Artikel 27 Absatz 6 Buchstabe a GBER", ("gber", "Article 27(6)(a)")),
        ("artikel 27, lid 6, onder a), GBER", ("gber", "Article 27(6)(a)")),
        ("GBER, άρθρο 27 παράγραφος 6 στοιχείο β)", ("gber", "Article 27(6)(b)")),
        ("GBER, член 27, параграф 6, буква б", ("gber", "Article 27(6)(b)")),
        ("GBER, 27 artiklan 6 kohta", ("gber", "Article 27(6)")),
        ("GBER, 27. cikk (6) bekezdése", ("gber", "Article 27(6)")),
        ("GBER, 27 straipsnio 6 dalis", ("gber", "Article 27(6)")),
        ("artigo 27.º, n.º 6, GBER", ("gber", "Article 27(6)")),
        ("GBER Anhang I", ("gber", "Annex I")),
    ],
)
def test_other_languages_name_provisions(question: str, place: tuple[str, str]) -> None:
    """this test ensures that provisions are found by the words that other languages have."""
    assert named(question) == [place]


def named(question: str, as_of: date = TODAY) -> list[tuple[str | None, str]]:
    return [(a.work, a.label) for a in addresses(question, works(), as_of)]


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("What does Article 27(6) say?", ["Article 27(6)"]),
        ("Art. 25(6)(b)", ["Article 25(6)(b)"]),
        ("ARTICLE 4 (1) (K)", ["Article 4(1)(k)"]),
        ("art27(6)", ["Article 27(6)"]),
        ("Art 27 §6", ["Article 27(6)"]),
        ("Article 27.6", ["Article 27(6)"]),
        ("art. 4(1)k", ["Article 4(1)(k)"]),
        ("Article 27 par. 6 lit. b", ["Article 27(6)(b)"]),
        ("Art. 27 para 6 point b", ["Article 27(6)(b)"]),
        ("point k of article 4(1)", ["Article 4(1)(k)"]),
        ("articles 27 and 28", ["Article 27", "Article 28"]),
        ("articles 27 & 28", ["Article 27", "Article 28"]),
        ("Articles 27 (6) and (7)", ["Article 27(6)", "Article 27(7)"]),
        ("Articles 25 to 27", ["Article 25", "Article 26", "Article 27"]),
        ("compare 27(6) and 27(8)", ["Article 27(6)", "Article 27(8)"]),
        ("second subparagraph of Article 27(6)", ["Article 27(6)"]),
        ("definition 92", ["Article 2(92)"]),
        ("definitions 92 and 93", ["Article 2(92)", "Article 2(93)"]),
        ("Article 2, point 92", ["Article 2(92)"]),
        ("Article 2 no. 92", ["Article 2(92)"]),
        ("paragraph 92", ["point 92"]),
        ("points 92 and 93", ["point 92", "point 93"]),
        ("point 15(a)", ["point 15(a)"]),
        ("recital 12", ["Recital (12)"]),
        ("recitals 12-14", ["Recital (12)", "Recital (13)", "Recital (14)"]),
        ("annex i", ["Annex I"]),
        ("annex 1, article 2", ["Annex I, Article 2"]),
        ("Article 3(2) of Annex I", ["Annex I, Article 3(2)"]),
        ("Annex II, point 4", ["Annex II, point 4"]),
        ("chapter iii", ["Chapter III"]),
        ("Section 4 of Chapter III", ["Section 4"]),
        ("footnote 19", ["Footnote 19"]),
        ("article 27, paragraphe 8", ["Article 27(8)"]),
        ("point k) de l’article 4, paragraphe 1", ["Article 4(1)(k)"]),
        ("article premier", ["Article 1"]),
        ("considérant 12", ["Recital (12)"]),
        ("annexes I et II", ["Annex I", "Annex II"]),
        ("annexe I, article 2", ["Annex I, Article 2"]),
        ("Article 27 of the Regulation", ["Article 27"]),
        ("point 92 of the Framework", ["point 92"]),
        ("What does the GBER say in Article 27?", ["Article 27"]),
    ],
)
def test_a_place_without_a_work(question: str, labels: list[str]) -> None:
    """this test ensures that lay and legal forms give the label that documents use."""
    assert named(question) == [(None, label) for label in labels]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("art. 27(6) GBER", [("gber", "Article 27(6)")]),
        ("art 4.1.k GBER", [("gber", "Article 4(1)(k)")]),
        ("27.6 GBER", [("gber", "Article 27(6)")]),
        ("4.1.k of the GBER", [("gber", "Article 4(1)(k)")]),
        ("GBER 27(6)", [("gber", "Article 27(6)")]),
        ("recital (12) of Regulation (EU) No 651/2014", [("gber", "Recital (12)")]),
        ("27.6 and 27.8 GBER", [("gber", "Article 27(6)"), ("gber", "Article 27(8)")]),
        ("GBER, art. 27(9)", [("gber", "Article 27(9)")]),
        ("the GBER's article 27", [("gber", "Article 27")]),
        ("article 27 or art 28 GBER", [("gber", "Article 27"), ("gber", "Article 28")]),
        ("article 27, paragraphe 8 du RGEC", [("gber", "Article 27(8)")]),
        ("Article 27 of the general block exemption regulation", [("gber", "Article 27")]),
        ("Article 9 of GBER 2008", [("gber-2008", "Article 9")]),
        ("Article 27(6) of 32014R0651", [("gber", "Article 27(6)")]),
        ("02014R0651-20230701 art. 27", [("gber", "Article 27")]),
        ("Article 27 of Regulation 651/2014", [("gber", "Article 27")]),
        ("reg. 651/2014 art 27", [("gber", "Article 27")]),
        ("art 3 of regulation (EU) 2023/2831", [("de-minimis-2023", "Article 3")]),
        ("article 3(2) de minimis regulation", [("de-minimis-2023", "Article 3(2)")]),
        ("Article 107(3)(c) TFEU", [("tfeu", "Article 107(3)(c)")]),
        ("107 TFEU", [("tfeu", "Article 107")]),
        ("107 and 108 TFEU", [("tfeu", "Article 107"), ("tfeu", "Article 108")]),
        ("Article 107 of the Treaty", [("tfeu", "Article 107")]),
        ("l'article 107, paragraphe 3, point c), du TFUE", [("tfeu", "Article 107(3)(c)")]),
        ("point 92 of the RDI framework", [("rdi-framework-2022", "point 92")]),
        ("point 92 of the 2014 RDI framework", [("rdi-framework-2014", "point 92")]),
        ("Article 27 GBER and Article 3 de minimis regulation",
         [("gber", "Article 27"), ("de-minimis-2023", "Article 3")]),
    ],
)  # fmt: skip
def test_a_place_in_a_work(question: str, expected: list[tuple[str, str]]) -> None:
    """this test ensures that a work named beside a place is the work it is in."""
    assert named(question) == expected


def test_the_date_decides_between_works_of_one_name() -> None:
    """this test ensures that "the GBER" of 2010 is the one of 2008."""
    assert named("Article 9 GBER", date(2010, 1, 1)) == [("gber-2008", "Article 9")]


@pytest.mark.parametrize(
    "question",
    [
        "Who got aid in 2016?", "EUR 2.5 million", "50 %", "10 years", "point of contact",
        "an article about clusters", "5.5 million under the GBER", "in 2016 under the GBER",
        "Which annex I need to fill in?", "At this point 3 clusters exist", "15 GBER schemes",
        "the 2017 GBER amendment", "version 2.0 of the GBER", "Regulation 651/2014",
        "What is 32014R0651?", "between 10 and 20 (a) clusters", "par 50 entreprises",
        "15 percentage points 20 years ago", "OJ L 187, 26.6.2014, p. 1", "on 1 July 2023",
        "Does point (b) apply?", "this Article", "the first paragraph", "article 2016",
        "Article 5 of Directive 2000/60/EC", "Article 87 of the EC Treaty",
        "the state of the art 2 years ago", "k = 5 (1)", "",
    ],
)  # fmt: skip
def test_what_is_no_address(question: str) -> None:
    """this test ensures that figures, relative places and other acts' places are no addresses."""
    assert named(question) == []


def test_spans_are_of_the_question_as_typed() -> None:
    """this test ensures that an address says where the question names it, blanks and all."""
    question = "And  what of art. 27 §6 lit.  b GBER or 4.1.k of the GBER?"
    assert addresses(question, works(), TODAY) == (
        Address("gber", "Article 27(6)(b)", (13, 31)),
        Address("gber", "Article 4(1)(k)", (40, 57)),
    )
    assert question[13:31] == "art. 27 §6 lit.  b"


@pytest.mark.parametrize(
    "question",
    ["Articles 1 to 999999999", "Articles 1-99999999", "article " + "1 to 999, " * 190,
     "articles 1" + ",1" * 480 + " paragraphs 1" + ",1" * 480, "1.1" * 600, "GBER " * 400],
)  # fmt: skip
def test_no_question_asks_for_too_much(question: str) -> None:
    """this test ensures that a hostile range is not counted out."""
    assert len(addresses(question, works(), TODAY)) <= 50


NUMBER = st.integers(1, 199).map(str)
SUFFIX = st.sampled_from(["", "", "", "a", "b"])
FORMS: list[Callable[[str, str, str], str]] = [
    "Article {}({})({})".format, "article {} ({}) ({})".format, "ARTICLE {}({})({})".format,
    "art. {}({})({})".format, "Art{}({})({})".format, "art {}.{}.{}".format,
    "art {}.{}({})".format, "art. {}({}){}".format, "Art {} §{} lit. {}".format,
    "Article {} § {}, point ({})".format, "Article {} par. {} lit. {}".format,
    "article {}, paragraphe {}, point {})".format, "article {} para {} point {}".format,
    "point ({2}) of Article {0}({1})".format, "point {2} of paragraph {1} of Article {0}".format,
    "{}.{}.{} GBER".format, "{}({})({}) GBER".format, "{}({})({})".format,
]  # fmt: skip


@given(
    NUMBER,
    SUFFIX,
    st.integers(1, 30).map(str),
    st.sampled_from("abcdefgh"),
    st.sampled_from(FORMS),
    st.sampled_from(["{}", "What does {} say?", "Explain {}, please"]),
)
def test_every_form_reads_back(
    number: str, suffix: str, paragraph: str, point: str,
    form: Callable[[str, str, str], str], question: str,
) -> None:  # fmt: skip
    """this test ensures that a label in any lay form is read as that label."""
    written = form(number + suffix, paragraph, point)
    asked = question.format(written)
    (address,) = addresses(asked, works(), TODAY)
    assert address.label == f"Article {number}{suffix}({paragraph})({point})"
    assert asked[slice(*address.span)] == written.removesuffix(" GBER")


@given(
    st.integers(1, 5000),
    st.sampled_from(["%", "years", "million", "clusters", "EUR", "ans", "SMEs"]),
)
def test_quantities_are_no_addresses(amount: int, unit: str) -> None:
    """this test ensures that a number with what it counts is no address."""
    assert (
        named(f"Can {amount} {unit} or {amount / 10} {unit} be granted for 2 to 5 of them?") == []
    )


@given(st.text() | st.text("artpoinxGBER §.()1249a,-/"))
def test_any_text_is_read(text: str) -> None:
    """this test ensures that no text breaks the reader and that spans lie in it."""
    for address in addresses(text, works(), TODAY):
        assert 0 <= address.span[0] < address.span[1] <= len(text)


def small_act() -> Document:
    return document_from_lines(
        "32014R0651",
        [
            Line("title", "REGULATION on kilns"),
            Line("body", "(12) Kilns are warm."),
            Line("division", "CHAPTER 1"),
            Line("article", "Article 27"),
            Line("body", "6. Aid may rise:"),
            Line("body", "(a) by ten points.", 1),
            Line("annex", "ANNEXE I"),
            Line("article", "Article 2"),
            Line("body", "1. A kiln is an oven."),
        ],
    )


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Article 27(6)(a)", [("Article 27(6)(a)", True)]),
        ("Article 27(6)(b)(ii)", [("Article 27(6)", False)]),
        ("Article 27(9)", [("Article 27", False)]),
        ("Article 28", []),
        ("Recital (12)", [("Recital (12)", True)]),
        ("Recital (13)", []),
        ("Chapter I", [("Chapter 1", True)]),
        ("Annex I, Article 2(1)", [("Annexe I, Article 2(1)", True)]),
        ("Annex I, Article 3(1)", [("Annexe I", False)]),
        ("point 92", []),
    ],
)
def test_what_an_address_denotes(label: str, expected: list[tuple[str, bool]]) -> None:
    """this test ensures that a label leads to its provision, or to the one around it, saying so."""
    assert [(d.provision.label, d.exact) for d in denoted(label, small_act())] == expected


def test_a_framework_is_addressed_by_point() -> None:
    """this test ensures that "paragraph 92" finds a numbered paragraph below a heading."""
    lines = [
        Line("group", "1. AIM"),
        Line("body", "92. Clusters."),
        Line("body", "(a) may grow.", 1),
    ]
    document = document_from_lines("52022XC1028(03)", [Line("title", "FRAMEWORK"), *lines])
    found = [a for q in ("paragraph 92", "§ 92 (a)") for a in addresses(q, works(), TODAY)]
    assert [[(d.provision.label, d.exact) for d in denoted(a.label, document)] for a in found] == [
        [("point 92", True)],
        [("point 92(a)", True)],
    ]


@pytest.mark.skipif(not MIRROR, reason="CLUSTERQA_MIRROR names no folder of official texts")
@pytest.mark.parametrize("name", ["32023R2831.en", "32023R2831.fr", "32015R1588.en"])
def test_every_label_of_an_act_is_an_address(name: str) -> None:
    """this test ensures that whatever a document labels can be asked for by its label."""
    file = Path(MIRROR) / f"{name}.xhtml"
    document = parse(file.read_bytes(), name, file.name)
    addressed = [p for p in document.provisions if p.kind not in ("title", "text", "heading")]
    lost = [
        p.label
        for p in addressed
        if (p, True)
        not in [
            (d.provision, d.exact)
            for a in addresses(f"What does {p.label} say?", works(), TODAY)
            for d in denoted(a.label, document)
        ]
    ]
    assert lost == []
    assert len(addressed) > 50
