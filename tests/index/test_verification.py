"""From the passage back to the bytes."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from clusterqa import parsers
from clusterqa.index import Index, Library
from clusterqa.index.verification import verify_corpus


@pytest.fixture(scope="module")
def library(small_index: Path) -> Iterator[Library]:
    with closing(Index.open(small_index)) as found:
        yield found.library


def test_an_untouched_corpus_verifies(library: Library, small_corpus: Path) -> None:
    """this test ensures that every source's bytes give the passages of the index again."""
    verdicts = list(verify_corpus(library, small_corpus))
    assert {v.source for v in verdicts} == set(library.files)
    assert {v.state for v in verdicts} == {"same"}
    assert verdicts[-1].message.endswith("…")


def test_changes_are_found(library: Library, small_corpus: Path, tmp_path: Path) -> None:
    """this test ensures that another byte and a missing file are each named with the remedy."""
    corpus = Path(shutil.copytree(small_corpus, tmp_path / "corpus"))
    page = corpus / "cluster-definitions.txt"
    page.write_bytes(page.read_bytes().replace(b"Silicon", b"Silicom"))
    (corpus / "official" / "32018R9001.en.xhtml").unlink()
    states = {v.source: (v.state, v.message) for v in verify_corpus(library, corpus)}
    assert states["cluster-definitions"][0] == "changed"
    assert states["cluster-definitions"][1].endswith("run: clusterqa ingest")
    assert states["32018R9001"][0] == "missing"
    assert states["02018R9001-20200701"][0] == "same"


def test_another_reading_is_found(
    library: Library, small_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that a program that reads the same bytes otherwise is noticed."""
    real = parsers.parse
    monkeypatch.setattr(
        parsers,
        "parse",
        lambda content, source, name: real(content + b"\n\nMore.", source, name),
    )
    verdicts = {v.source: v.state for v in verify_corpus(library, small_corpus)}
    assert verdicts["cluster-definitions"] == "differs"
