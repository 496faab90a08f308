"""Footnotes and the marks that call them, in every way in which numbers are printed."""

import os
from pathlib import Path

import pytest

from clusterqa.parsers import parse
from clusterqa.provisions import document_from_lines
from clusterqa.provisions.lines import Line
from clusterqa.references.footnotes import called, footnote_calls
from clusterqa.types import Document


def places(document: Document) -> list[tuple[str, str]]:
    """(label of the note, the ten characters before its call)."""
    return [(c.label, document.text[c.start - 10 : c.start]) for c in footnote_calls(document)]


def test_calls_in_an_act_are_told_from_its_numbers() -> None:
    """this test ensures that enumerators, paragraphs and lists are no calls of a footnote."""
    document = document_from_lines("s", [
        Line("article", "Article 1"),
        Line("body", "(1) Points (1) and (2) of Article 5(1): (1) ovens; (2) clay"),
        Line("body", "(2) and Council Regulation 7/2001 (1) on kilns, (2) as amended (*1)."),
        Line("footnote", "(1) OJ L 1."),
        Line("footnote", "(2) OJ L 2."),
        Line("footnote", "(*1) OJ L 3."),
    ])  # fmt: skip
    assert places(document) == [
        ("Footnote 1", "on 7/2001 "),
        ("Footnote 2", "on kilns, "),
        ("Footnote *1", "s amended "),
    ]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("# Kilns\n\nKilns[^a] help SMEs.\n\n[^a]: Ovens.\n", "s.md"),
        ("Kilns\n\nKilns help SMEs1. In 2021 they did.\n\n1 Small firms.\n", "s.txt"),
    ],
)
def test_calls_in_files_of_ones_own(content: str, name: str) -> None:
    """this test ensures that a note of a Markdown or text file is found from its call."""
    document = parse(content.encode(), "s", name)
    (call,) = footnote_calls(document)
    assert call.label == "Footnote 1"
    assert document.text[call.start : call.end] in ("[1]", "1")
    assert [note.label for note in called(document, 0, call.end)] == ["Footnote 1"]
    assert called(document, 0, call.start) == []


@pytest.mark.parametrize(
    ("name", "count"),
    [("32014R0651.en", 66), ("02014R0651-20230701.en", 73), ("02014R0651-20230701.fr", 73),
     ("32023R2831.en", 23), ("32024R0795.en", 37), ("32023R1315.en", 79)],
)  # fmt: skip
def test_every_footnote_of_an_official_text_has_its_call(name: str, count: int) -> None:
    """this test ensures that each note of an act is called once, outside the notes themselves."""
    folder = os.environ.get("CLUSTERQA_MIRROR")
    if not folder:
        pytest.skip("CLUSTERQA_MIRROR names no folder of official texts")
    file = Path(folder) / f"{name}.xhtml"
    document = parse(file.read_bytes(), "s", file.name)
    notes = [p for p in document.provisions if p.kind == "footnote"]
    calls = footnote_calls(document)
    assert len({call.label for call in calls}) == len(calls) == len(notes) == count
    assert not [c for c in calls if any(n.start <= c.start < n.end for n in notes)]
