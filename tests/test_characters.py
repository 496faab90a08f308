"""What nobody sees is taken out of what is read; what acts on a terminal is shown as a mark."""

import json
import logging

import pytest

from clusterqa.characters import readable, shown
from clusterqa.cli.app import emit, say
from clusterqa.parsers import parsed
from clusterqa.parsers.decoding import decoded
from clusterqa.server.logs import JsonFormatter


@pytest.mark.parametrize(
    ("text", "read", "count"),
    [
        ("fi\u200bf\u2060ty", "fifty", 2),
        ("a\u202eb\u2066c\u061c", "abc", 3),
        ("rate\U000e0041\U000e0042\U000e007f", "rate", 3),
        ("soft\u00adhyphen", "softhyphen", 1),
        ("data\ufe01\ufe0e\U000e0101", "data", 3),
        ("\x1b[31mred\x07\x00\x7f\x9b", "␛[31mred␇␀␡\ufffd", 0),
        ("one\r\ntwo\rthree\x0cfour\x85five\u2028six", "one\ntwo\nthree\nfour\nfive\nsix", 0),
        ("plain «text», ça 10\u00a0% €\tA\n", "plain «text», ça 10\u00a0% €\tA\n", 0),
    ],
)
def test_what_is_read_has_nothing_unseen(text: str, read: str, count: int) -> None:
    """this test ensures that unseen characters go and are counted, and controls become marks."""
    assert readable(text) == (read, count)


def test_what_is_printed_loses_nothing_and_moves_nothing() -> None:
    """this test ensures that what would act on a terminal is a mark, one for one."""
    assert (
        shown("a\x1b]0;x\x07\r\u202e\u200b\x9b\ud800\n\tb")
        == "a␛]0;x␇␍\ufffd\ufffd\ufffd\ufffd\n\tb"
    )


def test_the_command_line_prints_no_control(capsys: pytest.CaptureFixture[str]) -> None:
    """this test ensures that data and messages, file names in them, reach no terminal raw."""
    emit("rate \x1b[31mforty\x07")
    say("cannot read evil\x1b]0;x\x07\u202etxt.exe")
    printed = capsys.readouterr()
    assert printed.out == "rate ␛[31mforty␇\n"
    assert printed.err == "clusterqa: cannot read evil␛]0;x␇\ufffdtxt.exe\n"


def test_the_log_holds_no_control() -> None:
    """this test ensures that a line of the log is JSON of what can be seen, whatever it quotes."""
    record = logging.LogRecord("x", 30, "p", 1, "no file %s", ("a\x9b\u202e\x7f\x1b",), None)
    line = JsonFormatter(in_full=False).format(record)
    assert line.isprintable()
    assert json.loads(line)["message"] == "no file a\ufffd\ufffd␡\x1b"


MARKUP = "<html><body><p>{}</p></body></html>"


@pytest.mark.parametrize(
    ("content", "name", "text", "count"),
    [
        ("The fi\u200bfty per cent\U000e0041.\x1b[0m", "a.txt", "The fifty per cent.␛[0m", 2),
        ("# T\u202eitle\n\nfi\u200bfty", "a.md", "Title\n\nfifty", 2),
        (MARKUP.format("fi\u200bf&#8203;t&zwj;y &#x202E;per&shy; cent"), "a.html",
         "fifty per cent", 5),
        (MARKUP.format("one&#x9b;two\ue000hidden\ue001three"), "a.html",
         "one›two\ufffdhidden\ufffdthree", 0),
        ("<ACT><P>fi&#8203;fty\u2060</P></ACT>", "a.fmx4", "fifty", 2),
    ],
)  # fmt: skip
def test_documents_hold_what_is_seen(content: str, name: str, text: str, count: int) -> None:
    """this test ensures that every format is rid of unseen characters, references too."""
    found = parsed(content.encode(), "s", name)
    assert (found.document.text, found.omitted.characters) == (text, count)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Été".encode("utf-16"), "Été"),
        ("Été".encode("utf-8-sig"), "Été"),
        ("Été".encode("utf-32"), "Été"),
        ("Été".encode(), "Été"),
    ],
)
def test_byte_order_marks_are_read(content: bytes, text: str) -> None:
    """this test ensures that a text says its encoding by its first bytes."""
    assert decoded(content, "s") == text


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="iso-8859-1">',
        "<meta http-equiv=content-type content='text/html; charset=ISO-8859-1'>",
        "<meta charset=windows-1252>",
    ],
)
def test_declared_encodings_are_read(head: str) -> None:
    """this test ensures that a page in Latin-1 that says so is read."""
    content = f"<html><head>{head}</head><body><p>L’été à 50 %</p></body></html>".encode("cp1252")
    assert parsed(content, "s", "s.html").document.text == "L’été à 50 %"


def test_an_xml_declaration_is_read() -> None:
    """this test ensures that Formex in Latin-1 that says so is read, as UTF-16 with its mark is."""
    xml = "<ACT><P>Été</P></ACT>"
    latin = f'<?xml version="1.0" encoding="ISO-8859-1"?>{xml}'.encode("latin-1")
    assert parsed(latin, "s", "s.fmx4").document.text == "Été"
    assert parsed(xml.encode("utf-16"), "s", "s.fmx4").document.text == "Été"
