"""Links from a citation to what stands beside it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from clusterqa.answering.citations import cite
from clusterqa.answering.quotes import Piece
from clusterqa.answers import Citation
from clusterqa.index import Index, Library
from clusterqa.law.history import find_provision
from clusterqa.law.links import MOST, neighbours, within


@pytest.fixture(scope="module")
def library(small_index: Path) -> Iterator[Library]:
    with closing(Index.open(small_index)) as found:
        yield found.library


def citation(library: Library, source: str, label: str, as_of: date) -> Citation:
    """A citation of a whole provision."""
    document = library.document(source)
    place = find_provision(document, label)
    assert place is not None
    passage = library.passage_at(source, place.start)
    return cite(1, Piece(passage, place.start, place.end), document, library.sources, as_of)


def links(library: Library, source: str, label: str, as_of: date) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for link in neighbours(library, citation(library, source, label, as_of), as_of):
        found.setdefault(link.relation, []).append(f"{link.document} {link.label}")
    return found


def test_references_are_links_in_both_directions(library: Library) -> None:
    """this test ensures that what a provision cites and what cites it is the date's version."""
    day, source = date(2024, 1, 1), "02018R9001-20230101"
    assert links(library, source, "Article 4(2)", day)["refers_to"] == [f"{source} Article 4(1)"]
    assert links(library, source, "Article 4(1)", day)["referred_by"] == [f"{source} Article 4(2)"]


def test_terms_lead_to_their_definitions(library: Library) -> None:
    """this test ensures that a term's definition is linked, but not from itself."""
    day = date(2019, 1, 1)
    found = links(library, "32018R9001", "Article 3(1)", day)
    assert found["definition"] == ["32018R9001 Article 2(b)"]
    assert "definition" not in links(library, "32018R9001", "Article 2(b)", day)


def test_a_place_inside_another() -> None:
    """this test ensures that Article 27 is not taken for a part of Article 2."""
    assert within("Article 27(2)", "Article 27") and within("Article 27", "Article 27")
    assert not within("Article 27(2)", "Article 2") and not within("Annex II", "Annex I")


def test_the_cluster_rules_and_their_neighbours(mirror_index: Path) -> None:
    """this test ensures that the real aid intensity has its terms, treaty and French twin."""
    with closing(Index.open(mirror_index)) as opened:
        library = opened.library
        found = links(library, "02014R0651-20230701", "Article 27(6)", date(2024, 1, 1))
        assert "02014R0651-20230701 Article 2(92)" in found["definition"]
        assert "12012E_TXT Article 107(3)(a)" in found["refers_to"]
        assert found["translation"] == ["02014R0651-20230701.fr Article 27(6)"]
        assert not any(place.startswith("32023R1315") for place in found["referred_by"])
        assert all(len(places) <= MOST for places in found.values())
