"""A question is read once, and what it says is right."""

from datetime import date
from pathlib import Path

import pytest
from works import replaced

from clusterqa.assistant import Assistant
from clusterqa.errors import UsageError
from clusterqa.languages.identification import question_language
from clusterqa.query.understanding import Query, understand
from clusterqa.types import Inquiry, Turn

TODAY = date(2026, 11, 23)
SHARE = "What share of running costs can the Honey Regulation cover?"


@pytest.fixture
def read(small_assistant: Assistant) -> "Read":
    return Read(small_assistant)


class Read:
    """Reads questions over the small index on a fixed day."""

    def __init__(self, assistant: Assistant) -> None:
        self.library = assistant.library

    def __call__(self, question: str, *turns: Turn, as_of: date | None = None) -> Query:
        return understand(Inquiry(question, as_of, history=turns), self.library, TODAY)


@pytest.mark.parametrize(
    ("question", "as_of", "turns", "day", "dated"),
    [
        (SHARE, None, (), TODAY, "today"),
        (SHARE, date(2019, 1, 1), (), date(2019, 1, 1), "request"),
        (f"{SHARE[:-1]} on 2 May 2019?", None, (), date(2019, 5, 2), "question"),
        ("And for how long?", None, (Turn(SHARE, date(2019, 1, 1)),), date(2019, 1, 1),
         "conversation"),
    ],
)  # fmt: skip
def test_the_day_and_what_decided_it(
    read: Read, question: str, as_of: date | None, turns: tuple[Turn, ...], day: date, dated: str
) -> None:
    """this test ensures that a query knows its day and whether anybody named it."""
    query = read(question, *turns, as_of=as_of)
    assert (query.as_of, query.dated) == (day, dated)


def test_a_repealed_act_is_asked_about_on_its_last_day(small_index: Path) -> None:
    """this test ensures that an act that has ended means the law it was, if another followed."""
    another, day = Assistant.open(small_index), date(2031, 5, 1)
    query = understand(Inquiry(SHARE), another.library, day)
    assert (query.as_of, query.dated) == (day, "today")  # its last text goes on, nothing followed
    replaced(another, "honey", by="cluster-definitions")
    query = understand(Inquiry(SHARE), another.library, day)
    assert (query.as_of, query.dated) == (date(2030, 12, 31), "repeal")


def test_days_are_not_searched(read: Read) -> None:
    """this test ensures that a day decides what text is searched and is no word of the search."""
    query = read("What did operating aid cover in May 2019?")
    assert query.days == (date(2019, 5, 1),)
    assert set(query.tokens) == {"oper", "aid", "cover"}


def test_two_days_are_compared(read: Read) -> None:
    """this test ensures that what changed between two days is asked of both."""
    query = read("What changed in Article 3 between 2019 and 2024?")
    assert query.wants.change and query.compares
    assert query.between == (date(2019, 1, 1), date(2024, 12, 31))
    assert [address.label for address in query.addresses] == ["Article 3"]


def test_works_and_acts(read: Read) -> None:
    """this test ensures that works are known by name and other acts by number."""
    query = read("Does the Honey Regulation follow Regulation (EU) 1999/123?")
    assert [work.id for work in query.works] == ["honey"]
    assert query.acts == ("Regulation (EU) 1999/123",)


def test_a_follow_up_brings_what_it_leans_on(read: Read) -> None:
    """this test ensures that a turn which leans is read with the turn before, one alone is not."""
    query = read("And for how long?", Turn(SHARE))
    assert (query.typed, query.text) == ("And for how long?", f"{SHARE} And for how long?")
    assert query.before is not None and query.before.text == SHARE
    alone = read("For how many years may aid to a honey house be granted?", Turn(SHARE))
    assert (alone.text, alone.before, alone.history) == (alone.typed, None, ())


def test_several_questions_at_once(read: Read) -> None:
    """this test ensures that each of several questions is read on its own as well."""
    query = read("Who may receive aid for jars? What share of the costs does it cover?")
    assert [part.text for part in query.parts] == [
        "Who may receive aid for jars?",
        "Who may receive aid for jars? What share of the costs does it cover?",
    ]
    assert read(SHARE).parts == ()


def test_a_term_is_known_by_its_stems(read: Read) -> None:
    """this test ensures that a question of what a term means says which term."""
    query = read("What is a honey house?")
    assert query.terms == (frozenset({frozenset({"honey", "hous"})}),)
    assert read(SHARE).terms == ()


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What share can be paid?", {"own_figure": True, "count": False}),
        ("How many jars may there be?", {"own_figure": False, "count": True}),
        ("Who may apply?", {"own_figure": False, "count": False, "openly": False}),
        ("What must be shown?", {"openly": True, "change": False}),
    ],
)
def test_what_is_wanted(read: Read, question: str, wanted: dict[str, bool]) -> None:
    """this test ensures that a query says what kind of thing would answer it."""
    found = read(question).wants
    assert {name: getattr(found, name) for name in wanted} == wanted


def test_a_question_that_cannot_be_read(read: Read) -> None:
    """this test ensures that nothing typed is an error of whoever asks."""
    with pytest.raises(UsageError, match="the question is empty"):
        read("  ")


def test_one_question_is_identified_once(
    small_assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """this test ensures that whatever is asked, its language is found out once."""
    found: list[str] = []

    def counted(text: str) -> str:
        found.append(text)
        return question_language(text)

    monkeypatch.setattr("clusterqa.query.understanding.question_language", counted)
    both = f"{SHARE} Who may receive aid for jars?"
    for inquiry in (Inquiry(SHARE), Inquiry("And why?", history=(Turn(SHARE),)), Inquiry(both)):
        found.clear()
        small_assistant.ask(inquiry)
        assert len(found) == 1, inquiry
