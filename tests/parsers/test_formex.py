"""Formex against small imitations of the Office's files, and the real one against its XHTML."""

import difflib
import io
import os
import re
import zipfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clusterqa.errors import CorpusError
from clusterqa.parsers import parse
from clusterqa.parsers.formex import DEEPEST, grouped, quotation_mark
from clusterqa.parsers.formex_zip import LARGEST, MOST_MEMBERS
from clusterqa.types import Document

MIRROR = os.environ.get("CLUSTERQA_MIRROR", "")
VERSION = "02014R0651-20230701.en"


def read(markup: str) -> Document:
    return parse(markup.encode(), "s", "s.fmx4")


def article(body: str, number: str = "1") -> str:
    return f"<ARTICLE><TI.ART>Article {number}</TI.ART>{body}</ARTICLE>"


def act(body: str) -> Document:
    """The document of an act of the Official Journal whose only article has this body."""
    return read(f"<ACT><ENACTING.TERMS>{article(body)}</ENACTING.TERMS></ACT>")


def consolidated(body: str) -> Document:
    return read(f"<CONS.ACT><CONS.DOC>{article(body)}</CONS.DOC></CONS.ACT>")


def item(marker: str, *inner: str) -> str:
    text, *more = inner
    return f"<ITEM><NP><NO.P>{marker}</NO.P><TXT>{text}</TXT>{''.join(more)}</NP></ITEM>"


def outline(document: Document) -> list[tuple[str, str, str]]:
    return [(p.kind, p.label, p.title) for p in document.provisions]


def labels(document: Document) -> list[str]:
    return [p.label for p in document.provisions]


POTTERIES = """<?xml version="1.0" encoding="utf-8"?>
<CONS.ACT><INFO.CONSLEG CONSLEG.REF="2031R0001"/><CONS.DOC>
<BIB.INSTANCE><PAGE.FIRST>1</PAGE.FIRST></BIB.INSTANCE>
<FAM.COMP><BIB.DATA><TITLE><TI><P>Regulation amending potteries</P></TI></TITLE></BIB.DATA></FAM.COMP>
<TITLE><TI><P><HT TYPE="UC">Commission Regulation</HT> (EU) No 1/2031</P>
<P>of <DATE ISO="20310501">1 May 2031</DATE></P><P>on aid for potteries</P></TI></TITLE>
<PREAMBLE><PREAMBLE.INIT/><PREAMBLE.FINAL/></PREAMBLE>
<ENACTING.TERMS>
<TOC><TITLE><TI><P>TABLE OF CONTENTS</P></TI></TITLE></TOC>
<?PAGE NO='2'?>
<DIVISION><TITLE><TI><P>CHAPTER I</P></TI><STI><P><HT TYPE="BOLD">COMMON PROVISIONS</HT></P></STI></TITLE>
<DIVISION><TITLE><TI><P>SECTION 1</P><P>Clay</P></TI></TITLE>
<ARTICLE IDENTIFIER="001"><TI.ART>Article 1</TI.ART><STI.ART>Scope</STI.ART>
<PARAG IDENTIFIER="001.001"><NO.PARAG>1.</NO.PARAG><ALINEA><P>This Regulation applies to:</P>
<LIST TYPE="alpha">
<ITEM><NP><NO.P>(a)</NO.P><TXT>aid to potteries<NOTE NOTE.ID="E0001" TYPE="FOOTNOTE"><P>As defined in <HT TYPE="ITALIC">Ars figulina</HT> (<REF.DOC.OJ COLL="L">OJ L 1, 2.1.2030, p. 3</REF.DOC.OJ>).</P></NOTE>, namely:</TXT>
<P><LIST TYPE="DASH"><ITEM><P>training aid;</P></ITEM><?PAGE NO='3'?><ITEM><P>start-up aid;</P></ITEM></LIST></P></NP></ITEM>
<ITEM><NP><NO.P>(b)</NO.P><TXT>aid of up to EUR <FT TYPE="NUMBER">1250000</FT>, under CN code <FT TYPE="CN">2705</FT>.</TXT></NP></ITEM>
</LIST></ALINEA><ALINEA>It does not apply to <?PAGE NO='4'?>bricks.</ALINEA></PARAG></ARTICLE>
</DIVISION></DIVISION>
<ARTICLE IDENTIFIER="002"><TI.ART>Article 2</TI.ART><STI.ART>Definitions</STI.ART><ALINEA><P>For this Regulation:</P>
<GR.SEQ LEVEL="1"><TITLE><TI><P><HT TYPE="BOLD">Definitions for kilns</HT></P></TI></TITLE>
<LIST TYPE="ARAB"><ITEM><NP><NO.P>(1)</NO.P><TXT><QUOT.START CODE="2018"/>kiln<QUOT.END CODE="2019"/> means an oven emitting CO<HT TYPE="SUB">2</HT>;</TXT></NP></ITEM>
</LIST></GR.SEQ></ALINEA></ARTICLE>
</ENACTING.TERMS>
<FINAL><P>This Regulation shall be binding in its entirety.</P></FINAL>
<CONS.ANNEX><TITLE><TI><P>ANNEX I</P></TI><STI><P>Form</P></STI></TITLE><CONTENTS>
<INCL.ELEMENT TYPE="TIFF"><IMG.CNT><P>Aid reference</P></IMG.CNT></INCL.ELEMENT>
<TBL COLS="2"><TITLE><TI><P>Kilns</P></TI></TITLE>
<GR.NOTES><NOTE NOTE.ID="E0002"><P>Without <HT TYPE="ITALIC">ad hoc</HT> kilns.</P></NOTE></GR.NOTES>
<CORPUS><ROW TYPE="HEADER"><CELL COL="1">Kiln</CELL><CELL COL="2"><P>Limit</P><P>in %</P></CELL></ROW>
<ROW><CELL COL="1">Small<NOTE NOTE.REF="E0002"/> (Art. 1)</CELL><CELL COL="2"><LIST TYPE="OTHER">
<ITEM><NP><NO.P>□</NO.P><TXT>… %</TXT></NP></ITEM></LIST></CELL></ROW></CORPUS></TBL>
<P>See NUTS<NOTE NOTE.ID="E0003"><P>Level 2.</P></NOTE> and its note again<NOTE NOTE.REF="E0003"/>.</P>
</CONTENTS></CONS.ANNEX></CONS.DOC></CONS.ACT>"""  # noqa: E501


# -- what a consolidated act gives -------------------------------------------------------------


def test_a_consolidated_act_has_the_text_of_its_printed_page() -> None:
    """this test ensures that metadata is left out and marks, numbers and rows are written out."""
    assert read(POTTERIES).text.split("\n") == [
        "COMMISSION REGULATION (EU) No 1/2031",
        "of 1 May 2031",
        "on aid for potteries",
        "CHAPTER I",
        "COMMON PROVISIONS",
        "SECTION 1",
        "Clay",
        "Article 1",
        "Scope",
        "1. This Regulation applies to:",
        "(a) aid to potteries ( 1 ), namely:",
        "— training aid;",
        "— start-up aid;",
        "(b) aid of up to EUR 1 250 000, under CN code 2705.",
        "It does not apply to bricks.",
        "Article 2",
        "Definitions",
        "For this Regulation:",
        "Definitions for kilns",
        "(1) ‘kiln’ means an oven emitting CO2;",
        "This Regulation shall be binding in its entirety.",
        "ANNEX I",
        "Form",
        "Kilns",
        "Kiln | Limit in %",
        "Small ( 1 ) (Art. 1) | □ … %",
        "( 1 ) Without ad hoc kilns.",
        "See NUTS ( 2 ) and its note again ( 2 ).",
        "( 1 ) As defined in Ars figulina (OJ L 1, 2.1.2030, p. 3).",
        "( 2 ) Level 2.",
    ]


def test_a_consolidated_act_has_every_provision_under_its_label() -> None:
    """this test ensures that Formex structure becomes the same labels as the printed page's."""
    assert outline(read(POTTERIES)) == [
        (
            "title",
            "Title",
            "COMMISSION REGULATION (EU) No 1/2031 of 1 May 2031 on aid for potteries",
        ),
        ("chapter", "Chapter I", "COMMON PROVISIONS"),
        ("section", "Section 1", "Clay"),
        ("article", "Article 1", "Scope"),
        ("paragraph", "Article 1(1)", ""),
        ("point", "Article 1(1)(a)", ""),
        ("point", "Article 1(1)(b)", ""),
        ("article", "Article 2", "Definitions"),
        ("heading", "Definitions for kilns", "Definitions for kilns"),
        ("point", "Article 2(1)", ""),
        ("annex", "Annex I", "Form"),
        ("heading", "Annex I, Kilns", "Kilns"),
        ("footnote", "Footnote 1", ""),
        ("footnote", "Footnote 2", ""),
    ]


OPEN = '<?CLG.MDFO ID="O1" IDREF="C1" ACTION="DELETED" LEVEL="STRUCTURE"?>'
CLOSE = '<?CLG.MDFC ID="C1" IDREF="O1"?>'


def test_repealed_law_is_left_out_with_its_footnotes() -> None:
    """this test ensures that what a consolidation keeps as deleted is neither text nor counted."""
    inserted = '<?CLG.MDFO ID="O2" ACTION="INSERTED"?>', '<?CLG.MDFC IDREF="O2"?>'
    document = consolidated(
        "<ALINEA><P>Kilns are:</P><LIST>"
        + item("(1)", "‘kiln’<NOTE NOTE.ID='A'><P>First.</P></NOTE>;")
        + OPEN + inserted[0] + item("(2)", "‘oven’<NOTE NOTE.ID='B'><P>Gone.</P></NOTE>;")
        + inserted[1] + "<ITEM><P>gone</P></ITEM>" + CLOSE
        + inserted[0] + item("(3)", "‘fire’<NOTE NOTE.ID='C'><P>Second.</P></NOTE>.") + inserted[1]
        + "</LIST></ALINEA>"
    )  # fmt: skip
    assert document.text.split("\n") == [
        "Article 1",
        "Kilns are:",
        "(1) ‘kiln’ ( 1 );",
        "(3) ‘fire’ ( 2 ).",
        "( 1 ) First.",
        "( 2 ) Second.",
    ]


def test_a_deletion_may_end_in_another_element_than_it_began() -> None:
    """this test ensures that text goes by the marks around it, not by the elements they are in."""
    document = consolidated(
        f"<ALINEA>Clay is {OPEN}not <!-- c -->so <?PAGE NO='2'?>much "
        "<QUOT.START CODE='2018'/>law<QUOT.END CODE='2019'/></ALINEA>"
        f"<LIST TYPE='DASH'><ITEM><P>nor</P></ITEM></LIST>"
        f"<ALINEA>this{CLOSE} allowed.</ALINEA>"
    )
    assert document.text == "Article 1\nClay is\nallowed."


def test_a_deletion_without_end_is_refused() -> None:
    """this test ensures that no guess is made at what is still law."""
    with pytest.raises(CorpusError) as raised:
        consolidated(f"<ALINEA>Clay.</ALINEA>{OPEN}<ALINEA>Fire.</ALINEA>")
    assert str(raised.value) == (
        "s: the deletion 'O1' has no end, so what is still law cannot be told; "
        "fetch it again: clusterqa corpus sync"
    )


def changed(identity: str, act: str, words: str, how: str = 'LEVEL="STRUCTURE"') -> str:
    """The words between the marks of a change by an act."""
    return (
        f'<?CLG.MDFO ID="{identity}" ACTION="REPLACED" {how} ACTIVE.DOC="{act}"?>{words}'
        f'<?CLG.MDFC IDREF="{identity}"?>'
    )


def amendments(document: Document) -> list[tuple[str, str]]:
    return [(document.text[a.start : a.end], a.act) for a in document.amendments]


def test_what_an_act_changed_is_known() -> None:
    """this test ensures that the innermost change counts, in words, numbered points and notes."""
    point = item("(b)", f"{changed('I', '32032R0002', 'large')} kilns;")
    note = f"<NOTE NOTE.ID='A'><P>{changed('N', '32033R0003', 'Hot.')}</P></NOTE>"
    document = consolidated(
        f"<ALINEA><P>Kilns{note} are:</P><LIST TYPE='alpha'>"
        + item("(a)", "small;")
        + changed("O", "32031R0001R(02)", f"{point}{item('(c)', 'old.')}")
        + "</LIST></ALINEA><ALINEA>They are "
        + changed("T", "32032R0002", "very ", 'LEVEL="TEXT"')
        + "hot"
        + changed("U", "32034R0004", ".", 'LEVEL="TEXT" COMMAND="IMPLICIT"')
        + "</ALINEA>"
    )
    assert document.text.split("\n")[1:] == [
        "Kilns ( 1 ) are:", "(a) small;", "(b) large kilns;", "(c) old.", "They are very hot.",
        "( 1 ) Hot.",
    ]  # fmt: skip
    assert amendments(document) == [
        ("(b) large", "32032R0002"),
        ("kilns;\n(c) old.", "32031R0001R(02)"),
        ("very", "32032R0002"),
        ("( 1 ) Hot.", "32033R0003"),
    ]


def test_a_changed_table_is_changed_row_by_row() -> None:
    """this test ensures that a row is one span where one act changed it, its parts where not."""
    rows = "<ROW><CELL>Kiln</CELL><CELL/><CELL>Limit</CELL></ROW>" + (
        f"<ROW><CELL>Small</CELL><CELL>{changed('I', '32032R0002', '5')}</CELL></ROW>"
    )
    table = f"<TBL><CORPUS>{rows}</CORPUS></TBL>"
    document = consolidated(f"<ALINEA>Limits:</ALINEA>{changed('O', '32031R0001', table)}")
    assert amendments(document) == [
        ("Kiln |  | Limit\nSmall", "32031R0001"),
        ("5", "32032R0002"),
    ]


def test_a_change_without_end_or_act_is_none() -> None:
    """this test ensures that nothing is said to be changed where the marks do not say it."""
    endless = changed("O", "32031R0001", "Clay").partition("<?CLG.MDFC")[0]
    assert consolidated(f"<ALINEA>{endless}</ALINEA>").amendments == ()
    nameless = '<?CLG.MDFO ID="O"?>Clay<?CLG.MDFC IDREF="O"?>'
    assert consolidated(f"<ALINEA>{nameless}</ALINEA>").amendments == ()


def pages(document: Document) -> list[tuple[str, str]]:
    return [(p.label, document.text[p.start : p.start + 11]) for p in document.pages]


def test_printed_pages_begin_where_the_file_says() -> None:
    """this test ensures that a page begins at its first word, an item with the dash before it."""
    assert pages(read(POTTERIES)) == [
        ("2", "CHAPTER I\nC"),
        ("3", "— start-up "),
        ("4", "bricks.\nArt"),
    ]


def test_an_official_journal_act_begins_on_its_own_page() -> None:
    """this test ensures that the first page, which no mark says, is the one that the act states."""
    stated = "<BIB.INSTANCE><PAGE.FIRST>0012</PAGE.FIRST></BIB.INSTANCE>"
    note = "<NOTE NOTE.ID='A'><P>See <?PAGE NO='0013'?>there.</P></NOTE>"
    body = f"<ALINEA>Clay{note} is old.<?PAGE NO='0014'?></ALINEA><ALINEA>Fire is.</ALINEA>"
    assert pages(read(f"<ACT>{stated}{article(body)}</ACT>")) == [
        ("12", "Article 1\nC"),
        ("13", "is old.\nFir"),
        ("14", "Fire is.\n(1"),
    ]


def test_a_list_without_marks_does_not_indent() -> None:
    """this test ensures that a text set apart in a list of no type stays in its point."""
    document = consolidated(
        "<PARAG><NO.PARAG>1.</NO.PARAG><ALINEA><P>Kilns:</P><LIST TYPE='alpha'>"
        + item("(a)", "small:", "<P><LIST TYPE='NONE'><ITEM><P>1-2 pots;</P></ITEM></LIST></P>")
        + item("(b)", "large.")
        + "</LIST></ALINEA></PARAG>"
    )
    assert document.text.split("\n")[1:] == ["1. Kilns:", "(a) small:", "1-2 pots;", "(b) large."]
    assert labels(document)[2:] == ["Article 1(1)(a)", "Article 1(1)(b)"]


# -- what an act of the Official Journal gives -------------------------------------------------

ACT = """<ACT><TITLE><TI><P>COMMISSION REGULATION (EU) 2031/2</P></TI></TITLE>
<PREAMBLE><PREAMBLE.INIT>THE EUROPEAN COMMISSION,</PREAMBLE.INIT>
<GR.VISA><VISA>Having regard to the Treaty,</VISA></GR.VISA>
<GR.CONSID><GR.CONSID.INIT>Whereas:</GR.CONSID.INIT>
<CONSID><NP><NO.P>(1)</NO.P><TXT>Kilns are costly<NOTE NOTE.ID="E0001"><P>OJ L 1.</P></NOTE>.</TXT></NP></CONSID>
</GR.CONSID><PREAMBLE.FINAL>HAS ADOPTED THIS REGULATION:</PREAMBLE.FINAL></PREAMBLE>
<ENACTING.TERMS><ARTICLE><TI.ART>Article 1</TI.ART><ALINEA><P>Regulation (EU) No 1/2031 is amended as follows:</P>
<LIST TYPE="ARAB"><ITEM><NP><NO.P>(1)</NO.P><TXT>Article 12 is replaced by the following:</TXT>
<P><QUOT.S LEVEL="1"><ARTICLE><TI.ART><QUOT.START CODE="2018"/>Article 12</TI.ART><STI.ART>Monitoring</STI.ART>
<PARAG><NO.PARAG>1.</NO.PARAG><ALINEA>Records<NOTE NOTE.ID="E0002"><P>On paper.</P></NOTE> shall be kept.<QUOT.END CODE="2019"/></ALINEA></PARAG>
</ARTICLE></QUOT.S>;</P></NP></ITEM>
<ITEM><NP><NO.P>(2)</NO.P><TXT>Article 4 is deleted.</TXT></NP></ITEM></LIST></ALINEA></ARTICLE></ENACTING.TERMS>
<FINAL><P>This Regulation shall be binding.</P><SIGNATURE><PL.DATE><P>Done at Brussels, <DATE ISO="20310601">1 June 2031</DATE>.</P></PL.DATE>
<SIGNATORY><P><HT TYPE="ITALIC">For the Commission</HT></P><P>A. POTTER</P></SIGNATORY></SIGNATURE></FINAL></ACT>"""  # noqa: E501
ANNEX = """<ANNEX><BIB.INSTANCE><NO.SEQ>2</NO.SEQ></BIB.INSTANCE>
<TITLE><TI><P>ANNEX</P></TI></TITLE>
<CONTENTS><GR.SEQ><NO.GR.SEQ>1.</NO.GR.SEQ><TITLE><TI><P>KILNS</P></TI></TITLE>
<P>Kilns are hot<NOTE NOTE.ID="E0001"><P>Very.</P></NOTE>.</P></GR.SEQ></CONTENTS></ANNEX>"""
MANIFEST = """<DOC><FMX><DOC.MAIN.PUB><REF.PHYS FILE="z.xml"/></DOC.MAIN.PUB>
<DOC.SUB.PUB><REF.PHYS FILE="a.xml"/><REF.PHYS FILE="a.tif"/></DOC.SUB.PUB></FMX></DOC>"""


def package(members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def unpack(content: bytes) -> Document:
    return parse(content, "s", "s.zip")


def test_an_official_journal_package_is_the_act_and_its_annexes() -> None:
    """this test ensures that a package is read in the order it states, notes after each file."""
    members = {"p/a.xml": ANNEX, "p/z.doc.xml": MANIFEST, "p/z.xml": ACT, "p/a.tif": "II*"}
    assert unpack(package(members)).text.split("\n") == [
        "COMMISSION REGULATION (EU) 2031/2",
        "THE EUROPEAN COMMISSION,",
        "Having regard to the Treaty,",
        "Whereas:",
        "(1) Kilns are costly (1).",
        "HAS ADOPTED THIS REGULATION:",
        "Article 1",
        "Regulation (EU) No 1/2031 is amended as follows:",
        "(1) Article 12 is replaced by the following:",
        "‘Article 12",
        "Monitoring",
        "1. Records (*1) shall be kept.’",
        "(*1) On paper.;",
        "(2) Article 4 is deleted.",
        "This Regulation shall be binding.",
        "Done at Brussels, 1 June 2031.",
        "For the Commission",
        "A. POTTER",
        "(1) OJ L 1.",
        "ANNEX",
        "1. KILNS",
        "Kilns are hot (1).",
        "(1) Very.",
    ]
    assert labels(unpack(package(members))) == [
        "Title",
        "Preamble",
        "Recital (1)",
        "Enacting formula",
        "Article 1",
        "Article 1(1)",
        "Article 1(1), Article 12",
        "Article 1(1), Article 12(1)",
        "Footnote *1",
        "Article 1(2)",
        "Signature",
        "Footnote 1",
        "Annex",
        "Annex, 1. KILNS",
        "Annex, Footnote 1",
    ]


def test_a_package_without_a_description_is_read_by_name() -> None:
    """this test ensures that without a describing file the texts are taken in order of name."""
    members = {"2.xml": ANNEX, "1.xml": ACT, "toc.xml": "<PUBLICATION/>", "inner.zip": "PK"}
    assert unpack(package(members)).text.endswith("ANNEX\n1. KILNS\nKilns are hot (1).\n(1) Very.")


def test_a_file_alone_is_read_as_in_a_package() -> None:
    """this test ensures that the kinds .fmx4, .xml and .zip give one and the same document."""
    alone = parse(POTTERIES.encode(), "s", "s.xml")
    assert alone == read(POTTERIES)
    assert alone == unpack(package({"../../evil.xml": POTTERIES}))
    assert alone == parse(b"\xef\xbb\xbf" + POTTERIES.encode(), "s", "s.XML")


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        ("999", "999"),
        ("5000", "5 000"),
        ("22000", "22 000"),
        ("1250000", "1 250 000"),
        ("12345,67", "12 345,67"),
        ("1 250", "1 250"),
        ("20310501" * 3, "20310501" * 3),
        ("N/A", "N/A"),
    ],
)
def test_numbers_are_grouped_as_printed(number: str, printed: str) -> None:
    """this test ensures that thousands are set apart, and nothing else is changed."""
    assert grouped(number) == printed


@pytest.mark.parametrize(
    ("code", "mark"),
    [("2018", "‘"), ("00AB", "«"), ("0041", ""), ("D800", ""), ("110000", ""), ("x", ""), ("", "")],
)
def test_a_quotation_mark_is_nothing_else(code: str, mark: str) -> None:
    """this test ensures that a code point gives a quotation mark or no character at all."""
    assert quotation_mark(code) == mark


# -- what cannot be read -----------------------------------------------------------------------

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE ACT [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghi"))
    + "]><ACT><P>&i;</P></ACT>"
)  # fmt: skip
EXTERNAL = (
    '<!DOCTYPE ACT [<!ENTITY x SYSTEM "file:///etc/hostname">]><ACT HREF="&x;"><P>&x;</P></ACT>'
)
ENTITIES = (
    "s: the XML declares a document type or entities, which Formex 4 does not; "
    "fetch it again: clusterqa corpus sync"
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"caf\xe9", "s: not UTF-8 at byte 3; fetch it again or convert it"),
        (LAUGHS.encode(), ENTITIES),
        (EXTERNAL.encode(), ENTITIES),
        (b"<ACT></ACT>", "s: the file holds no text; fetch it again: clusterqa corpus sync"),
        (
            b"<rss><P>Kilns</P></rss>",
            "s: the XML is no Formex text, its root is <rss>; "
            "fetch it again: clusterqa corpus sync",
        ),
        (
            MANIFEST.encode(),
            "s: this Formex file only describes a document; its text is 'z.xml', 'a.xml'",
        ),
        (
            b"<PUBLICATION/>",
            "s: this Formex file only describes a document; its text is the act's own file",
        ),
        (
            b"<ACT>" + b"<P>" * DEEPEST + b"a" + b"</P>" * DEEPEST + b"</ACT>",
            "s: elements are nested more than 200 deep, which no act needs; "
            "fetch it again: clusterqa corpus sync",
        ),
    ],
)  # fmt: skip
def test_what_is_no_formex_is_named_with_its_remedy(content: bytes, message: str) -> None:
    """this test ensures that a bad file is refused with its source and what to do."""
    with pytest.raises(CorpusError) as raised:
        parse(content, "s", "s.fmx4")
    assert str(raised.value) == message


@pytest.mark.parametrize(
    "content",
    [b"", b"Kilns", b"<p>Kilns<br></p>", b"<ACT><P>&nbsp;</P></ACT>", POTTERIES[:900].encode(),
     b"<ACT>" * 5000, b"\x00", b"<ACT><P>&#1;</P></ACT>"],
)  # fmt: skip
def test_what_is_no_xml_is_refused_in_one_line(content: bytes) -> None:
    """this test ensures that text, HTML and files cut off are refused with the parser's reason."""
    with pytest.raises(CorpusError) as raised:
        parse(content, "s", "s.xml")
    assert re.fullmatch(
        r"s: not well-formed XML, or cut off \(.+\); fetch it again: clusterqa corpus sync",
        str(raised.value),
    )


@pytest.mark.parametrize(
    "block", ["<P>{}</P>", "<TBL><ROW><CELL>{}</CELL></ROW></TBL>", "<HT>{}</HT>"]
)
def test_the_deepest_nesting_allowed_can_be_read(block: str) -> None:
    """this test ensures that no nesting that is let through exhausts the stack."""
    inner, times = "kiln", (DEEPEST - 1) // block.count("</")
    for _ in range(times):
        inner = block.format(inner)
    assert read(f"<ACT>{inner}</ACT>").text == "kiln"


def encrypted(content: bytes) -> bytes:
    """The package with the flag of encryption set on its first member, in both its headers."""
    flagged = bytearray(content)
    flagged[6] |= 1
    flagged[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(flagged)


def test_a_bomb_is_unpacked_to_the_limit_and_no_further() -> None:
    """this test ensures that a small package cannot fill the memory, in one file or in many."""
    half = b" " * (LARGEST // 2)
    for members in ({"a.xml": half + half + b" "}, {"a.xml": half, "b.xml": half, "c.xml": b" "}):
        with pytest.raises(CorpusError) as raised:
            unpack(package(dict(members)))
        assert str(raised.value) == (
            "s: the package unpacks to over 32 MiB of XML; give the act's own file"
        )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            package({"a.xml": ACT, "p/a.xml": ACT}),
            "s: the package has 'a.xml' twice; give the act's own file",
        ),
        (
            package({f"{n}.tif": b"" for n in range(MOST_MEMBERS + 1)}),
            "s: the package has over 1000 files; give the act's own",
        ),
        (
            package({"a.xml": ACT}, zipfile.ZIP_BZIP2),
            "s: 'a.xml' is encrypted or packed by no usual method; pack it anew",
        ),
        (
            encrypted(package({"a.xml": ACT})),
            "s: 'a.xml' is encrypted or packed by no usual method; pack it anew",
        ),
        (
            package({"z.doc.xml": MANIFEST, "z.xml": ACT}),
            "s: the package lacks 'a.xml', which it says it holds; "
            "fetch it again: clusterqa corpus sync",
        ),
        (
            package({"toc.xml": "<PUBLICATION/>", "act.pdf": b"%PDF"}),
            "s: the package holds no Formex text; fetch it again: clusterqa corpus sync",
        ),
        (package({"a.xml": LAUGHS}), ENTITIES),
        (
            b"<html></html>",
            "s: not a readable zip package (File is not a zip file); "
            "fetch it again: clusterqa corpus sync",
        ),
    ],
)  # fmt: skip
def test_a_bad_package_is_named_with_its_remedy(content: bytes, message: str) -> None:
    """this test ensures that no package is read in part or by a guess."""
    with pytest.raises(CorpusError) as raised:
        unpack(content)
    assert str(raised.value) == message


MARKUP = st.lists(
    st.sampled_from(
        ["<P>", "</P>", "<LIST TYPE='DASH'>", "</LIST>", "<ITEM>", "</ITEM>", "<NP>", "</NP>",
         "<NO.P>(a)</NO.P>", "<TXT>", "</TXT>", "Kilns", OPEN, CLOSE, "<QUOT.START CODE='2018'/>",
         changed("M", "32031R0001", "Clay"), changed("M", "", "").partition("<?CLG.MDFC")[0],
         "<?PAGE NO='2'?>", "<NOTE NOTE.ID='E1'><P>Note.</P></NOTE>", "<NOTE NOTE.REF='E1'/>",
         "<NOTE>", "</NOTE>",
         "<QUOT.S>", "</QUOT.S>", "<TBL>", "</TBL>", "<ROW><CELL>", "</CELL></ROW>",
         "<TI.ART>Article 1</TI.ART>", "<TITLE><TI><P>ANNEX I</P></TI></TITLE>",
         "<FT TYPE='NUMBER'>5000</FT>", "<!-- c -->", "<FORMULA TYPE='OUTLINE'>x</FORMULA>"]
    ),
    max_size=20,
).map(lambda parts: f"<CONS.ACT>{''.join(parts)}</CONS.ACT>".encode())  # fmt: skip
BROKEN = st.builds(
    lambda content, at, byte: content[:at] + bytes([byte]) + content[at + 1 :],
    st.just(package({"z.doc.xml": MANIFEST, "z.xml": ACT, "a.xml": ANNEX})),
    st.integers(0, 1500),
    st.integers(0, 255),
)


@settings(max_examples=200, deadline=None)
@given(
    content=st.binary(max_size=60) | MARKUP | BROKEN, suffix=st.sampled_from(["fmx4", "xml", "zip"])
)
@example(b"<ACT><NOTE.X><P>a</P></NOTE.X></ACT>", "xml")
@example(b"<a:ACT xmlns:a='b'><P>a</P></a:ACT>", "xml")
@example(package({"a.xml": b"\xff"}), "zip")
def test_any_bytes_are_read_or_refused(content: bytes, suffix: str) -> None:
    """this test ensures that the parsers raise nothing but CorpusError, in one line."""
    try:
        document = parse(content, "s", f"s.{suffix}")
    except CorpusError as refused:
        message = str(refused)
    else:
        message = "s: " if document.text else ""
        ends = [(p.start, p.end) for p in document.provisions]
        ends += [(a.start, a.end) for a in document.amendments]
        ends += [(page.start, page.start + 1) for page in document.pages]
        assert all(0 <= start <= end <= len(document.text) for start, end in ends)
    assert message.startswith("s: ") and "\n" not in message


# -- the real file -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def renderings() -> tuple[Document, Document]:
    """The same version of the regulation from its XHTML and from its Formex."""
    folder = Path(MIRROR) / f"{VERSION}.fmx4"
    texts = [f for f in folder.glob("*.xml") if not f.name.endswith(".doc.xml")]
    if not MIRROR or not texts:
        pytest.skip(f"CLUSTERQA_MIRROR names no folder with {VERSION}.fmx4")
    xhtml = Path(MIRROR) / f"{VERSION}.xhtml"
    return parse(xhtml.read_bytes(), "s", xhtml.name), parse(texts[0].read_bytes(), "s", "s.fmx4")


def test_both_renderings_have_the_same_provisions(renderings: tuple[Document, Document]) -> None:
    """this test ensures that kinds, labels, titles and parents are equal, one by one."""
    xhtml, formex = ([(o, p.parent) for o, p in zip(outline(d), d.provisions, strict=True)]
                     for d in renderings)  # fmt: skip
    assert len(formex) == 1766
    assert formex == xhtml


def test_both_renderings_have_the_same_text(renderings: tuple[Document, Document]) -> None:
    """this test ensures that all lines are equal but for spaces after amounts in the XHTML."""
    xhtml, formex = (document.text.split("\n") for document in renderings)
    assert len(formex) == 2127
    differing = [(a, b) for a, b in zip(xhtml, formex, strict=True) if a != b]
    assert len(differing) in (0, 4)
    changes = [
        (a[op[1] - 3 : op[2]], op[0], b[op[3] : op[3] + 1])
        for a, b in differing
        for op in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
        if op[0] != "equal"
    ]
    assert [c for c in changes if c[1] != "delete" or c[0] != "000 " or c[2] not in ",.;"] == []


def changes(document: Document, *, in_notes: bool) -> set[tuple[int, str, str]]:
    """Every letter that an act changed: its line, its place among the line's letters, the act."""
    notes = min(p.start for p in document.provisions if p.kind == "footnote")
    acts = {i: a.act for a in document.amendments for i in range(a.start, a.end)}
    found, line, letter = set(), 0, 0
    for index, character in enumerate(document.text):
        if character == "\n":
            line, letter = line + 1, 0
        elif not character.isspace():
            letter += 1
            if index in acts and (index >= notes) == in_notes:
                found.add((line, f"{letter} {character}", acts[index]))
    return found


def test_both_renderings_have_the_same_amendments(renderings: tuple[Document, Document]) -> None:
    """this test ensures that every letter is said to be changed by the act that the arrows name.

    Arrows reach footnotes only where an act changed nothing else; Formex says it of them all.
    """
    xhtml, formex = (changes(document, in_notes=False) for document in renderings)
    assert len(formex) > 200_000
    assert formex == xhtml
    xhtml, formex = (changes(document, in_notes=True) for document in renderings)
    assert {act for _, _, act in xhtml} == {"32017R1084"}
    assert xhtml < formex


def test_the_real_pages_begin_in_order(renderings: tuple[Document, Document]) -> None:
    """this test ensures that each page of the consolidation's PDF that has text is in the text."""
    formex = renderings[1]
    assert [p.label for p in formex.pages] == [str(n) for n in range(2, 188) if n != 179]
    assert [p.start for p in formex.pages] == sorted(p.start for p in formex.pages)
    starts = {p.label: formex.text[p.start :].split("\n")[0] for p in formex.pages}
    assert starts["3"] == "CHAPTER I"
    assert starts["5"] == "— innovation aid for SMEs;"


def test_the_real_package_reads_as_its_file(renderings: tuple[Document, Document]) -> None:
    """this test ensures that the Cellar's package of a consolidation gives the same document."""
    files = (Path(MIRROR) / f"{VERSION}.fmx4").iterdir()
    assert unpack(package({file.name: file.read_bytes() for file in files})) == renderings[1]
