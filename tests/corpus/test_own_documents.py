"""A user's own Markdown, HTML and Word files: what is read of them, how they come and go."""

import hashlib
import shutil
import tomllib
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from clusterqa.assistant import Assistant, ingest
from clusterqa.cli import app
from clusterqa.corpus.manifest import presence, read_manifest, sync_from_mirror
from clusterqa.corpus.own_documents import add_document, remove_document
from clusterqa.errors import ClusterQAError, CorpusError, UsageError
from clusterqa.parsers import parse
from clusterqa.parsers.outline import counted, raised
from clusterqa.passages import split_document
from clusterqa.settings import UNTRAINED_MODEL
from clusterqa.types import Document, Inquiry, Source, Work

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def md(text: str) -> Document:
    return parse(text.encode(), "s", "s.md")


def page(body: str, head: str = "") -> Document:
    return parse(f"<html><head>{head}</head><body>{body}</body></html>".encode(), "s", "s.html")


def outline(document: Document) -> list[tuple[str, str, str, str]]:
    """Kind, label, text and the label above, of every provision."""
    nodes = document.provisions
    return [
        (n.kind, n.label, document.text[n.start : n.end],
         "" if n.parent is None else nodes[n.parent].label)
        for n in nodes
    ]  # fmt: skip


# -- Markdown -----------------------------------------------------------------------------------

GUIDE = """\
---
author: a potter
---
# Guide to *pottery clusters* #

A **cluster** of _potters_ shares a `kiln`, see [the list](https://example.eu/a_(b)).[^why]
![a kiln](kiln.png)<!-- to be
checked -->

Costs
-----

They are:

1. clay,
1. water,
   - from a well
   - from a [river][r]
1. fire.

> Kilns are **hot**
> in 2014[^2].

| Kiln | Limit |
|------|:-----:|
| small | 7,5 \\| 8 |

```toml
# not a heading
limit = **8**
```

### Snake_case_names & \\*stars\\* &amp; 2 * 3 * 4

[r]: https://example.eu/river
[^2]: A *warm* year
    for kilns.
[^why]: Because it is dear.
"""


def test_markdown_reads_as_a_reader_sees_it() -> None:
    """this test ensures that marks are gone, lists numbered, rows joined and notes collected."""
    assert md(GUIDE).text == (
        "Guide to pottery clusters\n\n"
        "A cluster of potters shares a kiln, see the list.[1]\n\n"
        "Costs\n\n"
        "They are:\n"
        "1. clay,\n2. water,\n• from a well\n• from a river\n3. fire.\n\n"
        "Kilns are hot in 2014[2].\n\n"
        "Kiln | Limit\nsmall | 7,5 | 8\n\n"
        "# not a heading\nlimit = **8**\n\n"
        "Snake_case_names & *stars* & 2 * 3 * 4\n\n"
        "1. Because it is dear.\n\n"
        "2. A warm year for kilns."
    )


def test_markdown_headings_nest_and_footnotes_stand_alone() -> None:
    """this test ensures that every heading is labelled by its words below the one above it."""
    rows = outline(md(GUIDE))
    assert [(kind, label, above) for kind, label, _, above in rows] == [
        ("heading", "Guide to pottery clusters", ""),
        ("heading", "Costs", "Guide to pottery clusters"),
        ("heading", "Snake_case_names & *stars* & 2 * 3 * 4", "Costs"),
        ("footnote", "Footnote 1", ""),
        ("footnote", "Footnote 2", ""),
    ]
    assert rows[4][2] == "2. A warm year for kilns."
    assert rows[1][2].startswith("Costs\n\nThey are:") and rows[1][2].endswith("2 * 3 * 4")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Pots\n====\nhold *water*", "Pots\n\nhold water"),
        ("a\nb  \nc\\\nd", "a b c d"),
        ("***very*** __hot__ ~~cold~~ <b>clay</b><br>pots", "very hot cold clay pots"),
        ("<https://example.eu/a_b_c> [x] [^none]", "https://example.eu/a_b_c [x] [^none]"),
        ("[![logo](l.png)](https://example.eu) Pots", "Pots"),
        ("3) three\n4) four\n\n   more\n\n+ new", "3) three\n4) four\n\nmore\n\n• new"),
        ("    x = *1*\n\n    y", "x = *1*\n\ny"),
        ("Text\n* * *\nmore\n\n---\n", "Text\n\nmore"),
        ("In 2014.\n2015. No list\n- a list", "In 2014. 2015. No list\n\n• a list"),
        ("~~~\n<!-- kept -->\n~~~", "<!-- kept -->"),
        ("``a`b`` &lt;c&gt; `&lt;`", "a`b <c> &lt;"),
        ("# \n#hash\n####### seven", "#hash ####### seven"),
        ("a[^x]\n\n[^x]: N[^y]\n\n[^y]: M\n\n[^z]: Z", "a[1]\n\n1. N[2]\n\n2. M\n\n3. Z"),
        ("a[^X]\n\n> [^x]: N\n>\n>     c\n\nb", "a[1]\n\nb\n\n1. N c"),
        ("---\nauthor: x\n...\nPots", "Pots"),
        ("---\n\nPots\n\n---\nhold", "Pots\n\nhold"),
        ("1. # Pots\n2. ```\n   a\n   ```\n- - b", "1. Pots\n\n2. a\n• b"),
        ("> " * 40 + "Pots", "Pots"),
        ("<h1>Pots</h1>\n\n<!-- a\n\nb -->\n\n<table><tr><th>a<th>b<tr><td>1<td>\x01</table>",
         "Pots\n\na | b\n1 | ␁"),
    ],
)  # fmt: skip
def test_markdown_marks(text: str, seen: str) -> None:
    """this test ensures that each construction reads as it is rendered."""
    assert md(text).text == seen


# -- HTML ---------------------------------------------------------------------------------------

PAGE = """\
<header><h1>A site</h1></header><nav><a href="/">Home</a></nav>
<main><header><p>3 May</p><h1>Guide to <em>pots</em></h1></header>
<p>Pots<sup><a href="#n1" id="r1">1</a></sup> hold 10<sup>6</sup>&nbsp;m<sup>3</sup>.<br>They
<b>leak</b><span hidden>not</span>.<script>go()</script></p>
<h3>Kinds</h3>There are:
<ol start="2" type="a"><li>red<ul><li>dark</li></ul></li><li><p>blue</p><p>and more</p></li></ol>
<table><caption>Kilns</caption><thead><tr><th>Kiln<th>Limit</tr></thead><tr><td>small<td>7</tr></table>
<form><label>Search</label></form><aside>Advert</aside><p style="display: none">x</p>
<pre>a  b
 c</pre><div role="navigation">Next</div>
<h2>Notes</h2><ol><li id="n1">Some <i>pots</i>. <a href="#r1">↩</a></li></ol></main>
<footer>Imprint</footer>"""


def test_a_page_is_read_without_what_surrounds_it() -> None:
    """this test ensures that main text, lists, tables and notes are read and the rest is not."""
    assert page(PAGE, "<title>Pots - A site</title>").text == (
        "Guide to pots\n\n"
        "Pots[1] hold 10⁶ m3. They leak.\n\n"
        "Kinds\n\n"
        "There are:\n"
        "b. red\n• dark\nc. blue\n\nand more\n\n"
        "Kilns\n\n"
        "Kiln | Limit\nsmall | 7\n\n"
        "a  b\n c\n\n"
        "Notes\n\n"
        "1. Some pots."
    )


def test_a_page_has_its_headings_nested() -> None:
    """this test ensures that headings hold what follows them, and footnotes their number."""
    assert [(kind, label, above) for kind, label, _, above in outline(page(PAGE))] == [
        ("heading", "Guide to pots", ""),
        ("heading", "Kinds", "Guide to pots"),
        ("heading", "Notes", "Guide to pots"),
        ("footnote", "Footnote 1", ""),
    ]


def test_a_page_without_a_main_heading_has_its_title() -> None:
    """this test ensures that the title of the window serves where the page shows none."""
    document = page("<p>Pots hold water.</p><h2>Kilns</h2><p>Hot.</p>", "<title>Pots </title>")
    assert outline(document) == [
        ("title", "Pots", "Pots\n\nPots hold water.", ""),
        ("heading", "Kilns", "Kilns\n\nHot.", ""),
    ]


@pytest.mark.parametrize(
    ("body", "labels"),
    [
        ('<p class="oj-ti-art">Article 1</p><p>1. Pots.</p>', ["Article 1", "Article 1(1)"]),
        ("<p>Article 1</p><p>1. Pots.</p><p>Article 2</p>",
         ["Article 1", "Article 1(1)", "Article 2"]),
        ("<h1>On Article 1</h1><p>Article 1</p>", ["On Article 1"]),
    ],
)  # fmt: skip
def test_acts_are_told_from_pages(body: str, labels: list[str]) -> None:
    """this test ensures that EUR-Lex's classes or lines "Article 1" make a page an act."""
    assert [p.label for p in page(body).provisions] == labels


def test_a_footnote_of_a_saved_word_page_is_found() -> None:
    """this test ensures that anchors with names are followed, and a list of contents is none."""
    document = page(
        '<p><a href="#one">1</a> Pots</p><h2 id="one">Pots</h2>'
        '<p>Dear<a href="#_ftn1" name="_ftnref1">[1]</a>.</p>'
        '<p><a href="#_ftnref1" name="_ftn1">[1]</a> In 2014.</p>'
    )
    assert outline(document)[0][2] == "Pots\n\nDear[1]."
    assert outline(document)[1][:3] == ("footnote", "Footnote 1", "1. In 2014.")


# -- Word ---------------------------------------------------------------------------------------


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*runs: str, style: str = "", properties: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inner = "".join(r if r.startswith("<") else run(r) for r in runs)
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{inner}</w:p>"


def listed(number: int, depth: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'


def cells(*texts: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{p(text)}</w:tc>" for text in texts) + "</w:tr>"


STYLES = (
    '<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/>'
    f"<w:pPr>{listed(2)}</w:pPr></w:style>"
    '<w:style w:type="paragraph" w:styleId="My"><w:name w:val="My own"/>'
    '<w:basedOn w:val="Deep"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Deep"><w:name w:val="Deep"/>'
    '<w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:type="character" w:styleId="Secret"><w:name w:val="Secret"/>'
    "<w:rPr><w:vanish/></w:rPr></w:style>"
)
LEVEL = (
    '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
)
NUMBERING = (
    '<w:abstractNum w:abstractNumId="7">'
    + LEVEL.format(0, "lowerLetter", "(%1)")
    + LEVEL.format(1, "decimal", "%1.%2.")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="8">'
    + LEVEL.format(0, "upperRoman", "%1.")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="9">'
    + LEVEL.format(0, "bullet", "\uf0b7")
    + "</w:abstractNum>"
    + "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="{kind}"/></w:num>'
        for n, kind in ((1, 7), (2, 8), (3, 9))
    )
    + '<w:num w:numId="4"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0">'
    '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
)
NOTES = (
    '<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
    f'<w:footnote w:id="5">{p("<w:r><w:footnoteRef/></w:r>", " Some pots.")}</w:footnote>'
    f'<w:footnote w:id="4">{p("Deleted.")}</w:footnote>'
    f'<w:footnote w:id="3">{p("Kilns.")}{p("And clay.")}</w:footnote>'
)


def call(number: int) -> str:
    return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'


BODY = (
    p("Guide to ", "pots", style="Titel")
    + p("Contents 3", style="TOC1")
    + p("Pots", call(5), " hold 10", run("6", '<w:vertAlign w:val="superscript"/>'), " pots",
        run(" secretly", "<w:vanish/>"), run(" hidden", '<w:rStyle w:val="Secret"/>'), ".")
    + p("Kinds", style="berschrift1")
    + p("Of old", "<w:r><w:tab/><w:t>pots</w:t></w:r>", f"<w:del>{run('no')}{call(4)}</w:del>",
        f"<w:ins>{run(' and')}</w:ins>", " new.",
        "<w:r><w:instrText>PAGE</w:instrText></w:r>")
    + p("This goes", properties="<w:rPr><w:del/></w:rPr>") + p(" on.", call(3))
    + p("They are:")
    + p("red", properties=listed(1)) + p("dark", properties=listed(1, 1))
    + p("pale", properties=listed(1, 1)) + p("blue", properties=listed(1))
    + p("new list", properties=listed(4)) + p("dot", properties=listed(3))
    + "<w:tbl>" + cells("Kiln", "Limit") + cells("small", "7")
    + "<w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    + "<w:tbl>" + cells("Framed") + "</w:tbl>"
    + f"<w:sdt><w:sdtContent>{p('Clay', style='My')}</w:sdtContent></w:sdt>"
    + p("Below.") + p("Fire", style="berschrift1")
)  # fmt: skip
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relations(**targets: str) -> str:
    inner = "".join(
        f'<Relationship Id="{kind}" Type="{RELATED}/{kind}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    return f'<Relationships xmlns="http://x">{inner}</Relationships>'


def members(body: str = BODY, **parts: str) -> dict[str, str]:
    """The members of a Word file, by name."""
    inner = {"styles": STYLES, "numbering": NUMBERING, "footnotes": NOTES} | parts
    return {
        "_rels/.rels": relations(officeDocument="word/document.xml"),
        "word/_rels/document.xml.rels": relations(**{kind: f"{kind}.xml" for kind in inner}),
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        **{
            f"word/{kind}.xml": f'<w:{kind} xmlns:w="{W}">{x}</w:{kind}>'
            for kind, x in inner.items()
        },
    }


def packed(named: dict[str, str]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in named.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def word(body: str = BODY) -> Document:
    return parse(packed(members(body)), "s", "s.docx")


def test_a_word_file_reads_as_its_final_text() -> None:
    """this test ensures that insertions are in, deletions and hidden text out, lists numbered."""
    assert word().text == (
        "Guide to pots\n\n"
        "Pots[1] hold 10⁶ pots.\n\n"
        "I. Kinds\n\n"
        "Of old pots and new.\n\n"
        "This goes on.[2]\n\n"
        "They are:\n"
        "(a) red\na.1. dark\na.2. pale\n(b) blue\n(a) new list\n• dot\n\n"
        "Kiln | Limit\nsmall | 7\n\n"
        "Framed\n\n"
        "Clay\n\n"
        "Below.\n\n"
        "II. Fire\n\n"
        "1. Some pots.\n\n"
        "2. Kilns. And clay."
    )


def test_a_word_file_has_its_headings_by_style() -> None:
    """this test ensures that styles, whatever their ids, give title, headings and levels."""
    assert [(kind, label, above) for kind, label, _, above in outline(word())] == [
        ("title", "Guide to pots", ""),
        ("heading", "I. Kinds", ""),
        ("heading", "Clay", "I. Kinds"),
        ("heading", "II. Fire", ""),
        ("footnote", "Footnote 1", ""),
        ("footnote", "Footnote 2", ""),
    ]


def test_a_heading_that_calls_a_footnote_is_labelled_without_it() -> None:
    """this test ensures that the label is the heading's words, the text what is printed."""
    document = word(p("Kilns", call(3), style="berschrift1") + p("Hot."))
    assert outline(document)[0] == ("heading", "I. Kilns", "I. Kilns[1]\n\nHot.", "")


def test_an_endnote_has_its_own_numbers() -> None:
    """this test ensures that endnotes are counted in Roman numbers, apart from footnotes."""
    note = f'<w:endnote w:id="1">{p("At the end.")}</w:endnote>'
    body = p("Pots", call(5), '<w:r><w:endnoteReference w:id="1"/></w:r>')
    document = parse(packed(members(body, endnotes=note)), "s", "s.docx")
    assert document.text == "Pots[1][i]\n\n1. Some pots.\n\ni. At the end."
    assert [row[1] for row in outline(document)] == ["Footnote 1", "Endnote i"]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"word/document.xml": "<a>"}, "'word/document.xml' is no well-formed XML"),
        ({"word/document.xml": BOMB + "<x>&a;</x>"}, "declares a document type or entities"),
        ({"word/document.xml": "<x/>"}, "it has no text in 'word/document.xml'"),
        ({"../evil.xml": "x"}, "its member '../evil.xml' leads out of the file"),
        ({"/etc/x": "x"}, "its member '/etc/x' leads out of the file"),
        ({"word/styles.xml": "<x>" + "a" * 50_000_000 + "</x>"}, "it unpacks to over 50 MB"),
        ({"_rels/.rels": relations(officeDocument="../../../etc/passwd")}, "it has no text in"),
    ],
)
def test_a_dangerous_word_file_is_refused(change: dict[str, str], message: str) -> None:
    """this test ensures that bombs, entities and paths out of the file are refused by name."""
    with pytest.raises(CorpusError, match="s: the Word file is refused, ") as raised_error:
        parse(packed(members() | change), "s", "s.docx")
    assert message in str(raised_error.value)


def test_a_word_file_that_lies_about_its_size_is_refused() -> None:
    """this test ensures that no more is unpacked than the headers say and they allow."""
    large = "<w:style>" + "a" * 1_000_000 + "</w:style>"
    content = packed(members(styles=large))
    size = len(f'<w:styles xmlns:w="{W}">{large}</w:styles>')
    assert content.count(size.to_bytes(4, "little")) == 2
    lying = content.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(CorpusError, match="s: no Word file that can be read "):
        parse(lying, "s", "s.docx")


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"caf\xe9", "s.md", "s: not UTF-8 at byte 3; save the file as UTF-8"),
        (b"<!-- -->", "s.md", "s: the file holds no text; give one that does"),
        (b"PK", "s.docx", "s: no Word file that can be read (File is not a zip file); "
         "take off its password or save it as .docx anew"),
        (b"<html><body><h1>404</h1><p>Page not found.", "s.htm",
         "s: the page is no document but a notice or a challenge page; "
         "fetch it again (clusterqa corpus sync) or save it from a browser"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(content: bytes, name: str, message: str) -> None:
    """this test ensures that the place and the remedy are said in one line."""
    with pytest.raises(CorpusError) as raised_error:
        parse(content, "s", name)
    assert str(raised_error.value) == message


MARKS = st.sampled_from(
    ["# a", "\n", "\n\n", "- ", "1. ", "> ", "    ", "*", "**", "_", "`", "```",
     "| a | b |", "|-|-|", "[^1]", "[^1]: n", "[a](b)", "![", "](", "<!--", "-->",
     "---", "===", "\\", "&amp;", "<b>", "x", "<p>",
     "<li>", "<ol>", "<h2>", '<a href="#n">1</a>', '<p id="n">', "<table>", "<tr><td>",
     "<sup>2</sup>", "</p>", "<form>", "<main>", "\x00", "\ue000", "é"]
)  # fmt: skip
WORD_MARKS = st.sampled_from(
    [p("a"), p("b", style="berschrift1"), p("c", properties=listed(1)), call(5), call(9), run("1"),
     "<w:p>", "</w:p>", "<w:tbl>", "</w:tbl>", cells("a", "b"), "<w:ins>", "</w:ins>", "&#0;",
     p("d", properties="<w:rPr><w:del/></w:rPr>"), p("e", style="Titel"), p("f", style="Nowhere")]
)  # fmt: skip


def joined(marks: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(marks, max_size=20).map("".join)


@settings(max_examples=200, deadline=None)
@given(
    file=st.tuples(st.sampled_from([".md", ".html", ".docx"]), st.binary(max_size=60))
    | st.tuples(st.sampled_from([".md", ".html"]), joined(MARKS).map(str.encode))
    | st.tuples(st.just(".docx"), joined(WORD_MARKS).map(members).map(packed))
)
def test_any_bytes_are_read_or_refused(file: tuple[str, bytes]) -> None:
    """this test ensures that only CorpusError is raised, and that passages cover every word."""
    suffix, content = file
    try:
        document = parse(content, "s", f"s{suffix}")
    except CorpusError:
        return
    for index, node in enumerate(document.provisions):
        assert 0 <= node.start < node.end <= len(document.text)
        if node.parent is not None:
            above = document.provisions[node.parent]
            assert node.parent < index and above.start <= node.start and node.end <= above.end
        if node.kind in ("title", "heading"):
            assert document.text[node.start : node.end].startswith(node.title)
    passages = list(split_document(document))
    assert all(document.text[q.start : q.end] == q.text for q in passages)
    covered = "".join(q.text for q in passages)
    assert "".join(covered.split()) == "".join(document.text.split())


def test_numbers_are_written_in_every_style() -> None:
    """this test ensures that letters and Roman numbers count as lists do."""
    assert [counted(n, s) for n, s in ((28, "a"), (3, "A"), (14, "i"), (2026, "I"), (0, "a"))] == [
        "ab", "C", "xiv", "MMXXVI", "0"
    ]  # fmt: skip
    assert [raised("6", "10"), raised("st", "1"), raised("2", "m")] == ["⁶", "st", "2"]


# -- adding and removing ------------------------------------------------------------------------

NOTE = "# Kilns for clusters\n\nThe potters of the valley share a kiln that is lit in May.\n"
MANIFEST = """
[[works]]
id = "guide"
title = "The Guide"
short_title = "Guide"
kind = "guide"
publisher = "The Guild"

[[works.sources]]
id = "guide"
language = "en"

[[works]]
id = "act"
title = "The Act"
short_title = "Act"
kind = "law"
publisher = "The Guild"

[[works.sources]]
id = "act-1"
language = "en"
file = "official/act-1.html"

[[works.sources]]
id = "act-2"
language = "en"
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "manifest.toml").write_text(MANIFEST, encoding="utf-8")
    return folder


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "My Kilns, Mai.MD"
    path.write_text(NOTE, encoding="utf-8")
    return path


def works(corpus: Path) -> dict[str, Work]:
    return {work.id: work for work in read_manifest(corpus / "manifest.toml")}


def test_a_document_becomes_a_work(corpus: Path, note: Path) -> None:
    """this test ensures that a file is copied, recorded with its hash and read like any other."""
    work = add_document(note, corpus, published=date(2026, 5, 1), url="https://example.eu/kilns")
    digest = hashlib.sha256(NOTE.encode()).hexdigest()
    assert work == Work(
        id="my-kilns-mai",
        title="Kilns for clusters",
        short_title="Kilns for clusters",
        kind="guide",
        publisher="Own document",
        sources=(
            Source(
                id="my-kilns-mai",
                work="my-kilns-mai",
                language="en",
                title="Kilns for clusters",
                published=date(2026, 5, 1),
                url="https://example.eu/kilns",
                file="own/my-kilns-mai.md",
                sha256=digest,
            ),
        ),
    )
    assert works(corpus)["my-kilns-mai"] == work
    assert [found.state for found in presence(work.sources, corpus)] == ["present"]
    assert (corpus / "own" / "my-kilns-mai.md").read_text("utf-8") == NOTE
    assert (corpus / "manifest.toml").read_text("utf-8") == MANIFEST
    assert (corpus / "added.toml").read_text("utf-8") == (
        "# Written by clusterqa corpus add and remove, which replace it whole: do not edit it.\n\n"
        '[[works]]\nid = "my-kilns-mai"\ntitle = "Kilns for clusters"\n'
        'short_title = "Kilns for clusters"\nkind = "guide"\npublisher = "Own document"\n\n'
        '[[works.sources]]\nid = "my-kilns-mai"\nlanguage = "en"\ntitle = "Kilns for clusters"\n'
        'published = 2026-05-01\nurl = "https://example.eu/kilns"\n'
        f'file = "own/my-kilns-mai.md"\nsha256 = "{digest}"\n'
    )


def test_the_record_is_the_same_whatever_the_order(corpus: Path, tmp_path: Path) -> None:
    """this test ensures that two documents are recorded alike in either order."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"The kiln of {name} is hot.\n", encoding="utf-8")
    records = []
    for order in ("ab", "ba"):
        for name in order:
            add_document(tmp_path / f"{name}.txt", corpus, title=f'"{name}" \\ é', kind="law",
                         language="fr", valid_from=date(2020, 1, 1), valid_to=date(2020, 12, 31),
                         licence="CC BY", publisher="Me")  # fmt: skip
        records.append((corpus / "added.toml").read_bytes())
        assert works(corpus)["a"].sources[0].title == '"a" \\ é'
        for name in order:
            remove_document(name, corpus)
    assert records[0] == records[1]


def test_what_was_added_can_be_removed(corpus: Path, note: Path) -> None:
    """this test ensures that record and copy go, and nothing but what was added can go."""
    before = works(corpus)
    add_document(note, corpus, id="kilns")
    remove_document("kilns", corpus)
    assert works(corpus) == before
    assert list((corpus / "own").iterdir()) == []
    assert note.exists()
    for name in ("act", "act-1", "kilns"):
        with pytest.raises(CorpusError, match=f"'{name}' was not added; added are: nothing"):
            remove_document(name, corpus)


def test_a_listed_version_gets_its_missing_text(corpus: Path, note: Path) -> None:
    """this test ensures that a known source takes the file, and gives it back on removal."""
    before = works(corpus)
    work = add_document(note, corpus, id="guide")
    assert work.title == "The Guide"
    assert works(corpus)["guide"].sources[0].file == "own/guide.md"
    assert tomllib.loads((corpus / "added.toml").read_text("utf-8")) == {
        "files": [
            {
                "source": "guide",
                "file": "own/guide.md",
                "sha256": hashlib.sha256(NOTE.encode()).hexdigest(),
            }
        ]
    }
    other = note.with_name("other.md")
    other.write_text(NOTE + "More.", encoding="utf-8")
    with pytest.raises(CorpusError, match="the id 'guide' is taken; choose another with --id"):
        add_document(other, corpus, id="guide")
    remove_document("guide", corpus)
    assert works(corpus) == before


def test_a_sync_leaves_added_files_alone(corpus: Path, note: Path, tmp_path: Path) -> None:
    """this test ensures that a mirror with a file of the same name does not replace it."""
    add_document(note, corpus, id="act-1")
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "act-1.md").write_text("<html>", encoding="utf-8")
    results = {
        r.source: r for r in sync_from_mirror(works(corpus).values(), tmp_path / "mirror", corpus)
    }
    assert results["act-1"].outcome == "up_to_date"
    assert (corpus / "own" / "act-1.md").read_text("utf-8") == NOTE
    (corpus / "own" / "act-1.md").unlink()
    results = {
        r.source: r for r in sync_from_mirror(works(corpus).values(), tmp_path / "mirror", corpus)
    }
    assert (results["act-1"].outcome, results["act-1"].message) == (
        "missing",
        "own/act-1.md was added by hand; clusterqa corpus remove act-1, then add it again",
    )


Call = Callable[[Path, Path], object]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c, n: add_document(n, c),
         "{note} has the same bytes as 'kilns', which is here already"),
        (lambda c, n: add_document(n.with_name("kilns.txt"), c),
         "{folder}/kilns.txt: the id 'kilns' is taken; choose another with --id, "
         "or first: clusterqa corpus remove kilns"),
        (lambda c, n: add_document(n.with_name("guide.txt"), c),
         "{folder}/guide.txt: the id 'guide' is taken; choose another with --id, "
         "or give --id guide if this is its missing text"),
        (lambda c, n: add_document(n.with_name("other.txt"), c, id="act"),
         "'act' lacks the texts of act-1, act-2; give --id one of these"),
        (lambda c, n: add_document(n.with_name("other.txt"), c, id="act-2", title="x"),
         "the manifest describes 'act-2' already; leave out --title"),
        (lambda c, n: add_document(n.with_name("other.txt"), c, id="../x"),
         "{folder}/other.txt: '../x' is no usable id; "
         "give one of a to z, digits and .-_ with --id"),
        (lambda c, n: add_document(n.with_name("other.txt"), c, url="javascript:x"),
         "--url 'javascript:x' is no address; use one like https://example.eu/"),
        (lambda c, n: add_document(n.with_name("other.txt"), c, kind="novel"),
         "--kind 'novel' is unknown; use one of law, soft_law, guide, page"),
        (lambda c, n: add_document(n.with_name("other.txt"), c, language="English"),
         "--language 'English' is no two-letter code; use one like en"),
        (lambda c, n: add_document(n.with_name("other.txt"), c, title="a\nb"),
         "--title 'a\\nb' is empty or no plain line of text; correct it"),
        (lambda c, n: add_document(n.with_name("other.txt"), c, valid_from=date(2021, 1, 1),
                                   valid_to=date(2020, 1, 1)),
         "--valid-from 2021-01-01 is after --valid-to 2020-01-01; correct one of them"),
        (lambda c, n: add_document(n.with_name("other.odt"), c),
         "{folder}/other.odt is of no known format; known are "),
        (lambda c, n: add_document(n.with_name("none.txt"), c),
         "{folder}/none.txt does not exist; name a document"),
        (lambda c, n: add_document(n.with_name("empty.txt"), c), "empty.txt: the file is empty; "),
        (lambda c, n: add_document(n.with_name("mute.txt"), c),
         "{folder}/mute.txt: its language cannot be told; say it with --language"),
    ],
)  # fmt: skip
def test_what_cannot_be_added_changes_nothing(
    corpus: Path, note: Path, call: Call, message: str
) -> None:
    """this test ensures that a clash or a bad file is named with its remedy and leaves no trace."""
    add_document(note, corpus, id="kilns")
    for name, text in (
        ("kilns", "the"),
        ("guide", "the"),
        ("other", "the"),
        ("empty", ""),
        ("mute", "x"),
    ):
        note.with_name(f"{name}.txt").write_text(text, encoding="utf-8")
    before = (corpus / "added.toml").read_bytes()
    with pytest.raises(ClusterQAError) as raised_error:
        call(corpus, note)
    assert isinstance(raised_error.value, CorpusError | UsageError)
    assert str(raised_error.value).startswith(message.format(note=note, folder=note.parent))
    assert (corpus / "added.toml").read_bytes() == before
    assert [path.name for path in (corpus / "own").iterdir()] == ["kilns.md"]


def test_a_damaged_record_is_named(corpus: Path) -> None:
    """this test ensures that added.toml is held to the manifest's rules."""
    record = corpus / "added.toml"
    for text, message in (
        ('[[files]]\nsource = "guide"', "file no. 1: file is missing; add it"),
        ('[[works]]\nid = "act"\ntitle = "x"\nshort_title = "x"\nkind = "page"\npublisher = "x"',
         "work 'act': used 2 times; give each its own id"),
        (f'[[files]]\nsource = "x"\nfile = "own/x.md"\nsha256 = "{"0" * 64}"',
         "file no. 1: source 'x' is unknown; take the entry out"),
        (f'[[files]]\nsource = "guide"\nfile = "../x.md"\nsha256 = "{"0" * 64}"',
         "file no. 1: file '../x.md' leaves the corpus; use official/NAME"),
    ):  # fmt: skip
        record.write_text(text, encoding="utf-8")
        with pytest.raises(CorpusError) as raised_error:
            works(corpus)
        assert str(raised_error.value) == f"{record}: {message}"


def test_a_language_is_told_by_its_small_words(corpus: Path, tmp_path: Path) -> None:
    """this test ensures that a document in another language is recorded as such."""
    path = tmp_path / "fours.txt"
    path.write_text("Les fours sont dans la vallée et les potiers par deux.", encoding="utf-8")
    assert add_document(path, corpus).sources[0].language == "fr"


# -- the command line ---------------------------------------------------------------------------


@pytest.fixture
def invoke(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.setenv("CLUSTERQA_CORPUS", str(corpus))

    def run_command(*words: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, ["corpus", *words])
        return done.exit_code, done.stdout, done.stderr

    return run_command


def test_several_files_are_each_reported(
    invoke: Callable[..., tuple[int, str, str]], note: Path
) -> None:
    """this test ensures that a bad file is named, the others added, and the exit code is 1."""
    other = note.with_name("a.txt")
    other.write_text("Pots\n\nThe pots are hot.\n", encoding="utf-8")
    code, out, err = invoke("add", str(note), str(note.with_name("no.md")), str(other))
    assert code == 1
    assert out == "added my-kilns-mai  Kilns for clusters\nadded a  Pots\n"
    assert err == (
        f"clusterqa: {note.with_name('no.md')} does not exist; name a document\n"
        "clusterqa: the index still holds what it did; run: clusterqa ingest\n"
    )
    assert invoke("remove", "a") == (
        0,
        "removed a\n",
        "clusterqa: the index still holds what it did; run: clusterqa ingest\n",
    )


def test_options_describe_one_document(
    invoke: Callable[..., tuple[int, str, str]], note: Path, corpus: Path
) -> None:
    """this test ensures that each option reaches the record."""
    code, _, _ = invoke(
        "add", str(note), "--id", "kilns", "--title", "Kilns", "--kind", "soft_law",
        "--published", "2020-01-01", "--valid-from", "2020-02-01", "--valid-to", "2020-03-01",
        "--url", "https://example.eu/", "--publisher", "Me", "--language", "de",
        "--licence", "CC BY",
    )  # fmt: skip
    assert code == 0
    work = works(corpus)["kilns"]
    assert (work.title, work.kind, work.publisher) == ("Kilns", "soft_law", "Me")
    assert work.sources[0].published == date(2020, 1, 1)
    assert work.sources[0].valid_to == date(2020, 3, 1)
    assert (work.sources[0].language, work.sources[0].licence) == ("de", "CC BY")


# -- the index ----------------------------------------------------------------------------------


def test_only_what_was_added_is_embedded(
    small_corpus: Path, small_index_copy: Path, tmp_path: Path, note: Path
) -> None:
    """this test ensures that a document answers after ingest, which embeds its own texts alone."""
    corpus = shutil.copytree(small_corpus, tmp_path / "with-note")
    embedded: list[int] = []

    def count(stage: str, done: int, total: int) -> None:
        if stage == "embedding" and done == total:
            embedded.append(total)

    def build() -> None:
        listed = read_manifest(corpus / "manifest.toml")
        ingest(listed, corpus, small_index_copy, model=UNTRAINED_MODEL, precision="float32",
               progress=count)  # fmt: skip

    add_document(note, corpus, id="kilns")
    build()
    assert embedded == [2]  # the passage with its context, and its sentence
    assistant = Assistant.open(small_index_copy)
    answer = assistant.ask(Inquiry("When is the kiln that the potters share lit?"))
    assert answer.citations[0].document.id == "kilns"
    assert answer.citations[0].locator.label == "Kilns for clusters"
    assert answer.citations[0].quote.exact == (
        "The potters of the valley share a kiln that is lit in May."
    )
    assistant.index.close()
    remove_document("kilns", corpus)
    build()
    assert embedded == [2]
    assistant = Assistant.open(small_index_copy)
    assert "kilns" not in assistant.library.files
    assistant.index.close()
    assert list((corpus / "own").iterdir()) == []
