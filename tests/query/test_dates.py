"""The days a question asks about."""

import json
import timeit
from datetime import date

import pytest
from places import DATA

from clusterqa.query.dates import (
    change_in,
    day_in,
    says_now,
    times_in,
    without_change,
    without_days,
)
from clusterqa.query.mentions import mentions, tokens_of
from clusterqa.types import Source, Work

TODAY = date(2026, 11, 23)
GBER = Work("gber", "GBER", "GBER", "law", "x")
ACT = Work(
    "act", "Regulation 2023/1315", "Regulation 2023/1315", "law", "x", amends=("gber",),
    names=("2023/1315",), sources=(Source("a", "act", "en", "x", valid_from=date(2023, 7, 1)),),
)  # fmt: skip
EARLIER = Work(
    "earlier", "Regulation 2021/1237", "Regulation 2021/1237", "law", "x", amends=("gber",),
    sources=(Source("e", "earlier", "en", "x", valid_from=date(2021, 8, 1)),),
)  # fmt: skip
WORKS = (GBER, ACT, EARLIER)


TIMES = [json.loads(line) for line in (DATA / "times.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("entry", TIMES, ids=lambda entry: entry["question"])
def test_every_expression_of_time_is_understood_or_said(entry: dict[str, object]) -> None:
    """this test ensures that no time becomes another day than is meant, or today in silence."""
    found = times_in(str(entry["question"]), WORKS, TODAY)
    days, unknown = [str(day) for day in found.days], list(found.unknown)
    if "change" in entry:
        assert found.change and [str(day) for day in found.change] == entry["change"]
        assert unknown == []
    else:
        words = [entry["unknown"]] if "unknown" in entry else []
        assert (days, unknown) == (entry.get("days", []), words)


@pytest.mark.parametrize(
    "words",
    ["in ", "in the ", "of March ", "in 2016 the ", "is had in 2016 ", "if we had last year, "],
)
def test_a_long_question_takes_no_longer_for_each_word(words: str) -> None:
    """this test ensures that the time for a question grows as it does, up to 2,000 characters."""
    questions = [(words * 1000)[:size] for size in (1000, 2000)]
    short, long = (measured(text) for text in questions)
    assert long < 0.2
    assert long < 4 * short


def measured(question: str) -> float:
    """The seconds, at best, in which the times of a question are found anew."""

    def anew() -> None:
        mentions.cache_clear()
        tokens_of.cache_clear()
        times_in(question, WORKS, TODAY)

    return min(timeit.repeat(anew, number=1, repeat=5))


def test_what_may_point_back_is_not_unknown_beside_a_day() -> None:
    """this test ensures that "back then" is said to be unknown only where no day is named."""
    assert times_in("Who could in 2016? Was it free back then?", WORKS, TODAY).unknown == ()
    assert times_in("Who could back then?", WORKS, TODAY).unknown == ("back then",)


def test_the_name_of_a_work_holds_no_time() -> None:
    """this test ensures that a year in a short title is none that is asked about."""
    frame = Work("rdi", "Framework", "framework for research 2014", "law", "x")
    question = "aid under the framework for research 2014"
    assert times_in(question, (frame,), TODAY).days == ()
    assert times_in("aid for research 2014", (frame,), TODAY).days == (date(2014, 7, 1),)


def test_a_question_can_say_that_it_is_of_today() -> None:
    """this test ensures that "now" is told from the words of another time."""
    assert says_now("What share is paid as things stand?")
    assert not says_now("What share was paid in 2016?")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who could receive aid in 2016?", date(2016, 7, 1)),
        ("What applied in May 2019?", date(2019, 5, 1)),
        ("What applied on 1 July 2023?", date(2023, 7, 1)),
        ("What applied on the 2nd of March, 2018?", date(2018, 3, 2)),
        ("Quelle règle le 1er juillet 2023 ?", date(2023, 7, 1)),
        ("As of 2021-08-01?", date(2021, 8, 1)),
        ("Quel taux au 15.3.2016 ?", date(2016, 3, 15)),
        ("In spring 2016, how big could support be?", date(2016, 4, 15)),
        ("late 2015: what was the cap?", date(2015, 12, 1)),
        ("the rule in Q3 2019", date(2019, 7, 15)),
        ("I'm auditing a 2011 file. Was it paid every year?", date(2011, 7, 1)),
        ("according to the 2014 version", date(2014, 7, 1)),
        ("Who got operating aid before the 2023 amendment?", date(2023, 6, 30)),
        ("Before the 2023 amendment, say in mid-2022, who got aid?", date(2022, 7, 15)),
        ("And after the amendment of 2021?", date(2021, 8, 1)),
        ("Who got it before the reform?", date(2023, 6, 30)),
        ("Before 1 January 2014, was it allowed?", date(2013, 12, 31)),
        ("And today?", TODAY),
        ("What has changed in the definition of a cluster since 2019?", date(2019, 7, 1)),
        ("What does Regulation (EU) 2023/1315 say?", None),
        ("What does the 2022 R&D&I Framework say?", None),
        ("Is a Horizon 2020 project eligible?", None),
        ("Our company was founded in 2019; can it get start-up aid?", None),
        ("We have run at a loss since 2021. Are we in difficulty?", None),
        ("Does the scheme run until 2026?", None),
        ("What about 31 February 2020?", None),
        ("Was it the same in 2016 and in 2023?", None),
        ("before the amendment of 1999?", None),
    ],
)
def test_the_one_day_of_a_question(question: str, expected: date | None) -> None:
    """this test ensures that the day asked about is read, and no act, name or story is one."""
    assert day_in(question, WORKS, TODAY) == expected


def test_several_days_come_in_order() -> None:
    """this test ensures that a question about then and now names both days."""
    question = "Who could receive operating aid for a cluster in 2016, and who can now?"
    assert times_in(question, WORKS, TODAY).days == (date(2016, 7, 1), TODAY)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who could receive aid in 2016?", "Who could receive aid?"),
        ("What share is paid now?", "What share is paid?"),
        ("What applied in May 2019?", "What applied?"),
        ("What was paid three years ago?", "What was paid?"),
        ("We grew last year. Are we an SME?", "We grew last year. Are we an SME?"),
        ("Before the 2023 amendment, who was eligible?", ", who was eligible?"),
    ],
)
def test_days_can_be_taken_out(question: str, expected: str) -> None:
    """this test ensures that a question can be asked again of another day."""
    assert without_days(question) == expected


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What changed in Article 27 in 2023?", date(2022, 12, 31), date(2023, 12, 31)),
        ("What changed on 1 July 2023?", date(2023, 6, 30), date(2023, 7, 1)),
        ("What was amended in July 2020?", date(2020, 6, 30), date(2020, 7, 31)),
        ("What changed in 2026?", date(2025, 12, 31), TODAY),
        ("How has the threshold changed since 2014?", date(2013, 12, 31), TODAY),
        ("Since 2021, what has changed?", date(2020, 12, 31), TODAY),
        ("Has it changed between 2016 and today?", date(2016, 1, 1), TODAY),
        ("How did it change from 2014 to 2023?", date(2014, 1, 1), date(2023, 12, 31)),
        ("What changed between 2 May 2016 and 3 May 2017?", date(2016, 5, 2), date(2017, 5, 3)),
        ("Qu'est-ce qui a changé entre 2016 et 2019 ?", date(2016, 1, 1), date(2019, 12, 31)),
        ("What did Regulation (EU) 2023/1315 change?", date(2023, 6, 30), date(2023, 7, 1)),
        ("What did the 2021 amendment of the GBER change?", date(2021, 7, 31), date(2021, 8, 1)),
    ],
)
def test_the_days_around_a_change(question: str, since: date, until: date) -> None:
    """this test ensures that a change is looked for in all of the time that is named."""
    assert change_in(question, WORKS, TODAY) == (since, until)


@pytest.mark.parametrize(
    "question",
    [
        "What changed in Article 27?",
        "How does the rule in 2016 differ from today's?",
        "What changed before 2016?",
        "What changed on 31 February 2020?",
        "What changed between 2019 and 2016?",
        "What did Regulation (EU) No 651/2014 change?",
    ],
)
def test_no_days_around_a_change(question: str) -> None:
    """this test ensures that a time is not made up for a question that names none."""
    assert change_in(question, WORKS, TODAY) is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did the 2021 amendment change for clusters?", "What did for clusters?"),
        ("What did Regulation (EU) 2023/1315 change about fees?", "What about fees?"),
        ("Has the ceiling changed between 2016 and today?", "Has the ceiling?"),
    ],
)
def test_what_may_have_changed(question: str, expected: str) -> None:
    """this test ensures that it is searched for without the words that ask what changed."""
    assert without_change(question) == expected
