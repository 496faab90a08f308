"""One provision through time."""

import os
import time
from collections.abc import Iterator
from contextlib import closing
from contextvars import copy_context
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterqa.deadline import set_deadline
from clusterqa.errors import OutOfTime, UsageError
from clusterqa.index import Index, Library
from clusterqa.law.history import (
    Change,
    Wording,
    absent_versions,
    applied_until,
    changes,
    cited_on,
    difference,
    find_provision,
    history,
    wording_on,
)

INTENSITY = (
    "2. The aid intensity of operating aid shall not exceed {} % of the total eligible costs"
)
PERIOD = " during the period over which the aid is granted."


@pytest.fixture(scope="module")
def library(small_index: Path) -> Iterator[Library]:
    with closing(Index.open(small_index)) as found:
        yield found.library


def test_history_is_every_distinct_wording(library: Library) -> None:
    """this test ensures that equal versions join and a change names its day and its act."""
    assert history(library, "honey", "article 3 (2)") == [
        Wording(
            INTENSITY.format(50) + PERIOD, date(2018, 1, 1), date(2020, 6, 30), ("32018R9001",)
        ),
        Wording(
            INTENSITY.format(60) + PERIOD,
            date(2020, 7, 1),
            date(2030, 12, 31),
            ("02018R9001-20200701", "02018R9001-20230101"),
            ("Regulation 2020/9002",),
        ),
    ]


@pytest.mark.parametrize(
    ("source", "label", "until"),
    [
        ("32018R9001", "Article 3(2)", date(2020, 6, 30)),
        ("02018R9001-20200701", "Article 3(2)", date(2030, 12, 31)),
        ("32018R9001", "Article 3(1)", date(2030, 12, 31)),
        ("32018R9001", "Recital 1", date(2030, 12, 31)),
        ("32018R9001", "Article 99", date(2020, 6, 30)),
        ("32020R9002", "Article 1", None),
    ],
)
def test_words_last_as_long_as_versions_have_them(
    library: Library, source: str, label: str, until: date | None
) -> None:
    """this test ensures that the end of a file is not taken for the end of its words."""
    assert applied_until(library, source, label) == until


def test_a_version_that_is_not_here_ends_what_is_known_of_words(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that words are not said to last through a text that nobody has read."""
    monkeypatch.delitem(library.files, "02018R9001-20200701")
    assert applied_until(library, "32018R9001", "Article 3(1)") == date(2020, 6, 30)


def test_versions_without_a_text_here_are_named(library: Library) -> None:
    """this test ensures that a history says which of its versions are missing, or that all are."""
    known = {name: library.files[name] for name in library.files if not name.startswith("0")}
    everything, library.files = library.files, known
    try:
        missing = [source.id for source in absent_versions(library, "honey", "en")]
        assert missing == ["02018R9001-20200701", "02018R9001-20230101"]
        library.files = {}
        with pytest.raises(UsageError, match=r"no en text is here; .* corpus sync"):
            history(library, "honey", "Article 3(2)")
    finally:
        library.files = everything
    assert absent_versions(library, "honey", "en") == []


def test_a_provision_can_come_later(library: Library) -> None:
    """this test ensures that the time before a provision existed is said, not left out."""
    found = history(library, "honey", "Article 4(2)")
    assert [(w.text is None, w.valid_from) for w in found] == [
        (True, date(2018, 1, 1)),
        (False, date(2023, 1, 1)),
    ]


def test_what_changed_word_by_word(library: Library) -> None:
    """this test ensures that only the words that differ are marked."""
    old = wording_on(library, "honey", "Article 3(2)", date(2020, 6, 30)).text
    new = wording_on(library, "honey", "Article 3(2)", date(2020, 7, 1)).text
    assert changes(str(old), str(new)) == [
        Change("same", "2. The aid intensity of operating aid shall not exceed "),
        Change("removed", "50 "),
        Change("added", "60 "),
        Change("same", "% of the total eligible costs" + PERIOD),
    ]


def test_a_provision_that_came_or_went_is_a_change(library: Library) -> None:
    """this test ensures that a new provision is shown as added, and the dates must be in order."""
    old, new, found = difference(
        library, "honey", "Article 4(2)", date(2019, 1, 1), date(2024, 1, 1)
    )
    assert old.text is None and new.text is not None
    assert found == [Change("added", new.text)]
    with pytest.raises(UsageError, match="2024-01-01 is after 2019-01-01"):
        difference(library, "honey", "Article 4(2)", date(2024, 1, 1), date(2019, 1, 1))
    with pytest.raises(UsageError, match="neither 32018R9001 nor 02018R9001-20230101 has"):
        difference(library, "honey", "Article 99", date(2019, 1, 1), date(2024, 1, 1))


def test_typography_is_no_change() -> None:
    """this test ensures that another form of the same apostrophe is not shown as a change."""
    assert changes("the cluster's fees", "the cluster’s fees") == [
        Change("same", "the cluster’s fees")
    ]


def test_a_whole_chapter_is_compared_at_once() -> None:
    """this test ensures that unchanged lines cost a comparison no time, however long."""
    line = "{}. The aid shall be granted to the owner of the house for the year {}.\n"
    old = "".join(line.format(n, n) for n in range(1500))
    new = "".join(line.format(n, n if n % 10 else "after") for n in range(1500))
    began = time.perf_counter()
    found = changes(old, new)
    assert time.perf_counter() - began < 5
    assert found[:3] == [
        Change("same", "0. The aid shall be granted to the owner of the house for the year "),
        Change("removed", "0.\n"),
        Change("added", "after.\n"),
    ]
    assert [change.kind for change in found] == ["same", "removed", "added"] * 150 + ["same"]


def test_a_comparison_ends_in_time() -> None:
    """this test ensures that comparing stops at the next stretch once nobody waits for it."""

    def late() -> list[Change]:
        set_deadline(-1)
        return changes("one\ntwo", "one\nthree")

    with pytest.raises(OutOfTime):
        copy_context().run(late)


TEXTS = st.text(max_size=60) | st.text("ab\n ", max_size=60)


@given(TEXTS, TEXTS)
def test_changes_hold_both_texts(old: str, new: str) -> None:
    """this test ensures that no word of either text is lost or invented."""
    found = changes(old, new)
    words = "".join(c.text for c in found if c.kind != "removed").split()
    assert words == new.split()
    assert sum(len(c.text.split()) for c in found if c.kind != "added") == len(old.split())


@pytest.mark.parametrize(
    ("work", "label", "message"),
    [
        ("nonsense", "Article 1", "no work 'nonsense'"),
        ("honey", "Article 99", "no version here has 'Article 99'"),
    ],
)
def test_what_is_not_there_is_named(library: Library, work: str, label: str, message: str) -> None:
    """this test ensures that an unknown work or label is a usage error that says so."""
    with pytest.raises(UsageError, match=message):
        history(library, work, label)


def test_a_date_without_a_text_names_the_nearest(library: Library) -> None:
    """this test ensures that a gap is said with the version nearest to the date."""
    with pytest.raises(UsageError, match="no en text for 2016-05-01 is here; nearest: 32018R9001"):
        wording_on(library, "honey", "Article 3(2)", date(2016, 5, 1))
    with pytest.raises(UsageError, match="32018R9001 has no 'Article 4\\(2\\)'"):
        wording_on(library, "honey", "Article 4(2)", date(2019, 1, 1))


def test_references_lead_to_the_version_of_the_date(library: Library) -> None:
    """this test ensures that what a paragraph cites is found as it stood on a date."""
    document = library.document("02018R9001-20230101")
    place = find_provision(document, "Article 4(2)")
    assert place is not None
    (found,) = library.references(document.source, place.start, place.end)
    assert (found.work, found.label) == ("honey", "Article 4(1)")
    assert cited_on(library, found, date(2024, 1, 1)) == ("02018R9001-20230101", "Article 4(1)")
    assert cited_on(library, found, date(2019, 1, 1)) == "32018R9001 has no 'Article 4(1)'"
    citing = library.citing("honey", "Article 4(1)")
    assert (document.source, found.start, found.end) in citing


def test_defined_terms_lead_to_their_definitions(library: Library) -> None:
    """this test ensures that a paragraph's defined terms are linked to the defining points."""
    document = library.document("32018R9001")
    place = find_provision(document, "Article 3(1)")
    assert place is not None
    assert library.terms(document.source, place.start, place.end) == {"honey house": "Article 2(b)"}


def test_the_cluster_rules_through_time(mirror_index: Path) -> None:
    """this test ensures that the real regulation's changes are found with their acts."""
    with closing(Index.open(mirror_index)) as opened:
        library = opened.library
        assert os.environ.get("CLUSTERQA_MIRROR")
        seen = {
            label: [(w.valid_from, w.changed_by) for w in history(library, "gber", label)]
            for label in ("Article 27(2)", "Article 27(5)", "Article 4(1)(k)", "Article 59")
        }
    began, changed = (date(2014, 7, 1), ()), (date(2023, 7, 1), ("Regulation (EU) 2023/1315",))
    assert seen == {
        "Article 27(2)": [began, changed],
        "Article 27(5)": [began],
        "Article 4(1)(k)": [began, changed],
        "Article 59": [began, (date(2020, 7, 27), ("Regulation (EU) 2020/972",)), changed],
    }
