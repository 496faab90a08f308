"""Two texts side by side."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import page_app
from starlette.testclient import TestClient

from clusterqa.assistant import Assistant
from clusterqa.law.history import changes
from clusterqa.server.pages.compare import rows

TODAY = date(2026, 11, 23)
TEXTS = st.lists(st.sampled_from(["aid", "costs", "shall", "not", "\n", "50 %"]), max_size=30)


@given(old=TEXTS, new=TEXTS)
def test_rows_hold_both_texts(old: list[str], new: list[str]) -> None:
    """this test ensures that the columns of a comparison are the two texts, word for word."""
    before, after = " ".join(old), " ".join(new)
    found = rows(changes(before, after))
    for text, side in ((before, "old"), (after, "new")):
        shown = " ".join(part.text for row in found for part in getattr(row, side))
        assert shown.split() == text.split()


def test_paragraphs_stand_beside_each_other() -> None:
    """this test ensures that a change at the end of a line does not pull the next line up."""
    found = rows(changes("1. One.\n2. Two costs.\n3. Three.", "1. One.\n2. Two fees.\n3. Three."))
    assert ["".join(p.text for p in row.new).strip() for row in found] == [
        "1. One.",
        "2. Two fees.",
        "3. Three.",
    ]
    assert [row.changed for row in found] == [False, True, False]


def test_what_was_added_stands_in_its_paragraphs() -> None:
    """this test ensures that a new article is read as it is laid out, not as one run of words."""
    found = rows(changes("", "Article 9\nCells\n1. One.\n2. Two."))
    assert [("".join(p.text for p in row.new), row.old) for row in found] == [
        ("Article 9", []), ("Cells", []), ("1. One.", []), ("2. Two.", []),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def client(small_index: Path, small_corpus: Path) -> Iterator[TestClient]:
    assistant = Assistant.open(small_index, today=TODAY)
    yield TestClient(page_app(assistant, small_corpus))
    assistant.index.close()


def test_a_law_that_has_ended_is_not_said_to_go_on(client: TestClient) -> None:
    """this test ensures that equal words on both days do not hide the end between them."""
    address = "compare?at=Article+3(2)&work=honey&old=2024-01-01&new="
    ended = "Honey Regulation ended on 31 December 2030"
    for day, expected in (("2030-12-31", False), ("2031-01-01", True)):
        text = client.get(address + day).text
        assert "The words are the same on both dates." in text
        assert (ended in text) is expected


@pytest.mark.parametrize("address", ["honey&old=1900-01-01", "nothing&old=2019-01-01"])
def test_what_is_not_there_cannot_be_compared(client: TestClient, address: str) -> None:
    """this test ensures that a missing text is said above the form, which keeps what was chosen."""
    response = client.get(f"compare?at=Article+3&work={address}")
    assert response.status_code == 404
    assert 'role="alert"' in response.text
    assert ("selected>Article 3</option>" in response.text) is address.startswith("honey")
