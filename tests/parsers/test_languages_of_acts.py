"""Acts in every language of the Union: the same provisions, whichever words they are headed by.

The headings of `data/headings.jsonl` are those that the Office's own texts have; the acts around
them are invented, in the markup of the Official Journal, of a consolidation and of Formex.
"""

import json
from html import escape

import pytest
from places import DATA

from clusterqa.download.sync import LANGUAGES
from clusterqa.law.history import find_provision
from clusterqa.parsers import parse
from clusterqa.passages import split_document
from clusterqa.provisions.headings import DIVISIONS, annex, article, division, latin_mark, words
from clusterqa.references.definitions import definitions_of
from clusterqa.types import Document

ROWS = {
    row["language"]: row
    for row in map(json.loads, (DATA / "headings.jsonl").read_text("utf-8").splitlines())
}
Row = dict[str, str]
OUTLINE = [
    ("title", "Title"),
    ("text", "Preamble"),
    ("recital", "Recital (1)"),
    ("text", "Enacting formula"),
    ("chapter", "Chapter I"),
    ("section", "Section 1"),
    ("article", "Article 1"),
    ("paragraph", "Article 1(1)"),
    ("paragraph", "Article 1(2)"),
    ("point", "Article 1(2)(a)"),
    ("point", "Article 1(2)(a)(i)"),
    ("point", "Article 1(2)(b)"),
    ("article", "Article 27a"),
    ("text", "Signature"),
    ("annex", "Annex I"),
]
# As texts of each language call what is not yet in the table of headings.
TEXT = {
    "de": ("Verordnung über Beihilfen für Imker", "Die Beihilfe beträgt 50 % der Kosten."),
    "nl": ("Verordening betreffende steun aan imkers", "De steun bedraagt 50 % van de kosten."),
    "es": ("Reglamento relativo a las ayudas a apicultores", "La ayuda es del 50 % de los costes."),
    "it": ("Regolamento sugli aiuti agli apicoltori", "L'aiuto è pari al 50 % dei costi."),
    "pl": ("Rozporządzenie w sprawie pomocy dla pszczelarzy", "Pomoc wynosi 50 % kosztów."),
}


def second(row: Row) -> str:
    return row["paragraph"].replace("1", "2")


def said(row: Row) -> tuple[str, str]:
    return TEXT.get(row["language"], ("R 1/2031", "50 %."))


def listed(mark: str, text: str) -> str:
    """An item of a list as the Official Journal's pages have it: a table of two cells."""
    cells = "".join(f"<td><p class='oj-normal'>{cell}</p></td>" for cell in (mark, text))
    return f"<table><col width='4%'/><col width='96%'/><tbody><tr>{cells}</tr></tbody></table>"


def journal(row: Row) -> str:
    """The act as the Official Journal's XHTML has it."""
    title, text = map(escape, said(row))
    number = row["article"].replace("1.o", "1.<span class='oj-super'>o</span>")
    return f"""<html><body><div class="eli-container">
<div class="eli-main-title" id="tit_1"><p class="oj-doc-ti">{title}</p></div>
<div class="eli-subdivision" id="pbl_1"><p class="oj-normal">{text}</p>{listed("(1)", text)}
<p class="oj-normal">{row["adopted"]}</p></div>
<p class="oj-ti-section-1"><span class="oj-italic">{row["chapter"]}</span></p>
<div class="eli-title"><p class="oj-ti-section-2">{title}</p></div>
<p class="oj-ti-section-1">{row["section"]}</p><p class="oj-ti-section-2">{title}</p>
<div class="eli-subdivision" id="art_1"><p class="oj-ti-art">{number}</p>
<div class="eli-title"><p class="oj-sti-art">{title}</p></div>
<p class="oj-normal">{row["paragraph"]}   {text}</p>
<p class="oj-normal">{second(row)}   {text.rstrip(".")}:</p>
{listed(row["a"], text + listed("i)", text))}
{listed(row["b"], text)}</div>
<p class="oj-ti-art">{row["inserted"]}</p><p class="oj-normal">{text}</p>
<div class="oj-final"><p class="oj-normal">{row["done"]}</p></div>
<div class="eli-container" id="anx_I"><p class="oj-doc-ti">{row["annex"]}</p>
<p class="oj-doc-ti">{title}</p><p class="oj-normal">{text}</p></div></div></body></html>"""


def grid(mark: str, inner: str) -> str:
    return (
        f"<div class='grid-container grid-list'><div class='list grid-list-column-1'>"
        f"<span>{mark} </span></div><div class='grid-list-column-2'>{inner}</div></div>"
    )


def consolidated(row: Row) -> str:
    """The act as a consolidation has it, which begins with a cover; without its preamble."""
    title, text = map(escape, said(row))
    norm = f"<p class='norm'>{text}</p>"
    return f"""<html><body>
<p class="reference">02031R0001 — {row["language"].upper()} — 01.07.2033 — 001.001</p>
<p class="title-doc-first">{title}</p>
<p class="title-division-1">{row["chapter"]}</p><p class="title-division-2">{title}</p>
<p class="title-division-1">{row["section"]}</p><p class="title-division-2">{title}</p>
<div class="eli-subdivision" id="art_1"><p class="title-article-norm">{row["article"]}</p>
<div class="eli-title"><p class="stitle-article-norm">{title}</p></div>
<div class="norm"><span class="no-parag">{row["paragraph"]}  </span>
<div class="norm inline-element">{text}</div></div>
<div class="norm"><span class="no-parag">{second(row)}  </span>
<div class="norm inline-element">{text.rstrip(".")}:
{grid(row["a"], norm + grid("i)", norm))}{grid(row["b"], norm)}</div></div></div>
<p class="modref"><a title="32032R0002: AMENDED">▼M1</a></p>
<p class="title-article-norm">{row["inserted"]}</p><p class="norm">{text}</p>
<div id="anx_I"><p class="title-annex-1">{row["annex"]}</p><p class="title-annex-2">{title}</p>
{norm}</div></body></html>"""


def item(mark: str, text: str, more: str = "") -> str:
    return f"<ITEM><NP><NO.P>{mark}</NO.P><TXT>{text}</TXT>{more}</NP></ITEM>"


def formex(row: Row) -> str:
    """The act as Formex has it."""
    title, text = map(escape, said(row))
    inner = f"<P><LIST TYPE='roman'>{item('i)', text)}</LIST></P>"
    points = f"{item(row['a'], text, inner)}{item(row['b'], text)}"
    return f"""<ACT><TITLE><TI><P>{title}</P></TI></TITLE>
<PREAMBLE><PREAMBLE.INIT><P>{text}</P></PREAMBLE.INIT>
<GR.CONSID><CONSID><NP><NO.P>(1)</NO.P><TXT>{text}</TXT></NP></CONSID></GR.CONSID>
<PREAMBLE.FINAL><P>{row["adopted"]}</P></PREAMBLE.FINAL></PREAMBLE>
<ENACTING.TERMS>
<DIVISION><TITLE><TI><P><HT TYPE="ITALIC">{row["chapter"]}</HT></P></TI>
<STI><P>{title}</P></STI></TITLE>
<DIVISION><TITLE><TI><P>{row["section"]}</P></TI><STI><P>{title}</P></STI></TITLE>
<ARTICLE IDENTIFIER="001"><TI.ART>{row["article"]}</TI.ART><STI.ART>{title}</STI.ART>
<PARAG><NO.PARAG>{row["paragraph"]}</NO.PARAG><ALINEA>{text}</ALINEA></PARAG>
<PARAG><NO.PARAG>{second(row)}</NO.PARAG><ALINEA><P>{text.rstrip(".")}:</P>
<LIST TYPE="alpha">{points}</LIST></ALINEA></PARAG></ARTICLE>
<ARTICLE IDENTIFIER="027A"><TI.ART>{row["inserted"]}</TI.ART><ALINEA>{text}</ALINEA></ARTICLE>
</DIVISION></DIVISION></ENACTING.TERMS>
<FINAL><P>{row["done"]}</P></FINAL>
<ANNEX><TITLE><TI><P>{row["annex"]}</P></TI><STI><P>{title}</P></STI></TITLE>
<CONTENTS><P>{text}</P></CONTENTS></ANNEX></ACT>"""


FORMS = {"journal.xhtml": journal, "consolidated.xhtml": consolidated, "act.fmx4": formex}


def read(row: Row, name: str) -> Document:
    return parse(FORMS[name](row).encode(), "s", name)


def own_words(label: str, row: Row) -> str:
    """A label as the language has it: French keeps its words, and its Latin numbers stand."""
    if row["language"] == "fr":
        label = label.replace("Chapter", "Chapitre").replace("Annex", "Annexe")
    return label.replace("27a", "27 bis") if row["inserted"].endswith("bis") else label


def test_every_language_of_the_union_has_its_words() -> None:
    """this test ensures that the table, the languages that are fetched and the examples agree."""
    assert {*words()} == {*LANGUAGES} == {*ROWS}
    keys = {
        "article", "part", "title", "chapter", "section", "subsection", "annex", "recital",
        "paragraph", "point", "adopted", "done", "joins",
    }  # fmt: skip
    assert [code for code, row in words().items() if not keys <= {*row}] == []


def test_no_word_of_headings_is_another_kind_in_another_language() -> None:
    """this test ensures that headings are read without knowing the language."""
    kinds: dict[str, set[str]] = {}
    for row in words().values():
        for kind in (*DIVISIONS, "annex", "article"):
            for word in row[kind]:
                kinds.setdefault(word, set()).add(kind)
    assert {word: found for word, found in kinds.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("language", ROWS)
def test_an_act_has_the_same_provisions_in_every_language(language: str, name: str) -> None:
    """this test ensures that labels, kinds and nesting are those of the English text."""
    row = ROWS[language]
    without = ("Preamble", "Recital (1)", "Enacting formula", "Signature")
    expected = [
        (kind, own_words(label, row))
        for kind, label in OUTLINE
        if name != "consolidated.xhtml" or label not in without
    ]
    document = read(row, name)
    assert [(p.kind, p.label) for p in document.provisions] == expected
    assert find_provision(document, "Article 27a")
    assert find_provision(document, "Annex I")


@pytest.mark.parametrize("language", TEXT)
def test_what_is_cited_is_the_text_of_the_language(language: str) -> None:
    """this test ensures that a point's text is its own, enumerator and all, as a passage too."""
    row = ROWS[language]
    document = read(row, "consolidated.xhtml")
    found = find_provision(document, "Article 1(2)(b)")
    assert found is not None
    assert document.text[found.start : found.end] == f"b) {TEXT[language][1]}"
    passages = {passage.label: passage for passage in split_document(document)}
    assert passages["Article 1(1)"].text == f"{row['paragraph']} {TEXT[language][1]}"
    assert passages["Article 1(1)"].path == (
        "Chapter I", "Section 1", "Article 1", "Article 1(1)",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("Artigo 27.o-A", "Article 27a"),
        ("Artigo 1.º", "Article 1"),
        ("27/A. cikk", "Article 27a"),
        ("Член 5", "Article 5"),
        ("„Artikel 5 bis", "Article 5 bis"),
        ("ARTIKEL 3", "Article 3"),
    ],
)
def test_articles_are_numbered_alike(line: str, label: str) -> None:
    """this test ensures that ordinals, dots and letters of other alphabets are no other numbers."""
    found = article(line)
    assert found is not None and found.label == label


@pytest.mark.parametrize(
    "line", ["Artikelen van verenigingen", "artiklan 3 kohta", "Art und Weise"]
)
def test_other_lines_name_no_article(line: str) -> None:
    """this test ensures that a word that only begins like one is no heading."""
    assert article(line) is None


def test_divisions_and_annexes_are_named_in_one_wording() -> None:
    """this test ensures that look-alike Greek letters, dots and the order of words do not count."""
    lines = ["ΚΕΦΑΛΑΙΟ ΙΧ", "Τμήμα 1 Γενικά", "IV. FEJEZET", "I ANTRAŠTINĖ DALIS", "AFSNIT I"]
    found = [division(line) for line in lines]
    assert [one and one.label for one in found] == [
        "Chapter IX", "Section 1", "Chapter IV", "Title I", "Title I",
    ]  # fmt: skip
    annexes = [annex(line) for line in ("ΠΑΡΑΡΤΗΜΑ ΙΙΙ", "PRILOG IV.", "LIITE", "Annexe II")]
    assert [one and one.label for one in annexes] == [
        "Annex III", "Annex IV", "Annex", "Annexe II",
    ]  # fmt: skip


def test_marks_count_as_their_alphabet_does() -> None:
    """this test ensures that the sixth Greek and Bulgarian points are both point (f)."""
    assert [latin_mark(m) for m in ("στ", "е", "f", "ια", "αα", "12", "ii")] == [
        "f", "f", "f", "k", "aa", "12", "ii",
    ]  # fmt: skip


def test_german_numbers_points_with_dots_under_paragraphs_in_brackets() -> None:
    """this test ensures that "1." is a point where paragraphs are "(1)", and their sequel right."""
    body = (
        "<PARAG><NO.PARAG>(1)</NO.PARAG><ALINEA><P>Es bezeichnet:</P><LIST TYPE='ARAB'>"
        + item("1.", "„Imker“ eine Person;")
        + item("2.", "„Biene“ ein Tier;", f"<P><LIST TYPE='alpha'>{item('a)', 'wild;')}</LIST></P>")
        + "</LIST></ALINEA></PARAG><PARAG><NO.PARAG>(2)</NO.PARAG><ALINEA>Ende.</ALINEA></PARAG>"
    )
    whole = f"<ARTICLE><TI.ART>Artikel 2</TI.ART>{body}</ARTICLE>"
    act = f"<ACT><ENACTING.TERMS>{whole}</ENACTING.TERMS></ACT>"
    document = parse(act.encode(), "s", "s.fmx4")
    assert [(p.kind, p.label) for p in document.provisions] == [
        ("article", "Article 2"),
        ("paragraph", "Article 2(1)"),
        ("point", "Article 2(1)(1)"),
        ("point", "Article 2(1)(2)"),
        ("point", "Article 2(1)(2)(a)"),
        ("paragraph", "Article 2(2)"),
    ]
    assert [one.term for one in definitions_of(document)] == ["Imker", "Biene"]


def test_a_quotation_in_an_amending_act_ends_where_its_marks_close() -> None:
    """this test ensures that the article after „…“ is the act's own."""
    quoted = "<QUOT.S><ARTICLE><TI.ART>„Artikel 9</TI.ART><ALINEA>Neu.“</ALINEA></ARTICLE></QUOT.S>"
    first = f"<ALINEA><P>Folgender Artikel wird eingefügt:</P>{quoted}</ALINEA>"
    articles = (
        f"<ARTICLE><TI.ART>Artikel 1</TI.ART>{first}</ARTICLE>"
        "<ARTICLE><TI.ART>Artikel 2</TI.ART><ALINEA>Sie tritt in Kraft.</ALINEA></ARTICLE>"
    )
    act = f"<ACT><ENACTING.TERMS>{articles}</ENACTING.TERMS></ACT>"
    labels = [p.label for p in parse(act.encode(), "s", "s.fmx4").provisions]
    assert labels == ["Article 1", "Article 1, Article 9", "Article 2"]
