"""Text that no reader sees is left out of HTML and Word files and counted."""

import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from places import fault

from clusterqa.corpus.own_documents import add_document
from clusterqa.errors import CorpusError
from clusterqa.parsers import parsed
from clusterqa.parsers.bounded import Parsed

SEEN = "<p>The rate is ten.</p>"


def page(body: str, head: str = "") -> Parsed:
    content = f"<html><head>{head}</head><body>{body}</body></html>"
    return parsed(content.encode(), "s", "s.html")


@pytest.mark.parametrize(
    "attributes",
    [
        'style="display:none"', 'style="DISPLAY : none !important"', 'style="display:/**/none"',
        'style="d\\69splay:none"', "hidden", "hidden=until-found", "inert", "aria-hidden=TRUE",
        'style="visibility:HIDDEN"', 'style="visibility:collapse"', 'style="opacity:0"',
        'style="opacity:.01"', 'style="filter:opacity(0%)"', 'style="font-size:0"',
        'style="font-size:1px"', 'style="font-size:.1em"', 'style="font:0/0 a"',
        'style="color:#fff"', 'style="color:white"', 'style="color:#fefefe"',
        'style="color:rgb(255 255 255)"', 'style="color:rgba(0,0,0,0)"',
        'style="color:transparent"',
        'style="color:hsl(0 0% 100%)"', 'style="background:#000;color:black"',
        'style="position:absolute;left:-9999px"', 'style="position:fixed;top:-100vh"',
        'style="position:absolute;left:-999em"', 'style="text-indent:-9999px"',
        'style="margin-left:-9999px"', 'style="clip:rect(0,0,0,0)"',
        'style="position:absolute;clip:rect(1px 1px 1px 1px)"', 'style="clip-path:inset(50%)"',
        'style="clip-path:circle(0)"', 'style="transform:scale(0)"',
        'style="transform:translateX(-9999px)"', 'style="height:0;overflow:hidden"',
        'style="width:1px;height:1px;overflow:hidden"', 'style="max-height:0;overflow:hidden"',
        'style="content-visibility:hidden"', "class=gone", "id=gone", 'data-x="1"',
    ],
)  # fmt: skip
def test_hidden_text_of_a_page_is_left_out(attributes: str) -> None:
    """this test ensures that nothing is read that a browser does not show, act or not."""
    sheet = (
        "<style>@media screen{div .gone{display:none}} #gone{color:#FFF} [data-x='1']{opacity:0}"
    )
    head = sheet + " @media print{p{display:none}} .gone.shown{display:block}</style>"
    for kind in ("", 'class="oj-normal"'):
        body = f"<p {kind}>The rate is ten.</p><div><p {attributes}>The rate is 90</p></div>"
        content = f"<html><head>{head}</head><body>{body}<p {kind}>(1) End.</p></body></html>"
        found = parsed(content.encode(), "s", "s.html")
        assert "90" not in found.document.text
        assert "The rate is ten." in found.document.text and "End." in found.document.text
        assert found.omitted.words == 4


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ('<div style="background:#004494;color:#fff"><p>The rate is 50</p></div>', ""),
        ('<p class="b">The rate is 50</p>', "<style>.b{background-color:navy;color:white}</style>"),
        ('<div style="background:url(x.png)"><p style="color:#fff">The rate is 50</p></div>', ""),
        (
            '<div style="visibility:hidden"><p style="visibility:visible">The rate is 50</p></div>',
            "",
        ),
        ('<p style="font-size:6pt">The rate is 50</p>', ""),
        ('<p style="color:#767676;text-indent:-30pt;margin-left:30pt">The rate is 50</p>', ""),
        ('<p class="x">The rate is 50</p>', "<style>@media print{.x{display:none}}</style>"),
        ('<p class="x">The rate is 50</p>', "<style>.x{display:none} p.x{display:block}</style>"),
        ('<p class="x">The rate is 50</p>', "<style>.y .x, .x:hover{display:none}</style>"),
        ('<table bgcolor="black"><tr><td><font color=white>The rate is 50</font></table>', ""),
        ('<p style="height:0">The rate is 50</p>', ""),
    ],
)
def test_what_is_seen_is_read(body: str, head: str) -> None:
    """this test ensures that light on dark, small print and rules for paper hide nothing."""
    found = page(body, head)
    assert "The rate is 50" in found.document.text
    assert found.omitted.words == 0


def test_a_page_of_hidden_text_alone_is_refused() -> None:
    """this test ensures that nothing is no document."""
    with pytest.raises(CorpusError, match="holds no text"):
        page('<p hidden>The rate is 90</p><p style="color:#fff">The rate is 90</p>')
    with pytest.raises(CorpusError, match="empty"):
        parsed(("\u200b\u2060\n" * 40).encode(), "s", "s.txt")


WORD = (
    '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/'
    '2006/main"><w:body>{}</w:body></w:document>'
)
STYLES = (
    '<?xml version="1.0"?><w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/'
    '2006/main"><w:style w:type="paragraph" w:styleId="Pale"><w:rPr><w:color w:val="FFFFFF"/>'
    '</w:rPr></w:style><w:style w:type="character" w:styleId="Tiny"><w:rPr><w:sz w:val="2"/>'
    "</w:rPr></w:style>"
    '<w:style w:type="character" w:styleId="Bold"><w:rPr><w:b/></w:rPr></w:style></w:styles>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="x">'
    '<Relationship Type="a/styles" Target="styles.xml"/></Relationships>'
)


def word(body: str) -> Parsed:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", WORD.format(body))
        archive.writestr("word/styles.xml", STYLES)
        archive.writestr("word/_rels/document.xml.rels", RELATIONS)
    return parsed(packed.getvalue(), "s", "s.docx")


def paragraph(text: str, run: str = "", properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("run", "properties"),
    [
        ("<w:vanish/>", ""),
        ('<w:color w:val="FFFFFF"/>', ""),
        ('<w:color w:val="fefefe"/>', ""),
        ('<w:color w:val="auto" w:themeColor="background1"/>', ""),
        ('<w:color w:val="FF0000"/><w:shd w:val="clear" w:fill="FF0000"/>', ""),
        ('<w:sz w:val="1"/>', ""),
        ('<w:w w:val="1"/>', ""),
        ('<w:rStyle w:val="Tiny"/>', ""),
        ("", '<w:pStyle w:val="Pale"/>'),
        ('<w:rStyle w:val="Bold"/>', '<w:pStyle w:val="Pale"/>'),
        ("", '<w:spacing w:line="1" w:lineRule="exact"/>'),
        ("", '<w:framePr w:x="-30000"/>'),
        ("", '<w:ind w:left="-30000"/>'),
    ],
)
def test_hidden_text_of_a_word_file_is_left_out(run: str, properties: str) -> None:
    """this test ensures that white, tiny and cut runs are not read, nor those of such a style."""
    found = word(paragraph("The rate is ten.") + paragraph("The rate is 90", run, properties))
    assert (found.document.text, found.omitted.words) == ("The rate is ten.", 4)


@pytest.mark.parametrize(
    ("run", "properties"),
    [
        ('<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="004494"/>', ""),
        ('<w:color w:val="FFFFFF"/>', '<w:shd w:val="clear" w:fill="000000"/>'),
        ('<w:color w:val="FFFFFF"/><w:highlight w:val="black"/>', ""),
        (
            '<w:rStyle w:val="Bold"/>',
            '<w:pStyle w:val="Pale"/><w:shd w:val="clear" w:fill="000000"/>',
        ),
        ('<w:sz w:val="12"/>', ""),
    ],
)
def test_light_on_dark_in_a_word_file_is_read(run: str, properties: str) -> None:
    """this test ensures that shading is seen behind white letters."""
    assert word(paragraph("The rate is 50", run, properties)).document.text == "The rate is 50"


def test_what_is_left_out_is_told(small_corpus: Path, tmp_path: Path) -> None:
    """this test ensures that who adds a document hears how much of it nobody sees."""
    corpus = shutil.copytree(small_corpus, tmp_path / "corpus")
    file = tmp_path / "pots.html"
    file.write_text(f"<h1>Pots</h1>{SEEN}<p hidden>The rate of it</p>fi\u200bfty", encoding="utf-8")
    told: list[str] = []
    add_document(file, corpus, language="en", warn=told.append)
    assert told == [
        f"{file}: left out 4 hidden words, 1 invisible characters, which no reader sees"
    ]


@pytest.mark.parametrize(
    ("name", "text", "words", "characters"),
    [
        ("hidden-css.html", "ten per cent of the costs of the cluster.", 288, 0),
        ("hidden-white-tiny.docx", "The wombat rate of the cluster is seven", 31, 0),
        ("zero-width-tags.txt", "The zebra funding rate of the cluster is fifty per cent", 0, 48),
    ],
)
def test_files_made_to_hide(name: str, text: str, words: int, characters: int) -> None:
    """this test ensures that of each such file what is seen is read, and the rest counted."""
    found = parsed(fault(name), "s", name)
    assert text in found.document.text
    assert (found.omitted.words, found.omitted.characters) == (words, characters)
    assert "HIDDEN" not in found.document.text


def test_a_file_of_zero_width_characters_is_refused() -> None:
    """this test ensures that a file that shows nothing is no document."""
    with pytest.raises(CorpusError, match="empty"):
        parsed(fault("bomb-only-zw.txt"), "s", "s.txt")


def test_terminal_escapes_are_marks() -> None:
    """this test ensures that a text that would move a cursor is quoted as what it is."""
    text = parsed(fault("terminal-escapes.txt"), "s", "s.txt").document.text
    assert "is ␛[31mforty per cent␛[0m of the costs.␛]0;pwned␇" in text
    assert text.replace("\n", "").isprintable()
