"""What an index holds: works and versions of a day, passages beside each other, in one place."""

import ast
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import clusterqa
from clusterqa.corpus.manifest import read_manifest, versions_in_force
from clusterqa.index import Index, Library
from clusterqa.types import Work

SOURCE = Path(clusterqa.__file__).parent
OLD, MIDDLE, NEW = "32018R9001", "02018R9001-20200701", "02018R9001-20230101"


@pytest.fixture(scope="module")
def library(small_index: Path) -> Iterator[Library]:
    with closing(Index.open(small_index)) as opened:
        yield opened.library


def test_works_are_those_of_the_manifest(library: Library, small_corpus: Path) -> None:
    """this test ensures that works and sources are read back with every field and date."""
    assert library.works == read_manifest(small_corpus / "manifest.toml")
    assert library.sources[NEW][1].valid_from == date(2023, 1, 1)
    assert library.sources[NEW][0].id == "honey"


def test_versions_on_a_day(library: Library) -> None:
    """this test ensures that the text of a day is found, once for all questions of that day."""
    honey = next(work for work in library.works if work.id == "honey")
    for day, name in ((date(2019, 5, 1), OLD), (date(2021, 5, 1), MIDDLE), (date(2024, 5, 1), NEW)):
        assert [source.id for source in library.in_force(honey, day)] == [name]
        assert library.in_force(honey, day) == versions_in_force(honey, as_of=day)["honey"]
        assert library.in_force(honey, day) is library.in_force(honey, day)
    assert library.in_force(honey, date(2017, 5, 1)) == ()


def test_a_work_that_ended_speaks_from_its_last_day(library: Library) -> None:
    """this test ensures that the last text answers after the end, and no day before it does."""
    honey = next(work for work in library.works if work.id == "honey")
    for day, lapsed, read in (
        (date(2017, 12, 31), False, date(2017, 12, 31)),
        (date(2030, 12, 31), False, date(2030, 12, 31)),
        (date(2031, 1, 1), True, date(2030, 12, 31)),
        (date(2099, 1, 1), True, date(2030, 12, 31)),
    ):
        assert (library.lapsed(honey, day), library.day_read(honey, day)) == (lapsed, read)
    assert library.texts_in_force(honey, date(2031, 1, 1)) == ()
    assert [source.id for source in library.texts_read(honey, date(2031, 1, 1))] == [NEW]
    page = next(work for work in library.works if work.id == "cluster-definitions")
    assert not library.lapsed(page, date(2099, 1, 1))


def test_what_replaced_a_work_is_followed_to_its_end(library: Library) -> None:
    """this test ensures that a chain of replacements is walked once, even if it is a circle."""
    first, second, third = (
        Work(name, name, name, "law", "", superseded_by=heir)
        for name, heir in (("a", "b"), ("b", "c"), ("c", "a"))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "works", (first, second, third))
        assert library.heirs(first) == (second, third)
        assert library.heirs(replace(first, superseded_by=None)) == ()


def test_which_texts_are_here(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """this test ensures that a version which the manifest lists but nobody added is not here."""
    honey = next(work for work in library.works if work.id == "honey")
    assert [source.id for source in library.texts(honey)] == [OLD, MIDDLE, NEW]
    monkeypatch.setattr(library, "files", {OLD: library.files[OLD]})
    assert library.has(OLD) and not library.has(NEW) and not library.has("honey")
    assert [source.id for source in library.texts(honey)] == [OLD]
    assert [source.id for source in library.texts_in_force(honey, date(2019, 5, 1))] == [OLD]
    assert library.texts_in_force(honey, date(2024, 5, 1)) == ()
    assert len(library.in_force(honey, date(2024, 5, 1))) == 1


def test_passages_beside_each_other(library: Library) -> None:
    """this test ensures that a passage knows those before and after it in its own document."""
    ids = library.passage_ids(MIDDLE)
    numbers = [number for number, _ in library.passages_of(MIDDLE, most=999)]
    assert len(ids) == len(numbers) == library.passage_counts()[MIDDLE]
    around = [library.ids_beside(number) for number in numbers]
    assert around == list(zip([None, *ids], [*ids[1:], None], strict=False))
    assert [library.passage(key)[0] for key in ids] == numbers


def test_rows_of_passages(library: Library) -> None:
    """this test ensures that a passage's row has its sentences, and a heading none."""
    (heading, *_), (key, label, row) = library.passage_ids(NEW), library.labels_by_row()[0]
    assert library.row_of(heading) is None
    assert library.row_of(key) == row and library.passage(key)[1].label == label
    (sentences,) = library.row_sentences([row])
    text = library.passage(key)[1].text
    assert all(text[start:end].strip() for start, end, _ in sentences) and sentences
    for unknown in (library.row_of, library.passage):
        with pytest.raises(KeyError, match="no-such-id"):
            unknown("no-such-id")


def test_sql_stands_in_two_modules() -> None:
    """this test ensures that what an index's tables are called is known in one place."""
    statement = re.compile(r"\b(?:SELECT .+ FROM|INSERT INTO|CREATE TABLE)\b", re.DOTALL)
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and statement.search(str(node.value))
    }
    assert {name for name in found if not name.startswith("records/")} == {
        "index/library.py",
        "index/tables.py",
    }
