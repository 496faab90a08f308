"""Places in documents: what is shown around a quote and what is marked."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clusterqa.errors import NotFound
from clusterqa.index import Index, Library
from clusterqa.server.pages.rendering import digest
from clusterqa.server.pages.sources import (
    MOST,
    Spot,
    act_number,
    page_number,
    read_place,
)
from clusterqa.types import (
    Document,
    Page,
    Provision,
    Source,
)


def spot_of(document: Document, words: str) -> Spot:
    start = document.text.index(words)
    return Spot(start=start, end=start + len(words), check=digest(words))


def test_a_quote_is_marked_word_for_word(library: Library) -> None:
    """this test ensures that what is marked is the quote, over lines and with its numbers."""
    source = library.sources["02018R9001-20230101"][1]
    quote = "total eligible costs during the period over which the aid is granted.\n3. The eligible"
    reading = read_place(library, source, spot_of(library.document(source.id), quote))
    assert reading.quote == "marked"
    assert reading.provision.label == "Article 3"
    marked = [
        (line.marker if line.marked else "") + "".join(p.text for p in line.pieces if p.quoted)
        for line in reading.lines
        if line.quoted
    ]
    assert "\n".join(marked) == quote


def test_lead_ins_are_marked_with_their_quote(library: Library) -> None:
    """this test ensures that what introduces a quoted point is marked where it stands."""
    source = library.sources["02018R9001-20230101"][1]
    text = library.document(source.id).text
    quote, lead = "the costs of jars, labels and bottling;", "The eligible costs shall be:"
    spot = spot_of(library.document(source.id), quote)
    at = text.index(lead)
    spans = (at, at + len(lead), digest(lead)), (at, at + 5, digest("other"))
    for leads, expected in ((spans, [lead, quote]), (spans[1:], [quote])):
        reading = read_place(library, source, replace(spot, leads=leads))
        marked = [p.text for line in reading.lines for p in line.pieces if p.quoted]
        assert marked == expected
    wrong = read_place(library, source, replace(spot, check="0", leads=spans))
    assert (wrong.quote, [line for line in wrong.lines if line.quoted]) == ("unverified", [])


def test_lines_are_the_text(library: Library) -> None:
    """this test ensures that every character of a provision is shown once, in order."""
    seen = 0
    for name in library.files:
        document = library.document(name)
        seen += len(document.provisions)
        for provision in document.provisions:
            reading = read_place(library, library.sources[name][1], Spot(label=provision.label))
            shown = "".join(
                line.marker + "".join(piece.text for piece in line.pieces) for line in reading.lines
            )
            read = document.text[reading.first : reading.last]
            assert shown == "".join(line for line in read.split("\n") if line.strip())
    assert seen == 66


def test_a_wrong_place_is_not_marked(library: Library) -> None:
    """this test ensures that a place that holds other words marks nothing and says so."""
    source = library.sources["02018R9001-20230101"][1]
    for spot in (Spot("Article 1", 0, 10, "0" * 12), Spot("Article 1", 10**9, 10**9 + 5, "x")):
        reading = read_place(library, source, spot)
        assert reading.quote == "unverified"
        assert [(line.quoted, line.marked) for line in reading.lines] == [(False, False)] * 3
    with pytest.raises(NotFound, match="has no 'Article 77'"):
        read_place(library, source, Spot("Article 77"))


def test_references_and_depths(library: Library) -> None:
    """this test ensures that references are pieces with an address and points stand deeper."""
    source = library.sources["02018R9001-20230101"][1]
    reading = read_place(library, source, Spot("Article 4"))
    linked = [(p.text, p.work, p.label) for line in reading.lines for p in line.pieces if p.work]
    assert linked == [("paragraph 1", "honey", "Article 4(1)")]
    assert [line.heading for line in reading.lines] == [True, True, False, False]
    costs = read_place(library, source, Spot("Article 3(3)"))
    assert [line.depth for line in costs.lines] == [0, 0, 0, 0, 0, 1, 1, 1]
    assert [line.asked for line in costs.lines] == [False] * 4 + [True] * 4
    assert (costs.before and costs.before.label, costs.after and costs.after.label) == (
        "Article 2",
        "Article 4",
    )


def test_long_provisions_are_shown_in_parts(library: Library) -> None:
    """this test ensures that a long text is shown around its quote and can be paged through."""
    lines = [f"Line {n} tells of hive number {n} and its honey." for n in range(1_000)]
    text = "\n".join(lines)
    document = Document("long", text, (Provision("heading", "Hives", "Hives", 0, len(text)),))
    window = LongLibrary(document)
    found = read_place(
        window, library.sources["wax-guide"][1], spot_of(document, "hive number 500 ")
    )
    assert any(line.quoted for line in found.lines)
    assert found.cut_before and found.cut_after
    assert found.last - found.first <= MOST
    seen, first = [], 0
    while True:
        part = read_place(window, library.sources["wax-guide"][1], Spot("Hives", first=first))
        seen += ["".join(piece.text for piece in line.pieces) for line in part.lines]
        if not part.cut_after:
            break
        first = part.last + 1
    assert seen == lines


def test_headings_of_an_annex() -> None:
    """this test ensures that a heading is known by its label however it is set."""
    text = "ANNEX I\nARTICLES\nArticle 1\nHives\nA hive is a box."
    document = Document("annex", text, (
        Provision("annex", "Annex I", "ARTICLES", 0, len(text)),
        Provision("article", "Annex I, Article 1", "Hives", 17, len(text), 0),
        Provision("paragraph", "Annex I, Article 1", "", 33, len(text), 1),
    ))  # fmt: skip
    reading = read_place(LongLibrary(document), Source("annex", "w", "en", "A"), Spot("Annex I"))
    assert [line.heading for line in reading.lines] == [True, True, True, True, False]
    assert (reading.before, reading.after) == (None, None)


def test_pages_and_acts() -> None:
    """this test ensures that pages are numbered and acts called as they are."""
    document = Document("d", "x" * 30, (), (Page(0, "i"), Page(10, "ii"), Page(20, "1")))
    assert [page_number(document, offset) for offset in (0, 9, 10, 29)] == [1, 1, 2, 3]
    assert page_number(Document("d", "x", ()), 0) is None
    assert [act_number(c) for c in ("32023R1315", "32008R0800", "nothing")] == [
        "2023/1315",
        "800/2008",
        "nothing",
    ]


@pytest.fixture(scope="module")
def library(small_index: Path) -> Iterator[Library]:
    opened = Index.open(small_index)
    yield opened.library
    opened.close()


class LongLibrary(Library):
    """A library of one document that no file holds."""

    def __init__(self, document: Document) -> None:
        self.document = lambda _: document  # type: ignore[assignment]

    def references(self, source: str, start: int, end: int) -> list[object]:  # type: ignore[override]
        return []
