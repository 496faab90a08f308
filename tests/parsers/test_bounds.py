"""Every format is read within bounds of time, memory and output, and no input costs its square."""

import threading
import time
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from places import fault

from clusterqa.errors import CorpusError
from clusterqa.parsers import PARSERS, bounded, parse, parsed
from clusterqa.parsers.bounded import WORKER

SENTENCE = "The cluster organisation is the legal entity that supports innovation clusters. "


def seconds(content: bytes, suffix: str) -> float:
    """Processor time that a parser takes, in this process."""
    begun = time.process_time()
    PARSERS[suffix](content, "s")
    return time.process_time() - begun


def enumerated(count: int) -> str:
    lines = "".join(f'<p class="oj-normal">‘(iii) {SENTENCE}:</p>' for _ in range(count))
    return f'<html><body><p class="oj-normal">(1) {SENTENCE}</p>{lines}</body></html>'


def reaching(count: int) -> str:
    first = '<td rowspan="9999">x</td>' * count
    rows = "<tr><td>a</td></tr>" * count
    return f"<html><body><table><tr>{first}</tr>{rows}</table></body></html>"


def calling(count: int) -> str:
    links = " ".join(f'<a href="#n">{n % 1000}</a>' for n in range(count))
    return f'<html><body>{links}<p id="n">{"<b>x</b> " * count}</p></body></html>'


@pytest.mark.parametrize(
    ("made", "suffix", "count"),
    [
        (lambda n: "12 the of and to\n\n" * n, ".txt", 4000),
        (lambda n: "\n\n".join(f"{i} {SENTENCE}" for i in range(n)), ".txt", 2000),
        (lambda n: "a the of\n\n" * n, ".txt", 10_000),
        (enumerated, ".html", 300),
        (reaching, ".html", 300),
        (calling, ".html", 500),
        (lambda n: f"<html><body><p>{'<i>x</i>' * n}</p></body></html>", ".html", 5000),
        (lambda n: "<table><tr><td>a<td>b<td>c</tr></table>" * n, ".html", 300),
        (lambda n: f"<table>{'<tr><td>a<td>b<td>c</tr>' * n}</table>", ".html", 500),
    ],
)
def test_time_grows_with_size(made: Callable[[int], str], suffix: str, count: int) -> None:
    """this test ensures that four times the input takes nowhere near sixteen times the time."""
    once, fourfold = (
        min(seconds(made(size).encode(), suffix) for _ in range(3)) for size in (count, 4 * count)
    )
    assert fourfold < 9 * max(once, 0.01)


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("numbered-180kB.txt", 2), ("numbered-realistic.txt.gz", 3), ("bomb-rowspan.html", 3),
        ("bomb-footlinks-big.html.gz", 6), ("bomb-5mb-blocks.txt.gz", 10),
    ],
)  # fmt: skip
def test_files_made_to_last(name: str, most: float) -> None:
    """this test ensures that each such file is read in seconds, on a slow machine too."""
    suffix = "." + name.removesuffix(".gz").rpartition(".")[2]
    assert seconds(fault(name), suffix) < most


@pytest.mark.parametrize("name", ["bomb-regex-enum.html.gz", "bomb-49mb-empty-p.docx"])
def test_files_made_to_fill(name: str) -> None:
    """this test ensures that the largest of them are refused, or read in time."""
    content, file = fault(name), name.removesuffix(".gz")
    if file.endswith(".docx"):
        with pytest.raises(CorpusError, match="has over 4 million tags"):
            parse(content, "s", file)
    else:
        assert parse(content, "s", file).text


@pytest.mark.parametrize("depth", [200, 300, 1500])
def test_depth_is_read_whole(depth: int) -> None:
    """this test ensures that what stands deep in a page, and after that, is not lost."""
    for kind in ("div", "span", "font"):
        body = f"<p>First.</p>{f'<{kind}>' * depth}Deep.{f'</{kind}>' * depth}<p>Last.</p>"
        text = parse(f"<html><body>{body}</body></html>".encode(), "s", "s.html").text
        assert [word in text for word in ("First.", "Deep.", "Last.")] == [True] * 3


def test_what_is_deeper_is_refused() -> None:
    """this test ensures that a page that the parser would cut is refused by name."""
    page = f"<html><body><p>First.</p>{'<div>' * 5000}Deep.</body></html>"
    with pytest.raises(CorpusError, match=r"s: the page cannot be read whole \(.*depth"):
        parse(page.encode(), "s", "s.html")
    with pytest.raises(CorpusError, match=r"s: blocks are nested more than 98 deep"):
        parse(b"> " * 150 + b"Deep.\n\nLast.", "s", "s.md")


@pytest.mark.parametrize("name", ["html-unclosed-font.html", "html-depth-260.html"])
def test_pages_of_unclosed_elements_are_read_whole(name: str) -> None:
    """this test ensures that every sentence of them is there."""
    content = fault(name)
    said = content.decode().count("The cluster organisation")
    assert parse(content, "s", name).text.count("The cluster organisation") == said > 1


# -- the worker ------------------------------------------------------------------------------


def packed(xml: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", xml)
    return file.getvalue()


def word(paragraphs: int) -> bytes:
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "<w:p><w:r><w:t>x</w:t></w:r></w:p>" * paragraphs
    return packed(f'<w:document xmlns:w="{name}"><w:body>{body}</w:body></w:document>')


def markdown(size: int) -> bytes:
    return ("a the of\n\n" * size).encode()


@pytest.mark.parametrize(
    ("content", "suffix"), [(markdown(100_000), ".md"), (word(60_000), ".docx"),
                            (b"<p>x</p>" * 60_000, ".html"), (b"x\n\n" * 900_000, ".txt"),
                            (b"<ACT>" + b"<P>x</P>" * 90_000 + b"</ACT>", ".fmx4")]
)  # fmt: skip
def test_time_is_bounded(content: bytes, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """this test ensures that a file of any format is given up when its processor time is over."""
    monkeypatch.setattr(bounded, "SECONDS", 1)
    monkeypatch.setattr(bounded, "BYTES_A_SECOND", 10**9)
    with pytest.raises(CorpusError, match=r"s: reading the file failed .*\(1 seconds\).*split it"):
        parse(content * (4 if suffix in (".html", ".txt") else 1), "s", f"s{suffix}")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """this test ensures that a file that needs more memory than is allowed is refused."""
    monkeypatch.setattr(bounded, "MEMORY", 250_000_000)
    with pytest.raises(CorpusError, match=r"s: .*(within 250 MB|cannot be read whole)"):
        parse(b"<p>x</p>" * 1_500_000, "s", "s.html")


def test_output_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """this test ensures that no document is larger than a reply may be."""
    monkeypatch.setattr(bounded, "OUTPUT", 10_000)
    with pytest.raises(CorpusError, match="s: reading the file failed"):
        parse(SENTENCE.encode() * 1000, "s", "s.txt")


def test_silence_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """this test ensures that the worker is ended when the clock says so, and the next file read."""
    monkeypatch.setattr(bounded, "PATIENCE", 0.05)
    begun = time.monotonic()
    with pytest.raises(CorpusError, match="s: reading the file failed"):
        parse(markdown(100_000), "s", "s.md")
    assert time.monotonic() - begun < 5
    monkeypatch.undo()
    assert parse(b"Pots", "s", "s.txt").text == "Pots"


def test_a_worker_that_was_killed_is_started_anew() -> None:
    """this test ensures that the end of the worker is not the end of reading."""
    parse(b"Pots", "s", "s.txt")
    assert WORKER.process is not None
    WORKER.process.kill()
    WORKER.process.wait()
    assert parse(b"Pots", "s", "s.txt").text == "Pots"


def test_threads_read_their_own_files() -> None:
    """this test ensures that files read at the same time are not mistaken for each other."""
    found: dict[int, str] = {}

    def read(number: int) -> None:
        found[number] = parse(f"Pot {number}".encode(), "s", "s.txt").text

    threads = [threading.Thread(target=read, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: f"Pot {n}" for n in range(8)}


def test_a_file_costs_no_start_of_python() -> None:
    """this test ensures that a worker that runs reads a small file in a fraction of a second."""
    parse(b"Pots", "s", "s.txt")
    begun = time.monotonic()
    for _ in range(20):
        assert parsed(b"Pots", "s", "s.txt").omitted.words == 0
    assert time.monotonic() - begun < 4
