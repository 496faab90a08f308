"""Parsers against small imitations of each generation of official text, labels written out."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from places import DATA, PROJECT

from clusterqa.errors import CorpusError
from clusterqa.parsers import PARSERS, parse
from clusterqa.provisions.lines import ENUMERATOR, follows, is_first
from clusterqa.types import Document

CORPUS = PROJECT / "corpus"


def read(name: str) -> Document:
    return parse((DATA / name).read_bytes(), name.partition(".")[0], name)


def page(body: str) -> Document:
    """The document in a body of markup."""
    return parse(f"<html><body>{body}</body></html>".encode(), "s", "s.xhtml")


def labels(document: Document, kind: str = "") -> list[str]:
    return [p.label for p in document.provisions if not kind or p.kind == kind]


def text_of(document: Document, label: str) -> str:
    found = [p for p in document.provisions if p.label == label]
    assert len(found) == 1, f"{label}: {len(found)} times"
    return document.text[found[0].start : found[0].end]


def title_of(document: Document, label: str) -> str:
    return next(p.title for p in document.provisions if p.label == label)


def item(marker: str, text: str) -> str:
    """A list table of the Official Journal: the marker in a cell of its own."""
    return (
        f'<table><tbody><tr><td><p class="oj-normal">{marker}</p></td>'
        f'<td><p class="oj-normal">{text}</p></td></tr></tbody></table>'
    )


def nested(marker: str, text: str, *inner: str) -> str:
    """A list table whose second cell goes on with further blocks."""
    return (
        f'<table><tbody><tr><td><p class="oj-normal">{marker}</p></td>'
        f'<td><p class="oj-normal">{text}</p>{"".join(inner)}</td></tr></tbody></table>'
    )


def grid(marker: str, text: str) -> str:
    """A list of a newer consolidation."""
    return (
        f'<div class="grid-container grid-list"><div class="list grid-list-column-1">'
        f'<span>{marker}</span></div><div class="grid-list-column-2"><p class="norm">{text}</p>'
        "</div></div>"
    )


def old(marker: str, text: str) -> str:
    """A list of an older consolidation: the marker inside the paragraph, no nesting."""
    return (
        '<div style="margin-left: 30pt"><p class="norm">'
        f'{marker}<span style="word-spacing: 18pt"> </span>{text}</p></div>'
    )


def article(number: str, title: str = "", *, consolidated: bool = False) -> str:
    names = (
        ("title-article-norm", "stitle-article-norm")
        if consolidated
        else ("oj-ti-art", "oj-sti-art")
    )
    heading = f'<p class="{names[1]}">{title}</p>' if title else ""
    return f'<p class="{names[0]}">Article {number}</p>{heading}'


# -- the Official Journal ----------------------------------------------------------------------


def test_official_journal_act_has_every_provision_under_its_label() -> None:
    """this test ensures that an OJ act gives its whole outline, masthead left out."""
    assert labels(read("oj-act.xhtml")) == [
        "Title",
        "Preamble",
        "Recital (1)",
        "Recital (2)",
        "Enacting formula",
        "Chapter I",
        "Article 1",
        "Article 1(1)",
        "Article 1(1)(a)",
        "Article 1(1)(a)(i)",
        "Article 1(1)(a)(ii)",
        "Article 1(1)(b)",
        "Article 1(2)",
        "Article 2",
        "Article 2(1)",
        "Article 2(2)",
        "Definitions for aid to kilns",
        "Article 2(3)",
        "Footnote 1",
        "Annex I",
        "Annex I, Article 1",
        "Annex I, Article 2",
        "Annex I, Article 2(1)",
        "Annex I, Article 2(2)",
        "Annex I, Footnote 1",
        "Annex II",
        "Annex II, Part I",
        "Annex II, Part II",
    ]


def test_official_journal_markers_join_the_text_beside_them() -> None:
    """this test ensures that a marker in a cell of its own begins the line of its text."""
    assert text_of(read("oj-act.xhtml"), "Article 1(1)") == (
        "1. This Regulation applies to aid for potteries, namely:\n"
        "(a) aid for clay, as regards:\n"
        "(i) red clay;\n"
        "(ii) white clay;\n"
        "(b) aid for glaze.\n"
        "The first subparagraph is without prejudice to Article 2."
    )


def test_official_journal_titles_belong_to_their_headings() -> None:
    """this test ensures that articles, chapters, annexes and their parts carry their titles."""
    document = read("oj-act.xhtml")
    assert [title_of(document, label) for label in ("Title", "Chapter I", "Article 1")] == [
        "COMMISSION REGULATION (EU) No 1/2031 of 1 May 2031 on aid for potteries",
        "Common provisions",
        "Scope",
    ]
    assert [title_of(document, label) for label in ("Annex I", "Annex I, Article 1")] == [
        "Definition of a small pottery",
        "Pottery",
    ]
    assert title_of(document, "Annex II, Part II") == "to be sent by post"


def test_masthead_and_page_furniture_are_left_out() -> None:
    """this test ensures that page heads, links to images and the closing ISSN are no text."""
    text = read("oj-act.xhtml").text
    assert text.startswith("COMMISSION REGULATION (EU) No 1/2031\nof 1 May 2031")
    assert [w for w in ("Official Journal", "Text of image", "ISSN", "ELI:") if w in text] == []


def test_data_tables_become_rows() -> None:
    """this test ensures that a table of data is one line a row, cells apart."""
    assert text_of(read("oj-act.xhtml"), "Annex II, Part I").splitlines()[1:] == [
        "to be sent by wire",
        "Kiln | Limit | Unit",
        "small | 7,5 | million",
    ]


def test_a_communication_without_articles_has_points() -> None:
    """this test ensures that numbered text of an act without articles is no preamble."""
    document = page(
        '<p class="oj-doc-ti">Framework for aid to potteries</p>'
        '<p class="oj-ti-grseq-1">1. INTRODUCTION</p>'
        + item("1.", "Aid can be compatible.")
        + item("(2)", "Kilns are costly.")
    )
    assert labels(document) == ["Title", "1. INTRODUCTION", "point 1", "point 2"]


# -- amending acts -----------------------------------------------------------------------------

AMENDING = page(
    article("1")
    + '<p class="oj-normal">Regulation (EU) No 1/2031 is amended as follows:</p>'
    + nested(
        "(1)",
        "Article 1 is amended as follows:",
        nested("(a)", "point (b) is replaced by the following:", item("‘(b)", "aid for tiles;’;")),
        nested(
            "(b)",
            "the following subparagraph is added:",
            '<p class="oj-normal">‘This Regulation shall not apply to:</p>',
            item("(a)", "bricks, as laid down in Directive 9 (*1);"),
            item("(b)", "tiles.’;"),
            '<p class="oj-note">(*1) Directive 9 on bricks.’;</p>',
        ),
        nested("(c)", "paragraph 3 is deleted;"),
    )
    + nested(
        "(2)",
        "Article 12 is replaced by the following:",
        '<p class="oj-ti-art">‘Article 12</p><p class="oj-sti-art">Monitoring</p>',
        '<p class="oj-normal">1. Records shall be kept.</p>',
        '<p class="oj-normal">2. They shall hold:</p>',
        item("(a)", "dates;"),
        item("(b)", "weights."),
        '<p class="oj-ti-art">Article 12a</p>',
        '<p class="oj-normal">Kilns shall be open to visitors.’;</p>',
    )
    + nested(
        "(3)",
        "the following points are added:",
        '<p class="oj-ti-grseq-1">‘Definitions for tiles</p>',
        item("(144)", "“tile” means a thin slab;"),
        item("(145)", "“slab” means a thick tile.’"),
    )
    + nested("(4)", "the following is added:", '<p class="oj-normal">‘3a. Tiles count.</p>')
    + nested("(5)", "Article 4 is deleted.")
    + article("2")
    + '<p class="oj-normal">This Regulation shall enter into force tomorrow.</p>'
)


def test_an_amending_act_keeps_its_own_articles_apart_from_those_it_quotes() -> None:
    """this test ensures that quoted provisions are labelled as parts of the amending point."""
    assert labels(AMENDING) == [
        "Article 1",
        "Article 1(1)",
        "Article 1(1)(a)",
        "Article 1(1)(a), point (b)",
        "Article 1(1)(b)",
        "Article 1(1)(b), point (a)",
        "Article 1(1)(b), point (b)",
        "Footnote *1",
        "Article 1(1)(c)",
        "Article 1(2)",
        "Article 1(2), Article 12",
        "Article 1(2), Article 12(1)",
        "Article 1(2), Article 12(2)",
        "Article 1(2), Article 12(2)(a)",
        "Article 1(2), Article 12(2)(b)",
        "Article 1(2), Article 12a",
        "Article 1(3)",
        "Article 1(3), Definitions for tiles",
        "Article 1(3), point (144)",
        "Article 1(3), point (145)",
        "Article 1(4)",
        "Article 1(4), paragraph 3a",
        "Article 1(5)",
        "Article 2",
    ]


def test_a_quoted_marker_joins_the_text_beside_it() -> None:
    """this test ensures that a marker with a quotation mark before it is still a marker."""
    assert text_of(AMENDING, "Article 1(1)(a), point (b)") == "‘(b) aid for tiles;’;"


def test_a_quotation_without_its_closing_mark_ends_with_the_next_article() -> None:
    """this test ensures that a forgotten quotation mark does not swallow the rest of an act."""
    document = page(
        article("12")
        + '<p class="oj-normal">The following Article is inserted:</p>'
        + article("‘12a").replace("Article ‘12a", "‘Article 12a")
        + '<p class="oj-normal">1. Kilns may be used.</p>'
        + article("13")
        + '<p class="oj-normal">1. Kilns shall be swept.</p>'
    )
    assert labels(document) == [
        "Article 12",
        "Article 12, Article 12a",
        "Article 12, Article 12a(1)",
        "Article 13",
        "Article 13(1)",
    ]


def test_punctuation_on_a_line_of_its_own_ends_the_line_before() -> None:
    """this test ensures that a semicolon outside its paragraph makes no line."""
    document = page(
        article("1") + '<div><p class="oj-normal">Kilns are hot.</p>;</div><p>Clay is cold.</p>'
    )
    assert document.text == "Article 1\nKilns are hot.;\nClay is cold."


# -- consolidations ----------------------------------------------------------------------------


def test_a_new_consolidation_has_grid_lists_and_no_arrows() -> None:
    """this test ensures that grids are lists and amendment marks no text."""
    document = page(
        '<table><tr><td><p class="arrow">►B</p></td><td>'
        '<p class="title-doc-first">COMMISSION REGULATION (EU) No 1/2031</p></td></tr></table>'
        '<p class="modref">▼M6</p>'
        '<p class="title-doc-first">COMMISSION REGULATION (EU) No 1/2031</p>'
        + article("27", "Aid for workshops", consolidated=True)
        + '<div class="norm"><span class="no-parag">1.  </span><div class="inline-element">'
        "Aid for workshops ►M6 and kilns ◄ shall be exempted.</div></div>"
        '<p class="modref">▼M6</p>'
        '<div class="norm"><span class="no-parag">1a.  </span><div class="inline-element">'
        '<p class="norm">Costs shall be:</p>'
        + grid("(a)", "of clay;")
        + grid("(aa)", "of water; and")
        + grid("(b)", "of fire.")
        + "</div></div>"
    )
    assert document.text == (
        "COMMISSION REGULATION (EU) No 1/2031\n"
        "Article 27\n"
        "Aid for workshops\n"
        "1. Aid for workshops and kilns shall be exempted.\n"
        "1a. Costs shall be:\n"
        "(a) of clay;\n"
        "(aa) of water; and\n"
        "(b) of fire."
    )
    assert labels(document) == [
        "Title",
        "Article 27",
        "Article 27(1)",
        "Article 27(1a)",
        "Article 27(1a)(a)",
        "Article 27(1a)(aa)",
        "Article 27(1a)(b)",
    ]


def test_an_old_consolidation_nests_lists_that_its_markup_does_not() -> None:
    """this test ensures that (b) follows (a) and not the definition that both belong to."""
    document = page(
        article("2", "Definitions", consolidated=True)
        + '<p class="norm">The following definitions shall apply:</p>'
        + old("(3)", "‘potter’ means a person who:")
        + old("(a)", "turns clay; or")
        + old("(b)", "fires it, being:")
        + old("(i)", "trained; or")
        + old("(ii)", "learning;")
        + old("(c)", "sells it;")
        + '<p class="title-gr-seq-level-1">Definitions for kilns</p>'
        + old("(86)", "‘kiln’ means an oven.")
        + '<p class="norm">A kiln may be used for trials.</p>'
        + old("(88)", "‘trial’ means a first firing.")
    )
    assert labels(document) == [
        "Article 2",
        "Article 2(3)",
        "Article 2(3)(a)",
        "Article 2(3)(b)",
        "Article 2(3)(b)(i)",
        "Article 2(3)(b)(ii)",
        "Article 2(3)(c)",
        "Definitions for kilns",
        "Article 2(86)",
        "Article 2(88)",
    ]
    assert text_of(document, "Article 2(86)") == (
        "(86) ‘kiln’ means an oven.\nA kiln may be used for trials."
    )


def test_point_i_after_h_is_a_letter_and_aa_follows_z() -> None:
    """this test ensures that letters go on where Roman numbers could begin."""
    marks = [*"abcdefghij", *"klmnopqrstuvwxyz", "aa", "bb"]
    document = page(
        article("4", consolidated=True)
        + '<p class="norm">1. Limits:</p>'
        + "".join(old(f"({mark})", "a limit;") for mark in marks)
    )
    assert labels(document, "point") == [f"Article 4(1)({mark})" for mark in marks]


def test_an_unnumbered_subparagraph_belongs_to_the_paragraph_before_it() -> None:
    """this test ensures that text after a list has the label of the paragraph, not the point."""
    document = page(
        article("27", consolidated=True)
        + '<p class="norm">6. Aid may rise by:</p>'
        + grid("(a)", "five points;")
        + '<p class="norm">It may not rise twice.</p>'
    )
    assert text_of(document, "Article 27(6)").endswith("It may not rise twice.")
    assert text_of(document, "Article 27(6)(a)") == "(a) five points;"


def test_french_numbers_have_their_latin_words() -> None:
    """this test ensures that "premier", "bis" and "ter" are read as numbers are."""
    document = page(
        '<p class="title-division-1">SECTION 2 BIS</p>'
        '<p class="title-division-2">Aides aux fours</p>'
        + article("premier", "Champ", consolidated=True)
        + '<p class="norm">1. Le règlement s’applique:</p>'
        + grid("a)", "aux fours;")
        + grid("a bis)", "aux tours.")
        + article("19 bis", "Aides", consolidated=True)
        + '<p class="norm">1 bis. Les aides sont permises.</p>'
        + grid("102 ter.", "«four»: un foyer;")
        + '<p class="title-annex-1">ANNEXE I</p><p class="title-annex-2">DÉFINITION</p>'
        + article("premier", "Poterie", consolidated=True)
        + '<p class="norm">Un atelier.</p>'
    )
    assert labels(document) == [
        "Section 2 bis",
        "Article 1",
        "Article 1(1)",
        "Article 1(1)(a)",
        "Article 1(1)(a bis)",
        "Article 19 bis",
        "Article 19 bis(1 bis)",
        "Article 19 bis(1 bis)(102 ter)",
        "Annexe I",
        "Annexe I, Article 1",
    ]


# -- the Treaty --------------------------------------------------------------------------------


def test_the_treaty_is_read_by_its_words_alone() -> None:
    """this test ensures that a file without classes gives parts, articles, protocols, notes."""
    document = read("treaty.html")
    assert labels(document) == [
        "PREAMBLE",
        "Preamble",
        "Part ONE",
        "Title I",
        "Chapter 1",
        "Section 1",
        "Article 107",
        "Article 107(1)",
        "Article 107(2)",
        "Article 107(2)(a)",
        "Article 107(2)(b)",
        "Article 107(2)(b)(i)",
        "Article 107(2)(b)(ii)",
        "Article 107(2)(c)",
        "Article 107(3)",
        "Footnote 1",
        "Protocols",
        "Protocol (No 2)",
        "Protocol (No 2), Article 5",
        "Protocol (No 2), Article 5(1)",
        "Protocol (No 2), Annex",
        "Protocol (No 2), Annex, Article 1",
        "Declarations",
        "A. DECLARATIONS ON POTS",
        "Declaration 1",
        "Declaration 1, Article 1",
        "Declaration 2",
        "Tables of equivalences",
        "Tables of equivalences, Footnote 1",
        "Footnote 2",
    ]
    assert title_of(document, "Article 107") == "(ex Article 87 TEC)"
    assert title_of(document, "Declaration 2") == "Declaration on glaze"
    assert title_of(document, "Title I") == "COMMON RULES"
    assert text_of(document, "Footnote 2") == "[2]\n- Article 1 replaces Article 2."
    assert "Table of Contents" not in document.text
    assert "TITLE I COMMON RULES" not in document.text
    assert "| Article 3 | Article 4 |" in document.text


def test_the_preamble_ends_where_the_first_part_begins() -> None:
    """this test ensures that the articles of a treaty are no children of its preamble."""
    document = read("treaty.html")
    roots = [p.label for p in document.provisions if p.parent is None]
    assert roots[:4] == ["PREAMBLE", "Preamble", "Part ONE", "Footnote 1"]


# -- plain text --------------------------------------------------------------------------------


def test_the_definitions_page_has_its_sections_and_footnotes() -> None:
    """this test ensures that the page of definitions is labelled by its headings."""
    file = CORPUS / "cluster-definitions.txt"
    document = parse(file.read_bytes(), "cluster-definitions", file.name)
    wanted = [
        "What is a cluster?",
        "Cluster organisations",
        "Cluster policies",
        "Footnote 1",
        "Footnote 2",
    ]
    assert [label for label in labels(document) if label in wanted] == wanted
    assert text_of(document, "Cluster organisations").endswith("partnering across clusters.")
    assert text_of(document, "Footnote 1").startswith("1 Delgado, Mercedes")


def test_plain_text_keeps_its_own_lines() -> None:
    """this test ensures that text is kept, line ends made newlines and a byte mark dropped."""
    document = parse(
        "\ufeffPots\r\n\r\nPots hold water1.\r\n\r\n1 Mostly.\r\n".encode(), "s", "s.TXT"
    )
    assert document.text == "Pots\n\nPots hold water1.\n\n1 Mostly.\n"
    assert labels(document) == ["Pots", "Footnote 1"]


# -- what cannot be read -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "s.txt", "s: the file is empty; put the text back or remove the entry"),
        (b" \n", "s.txt", "s: the file is empty; put the text back or remove the entry"),
        (b"caf\xe9", "s.txt", "s: not UTF-8 at byte 3; save the file as UTF-8"),
        (b"", "s.xhtml", "s: no HTML body; fetch it again: clusterqa corpus sync"),
        (b"<p>caf\xe9", "s.xhtml", "s: not UTF-8 at byte 6; fetch it again or convert it"),
        (b"<html></html>", "s.html", "s: no HTML body; fetch it again: clusterqa corpus sync"),
        (
            b"<html><body><script>go()</script></body></html>",
            "s.html",
            "s: the file holds no text; give one that does",
        ),
        (
            b"<html><body><h1>JavaScript is disabled</h1><p>Verify that you are not a robot.</p>"
            b"</body></html>",
            "s.html",
            "s: the page is no document but a notice or a challenge page; "
            "fetch it again (clusterqa corpus sync) or save it from a browser",
        ),
        (
            b"x",
            "s.xyz",
            f"s: s.xyz is of no known format; known are {', '.join(sorted(PARSERS))}",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_remedy(
    content: bytes, name: str, message: str
) -> None:
    """this test ensures that a bad file is refused with the source, the place and what to do."""
    with pytest.raises(CorpusError) as raised:
        parse(content, "s", name)
    assert str(raised.value) == message


MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", '<p class="oj-ti-art">', "<table><tr><td>", "</td><td>",
         "</td></tr></table>", "Article 1", "‘Article 2", "(1)", "(a)", "‘(b)", "2.", "ANNEX I",
         "PART II", "▼M1", "—",
         '<p class="oj-note">', "(*1) ", "CHAPTER I", " text:", ".’;", "PREAMBLE", "<!-- c -->",
         '<p class="title-annex-1">', '<div class="grid-list">', "</div>", "\x00", "&nbsp;",
         "<br/>"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    content=st.binary(max_size=60) | MARKUP.map(str.encode), suffix=st.sampled_from(sorted(PARSERS))
)
@example(b"<?xml version='1.0' encoding='utf-8'?><html><body>a</body></html>", ".xhtml")
@example(b"<!-- a --><?xml version='1.0' encoding='utf-8'?><p>a</p>", ".xhtml")
@example(b"\x00", ".html")
def test_any_bytes_are_read_or_refused(content: bytes, suffix: str) -> None:
    """this test ensures that a parser raises nothing but CorpusError, whatever the bytes."""
    try:
        document = parse(content, "s", f"s{suffix}")
    except CorpusError:
        return
    for index, provision in enumerate(document.provisions):
        assert 0 <= provision.start <= provision.end <= len(document.text)
        if provision.parent is not None:
            above = document.provisions[provision.parent]
            assert provision.parent < index
            assert above.start <= provision.start and provision.end <= above.end


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("1. One", "1."),
        ("1a. One", "1a."),
        ("102 bis. Un", "102 bis."),
        ("(aa) two", "(aa)"),
        ("(viii) eight", "(viii)"),
        ("‘(39) “profit”", "‘(39)"),
        ("a) un", "a)"),
        ("a bis) un", "a bis)"),
        ("— dash", "—"),
        ("(list) of pots", ""),
        ("2.5 pots", ""),
        ("1.2.2031 is a day", ""),
        ("Pots", ""),
    ],
)
def test_enumerators_are_told_from_words(text: str, mark: str) -> None:
    """this test ensures that a line's marker is found and no word is taken for one."""
    found = ENUMERATOR.match(text)
    assert (found.group() if found else "") == mark


def test_marks_follow_each_other_in_their_own_style() -> None:
    """this test ensures that the next number, letter, doubled letter or Roman number is known."""
    pairs = [
        ("2", "1"),
        ("b", "a"),
        ("ii", "i"),
        ("bb", "aa"),
        ("aa", "z"),
        ("aaa", "zz"),
        ("i", "h"),
    ]
    assert [pair for pair in pairs if not follows(*pair)] == []
    assert [pair for pair in [("a", "1"), ("c", "a"), ("ba", "a")] if follows(*pair)] == []
    assert [mark for mark in ("1", "a", "i", "aa", "b") if is_first(mark)] == ["1", "a", "i", "aa"]


def test_amendments_are_data_not_text() -> None:
    """this test ensures that arrows leave the text and say which act changed which words."""
    page = """<html><body><p class="title-article-norm">Article 4</p>
    <p class="modref"><a href="x" title="32023R1315: REPLACED">▼M6</a></p>
    <div class="norm"><span class="no-parag">1. </span>
      <div class="norm inline-element">Fees shall follow the market.</div></div>
    <p class="modref"><a href="x" title="32014R0651">▼B</a></p>
    <div class="norm"><span class="no-parag">2. </span><div class="norm inline-element">Aid is
      limited. <span><a href="x" title="32017R1084: INSERTED"><span>►M1</span></a></span> It ends
      after ten years.<span> ◄ </span> It is published.</div></div></body></html>"""
    document = parse(page.encode(), "s", "s.xhtml")
    assert document.text == (
        "Article 4\n1. Fees shall follow the market.\n"
        "2. Aid is limited. It ends after ten years. It is published."
    )
    assert [(document.text[a.start : a.end], a.act) for a in document.amendments] == [
        ("1. Fees shall follow the market.", "32023R1315"),
        ("It ends after ten years.", "32017R1084"),
    ]
