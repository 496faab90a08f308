"""PDF files: reading order, paragraphs, hyphens, furniture, notes, headings, labels, places."""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pypdf
import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_files import assemble, at, down, wrapped, write_pdf

from clusterqa.errors import CorpusError
from clusterqa.parsers import parse
from clusterqa.parsers.eurlex import parse_eurlex
from clusterqa.parsers.pdf import Rect, parse_pdf, reader, rectangles
from clusterqa.parsers.pdf.words import Spelling, joined, printed
from clusterqa.passages import deepest, split_document
from clusterqa.types import Document, Page, Provision


def read(content: bytes) -> Document:
    return parse_pdf(content, "doc")


def folded(text: str) -> str:
    return " ".join(text.split())


# -- the layout ----------------------------------------------------------------------------

LEFT = [
    "Clusters are groups of firms, related",
    "economic actors and institutions that",
    "are located near each other and have",
    "reached a sufficient scale to develop",
    "specialised expertise, services, clus-",
    "ters, resources, suppliers and skills",
    "in a region. State-aid rules apply to",
]
RIGHT = [
    "cluster organisations, which are mem-",
    "bers of a network. The rules on State-",
    "aid name short- and long-term effects,",
    "the years 2021-2027 and EU-wide rules.",
]
FLOWING = (
    "Clusters are groups of firms, related economic actors and institutions that are located near "
    "each other and have reached a sufficient scale to develop specialised expertise, services, "
    "clusters, resources, suppliers and skills in a region. State-aid rules apply to cluster "
    "organisations, which are members of a network. The rules on State-aid name short- and "
    "long-term effects, the years 2021-2027 and EU-wide rules."
)


def two_columns() -> str:
    return "\n".join(
        [
            at(100, 780, "A guide to clusters and policy", size=18, font="F2"),
            down(60, 740, LEFT),
            down(320, 740, RIGHT),
        ]
    )


def test_columns_follow_each_other_under_their_title() -> None:
    """this test ensures that columns are read one after the other and hyphens joined by rule."""
    document = read(write_pdf([two_columns()]))
    assert document.text == f"A guide to clusters and policy\n{FLOWING}"
    assert document.provisions == (
        Provision("title", "A guide to clusters and policy", "A guide to clusters and policy",
                  0, len(document.text)),
    )  # fmt: skip
    assert document.pages == (Page(0, "1"),)


def test_initials_and_raised_numbers_stick_to_their_words() -> None:
    """this test ensures that a drop cap begins its word and a footnote's mark ends one."""
    page = [at(60, 740, "T", size=30), at(80, 740, "he clusters of SMEs"),
            at(183, 743, "2", size=5), at(188, 740, " grow.")]  # fmt: skip
    assert read(write_pdf(["\n".join(page)])).text == "The clusters of SMEs2 grow."


def spread(x: float, y: float, words: Sequence[str], width: float) -> str:
    """A justified line of so few words that each stands far from the next."""
    gap = (width - sum(5.4 * len(word) for word in words)) / (len(words) - 1)
    placed = []
    for word in words:
        placed.append(at(x, y, word))
        x += 5.4 * len(word) + gap
    return "\n".join(placed)


def test_widely_spaced_lines_are_no_columns() -> None:
    """this test ensures that lines whose words stand far apart are read word after word."""
    lines = [
        "firms chain goods skill trade towns", "ovens dried bread while other slept",
        "kilns which stand apart there alone", "needs small funds every third years",
    ]  # fmt: skip
    loose = [spread(60, 740 - 10.8 * i, line.split(), 230) for i, line in enumerate(lines)]
    page = "\n".join([*loose, down(320, 740, RIGHT)])
    assert read(write_pdf([page])).text.startswith(" ".join(lines) + " cluster organisations")


def test_three_columns() -> None:
    """this test ensures that three columns are read from the left to the right."""
    names = ("alpha", "bravo", "charlie")
    texts = [" ".join(f"{name} number {i}" for i in range(20)) + "." for name in names]
    page = "\n".join(down(50 + 175 * i, 780, wrapped(text, 28)) for i, text in enumerate(texts))
    assert read(write_pdf([page])).text == "\n".join(texts)


def test_a_heading_across_both_columns_keeps_its_place() -> None:
    """this test ensures that both columns above a heading across the page are read before it."""
    texts = {
        key: " ".join(f"{key} word {i}" for i in range(14)) + "."
        for key in ("aa", "bb", "cc", "dd")
    }
    page = "\n".join(
        [
            down(60, 780, wrapped(texts["aa"], 38)),
            down(320, 780, wrapped(texts["bb"], 38)),
            at(90, 690, "A heading that stands across both columns", size=14, font="F2"),
            down(60, 660, wrapped(texts["cc"], 38)),
            down(320, 660, wrapped(texts["dd"], 38)),
        ]
    )
    heading = "A heading that stands across both columns"
    assert read(write_pdf([page])).text.split("\n") == [
        texts["aa"], texts["bb"], heading, texts["cc"], texts["dd"],
    ]  # fmt: skip


def test_a_short_heading_between_balanced_columns() -> None:
    """this test ensures that a heading in the left column alone still parts what is above it."""
    texts = {
        key: " ".join(f"{key} word {i}" for i in range(14)) + "."
        for key in ("aa", "bb", "cc", "dd")
    }
    page = "\n".join(
        [
            down(60, 780, wrapped(texts["aa"], 38)),
            down(320, 780, wrapped(texts["bb"], 38)),
            at(60, 690, "What to do", size=14, font="F2"),
            down(60, 660, wrapped(texts["cc"], 38)),
            down(320, 660, wrapped(texts["dd"], 38)),
        ]
    )
    assert read(write_pdf([page])).text.split("\n") == [
        texts["aa"], texts["bb"], "What to do", texts["cc"], texts["dd"],
    ]  # fmt: skip


STORY = " ".join(f"Region {n} has a cluster of {'x' * (n % 9 + 1)} firms." for n in range(60))


def report(pages: int, *, numbers: bool = True) -> list[str]:
    """One paragraph across pages with heads, feet with numbers from 5 on, and footnotes."""
    lines = wrapped(STORY, 80)
    share = len(lines) // pages + 1
    found = []
    for page in range(pages):
        word = ("alpha", "bravo", "charlie", "delta")[page]
        note = [f"{page + 1} See the study {word}, which is long enough to go", f"on to {word}."]
        parts = [
            at(60, 805, "Smart Guide to Cluster Policy", size=8),
            at(400, 805, "Chapter: Why clusters matter", size=8),
            down(60, 760, lines[page * share : (page + 1) * share]),
            down(60, 90, note, size=7),
            at(290, 30, f"Page {page + 5} of 99" if numbers else "Brussels", size=8),
        ]
        found.append("\n".join(parts))
    return found


def test_furniture_is_kept_nowhere() -> None:
    """this test ensures that heads, feet and numbers are gone and sentences run across pages."""
    document = read(write_pdf(report(4)))
    notes = [
        f"{n} See the study {word}, which is long enough to go on to {word}."
        for n, word in enumerate(("alpha", "bravo", "charlie", "delta"), 1)
    ]
    assert sorted(document.text.split("\n")) == [*notes, STORY]
    assert [page.label for page in document.pages] == ["5", "6", "7", "8"]
    found = [p for p in document.provisions if p.kind == "footnote"]
    assert [p.label for p in found] == [f"Footnote {n}" for n in (1, 2, 3, 4)]
    assert [document.text[p.start : p.end] for p in found] == notes


def test_page_labels_of_the_file_come_first() -> None:
    """this test ensures that /PageLabels wins, then printed numbers, then the physical number."""
    labels = "/PageLabels << /Nums [0 << /S /r >> 2 << /S /D /St 7 >>] >>"
    labelled = read(write_pdf(report(4), extra=labels))
    assert [page.label for page in labelled.pages] == ["i", "ii", "7", "8"]
    plain = read(write_pdf(report(4, numbers=False)))
    assert [page.label for page in plain.pages] == ["1", "2", "3", "4"]


def test_a_repeated_first_word_is_no_running_head() -> None:
    """this test ensures that articles that happen to begin pages stay in the text."""
    body = wrapped("Member States shall see to it that the measure is published in full. " * 5, 80)
    numbers = (1, 4, 6, 11, 12)
    pages = [at(270, 780, f"Article {n}") + "\n" + down(60, 750, body) for n in numbers]
    document = read(write_pdf(pages))
    assert [p.label for p in document.provisions] == [f"Article {n}" for n in numbers]


def test_headings_nest_by_size() -> None:
    """this test ensures that headings are labelled by their words and nested by size and weight."""
    body = wrapped("Clusters matter to growth, as the evidence of many regions shows. " * 4, 80)
    page = "\n".join(
        [
            at(60, 790, "Cluster policy", size=20, font="F2"),
            at(60, 750, "1 Why clusters matter", size=14, font="F2"),
            down(60, 725, body),
            at(60, 650, "Evidence from regions", font="F2"),
            down(60, 635, body),
            at(60, 560, "2 What to do", size=14, font="F2"),
            down(60, 535, body),
        ]
    )
    document = read(write_pdf([page]))
    assert [(p.kind, p.label, p.parent) for p in document.provisions] == [
        ("title", "Cluster policy", None),
        ("heading", "1 Why clusters matter", 0),
        ("heading", "Evidence from regions", 1),
        ("heading", "2 What to do", 0),
    ]
    second = document.provisions[1]
    assert document.text[second.start : second.end].count("Clusters matter") == 8


def test_tables_by_row_and_boxes_whole() -> None:
    """this test ensures that cells are joined with bars and a box is read as one thing."""
    left = wrapped("The main text tells what a cluster is and goes on beside the box. " * 9, 40)
    page = "\n".join(
        [
            down(60, 790, left),
            "315 690 240 110 re S",
            down(325, 780, wrapped("Boxed: a story of one region that did well. " * 3, 40)),
            "60 500 480 60 re S 60 530 m 540 530 l S 300 500 m 300 560 l S 420 500 m 420 560 l S",
            at(65, 545, "Country"), at(305, 545, "Amount"), at(425, 545, "Share"),
            at(65, 518, "Austria"), at(305, 518, "EUR 7,5 mil-"), at(305, 507, "lion"),
            at(425, 518, "50 %"),
        ]
    )  # fmt: skip
    document = read(write_pdf([page]))
    assert document.text.split("\n") == [
        folded(" ".join(left)),
        folded("Boxed: a story of one region that did well. " * 3),
        "Country | Amount | Share",
        "Austria | EUR 7,5 million | 50 %",
    ]


def test_numbers_without_rules_are_rows_too() -> None:
    """this test ensures that aligned cells without rules are rows, and list marks are no cells."""
    page = "\n".join(
        [
            at(60, 780, "Large"), at(250, 780, "15 %"), at(400, 780, "EUR 5 million"),
            at(60, 765, "Small"), at(250, 765, "35 %"), at(400, 765, "EUR 2 million"),
            at(60, 720, "(a)"), at(90, 720, "the costs of staff of the cluster;"),
            at(60, 705, "(b)"), at(90, 705, "the costs of training."),
        ]
    )  # fmt: skip
    assert read(write_pdf([page])).text.split("\n") == [
        "Large | 15 % | EUR 5 million",
        "Small | 35 % | EUR 2 million",
        "(a) the costs of staff of the cluster;",
        "(b) the costs of training.",
    ]


ACT: list[tuple[float, str, str, str]] = [
    (150, "COMMISSION REGULATION (EU) No 1/2030", "F2", ""),
    (60, "THE EUROPEAN COMMISSION,", "F1", ""),
    (60, "Whereas:", "F1", ""),
    (60, "(1)", "F1", "Clusters should be helped."),
    (60, "HAS ADOPTED THIS REGULATION:", "F1", ""),
    (270, "CHAPTER I", "F1", ""),
    (240, "COMMON PROVISIONS", "F2", ""),
    (270, "Article 1", "F1", ""),
    (285, "Scope", "F2", ""),
    (
        60,
        "1.   This Regulation applies to the following, as set out in Article 107(3), point",
        "F1",
        "",
    ),
    (60, "(c) of the Treaty, and to no other aid:", "F1", ""),
    (60, "(a)", "F1", "aid for clusters, which comprises:"),
    (90, "(i)", "F1", "investment aid;"),
    (90, "(ii)", "F1", "operating aid;"),
    (60, "(b)", "F1", "other aid."),
    (60, "It does not apply to exports.", "F1", ""),
    (60, "2.   This Regulation shall not apply to other things.", "F1", ""),
]


def act_page() -> str:
    parts, y = [], 800.0
    for x, text, font, beside in ACT:
        y -= 11 if text.startswith("(c) of") else 22
        parts.append(at(x, y, text, font=font))
        if beside:
            parts.append(at(x + 30, y, beside))
    return "\n".join(parts)


def test_an_act_has_the_labels_of_the_law() -> None:
    """this test ensures that articles, paragraphs and points are told from words and indents."""
    document = read(write_pdf([act_page()]))
    assert [p.label for p in document.provisions] == [
        "Title", "Preamble", "Recital (1)", "Enacting formula", "Chapter I", "Article 1",
        "Article 1(1)", "Article 1(1)(a)", "Article 1(1)(a)(i)", "Article 1(1)(a)(ii)",
        "Article 1(1)(b)", "Article 1(2)",
    ]  # fmt: skip
    quote = "as set out in Article 107(3), point (c) of the Treaty"
    start = document.text.index(quote)
    found = deepest(document.provisions, start, start + len(quote))
    assert found and found.label == "Article 1(1)"


# -- hyphens -------------------------------------------------------------------------------

LINES = ["the State-aid rules", "clusters and risk-based", "for investments", "know how"]


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        ("all clus-", "ters here", "all clusters here"),
        ("on State-", "aid rules", "on State-aid rules"),
        ("a risk-", "based view", "a risk-based view"),
        ("the Franco-", "German axis", "the Franco-German axis"),
        ("in 2021-", "2027 only", "in 2021-2027 only"),
        ("an EU-", "wide rule", "an EU-wide rule"),
        ("a state-of-the-", "art tool", "a state-of-the-art tool"),
        ("short-", "and long-term", "short- and long-term"),
        ("the non-", "refundable sum", "the non-refundable sum"),
        ("their know-", "how counts", "their know-how counts"),
        ("some organ-", "isations are", "some organisations are"),
        ("some organ\xad", "isations are", "some organisations are"),
        ("a dash -", "and more", "a dash - and more"),
        ("see http://example.org/a-", "b.html now", "see http://example.org/a-b.html now"),
    ],
)
def test_hyphens(above: str, below: str, expected: str) -> None:
    """this test ensures that line ends with a hyphen are joined by the rule written down."""
    spelling = Spelling([*LINES, above, below])
    assert joined([printed(above, 0), printed(below, 100)], spelling).text == expected


# -- places on the page --------------------------------------------------------------------


def ink(content: bytes, page: int) -> tuple[bytes, int, float]:
    """A page's pixels in grey, row by row, their number in a row, and pixels to a point."""
    scale = 3.0
    bitmap = pdfium.PdfDocument(content)[page - 1].render(scale=scale, grayscale=True)
    rows = bytes(bitmap.buffer)
    width = bitmap.stride
    return rows, width, scale


def check_ink(
    content: bytes, places: list[Rect], lines: list[tuple[int, float, float, float]]
) -> None:
    """The rectangles cover what is printed between x0 and x1 on each line, and no letter more."""
    assert len(places) == len(lines)
    for place, (page, x0, x1, y) in zip(places, lines, strict=True):
        assert place.page == page
        assert place.x0 == pytest.approx(x0, abs=0.6)
        assert place.x1 == pytest.approx(x1, abs=0.6)
        assert place.y0 < y < place.y1 - 4
        pixels, width, scale = ink(content, page)
        height = len(pixels) // width
        inside = outside = 0
        for row in range(int((842 - y - 7) * scale), int((842 - y + 2) * scale)):
            for column in range(int((x0 - 6) * scale), int((x1 + 6) * scale)):
                if pixels[row * width + column] < 128:
                    x, up = column / scale, (height - row) / scale
                    within = place.x0 - 0.5 <= x <= place.x1 + 0.5
                    if x0 <= x <= x1:
                        inside += within and place.y0 <= up <= place.y1
                        assert within
                    else:
                        outside += place.x0 + 0.5 < x < place.x1 - 0.5
        assert inside > 20
        assert outside == 0


def span(document: Document, quote: str) -> tuple[int, int]:
    start = document.text.index(quote)
    return start, start + len(quote)


def test_rectangles_over_lines_and_columns() -> None:
    """this test ensures that a quote has a rectangle on each line, also across columns."""
    content = write_pdf([two_columns()])
    document = read(content)
    places = rectangles(content, document, *span(document, "services, clusters, resources"))
    y = 740 - 1.2 * 9 * 4
    check_ink(
        content,
        places,
        [(1, 60 + 5.4 * 23, 60 + 5.4 * 38, y), (1, 60, 60 + 5.4 * 15, y - 1.2 * 9)],
    )
    across = rectangles(content, document, *span(document, "apply to cluster organisations"))
    y = 740 - 1.2 * 9 * 6
    check_ink(
        content,
        across,
        [(1, 60 + 5.4 * 29, 60 + 5.4 * 37, y), (1, 320, 320 + 5.4 * 21, 740)],
    )


def test_rectangles_across_pages() -> None:
    """this test ensures that a quote across two pages has rectangles on both."""
    content = write_pdf(report(2))
    document = read(content)
    lines = wrapped(STORY, 80)
    share = len(lines) // 2 + 1
    quote = f"{lines[share - 1][-12:]} {lines[share][:9]}"
    places = rectangles(content, document, *span(document, quote))
    right = 60 + 5.4 * len(lines[share - 1])
    bottom = 760 - 1.2 * 9 * (share - 1)
    check_ink(content, places, [(1, right - 5.4 * 12, right, bottom), (2, 60, 60 + 5.4 * 9, 760)])
    with pytest.raises(CorpusError, match=r"doc: the PDF is not the one .* run: clusterqa ingest"):
        rectangles(write_pdf([two_columns()]), document, 0, 5)


# -- bad input -----------------------------------------------------------------------------


def locked() -> bytes:
    writer = pypdf.PdfWriter(clone_from=BytesIO(write_pdf([two_columns()])))
    writer.encrypt("secret", algorithm="RC4-128")
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


def picture() -> bytes:
    """A page that is nothing but an image."""
    return write_pdf(["q 500 0 0 700 40 40 cm BI /W 1 /H 1 /CS /G /BPC 8 ID ~ EI Q"] * 2)


BAD = {
    "empty": (b"", "the file is empty; fetch it again"),
    "no PDF": (b"<html>Accepted</html>", "the file is no PDF, whatever its name; fetch it again"),
    "damaged": (b"%PDF-1.7\n" + b"\x00" * 3000, "damaged PDF; fetch it again or print"),
    "locked": (locked(), "locked with a password; save a copy without one"),
    "image only": (picture(), r"no text layer \(2 of its 2 pages are pictures\).*ocrmypdf"),
    "blank": (write_pdf([""]), r"no text layer \(it is empty\).*ocrmypdf"),
    "no pages": (write_pdf([]), "fetch it again"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_in_a_line(name: str) -> None:
    """this test ensures that a file that cannot be read is one line with a remedy."""
    content, message = BAD[name]
    with pytest.raises(CorpusError, match=message) as caught:
        parse(content, "guide", "guide.PDF")
    assert str(caught.value).startswith("guide: ")
    assert "\n" not in str(caught.value)


def test_size_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """this test ensures that too many bytes and too many pages are refused."""
    with pytest.raises(CorpusError, match=r"doc: 3001 pages, more than 3000; split the file"):
        read(write_pdf([""] * 3001))
    monkeypatch.setattr(reader, "MOST_BYTES", 1_000_000)
    with pytest.raises(CorpusError, match=r"doc: 2 MB, more than 1; split the file"):
        read(b"%PDF-1.7" + b" " * 2_000_000)


def test_a_loop_in_the_page_tree_ends() -> None:
    """this test ensures that pages that are their own parents are refused, not followed."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 5 >>",
        "<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 5 /Parent 2 0 R >>",
    ]
    with pytest.raises(CorpusError, match="doc: "):
        read(assemble(objects))


def bomb(layers: int) -> bytes:
    """A page whose content is a gigabyte of text operators, compressed."""
    packer = zlib.compressobj(9)
    line = b"BT /F1 9 Tf 60 700 Td (bomb) Tj ET\n" * 30_000
    data = b"".join(packer.compress(line) for _ in range(layers)) + packer.flush()
    parts = [
        b"%%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n"
        b"2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n"
        b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >> endobj\n"
        b"4 0 obj << /Filter /FlateDecode /Length %d >> stream\n" % len(data),
        data,
        b"\nendstream endobj\n5 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Courier >> endobj\n"
        b"trailer << /Root 1 0 R >>\n%%EOF",
    ]
    return b"".join(parts)


def test_a_bomb_ends_within_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """this test ensures that a file that unpacks without end costs bounded time and memory."""
    monkeypatch.setattr(reader, "SECONDS", 5)
    begun = children_seconds()
    with pytest.raises(CorpusError, match=r"doc: reading the PDF .*(split it|print it)"):
        read(bomb(1_000))
    assert children_seconds() - begun < 10


def children_seconds() -> float:
    """Processor time of the processes that this one has started and seen end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_long_files_get_more_time() -> None:
    """this test ensures that a file has a second more for every twenty of its pages."""
    program = (
        "import resource, sys; from clusterqa.parsers.pdf import worker;"
        "worker.limit(60, 10**9); worker.allow_for_pages(sys.stdin.buffer.read(), 's', 60);"
        "print(resource.getrlimit(resource.RLIMIT_CPU))"
    )
    content = write_pdf([two_columns()] * 45)
    done = subprocess.run([sys.executable, "-c", program], input=content, capture_output=True)
    assert done.stdout.decode().strip() == "(62, 240)"


def test_a_slow_file_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """this test ensures that the worker is ended when its time is over, and says so."""
    monkeypatch.setattr(reader, "PATIENCE", 0.01)
    with pytest.raises(CorpusError, match=r"doc: reading the PDF took more than"):
        read(write_pdf([two_columns()]))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 5_000), st.integers(1, 400), st.binary(max_size=40))
def test_damage_is_an_error_or_a_document(place: int, length: int, noise: bytes) -> None:
    """this test ensures that a file with a damaged stretch is read or refused, never worse."""
    content = write_pdf(report(2))
    place %= len(content)
    try:
        document = read(content[:place] + noise + content[place + length :])
    except CorpusError:
        return
    check_invariants(document)


# -- real files ----------------------------------------------------------------------------


def check_invariants(document: Document) -> None:
    starts = [page.start for page in document.pages]
    assert starts == sorted(starts)
    assert document.text == document.text.strip()
    for provision in document.provisions:
        assert 0 <= provision.start < provision.end <= len(document.text)
        if provision.parent is not None:
            parent = document.provisions[provision.parent]
            assert parent.start <= provision.start and provision.end <= parent.end
    covered = "".join(p.text for p in split_document(document))
    assert "".join(covered.split()) == "".join(document.text.split())


def real_file(name: str) -> bytes:
    folder = os.environ.get("CLUSTERQA_PDFS")
    if not folder:
        pytest.skip("CLUSTERQA_PDFS names no folder of PDF files")
    path = Path(folder) / name
    if not path.is_file():
        pytest.skip(f"{name} is not in CLUSTERQA_PDFS")
    return path.read_bytes()


def labels(document: Document) -> list[str]:
    return [f"{p.kind}: {p.label}" for p in document.provisions]


def test_real_guide_columns_heads_and_tables() -> None:
    """this test ensures that a typeset article of two columns reads as its author wrote it."""
    document = read(real_file("multicolumn.pdf"))
    check_invariants(document)
    assert document.text.startswith(
        "Two-Column Document with Lorem Ipsum\nYour Name\nJanuary 3, 2024\nAbstract\n"
        "This is a sample document with two columns filled with Lorem Ipsum text.\nLorem ipsum "
        "dolor sit amet, consectetuer adipiscing elit. Ut purus elit, vestibulum ut, placerat ac,"
    )
    assert "Donec vehicula augue eu neque. Pellentesque habitant morbi tristique" in document.text
    assert "\nAustria | 8.9 | 83,879 | Vienna | German\n" in document.text
    assert labels(document)[0] == "title: Two-Column Document with Lorem Ipsum"
    assert [page.label for page in document.pages] == ["1", "2", "3"]


def test_real_official_journal() -> None:
    """this test ensures that forty pages of an official journal lose heads, feet and margins."""
    document = read(real_file("boe-a-2023-14674.pdf"))
    check_invariants(document)
    assert [page.label for page in document.pages] == [str(n) for n in range(1, 41)]
    imprint = len("https://www.boe.es BOLETÍN OFICIAL DEL ESTADO D. L.: M-1/1958 - ISSN: 0212-033X")
    furniture = r"BOLETÍN OFICIAL|cve: BOE|Verificable en|Pág\. \d"
    assert not re.search(furniture, document.text[:-imprint])
    assert (
        "14674 Orden CIN/644/2023, de 16 de junio, por la que se aprueban las bases reguladoras "
        "para la concesión de ayudas públicas" in document.text
    )
    assert "\nArtículo 17. Órganos competentes.\n1. El órgano competente" in document.text


@pytest.mark.parametrize(
    ("name", "start", "count"),
    [
        ("minimal-document.pdf", "Lorem ipsum dolor sit amet, consetetur sadipscing elitr, sed", 1),
        ("with-attachment.pdf", "Lorem ipsum dolor sit amet, consetetur sadipscing elitr, sed", 1),
        ("pdflatex-4-pages.pdf", "Hello, here is some text without a meaning. This text", 4),
        ("pdflatex-outline.pdf", "Contents\n1 Foo | 2\n2 Bar | 2\n3 Baz | 2\n", 4),
        ("mistitled_outlines_example.pdf", "Contents\n1 Foo | 2\n2 Bar | 2\n", 4),
        ("annotated_pdf.pdf", "Some text.\nLine 1", 1),
        ("crazyones-pdfa.pdf", "The Crazy Ones\nOctober 14, 1998\n", 1),
        ("google-doc-document.pdf", "Example document\nBeautiful is better than ugly.\n", 1),
        ("habibi-rotated.pdf", "habibi", 4),
    ],
)
def test_real_files(name: str, start: str, count: int) -> None:
    """this test ensures that each of these files begins as it does on paper."""
    document = read(real_file(name))
    check_invariants(document)
    assert document.text.startswith(start)
    assert len(document.pages) == count


def test_real_outline() -> None:
    """this test ensures that numbered headings are headings, in order."""
    document = read(real_file("pdflatex-outline.pdf"))
    expected = ["Contents", "1 Foo", "2 Bar", "3 Baz", "4 Foo", "5 Bar", "6 Baz", "7 Foo"]
    assert [p.label for p in document.provisions][:8] == expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("imagemagick-images.pdf", r"no text layer \(6 of its 6 pages are pictures\).*ocrmypdf"),
        ("libreoffice-writer-password.pdf", "locked with a password"),
    ],
)
def test_real_files_that_cannot_be_read(name: str, message: str) -> None:
    """this test ensures that scans and locked files say what to do."""
    with pytest.raises(CorpusError, match=message):
        read(real_file(name))


# -- official texts printed to PDF ---------------------------------------------------------

CHROMIUM = shutil.which("chromium")
STYLE = """
@page { size: A4; margin: 22mm 18mm;
  @top-left { content: "EN"; font-size: 8pt }
  @top-center { content: "Official Journal of the European Union"; font-size: 8pt }
  @top-right { content: "L 187/" counter(page); font-size: 8pt }
  @bottom-center { content: "Page " counter(page); font-size: 8pt } }
body { font: 10pt/1.25 serif; text-align: justify }
p, .norm { margin: .4em 0 }
.oj-doc-ti, .oj-ti-art, .oj-sti-art, .oj-ti-section-1, .oj-ti-section-2, .oj-ti-grseq-1,
.title-article-norm, .stitle-article-norm, .title-division-1, .title-division-2,
.title-annex-1, .title-annex-2, .title-doc-first { text-align: center }
.oj-ti-art, .title-article-norm { font-style: italic }
.oj-doc-ti, .oj-sti-art, .oj-ti-section-2, .oj-ti-grseq-1, .stitle-article-norm,
.title-division-2, .title-annex-2, .title-gr-seq-level-1 { font-weight: bold }
.oj-note, .footnote, .modref { font-size: 8pt }
.oj-super, .super { font-size: 60%; vertical-align: super }
.inline-element { display: inline }
.grid-container { display: grid; grid-template-columns: auto 1fr; column-gap: .7em }
.grid-list-column-1 { min-width: 1.8em }
"""


def printed_pdf(source: str, columns: int, folder: Path) -> tuple[bytes, Document]:
    """An official text printed to PDF in so many columns, and the same as read from its XHTML."""
    mirror = os.environ.get("CLUSTERQA_MIRROR")
    if not CHROMIUM or not mirror or not os.environ.get("CLUSTERQA_QUESTIONS"):
        pytest.skip("needs chromium, CLUSTERQA_MIRROR and CLUSTERQA_QUESTIONS")
    content = (Path(mirror) / f"{source}.en.xhtml").read_text(encoding="utf-8")
    found = re.search(r"<body[^>]*>(.*)</body>", content, re.DOTALL)
    assert found
    body = found[1]
    if source.startswith("0"):  # what is not under test would take a minute to print
        before, _, after = body.partition(">Article 32</p>")
        annexes = after.split('<hr class="separator-annex"/>')
        body = f"{before.rsplit('<p', 1)[0]}<hr/>{annexes[1]}"
    target = print_to_pdf(body, columns, folder / f"{source}.html")
    xhtml = f"<html><body>{body}</body></html>".encode()
    return target.read_bytes(), parse_eurlex(xhtml, source)


def print_to_pdf(body: str, columns: int, page: Path) -> Path:
    """The PDF beside `page` that Chromium prints of a body in so many columns."""
    style = STYLE + f"body {{ column-count: {columns}; column-gap: 8mm }}" * (columns > 1)
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><style>{style}</style><body>{body}</body>',
        encoding="utf-8",
    )
    target = page.with_suffix(".pdf")
    flags = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
        "--disable-background-networking --disable-component-update --no-pdf-header-footer"
    )
    assert CHROMIUM
    subprocess.run(
        [CHROMIUM, *flags.split(), f"--user-data-dir={page.parent / 'profile'}",
         f"--print-to-pdf={target}", str(page)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return target


def gold_quotes(source: str) -> list[str]:
    """The quotes of the questions whose documents these are."""
    folder = Path(os.environ["CLUSTERQA_QUESTIONS"]) / "clusterqa_dev"
    files = sorted(folder.glob("*.jsonl"))
    entries = [json.loads(line) for f in files for line in f.read_text("utf-8").splitlines()]
    turns = [turn for entry in entries for turn in entry.get("turns", [entry])]
    passages = [p for t in turns for p in t.get("gold", []) + t.get("alternatives", [])]
    return sorted({p["quote"] for p in passages if p["doc"] == source})


def place(document: Document, quote: str) -> tuple[int, int] | None:
    """Where a quote stands in the text, white space aside."""
    pattern = r"\s+".join(map(re.escape, quote.split()))
    found = re.search(pattern, document.text)
    return found.span() if found else None


def label_at(document: Document, where: tuple[int, int]) -> str:
    found = deepest(document.provisions, *where)
    return found.label if found else ""


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("source", ["32023R2831", "02014R0651-20230701"])
def test_printed_acts_read_like_their_xhtml(source: str, columns: int, tmp_path: Path) -> None:
    """this test ensures that an act printed to PDF has the quotes and labels of its XHTML."""
    content, official = printed_pdf(source, columns, tmp_path)
    document = read(content)
    check_invariants(document)
    assert "Official Journal of the European Union\n" not in document.text[2_000:]
    assert not re.search(r"L 187/\d|^Page \d+$", document.text[2_000:], re.MULTILINE)
    quotes = [quote for quote in gold_quotes(source) if place(official, quote)]
    places = {quote: place(document, quote) for quote in quotes}
    assert len(quotes) >= 8
    assert [quote for quote, where in places.items() if not where] == []
    wrong = [
        quote
        for quote, where in places.items()
        if where
        and label_at(document, where) != label_at(official, place(official, quote) or where)
    ]
    assert wrong == []
    kinds = ("article", "paragraph", "point", "recital", "annex")
    wanted = {p.label for p in official.provisions if p.kind in kinds}
    assert len(wanted & {p.label for p in document.provisions}) >= 0.98 * len(wanted)


def soft_law() -> str:
    """A framework of 26 points under numbered headings, in the markup of the Official Journal."""
    text = "Aid for kilns must be assessed under Article 107(3) of the Treaty and kept as low as"
    row = '<table><tr valign="top"><td><p>{}</p></td><td>{}</td></tr></table>'
    letters = "".join(row.format(f"({x})", f"<p>condition {x};</p>") for x in "ab")
    parts = [
        '<p class="oj-doc-ti">COMMUNICATION FROM THE COMMISSION</p>',
        '<p class="oj-doc-ti">Framework for aid to kilns</p>',
    ]
    for number in range(1, 27):
        chapter, section = (number - 1) // 6 + 1, (number - 1) % 6 // 2
        title = f"{chapter}.   CHAPTER" if not section else f"{chapter}.{section}.   On kilns"
        if number % 2:
            parts.append(f'<p class="oj-ti-grseq-1">{title} {number}</p>')
        inner = f"<p>{text} possible in case {number}.</p>" + letters * (number % 5 == 0)
        parts.append(row.format(f"{number}.", inner))
    return "".join(parts)


def test_printed_soft_law_reads_like_its_xhtml(tmp_path: Path) -> None:
    """this test ensures that a communication in PDF has the points and headings of its XHTML."""
    if not CHROMIUM:
        pytest.skip("needs chromium")
    body = soft_law()
    official = parse_eurlex(f"<html><body>{body}</body></html>".encode(), "s")
    document = read(print_to_pdf(body, 1, tmp_path / "soft-law.html").read_bytes())
    check_invariants(document)
    outlines = [
        [
            (p.kind, p.label, read_from.provisions[p.parent].label if p.parent is not None else "")
            for p in read_from.provisions
        ]
        for read_from in (official, document)
    ]
    assert ("heading", "2.1. On kilns 9", "2. CHAPTER 7") in outlines[0]
    assert ("point", "point 15(b)", "point 15") in outlines[0]
    assert [(label, parent) for _, label, parent in outlines[1]] == [
        (label, parent) for _, label, parent in outlines[0]
    ]
